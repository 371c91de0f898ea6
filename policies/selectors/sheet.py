"""A cover laid out to be read: item by item, coverage by coverage, with its premium."""

from collections.abc import Iterable, Mapping
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
    """The groups of a cover in the order of the risk; the policy's own coverages come last.

    What is declared but not insured, such as beneficiaries, follows as groups without coverages.
    """
    premiums = premiums_of(cover.segment)
    schema, terms = cover.definition.risk_schema, cover.coverages
    titles = wording.titles_of(schema, cover.risk)
    groups = []
    for key, item_schema, item in wording.items_of(schema, cover.risk):
        facts = wording.facts_of(item_schema, item, titles)
        groups.append(SheetGroup(titles[key], facts, _rows(terms, key, premiums)))
    groups.append(SheetGroup(_("The whole policy"), [], _rows(terms, "", premiums)))
    insured = [group for group in groups if group.rows]
    declared = wording.declared_of(schema, cover.risk, titles)
    return [*insured, *(SheetGroup(title or _("The plan"), facts, []) for title, facts in declared)]


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


def exclusions_of(terms: Iterable[CoverageTerms]) -> list[tuple[str, str]]:
    """Each exclusion of the chosen coverages once, with every clause that says so."""
    clauses: dict[str, list[str]] = {}
    for one in terms:
        for exclusion in one.exclusions:
            known = clauses.setdefault(label(exclusion.texts), [])
            if exclusion.clause not in known:
                known.append(exclusion.clause)
    return [(text, "; ".join(found)) for text, found in clauses.items()]
