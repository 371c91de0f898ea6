"""Numbers of surveys and recommendations; their states and what is written once."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql

APPEND_ONLY = [
    "underwriting_surveyevent",
    "underwriting_surveyfinding",
    "underwriting_surveyphoto",
    "underwriting_recommendationevent",
    "underwriting_recommendationevidence",
]
GUARDED = ["underwriting_survey", "underwriting_recommendation"]
KINDS = ["survey", "recommendation"]


class Migration(migrations.Migration):
    dependencies = [("underwriting", "0012_loss_control")]

    operations = [
        *[
            migrations.RunSQL(
                f"CREATE SEQUENCE office_{kind}_number AS bigint",
                f"DROP SEQUENCE office_{kind}_number",
            )
            for kind in KINDS
        ],
        *[migrations.RunSQL(*append_only_sql(table)) for table in APPEND_ONLY],
        *[migrations.RunSQL(*guard_sql(table)) for table in GUARDED],
    ]
