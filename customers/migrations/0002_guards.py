"""Customers change state only as declared; their history takes inserts only."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(*guard_sql("customers_customer")),
        migrations.RunSQL(*append_only_sql("customers_customerevent")),
    ]
