"""Which documents a product demands for this cause and amount, and why: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from office.money import format as show
from policies.catalogue import ProductDefinition, label, required_documents


@dataclass(frozen=True)
class Demand:
    """One document that the file needs before step 2 can end."""

    document: str
    names: Mapping[str, str]
    because: str

    @property
    def name(self) -> str:
        return label(self.names)


def demands(
    definition: ProductDefinition, *, cause: str, amount: Decimal, is_injured: bool
) -> list[Demand]:
    """The rows of the product's document matrix that this loss meets."""
    rows = required_documents(definition, cause=cause, amount=amount, injured=is_injured)
    return [Demand(row.document, row.names, _because(definition, row, cause)) for row in rows]


def _because(definition: ProductDefinition, row, cause: str) -> str:
    reasons = []
    if row.causes:
        reasons.append(
            _("the cause is %(cause)s") % {"cause": label(definition.cause(cause).names).lower()}
        )
    if row.amount_over:
        reasons.append(_("the loss is above %(amount)s") % {"amount": show(row.amount_over)})
    if row.injury:
        reasons.append(_("somebody was injured"))
    if not reasons:
        return _("The product demands it for every claim.")
    return _("Demanded because %(reasons)s.") % {"reasons": _(" and ").join(reasons)}


def missing(wanted: Iterable[Demand], requested: Iterable[str]) -> list[Demand]:
    """The demands that nobody has asked for yet."""
    known = set(requested)
    return [demand for demand in wanted if demand.document not in known]
