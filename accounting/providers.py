"""Whoever moves money for the office: the protocol, and a bank for trying and for tests.

A provider does each thing once per key: the same key with the same amount is answered with what
was done the first time. Card and account numbers are typed at the provider; the office sees
tokens. An answer that does not come is `Silent`: it may have happened, so it is asked, and never
sent again under another key.
"""

import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

WEBHOOK_SECONDS = 300


class Declined(Exception):
    """The provider says no; the text is a sentence for the payer."""


class Silent(Exception):
    """No answer came: nobody knows whether the money moved."""


class Untrusted(Exception):
    """A webhook that the provider did not sign, or that is too old."""


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    ABSENT = "absent"  # the bank has never seen this key


@dataclass(frozen=True)
class Payout:
    outcome: Outcome
    reason: str = ""


class PaymentProvider(Protocol):
    def authorise(
        self, *, key: str, amount: Decimal, currency: str, token: str, reference: str
    ) -> None:
        """Hold the money on the payer's card or account. Raises `Declined`."""

    def capture(self, *, key: str) -> None:
        """Take what was held. Raises `Declined` when the hold is gone."""

    def refund(self, *, key: str) -> None:
        """Give back what was taken, or release what was held."""

    def payout(
        self, *, key: str, amount: Decimal, currency: str, account: str, holder: str, reference: str
    ) -> Payout:
        """Send money out. Raises `Silent` when no answer comes."""

    def ask(self, *, key: str) -> Payout:
        """What became of the payout with this key."""

    def parse_webhook(self, *, body: bytes, signature: str) -> dict[str, str]:
        """The event that the provider tells us: kind, key, reason. Raises `Untrusted`."""


# Amounts at which the dummy bank misbehaves, as card networks' test numbers do.
DECLINES = {
    Decimal("40.02"): _("The bank declined the payment. Ask your bank, or pay another way."),
    Decimal("40.51"): _("The account has not enough money. Pay another way, or a smaller amount."),
    Decimal("40.54"): _("The card has expired. Use another card."),
}
CAPTURE_FAILS = Decimal("40.91")
PAYOUT_SILENT = Decimal("40.09")  # done, but the answer is lost
PAYOUT_LOST = Decimal("40.10")  # the first call is lost on its way and never arrives
PAYOUT_RETURNED = {Decimal("40.13"): "account closed", Decimal("40.14"): "no such account"}

SCHEMA = """
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY, verb TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS call_by_key ON call (key, verb);
CREATE TABLE IF NOT EXISTS hold (
    key TEXT PRIMARY KEY, reference TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
    state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payout (
    key TEXT PRIMARY KEY, reference TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
    account_tail TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL);
"""


class DummyProvider:
    """A bank in a file of its own, outside the office's database, that outlives any kill.

    Table `call` has every call, so that a test can count repetitions; `payout` and `hold` have
    what was done, once per key.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(settings.OFFICE_VAR) / "dummy-bank.sqlite3"
        self.seconds = settings.DUMMY_BANK_MILLISECONDS / 1000

    def authorise(
        self, *, key: str, amount: Decimal, currency: str, token: str, reference: str
    ) -> None:
        with self._called("authorise", key) as bank:
            if amount in DECLINES:
                raise Declined(str(DECLINES[amount]))
            bank.execute(
                "INSERT INTO hold VALUES (?, ?, ?, ?, 'held') ON CONFLICT DO NOTHING",
                [key, reference, str(amount), currency],
            )

    def capture(self, *, key: str) -> None:
        with self._called("capture", key) as bank:
            hold = bank.execute("SELECT state, amount FROM hold WHERE key = ?", [key]).fetchone()
            if hold is None or hold[0] == "released" or Decimal(hold[1]) == CAPTURE_FAILS:
                raise Declined(str(_("The bank no longer holds the money.")))
            bank.execute("UPDATE hold SET state = 'captured' WHERE key = ?", [key])

    def refund(self, *, key: str) -> None:
        with self._called("refund", key) as bank:
            bank.execute("UPDATE hold SET state = 'released' WHERE key = ?", [key])

    def payout(
        self, *, key: str, amount: Decimal, currency: str, account: str, holder: str, reference: str
    ) -> Payout:
        with self._called("payout", key) as bank:
            known = self._payout(bank, key)
            calls = bank.execute(
                "SELECT count(*) FROM call WHERE verb = 'payout' AND key = ?", [key]
            ).fetchone()[0]
            lost = amount == PAYOUT_LOST and calls == 1
            if known.outcome is Outcome.ABSENT and not lost:
                reason = PAYOUT_RETURNED.get(amount, "")
                known = Payout(Outcome.RETURNED if reason else Outcome.CONFIRMED, reason)
                bank.execute(
                    "INSERT INTO payout VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [key, reference, str(amount), currency, account[-4:], *_row(known)],
                )
        if lost or (amount == PAYOUT_SILENT and calls == 1):
            raise Silent
        return known

    def ask(self, *, key: str) -> Payout:
        with self._called("ask", key) as bank:
            return self._payout(bank, key)

    def parse_webhook(self, *, body: bytes, signature: str) -> dict[str, str]:
        sent_at, _comma, mark = signature.partition(",")
        if not hmac.compare_digest(_sign(sent_at, body).encode(), mark.encode()):
            raise Untrusted
        if abs(time.time() - int(sent_at)) > WEBHOOK_SECONDS:
            raise Untrusted
        event = json.loads(body)
        return {name: str(event[name]) for name in ("kind", "key", "reason")}

    def late_return(self, *, key: str, reason: str) -> tuple[bytes, str]:
        """The bank sends the money back days later: the webhook's body and its signature."""
        with self._called("return", key) as bank:
            bank.execute(
                "UPDATE payout SET outcome = ?, reason = ? WHERE key = ?",
                [*_row(Payout(Outcome.RETURNED, reason)), key],
            )
        body = json.dumps({"kind": "payout.returned", "key": key, "reason": reason}).encode()
        sent_at = str(int(time.time()))
        return body, f"{sent_at},{_sign(sent_at, body)}"

    def calls(self, verb: str) -> dict[str, int]:
        """How often each key came in with this verb."""
        with self._open() as bank:
            rows = bank.execute(
                "SELECT key, count(*) FROM call WHERE verb = ? GROUP BY key", [verb]
            )
            return dict(rows.fetchall())

    def payouts(self) -> list[tuple[str, Decimal]]:
        """Reference and amount of every payout that left the bank."""
        with self._open() as bank:
            rows = bank.execute(
                "SELECT reference, amount FROM payout WHERE outcome = ?", [Outcome.CONFIRMED]
            )
            return [(reference, Decimal(amount)) for reference, amount in rows]

    @contextmanager
    def _called(self, verb: str, key: str) -> Iterator[sqlite3.Connection]:
        """One call: written down at once; half the time on its way; its effect, all or nothing; and
        half the time on the way back. A caller that dies meanwhile dies before or after it."""
        with self._open() as bank:
            bank.execute(
                "INSERT INTO call (verb, key, at) VALUES (?, ?, ?)", [verb, key, time.time()]
            )
            time.sleep(self.seconds / 2)
            bank.execute("BEGIN IMMEDIATE")
            try:
                yield bank
            except BaseException:
                bank.execute("ROLLBACK")
                raise
            bank.execute("COMMIT")
        time.sleep(self.seconds / 2)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as bank:
            bank.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")
            yield bank

    def _payout(self, bank: sqlite3.Connection, key: str) -> Payout:
        row = bank.execute("SELECT outcome, reason FROM payout WHERE key = ?", [key]).fetchone()
        return Payout(Outcome(row[0]), row[1]) if row else Payout(Outcome.ABSENT)


def _row(payout: Payout) -> tuple[str, str]:
    return payout.outcome.value, payout.reason


def _sign(sent_at: str, body: bytes) -> str:
    secret = hashlib.sha256(b"dummy bank" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(secret, sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()


PROVIDERS = {"dummy": DummyProvider}


def provider() -> PaymentProvider:
    """The provider that PAYMENT_PROVIDER names."""
    name = settings.PAYMENT_PROVIDER
    if name not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise ImproperlyConfigured(f"PAYMENT_PROVIDER names “{name}”; there is only {known}.")
    return PROVIDERS[name]()
