from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = "Office"

    def ready(self):
        from office import checks, history  # noqa: F401  importing checks registers them
        from office.setup import write_ground_data

        post_migrate.connect(write_ground_data, sender=self)
        connection_created.connect(history.watch, dispatch_uid="row history")
