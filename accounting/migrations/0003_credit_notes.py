"""A credit note is written once."""

from django.db import migrations

from office.workflow import append_only_sql


class Migration(migrations.Migration):
    dependencies = [("accounting", "0002_ledger_guards")]
    operations = [migrations.RunSQL(*append_only_sql("accounting_creditnote"))]
