from django.core.management.base import BaseCommand, CommandError

from accounting import selectors as accounting
from claims import selectors as claims
from office import floor_invariants
from policies import selectors as policies

PARTS = [floor_invariants, accounting, policies, claims]


class Command(BaseCommand):
    help = "Prove that the books, the histories and the segments hold. Names what does not."

    def handle(self, **options):
        broken = 0
        for part in PARTS:
            for name, holds, detail in part.invariants():
                broken += not holds
                mark = "ok    " if holds else "BROKEN"
                self.stdout.write(f"{mark} {name}" + (f": {detail}" if detail else ""))
        if broken:
            raise CommandError(f"{broken} invariants are broken.")
