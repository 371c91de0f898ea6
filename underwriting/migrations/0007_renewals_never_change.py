"""Renewals change state only as declared; their history takes inserts only."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql


class Migration(migrations.Migration):
    dependencies = [("underwriting", "0002_what_never_changes")]

    operations = [
        migrations.RunSQL(*guard_sql("underwriting_renewal")),
        migrations.RunSQL(*append_only_sql("underwriting_renewalevent")),
    ]
