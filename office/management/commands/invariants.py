from django.core.management.base import BaseCommand, CommandError

from office import proofs


class Command(BaseCommand):
    help = "Prove that the books, the histories and the segments hold. Names what does not."

    def handle(self, **options):
        broken = 0
        for name, holds, detail in proofs.findings():
            broken += not holds
            mark = "ok    " if holds else "BROKEN"
            self.stdout.write(f"{mark} {name}" + (f": {detail}" if detail else ""))
        if broken:
            raise CommandError(f"{broken} invariants are broken.")
