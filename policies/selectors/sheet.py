"""A cover laid out to be read: item by item, coverage by coverage, with its premium."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from office import money
from policies import wording
from policies.catalogue import label
from policies.catalogue.application import CoverageTerms
from policies.models import Segment
from policies.selectors.cover import Cover

Premiums = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True)
class SheetRow:
    coverage: str
    name: str
    limit: str
    deductible: str
    premium: Decimal


@dataclass(frozen=True)
class SheetGroup:
    """The coverages of one item, or of the policy as a whole."""

    title: str
    facts: list[tuple[str, str]]
    rows: list[SheetRow]

    @property
    def premium(self) -> Decimal:
        return sum((row.premium for row in self.rows), money.ZERO)


def sheet_of(cover: Cover) -> list[SheetGroup]:
    """The groups of a cover in the order of the risk; the policy's own coverages come last."""
    premiums = premiums_of(cover.segment)
    schema, terms = cover.definition.risk_schema, cover.coverages
    groups = []
    for key, item_schema, item in wording.items_of(schema, cover.risk):
        title = wording.item_title(item_schema, item)
        facts = list(wording.facts_of(item_schema, item))
        groups.append(SheetGroup(title, facts, _rows(terms, key, premiums)))
    own = SheetGroup(_("The whole policy"), [], _rows(terms, "", premiums))
    return [group for group in [*groups, own] if group.rows]


def premiums_of(segment: Segment) -> Premiums:
    """Written premium of a segment by item and coverage."""
    return {(row.item_key, row.coverage): row.written for row in segment.premiums.all()}


def _rows(terms: list[CoverageTerms], item: str, premiums: Premiums) -> list[SheetRow]:
    return [
        SheetRow(
            coverage=one.coverage,
            name=label(one.names),
            limit=wording.amount_text(one.limit, one.each_person),
            deductible=wording.amount_text(one.deductible),
            premium=premiums.get((item, one.coverage), money.ZERO),
        )
        for one in terms
        if one.item == item
    ]


def exclusions_of(cover: Cover) -> list[tuple[str, str]]:
    """Each exclusion of the chosen coverages once, with the clause that says so."""
    found = {
        exclusion.clause: label(exclusion.texts)
        for terms in cover.coverages
        for exclusion in terms.exclusions
    }
    return [(text, clause) for clause, text in found.items()]
