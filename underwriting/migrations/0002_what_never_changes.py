"""What the database itself refuses about rule sets, submissions and quotes."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql

APPEND_ONLY = [
    "underwriting_rulesetversion",
    "underwriting_submissionevent",
    "underwriting_quoteevent",
]
GUARDED = ["underwriting_submission", "underwriting_quote"]


class Migration(migrations.Migration):
    dependencies = [("underwriting", "0001_initial")]
    operations = [
        *[migrations.RunSQL(*append_only_sql(table)) for table in APPEND_ONLY],
        *[migrations.RunSQL(*guard_sql(table)) for table in GUARDED],
    ]
