from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from customers.personal import place_of_key
from office import vault

CHUNK = 500


class Command(BaseCommand):
    help = "Seal every personal value with the newest key of VAULT_KEYS, so that older keys can go."

    def handle(self, **options):
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, vault.SealedTextField):
                    count = self._reseal(model, field)
                    self.stdout.write(f"{field}: {count} values sealed again.")
        customers = apps.get_model("customers", "Customer")
        self.stdout.write(f"Keys of histories: {self._reseal_keys(customers)} sealed again.")

    def _reseal(self, model, field):
        def again(row):
            row.__dict__[field.attname] = getattr(row, field.attname)

        def is_old(row):
            sealed = row.__dict__[field.attname]
            return bool(sealed) and not vault.is_current(sealed)

        return self._walk(model, field, is_old, again)

    def _reseal_keys(self, model):
        def again(row):
            place = place_of_key(row.number)
            row.file_key = vault.seal(vault.open(row.file_key, aad=place), aad=place)

        def is_old(row):
            return bool(row.file_key) and not vault.is_current(row.file_key)

        return self._walk(model, model._meta.get_field("file_key"), is_old, again)

    def _walk(self, model, field, is_old, again):
        """Chunk by chunk, each its own transaction with its rows locked: a break loses nothing."""
        count, last = 0, None
        while True:
            with transaction.atomic():
                rows = model._base_manager.order_by("pk")
                rows = rows.filter(pk__gt=last) if last is not None else rows
                chunk = list(rows.select_for_update(of=("self",), no_key=True)[:CHUNK])
                for row in filter(is_old, chunk):
                    again(row)
                    row.save(update_fields=[field.name])
                    count += 1
            if len(chunk) < CHUNK:
                return count
            last = chunk[-1].pk
