"""Changes as rows to be read: what each coverage costs more or less, what each package covers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from policies import wording
from policies.catalogue import label
from policies.catalogue.application import CoverageTerms
from policies.selectors.changes import Change
from policies.selectors.options import ItemOption
from policies.selectors.products import product_definition


class ChangeRow(NamedTuple):
    item: str
    coverage: str
    before: Decimal
    after: Decimal
    difference: Decimal


class CoverageRow(NamedTuple):
    """A coverage and what each option has of it, in the order of the options; "" for none."""

    name: str
    cells: list[str]


def change_rows(change: Change) -> list[ChangeRow]:
    """The premium of each item and coverage over the term, where it changes."""
    definition = product_definition(change.term.version)
    titles: dict[str, str] = {}
    for segment in [*change.before.segments, *change.after.segments]:
        titles |= wording.titles_of(definition.risk_schema, segment.state["risk"])
    names = {coverage.code: label(coverage.names) for coverage in definition.coverages}
    return [
        ChangeRow(
            titles.get(cell.item, cell.item),
            names[cell.coverage],
            cell.before,
            cell.after,
            cell.difference,
        )
        for cell in change.cells
        if cell.difference
    ]


def coverage_rows(options: Sequence[ItemOption]) -> list[CoverageRow]:
    """The coverages of several packages side by side."""
    names = {terms.coverage: label(terms.names) for option in options for terms in option.terms}
    return [
        CoverageRow(name, [_covered(option, code) for option in options])
        for code, name in names.items()
    ]


def _covered(option: ItemOption, code: str) -> str:
    found = next((terms for terms in option.terms if terms.coverage == code), None)
    return _amounts(found) if found else ""


def _amounts(terms: CoverageTerms) -> str:
    said = wording.limit_text(terms)
    if terms.deductible:
        return f"{said} ({wording.whole_money(terms.deductible)})"
    return said
