"""Payments that wait for their approval, and the bank that counts what came to it."""

from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db.models import Count

from accounting import services
from accounting.models import Payment
from accounting.providers import DummyProvider
from office.models import OutboxMessage, User
from tests.accounting import scenes
from tests.factories import signed_in

SECRET = "a" * 32  # a CSRF cookie and field that agree


def drafted(count: int) -> list[Payment]:
    """So many payments of 10.00, 10.01, … to one payee, drafted by a handler."""
    payee = scenes.customer()
    account = scenes.bank_account(payee)
    handler = scenes.person("claims_handler", name="Hugo Brandt")
    amounts = [Decimal("10.00") + Decimal(n) / 100 for n in range(count)]
    scenes.reserve(handler, change=str(sum(amounts)))
    return [
        services.draft_payment(
            payee=payee,
            payee_name=payee.display_name,
            bank_account=account,
            amount=amount,
            source="claim:CL-2026-000042",
            memo="Claim CL-2026-000042",
            on_confirmed="",
            dims=scenes.DIMS,
            by=handler,
        )
        for amount in amounts
    ]


def cookies_of(user: User) -> str:
    """The Cookie header of a browser in which `user` signed in with a second factor."""
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={SECRET}"


def unpaid() -> int:
    return Payment.objects.exclude(state="confirmed").count()


def all_confirmed() -> str:
    """What a test waits for, and how far it has come."""
    states = Payment.objects.values_list("state").annotate(Count("pk"))
    waiting = OutboxMessage.objects.filter(done_at=None).values_list(
        "pk", "task", "attempts", "published_at", "error"
    )
    return f"every payment is confirmed; now {dict(states)}, waiting {list(waiting)[:9]}"


class Bank:
    """What came to the dummy bank of an office in `var`."""

    def __init__(self, var: Path) -> None:
        self.book = DummyProvider(var / "dummy-bank.sqlite3")

    def sent(self, payments: list[Payment]) -> list[str]:
        """The reference of each payout that left, one entry for each time it left."""
        numbers = {payment.number for payment in payments}
        return [reference for reference, _amount in self.book.payouts() if reference in numbers]

    def repeats(self) -> int:
        """How often the bank was called again about a key that it had heard before."""
        keys = {
            str(key)
            for key in Payment.objects.values_list("idempotency_key", flat=True)
            if key is not None
        }
        heard: dict[str, int] = {}
        for verb in ("payout", "ask"):
            for key, count in self.book.calls(verb).items():
                heard[key] = heard.get(key, 0) + count
        return sum(count - 1 for key, count in heard.items() if key in keys)
