"""The reserve lines: every change is a row and a posting, in the transaction of its act."""

from collections.abc import Iterable
from decimal import Decimal

from accounting.services import post_reserve_change
from claims.enums import ReserveReason
from claims.models import Claim, Exposure, ReserveChange, ReserveLine
from office import clock
from office.models import User


def dims_of(claim: Claim) -> dict[str, str]:
    """The codes that the ledger keeps with each line."""
    return {
        "product": claim.product,
        "line": claim.line,
        "carrier": claim.carrier,
        "jurisdiction": claim.jurisdiction,
    }


def line_of(exposure: Exposure, kind: str) -> ReserveLine:
    line, _is_new = ReserveLine.objects.get_or_create(exposure=exposure, kind=kind)
    return line


def change_reserve(
    *, line: ReserveLine, change: Decimal, reason: str, note: str = "", by: User
) -> None:
    """Change what is expected to be paid, and post it."""
    _write(line, change, reason, note, by)
    if change:
        claim = line.exposure.claim
        post_reserve_change(
            source=claim.source, change=change, kind=line.kind, dims=dims_of(claim), by=by
        )


def release(*, lines: Iterable[ReserveLine], note: str, by: User) -> None:
    """Nothing more is expected on these lines."""
    for line in lines:
        if line.reserve:
            change_reserve(
                line=line, change=-line.reserve, reason=ReserveReason.RELEASE, note=note, by=by
            )


def take_payment(*, line: ReserveLine, amount: Decimal, note: str, by: User) -> None:
    """A payment comes out of the reserve; its approval posts that by itself."""
    _write(line, -amount, ReserveReason.PAYMENT, note, by, paid=amount)


def give_back_payment(
    *, line: ReserveLine, amount: Decimal, note: str, is_kept: bool, by: User
) -> None:
    """A payment came back, and its posting is reversed. Without `is_kept` it is released again."""
    _write(line, amount, ReserveReason.RETURN, note, by, paid=-amount)
    if not is_kept:
        change_reserve(line=line, change=-amount, reason=ReserveReason.RELEASE, note=note, by=by)


def _write(
    line: ReserveLine,
    change: Decimal,
    reason: str,
    note: str,
    by: User,
    paid: Decimal = Decimal(0),
) -> None:
    line.reserve += change
    line.paid += paid
    line.save(update_fields=["reserve", "paid"])
    ReserveChange.objects.create(
        line=line,
        reason=reason,
        change=change,
        reserve=line.reserve,
        paid=paid,
        note=note[:400],
        recorded_at=clock.now(),
        recorded_by=by,
    )
