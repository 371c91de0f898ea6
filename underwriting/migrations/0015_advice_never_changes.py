"""Advice and its acknowledgement are written once."""

from django.db import migrations

from office.workflow import append_only_sql

TABLES = ["underwriting_advice", "underwriting_adviceacknowledgement"]


class Migration(migrations.Migration):
    dependencies = [("underwriting", "0014_advice")]

    operations = [migrations.RunSQL(*append_only_sql(table)) for table in TABLES]
