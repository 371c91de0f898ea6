"""One application against a product: is the risk well described, may these coverages be chosen?

Paths in the answers carry item keys (`vehicles.v1.vin`), so that a form can place each sentence
next to its field.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from office import money
from policies.catalogue.definition import ProductDefinition
from policies.catalogue.faults import FieldError, sense_errors, shape_errors
from policies.catalogue.parts import Choice, Coverage, Exclusion, Option
from policies.rating.plan import Json, Names, label
from policies.rating.reading import items_of

Selection = dict[str, Any]


class CoverageTerms(NamedTuple):
    """A chosen coverage in money: what applies to a loss. A limit of None has no limit.

    `aggregate` is the most for all losses of a term. Names stand for an option that is no sum of
    money. `coinsurance_percent` of the value must be insured for a loss to be paid whole.
    """

    coverage: str
    item: str
    names: Names
    limit: Decimal | None
    each_person: Decimal | None
    deductible: Decimal
    exclusions: tuple[Exclusion, ...]
    waiting_days: int
    aggregate: Decimal | None = None
    limit_names: Names | None = None
    deductible_names: Names | None = None
    coinsurance_percent: Decimal = Decimal(0)


def coverage_key(coverage: str, item: str) -> str:
    """The stable key of a selection."""
    return f"{item}:{coverage}" if item else coverage


# The risk


def risk_errors(definition: ProductDefinition, risk: Json) -> list[FieldError]:
    """What is missing or wrong in a risk, one sentence a field."""
    return sorted(set(shape_errors(definition, risk) or sense_errors(definition, risk)))


def stamped(definition: ProductDefinition, risk: Json, on: date) -> dict[str, Any]:
    """The risk of new business with the fields that the office fills in: the first day of cover,
    and no judgment yet.

    The day stays as it is for as long as the policy is renewed, so that a level premium knows
    since when it runs.
    """
    fields = definition.risk_schema["properties"]
    filled = {name: on.isoformat() for name, one in fields.items() if one.get("x-stamp")}
    return unjudged(definition, {**risk, **filled})


def judged_fields(definition: ProductDefinition) -> list[str]:
    """The fields of the risk that hold an underwriter's judgment: nobody applies for them."""
    fields = definition.risk_schema["properties"]
    return [name for name, one in fields.items() if one.get("x-judgment")]


def unjudged(definition: ProductDefinition, risk: Json) -> dict[str, Any]:
    """The risk without any judgment: an application is edited, or a term is renewed."""
    return {**risk, **dict.fromkeys(judged_fields(definition), 0)}


# The coverages


def coverage_errors(
    definition: ProductDefinition, risk: Json, coverages: list[Selection], jurisdiction: str
) -> list[FieldError]:
    """What cannot be chosen so, and what must be chosen besides."""
    errors: list[FieldError] = []
    known = {coverage.code: coverage for coverage in definition.coverages}
    chosen: set[tuple[str, str]] = set()
    for selection in coverages:
        cell = (selection["coverage"], selection["item"])
        coverage = known.get(selection["coverage"])
        errors += _selection_errors(coverage, risk, selection, jurisdiction, cell in chosen)
        chosen.add(cell)
    for coverage in definition.coverages:
        if jurisdiction in coverage.mandatory:
            for item in _places(coverage, risk):
                if (coverage.code, item) not in chosen:
                    path = f"coverages.{coverage_key(coverage.code, item)}"
                    facts = {"coverage": label(coverage.names), "place": jurisdiction}
                    sentence = _("%(coverage)s is mandatory in %(place)s.") % facts
                    errors.append(FieldError(path, sentence))
    return errors


def _selection_errors(
    coverage: Coverage | None,
    risk: Json,
    selection: Selection,
    jurisdiction: str,
    is_twice: bool,
) -> Iterator[FieldError]:
    path = f"coverages.{coverage_key(selection['coverage'], selection['item'])}"
    if coverage is None or jurisdiction not in coverage.jurisdictions:
        yield FieldError(path, _("This coverage is not offered here."))
        return
    if is_twice:
        yield FieldError(path, _("This coverage is chosen twice."))
    if selection["item"] not in _places(coverage, risk):
        yield FieldError(path, _("This coverage is for an item that is not insured."))
    for name, choice in (("limit", coverage.limit), ("deductible", coverage.deductible)):
        allowed = [option.code for option in choice.allowed(jurisdiction)] if choice else [""]
        if selection[name] not in allowed:
            facts = {"options": ", ".join(allowed) or "–"}
            yield FieldError(f"{path}.{name}", _("Choose one of: %(options)s.") % facts)


def _places(coverage: Coverage, risk: Json) -> list[str]:
    """The items that a coverage can be for; "" is the policy."""
    return [""] if coverage.is_per_policy else [i["key"] for i in items_of(risk, coverage.per)]


def default_coverages(
    definition: ProductDefinition, risk: Json, jurisdiction: str
) -> list[Selection]:
    """The mandatory and the usual coverages of every item, with the usual options."""
    return [
        _selection(coverage, item, jurisdiction)
        for coverage in definition.coverages
        if jurisdiction in coverage.jurisdictions
        and (coverage.usual or jurisdiction in coverage.mandatory)
        for item in _places(coverage, risk)
    ]


def _selection(coverage: Coverage, item: str, jurisdiction: str) -> Selection:
    return {
        "key": coverage_key(coverage.code, item),
        "coverage": coverage.code,
        "item": item,
        "limit": _default(coverage.limit, jurisdiction),
        "deductible": _default(coverage.deductible, jurisdiction),
    }


def _default(choice: Choice | None, jurisdiction: str) -> str:
    """The usual option, or the lowest that the law allows where that is higher."""
    if choice is None:
        return ""
    allowed = [option.code for option in choice.allowed(jurisdiction)]
    return choice.default if choice.default in allowed else allowed[0]


def fit_coverages(
    definition: ProductDefinition, risk: Json, wanted: list[Selection], jurisdiction: str
) -> tuple[list[Selection], list[str]]:
    """What this product can offer of what was asked, and a sentence for each difference.

    A limit is met by the next option that is not below it, a deductible by the next that is not
    above; mandatory coverages are added.
    """
    known = {coverage.code: coverage for coverage in definition.coverages}
    fitted: dict[tuple[str, str], Selection] = {}
    notes: list[str] = []
    for selection in wanted:
        coverage = known.get(selection["coverage"])
        if coverage is None or jurisdiction not in coverage.jurisdictions:
            name = label(coverage.names) if coverage else selection["coverage"]
            notes.append(_("%(coverage)s is not offered.") % {"coverage": name})
            continue
        fitted[coverage.code, selection["item"]] = _fit(coverage, selection, jurisdiction, notes)
    for default in default_coverages(definition, risk, jurisdiction):
        coverage = known[default["coverage"]]
        cell = (coverage.code, default["item"])
        if jurisdiction in coverage.mandatory and cell not in fitted:
            fitted[cell] = default
            notes.append(
                _("%(coverage)s is mandatory and was added.") % {"coverage": label(coverage.names)}
            )
    return list(fitted.values()), list(dict.fromkeys(notes))


def _fit(
    coverage: Coverage, selection: Selection, jurisdiction: str, notes: list[str]
) -> Selection:
    fitted = {**selection, "key": coverage_key(coverage.code, selection["item"])}
    for name, choice in (("limit", coverage.limit), ("deductible", coverage.deductible)):
        fitted[name] = _nearest(choice, selection[name], jurisdiction, upwards=name == "limit")
        if fitted[name] != selection[name] and choice is not None:
            notes.append(
                _("%(coverage)s: %(offered)s instead of %(wanted)s.")
                % {
                    "coverage": label(coverage.names),
                    "offered": fitted[name],
                    "wanted": selection[name] or "–",
                }
            )
    return fitted


def _nearest(choice: Choice | None, wanted: str, jurisdiction: str, *, upwards: bool) -> str:
    if choice is None:
        return ""
    codes = [option.code for option in choice.allowed(jurisdiction)]
    if wanted in codes:
        return wanted
    size = _size(wanted)
    sized = [(found, code) for code in codes if (found := _size(code)) and size]
    alike = sorted((found[1], code) for found, code in sized if size and found[0] == size[0])
    if not alike or size is None:
        return _default(choice, jurisdiction)
    if upwards:
        return next((code for amount, code in alike if amount >= size[1]), alike[-1][1])
    return next((code for amount, code in reversed(alike) if amount <= size[1]), alike[0][1])


def _size(code: str) -> tuple[str, Decimal] | None:
    """Option codes say their size: 50000, 100/300, 20%. Codes of one style can be compared."""
    number, _slash, rest = code.partition("/")
    style = "/" if rest else "%" if number.endswith("%") else ""
    number = number.removesuffix("%")
    return (style, Decimal(number)) if number.isdecimal() else None


def coverage_terms(definition: ProductDefinition, risk: Json, selection: Json) -> CoverageTerms:
    """A chosen coverage in money, percentages taken of the sums that the risk states."""
    coverage = definition.coverage(selection["coverage"])
    limit, deductible = (
        choice.option(selection[name]) if choice else None
        for name, choice in (("limit", coverage.limit), ("deductible", coverage.deductible))
    )
    path = coverage.coinsurance
    return CoverageTerms(
        coverage.code,
        selection["item"],
        coverage.names,
        _amount(coverage, coverage.limit, limit, selection, risk),
        limit.each_person if limit else None,
        _amount(coverage, coverage.deductible, deductible, selection, risk) or money.ZERO,
        coverage.exclusions,
        coverage.waiting_days,
        limit.aggregate if limit else None,
        limit.names if limit else None,
        deductible.names if deductible else None,
        Decimal(_at(path, coverage, selection, risk)) if path else Decimal(0),
    )


def _amount(
    coverage: Coverage, choice: Choice | None, option: Option | None, selection: Json, risk: Json
) -> Decimal | None:
    if choice is None or option is None:
        return None
    if option.percent is None:
        return option.amount
    return money.round(Decimal(_at(choice.of, coverage, selection, risk)) * option.percent)


def _at(path: str, coverage: Coverage, selection: Json, risk: Json) -> Any:
    """The field of the risk, or of the item that the coverage is for, to which a path leads."""
    root, *names = path.split(".")
    node: Any = risk
    if root == "item":
        node = next(i for i in items_of(risk, coverage.per) if i["key"] == selection["item"])
    for name in names:
        node = node[name]
    return node
