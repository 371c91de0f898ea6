from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from customers import services
from office.exceptions import Refused
from office.models import User


class Command(BaseCommand):
    help = "Replace a sanctions list by a CSV: reference, name, aliases, programme, listed_on."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", default="", help="name of the list; by default the file's")

    def handle(self, *, file, list, **options):
        try:
            with file.open(encoding="utf-8-sig", newline="") as rows:
                counts = services.load_sanctions(
                    file=rows, source=list or file.stem, by=User.objects.service()
                )
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except Refused as refusal:
            raise CommandError(f"{file}: {refusal}") from refusal
        self.stdout.write(
            f"{counts['on_the_list']} names on the list, {counts['no_longer']} no longer on it."
        )
