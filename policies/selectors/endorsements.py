"""What the papers of a change say: the endorsement, the cards, the letter that goes with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounting.selectors import instalments_ahead
from office import clock, money
from policies import wording
from policies.catalogue import label
from policies.models import Policy, Segment, SegmentPremium, Term, TermTransaction
from policies.selectors.beliefs import MICROSECOND
from policies.selectors.products import product_definition
from policies.selectors.told import told_changes

Cell = tuple[str, str]


@dataclass(frozen=True)
class Recorded:
    """The transactions of one act, from the first to the last, and the states around them."""

    first: TermTransaction
    last: TermTransaction
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def term(self) -> Term:
        return self.first.term


def recorded_change(first: TermTransaction, last: TermTransaction) -> Recorded:
    day = first.effective_on
    before, after = (
        _state_on(first.term, day, moment)
        for moment in (first.recorded_at - MICROSECOND, last.recorded_at)
    )
    return Recorded(first, last, before, after)


def _state_on(term: Term, day: date, known_at: datetime) -> dict[str, Any]:
    found = term.segments.valid_on(day).known_at(known_at).values_list("insured", flat=True)
    return next(iter(found), {})


def endorsement_title(change: Recorded, *, language: str) -> str:
    with translation.override(language):
        return _("Endorsement %(sequence)s to policy %(number)s") % {
            "sequence": change.last.sequence - 1,
            "number": change.term.policy.number,
        }


def endorsement(change: Recorded, *, language: str) -> dict[str, Any]:
    """The data of `templates/documents/endorsement.typ`."""
    term, policy = change.term, change.term.policy
    definition = product_definition(term.version)
    with translation.override(language):
        return {
            **_heading(policy, term),
            "title": endorsement_title(change, language=language),
            "effective": change.first.effective_on,
            "kind": str(change.first.get_kind_display()),
            "changes": [list(row) for row in told_changes(definition, change.before, change.after)],
            "premiums": _premium_rows(change),
            "charges": _charge_rows(change),
            "total": signed(_total(change)),
            "term_total": money.format(term.total),
            "instalments": [
                [row.due_on, money.format(row.total)] for row in instalments_ahead(policy.number)
            ],
        }


def _heading(policy: Policy, term: Term) -> dict[str, Any]:
    address = policy.address
    return {
        "number": policy.number,
        "issued": clock.today(policy.time_zone),
        "insured": policy.customer.display_name,
        "address": [address.street, f"{address.city}, {address.place} {address.postal_code}"],
        "from": term.valid_from,
        "to": term.valid_to,
        "carrier": policy.product.carrier.name,
        "product": label(product_definition(term.version).names),
    }


def _premium_rows(change: Recorded) -> list[list[str]]:
    """The written premium of each item and coverage that changes: its name, the difference."""
    definition = product_definition(change.term.version)
    titles = {
        **wording.titles_of(definition.risk_schema, change.before.get("risk", {})),
        **wording.titles_of(definition.risk_schema, change.after.get("risk", {})),
    }
    before = _by_cell(change.term, change.first.recorded_at - MICROSECOND)
    after = _by_cell(change.term, change.last.recorded_at)
    rows = []
    for item, coverage in sorted({*before, *after}):
        difference = _of(after, item, coverage) - _of(before, item, coverage)
        if difference:
            name = label(definition.coverage(coverage).names)
            rows.append([titles.get(item, item), name, signed(difference)])
    return rows


def _by_cell(term: Term, known_at: datetime) -> dict[Cell, Decimal]:
    segments = Segment.objects.filter(term=term).known_at(known_at)
    rows = SegmentPremium.objects.filter(segment__in=segments).values_list("item_key", "coverage")
    return {(item, coverage): sum_ for item, coverage, sum_ in rows.annotate(sum=Sum("written"))}


def _of(amounts: Mapping[Cell, Decimal], item: str, coverage: str) -> Decimal:
    return amounts.get((item, coverage), money.ZERO)


def _charge_rows(change: Recorded) -> list[list[str]]:
    rows = change.term.transactions.filter(
        sequence__gte=change.first.sequence, sequence__lte=change.last.sequence
    )
    sums = rows.aggregate(premium=Sum("premium"), fees=Sum("fees"), tax=Sum("tax"))
    told = [(_("Premium"), sums["premium"]), (_("Fees"), sums["fees"]), (_("Tax"), sums["tax"])]
    return [[name, signed(amount)] for name, amount in told if amount or name == _("Premium")]


def _total(change: Recorded) -> Decimal:
    rows = change.term.transactions.filter(
        sequence__gte=change.first.sequence, sequence__lte=change.last.sequence
    )
    return sum((row.premium + row.fees + row.tax for row in rows), money.ZERO)


def signed(amount: Decimal) -> str:
    """A difference: a plus before what is more."""
    return f"+{money.format(amount)}" if amount > 0 else money.format(amount)


def endorsement_letter(change: Recorded) -> dict[str, Any]:
    """What the message to the customer says about a change, beside their name."""
    policy, total = change.term.policy, _total(change)
    language = policy.customer.language
    with translation.override(language):
        changes = told_changes(product_definition(change.term.version), change.before, change.after)
        return {
            "policy_number": policy.number,
            "product_name": label(product_definition(change.term.version).names),
            "effective_on": change.first.effective_on,
            "changes": [f"{row.what}: {row.was} → {row.becomes}" for row in changes],
            "amount": abs(total),
            "is_more": total > 0,
            "is_less": total < 0,
            "link": f"{settings.OFFICE_URL}{reverse('portal:policy', args=[policy.number])}",
        }


# Cards


def vehicles_changed(change: Recorded) -> list[dict[str, Any]]:
    """The items that need a new card: those that are new, or read differently than before."""
    names = _carded(change)
    old, new = change.before.get("risk", {}), change.after.get("risk", {})
    before = {row["key"]: row for name in names for row in old.get(name, [])}
    now = [row for name in names for row in new.get(name, [])]
    return [row for row in now if _on_card(before.get(row["key"])) != _on_card(row)]


def _carded(change: Recorded) -> list[str]:
    properties = product_definition(change.term.version).risk_schema["properties"]
    return [name for name, spec in properties.items() if spec.get("x-card")]


def _on_card(vehicle: Mapping[str, Any] | None) -> tuple[Any, ...]:
    fields = ("vin", "model_year", "make", "model")
    return tuple(vehicle.get(name) for name in fields) if vehicle else ()


def id_card_title(vehicle: Mapping[str, Any], *, language: str) -> str:
    with translation.override(language):
        return _("ID card, %(vehicle)s") % {"vehicle": vehicle_name(vehicle)}


def vehicle_name(vehicle: Mapping[str, Any]) -> str:
    return f"{vehicle['model_year']} {vehicle['make']} {vehicle['model']}"


def id_card(change: Recorded, vehicle: Mapping[str, Any], *, language: str) -> dict[str, Any]:
    """The data of `templates/documents/id_card.typ`: one vehicle's proof of insurance."""
    term, policy = change.term, change.term.policy
    with translation.override(language):
        return {
            **_heading(policy, term),
            "title": _("Insurance identification card"),
            "place": policy.jurisdiction.removeprefix("US-"),
            "effective": max(change.first.effective_on, term.valid_from),
            "vehicle": vehicle_name(vehicle),
            "vin": vehicle["vin"],
            "agent": policy.agent.name if policy.agent else "",
        }
