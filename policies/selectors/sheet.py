"""A cover laid out to be read: item by item, coverage by coverage, with its premium."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from office import money
from policies import wording
from policies.catalogue import label
from policies.catalogue.application import CoverageTerms
from policies.models import Segment
from policies.rating.reading import items_of
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
    return [
        *insured,
        *(SheetGroup(title or _("The plan"), facts, []) for title, facts in declared),
        *_benefits(cover),
    ]


def _benefits(cover: Cover) -> Iterator[SheetGroup]:
    """What the law of the place pays for lost wages, where a chosen coverage says so."""
    for terms in cover.coverages:
        coverage = cover.definition.coverage(terms.coverage)
        indemnity = coverage.indemnity.get(cover.policy.jurisdiction)
        if indemnity is not None:
            title = _("Lost wages under %(coverage)s") % {"coverage": label(coverage.names)}
            yield SheetGroup(title, wording.indemnity_facts(indemnity), [])


@dataclass(frozen=True)
class Schedule:
    """A list of the risk that is rated as one, such as class codes: a heading and its rows."""

    title: str
    heads: list[str]
    rows: list[list[str]]

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of heading and value, for a table that turns into cards."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


def schedules_of(cover: Cover) -> list[Schedule]:
    """The lists that the risk schema marks `x-schedule`, in its order; empty ones are left out."""
    found = []
    for name, schema in cover.definition.risk_schema["properties"].items():
        items = items_of(cover.risk, name) if schema.get("x-schedule") else []
        if items:
            fields = {f: one for f, one in schema["items"]["properties"].items() if f != "key"}
            heads = [wording.field_title(field, one) for field, one in fields.items()]
            rows = [
                [wording.value_text(one, item.get(field)) for field, one in fields.items()]
                for item in items
            ]
            found.append(Schedule(wording.field_title(name, schema), heads, rows))
    return found


def premiums_of(segment: Segment) -> Premiums:
    """Written premium of a segment by item and coverage."""
    return {(row.item_key, row.coverage): row.written for row in segment.premiums.all()}


def _rows(terms: list[CoverageTerms], item: str, premiums: Premiums) -> list[SheetRow]:
    return [
        SheetRow(
            coverage=one.coverage,
            name=label(one.names),
            limit=wording.limit_text(one),
            deductible=wording.deductible_text(one),
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
