from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountingConfig(AppConfig):
    name = "accounting"
    verbose_name = "Accounting"

    def ready(self):
        from accounting.services.ledger import write_chart

        post_migrate.connect(write_chart, sender=self)
