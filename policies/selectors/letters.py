"""What the letters on the end of a policy say, in the language of the person who reads them."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.places import name_of, regulators
from office import clock, money
from policies.enums import CancellationReason, CancelledBy
from policies.models import Cancellation, NonRenewal, Policy, TermTransaction
from policies.selectors.endings import outcome_of, owed_on


def heading(policy: Policy) -> dict[str, Any]:
    """What every letter on a policy begins with."""
    address = policy.address
    return {
        "policy_number": policy.number,
        "product": policy.product.name,
        "today": clock.today(policy.time_zone),
        "recipient": {
            "name": policy.customer.display_name,
            "lines": [address.street, f"{address.city}, {address.place} {address.postal_code}"],
        },
    }


def link_to(policy: Policy) -> str:
    return f"{settings.OFFICE_URL}{reverse('portal:policy', args=[policy.number])}"


def notice_data(cancellation: Cancellation) -> dict[str, Any]:
    """The notice that a policy will end: when, why, by which law, and what the reader can do."""
    policy = cancellation.policy
    unpaid = cancellation.reason == CancellationReason.NONPAYMENT
    by_carrier = cancellation.side == CancelledBy.CARRIER
    return {
        **heading(policy),
        "effective_on": cancellation.effective_on,
        "noticed_on": cancellation.noticed_on,
        "reason": str(cancellation.get_reason_display()),
        "is_by_carrier": by_carrier,
        "is_unpaid": unpaid,
        "owed": money.format(owed_on(policy)) if unpaid else "",
        "days": cancellation.days,
        "place": name_of(policy.jurisdiction),
        "citation": cancellation.citation,
        "regulator": regulators().get(policy.jurisdiction) if by_carrier else None,
        "returned": _returned_before(cancellation),
    }


def _returned_before(cancellation: Cancellation) -> str:
    """What the announced end will return, as far as it is known today."""
    found = outcome_of(
        cancellation.policy,
        side=cancellation.side,
        reason=cancellation.reason,
        effective_on=cancellation.effective_on,
    )
    return money.format(sum((one.returned for one in found), money.ZERO))


def confirmation_data(cancellation: Cancellation) -> dict[str, Any]:
    """The confirmation that a policy has ended: from when on, and what it returned."""
    policy, written = cancellation.policy, cancellation.transaction
    assert written is not None, "Only an end that took effect is confirmed."
    rows = [
        (_("Premium"), -written.premium),
        (_("Fees"), -written.fees),
        (_("Tax"), -written.tax),
    ]
    owed = owed_on(policy)
    return {
        **heading(policy),
        "effective_on": cancellation.effective_on,
        "reason": str(cancellation.get_reason_display()),
        "is_flat": cancellation.effective_on == cancellation.term.valid_from,
        "rows": [[name, money.format(amount)] for name, amount in rows if amount],
        "returned": money.format(returned_by(cancellation)),
        "owed": money.format(owed) if owed else "",
    }


def returned_by(cancellation: Cancellation) -> Decimal:
    """Premium, fees and tax that an end gave back in its own term."""
    written = cancellation.transaction
    if written is None:
        return money.ZERO
    return -(written.premium + written.fees + written.tax)


def reinstatement_data(written: TermTransaction) -> dict[str, Any]:
    """The confirmation that a policy covers again, with or without a gap."""
    term, policy, from_on = written.term, written.term.policy, written.effective_on
    before = policy.cancellations.filter(transaction__recorded_at__lt=written.recorded_at)
    ended = before.filter(term=term).first()
    gap = ended is not None and ended.effective_on < from_on
    return {
        **heading(policy),
        "from_on": from_on,
        "to_on": term.valid_to,
        "has_gap": gap,
        "ended_on": ended.effective_on if ended else from_on,
    }


def rescission_data(cancellation: Cancellation) -> dict[str, Any]:
    return {**heading(cancellation.policy), "effective_on": cancellation.effective_on}


def nonrenewal_data(decided: NonRenewal) -> dict[str, Any]:
    """The notice that a policy ends with its term: why, by which law, and who reviews it."""
    policy = decided.policy
    return {
        **heading(policy),
        "ends_on": decided.term.valid_to,
        "noticed_on": decided.noticed_on,
        "reason": decided.reason,
        "days": decided.days,
        "place": name_of(policy.jurisdiction),
        "citation": decided.citation,
        "regulator": regulators().get(policy.jurisdiction),
    }


def message_context(policy: Policy, **more: Any) -> dict[str, Any]:
    """The fields of the message that carries a letter."""
    return {
        "policy_number": policy.number,
        "product_name": policy.product.name,
        "link": link_to(policy),
        **more,
    }
