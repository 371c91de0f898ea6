from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from office.exceptions import Refused
from office.models import User
from policies import catalogue, services


class Command(BaseCommand):
    """Publishes the product versions of a folder, all or none."""

    help = "Load the product catalogue. A bad file is refused with its line and the reason."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=catalogue.SHIPPED)

    def handle(self, *args, folder, **options):
        try:
            loaded = services.load_catalogue(folder=folder, by=User.objects.service())
        except catalogue.CatalogueError as error:
            raise CommandError("\n".join(str(problem) for problem in error.problems)) from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for version in loaded:
            self.stdout.write(f"{version}: from {version.effective_from}")
        self.stdout.write(f"{len(loaded)} new versions.")
