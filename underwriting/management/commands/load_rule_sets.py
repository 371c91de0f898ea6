from django.core.management.base import BaseCommand, CommandError

from office.exceptions import Refused
from office.models import User
from underwriting import services


class Command(BaseCommand):
    """Publishes the appetite of each published product as the rule set that it names."""

    help = "Load the underwriting rules that the products come with. Run load_catalog first."

    def handle(self, *args, **options):
        try:
            loaded = services.load_rule_sets(by=User.objects.service())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for version in loaded:
            self.stdout.write(f"{version}: from {version.effective_from}")
        self.stdout.write(f"{len(loaded)} new versions.")
