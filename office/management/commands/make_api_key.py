"""`manage.py make_api_key --user EMAIL --name TEXT --scopes claims:read claims:write --days 90`"""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from office import clock, keys
from office.exceptions import Refused
from office.models import User


class Command(BaseCommand):
    help = "Make an API key for a user. The secret is shown once; only its hash is kept."

    def add_arguments(self, parser):
        parser.add_argument("--user", required=True, help="e-mail of the user it acts as")
        parser.add_argument("--name", default="API key", help="what it is for")
        parser.add_argument("--scopes", nargs="+", required=True, help=", ".join(keys.SCOPES))
        parser.add_argument("--days", type=int, default=90, help="until it expires; 0: never")

    def handle(self, *, user, name, scopes, days, **options):
        owner = User.objects.filter(email=user.lower(), is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no active user {user}.")
        expires_at = clock.now() + timedelta(days=days) if days else None
        try:
            row, secret = keys.make_key(user=owner, name=name, scopes=scopes, expires_at=expires_at)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        until = f"until {expires_at:%Y-%m-%d}" if expires_at else "without end"
        self.stderr.write(f"{row.prefix}… acts as {owner.email}, {until}: {', '.join(row.scopes)}")
        self.stdout.write(secret)
