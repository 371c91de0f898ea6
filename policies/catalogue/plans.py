"""Checks of a rating plan: it can be compiled, knows its inputs, covers what can be chosen."""

from collections.abc import Iterator
from itertools import product as combinations

from django.utils.translation import gettext as _

from office import money
from policies.catalogue.definition import ProductDefinition, labels_of
from policies.catalogue.prohibited import (
    Prohibition,
    breaches_of_condition,
    breaches_of_step,
)
from policies.catalogue.reading import Path_
from policies.catalogue.references import item_lists
from policies.rating import compile_plan
from policies.rating.plan import CHOSEN, FIXED, POLICY, PREMIUM, Input, Json, RatingPlan, Step
from policies.rating.reading import LISTED
from policies.rating.results import Chain
from policies.rating.steps import Found

Finding = tuple[Path_, str]


def check_plan(definition: ProductDefinition) -> Iterator[Finding]:
    """What is wrong with the steps; then, if they hold, with what they leave out."""
    plan = definition.rating
    findings = list(_steps(plan, definition))
    yield from findings
    if not findings:
        yield from _gaps(definition)


def check_law(definition: ProductDefinition, table: list[Prohibition]) -> Iterator[Finding]:
    """Prohibited variables, each with the law that prohibits it."""
    plan, kind = definition.rating, definition.kind
    reason = _("%(variable)s must not decide a price in %(place)s: %(law)s")
    for index, step in enumerate(plan.steps):
        for breach in breaches_of_step(step, plan, definition.risk_schema, kind, table):
            facts = {"variable": breach.variable, "place": breach.jurisdiction, "law": breach.law}
            yield ("rating", "steps", index), reason % facts
    reason = _("%(variable)s must not decide who is insured in %(place)s: %(law)s")
    for index, rule in enumerate(definition.appetite):
        places = list(definition.jurisdictions)
        for breach in breaches_of_condition(rule.when, places, kind, table):
            facts = {"variable": breach.variable, "place": breach.jurisdiction, "law": breach.law}
            yield ("appetite", index, "when"), reason % facts


def _steps(plan: RatingPlan, definition: ProductDefinition) -> Iterator[Finding]:
    codes: set[str] = set()
    for index, step in enumerate(plan.steps):
        path: Path_ = ("rating", "steps", index)
        if step.code in codes:
            yield path, _("“%(code)s” appears twice") % {"code": step.code}
        codes.add(step.code)
        for code in sorted((step.coverages or frozenset()) - set(plan.coverages)):
            yield path, _("the coverage “%(code)s” is not known") % {"code": code}
        yield from _lookups(path, step, plan, definition)
        yield from _scope(path, step, definition)
        if step.kind != "discount" and (step.cap is not None or len(step.lookups) > 1):
            yield path, _("only a discount has parts and a cap")


def _scope(path: Path_, step: Step, definition: ProductDefinition) -> Iterator[Finding]:
    """A step of the whole policy works on cents; a step over a list sums what it finds there."""
    if step.scope == POLICY and step.kind == "base":
        yield path, _("a step of the whole policy changes a premium, it cannot be a base")
    if step.scope == POLICY and step.rounding.places > money.PLACES:
        yield path, _("a step of the whole policy rounds to cents or less")
    if step.over and (step.scope == POLICY or step.kind not in ("base", "add")):
        yield path, _("only a base or a loading of a coverage is summed over a list")
    if step.over and step.over not in item_lists(definition.risk_schema):
        yield path, _("the risk has no list “%(list)s”") % {"list": step.over}
    if step.where and not step.over:
        yield path, _("`where` chooses among the items that `over` names")


def _lookups(
    path: Path_, step: Step, plan: RatingPlan, definition: ProductDefinition
) -> Iterator[Finding]:
    for lookup in step.lookups:
        table = plan.tables.get(lookup.table)
        if table is None:
            yield path, _("there is no table “%(table)s”") % {"table": lookup.table}
            continue
        if len(table.keys) != len(lookup.inputs):
            yield (
                path,
                _("the table “%(table)s” needs these inputs: %(keys)s")
                % {
                    "table": lookup.table,
                    "keys": ", ".join(table.keys),
                },
            )
        elif PREMIUM in lookup.inputs[:-1] or (table.kind == "exact" and PREMIUM in lookup.inputs):
            yield path, _("the premium is looked up in a band or a curve, as its last input")
        elif table.kind != "exact" and lookup.inputs[-1] in (*FIXED, *CHOSEN):
            yield (
                path,
                _("the last input of the table “%(table)s” must be a number")
                % {"table": lookup.table},
            )
        for name in lookup.inputs:
            yield from _input(path, name, step, plan, definition)
    for name in filter(None, (step.exposure, step.where)):
        yield from _input(path, name, step, plan, definition)


def _input(
    path: Path_, name: str, step: Step, plan: RatingPlan, definition: ProductDefinition
) -> Iterator[Finding]:
    if name in FIXED and (name != "coverage" or step.scope != POLICY):
        return
    if name == PREMIUM and step.scope == POLICY:
        return
    if name in CHOSEN and step.scope != POLICY and not step.over:
        return
    spec = plan.inputs.get(name) or Input("value", name)
    lists = _lists_of(step, plan)
    named = [spec.of, *([spec.until] if spec.until else [])]
    if spec.kind in LISTED:
        named += [f"{spec.of}.{field}" for field in spec.fields]
    for of in named:
        if not all(_leads_somewhere(of, per, plan, definition.risk_schema) for per in lists):
            yield path, _("the input “%(of)s” leads to no field of the risk") % {"of": of}
    if spec.kind == "rank" and lists != {spec.of.removeprefix("risk.")}:
        yield path, _("a place among the items of a list is for a coverage of that list alone")


def _lists_of(step: Step, plan: RatingPlan) -> set[str]:
    """The lists whose items a step reads."""
    if step.scope == POLICY:
        return {POLICY}
    if step.over:
        return {step.over}
    codes = plan.coverages if step.coverages is None else step.coverages & set(plan.coverages)
    return {plan.coverages[code] for code in codes}


def _leads_somewhere(of: str, per: str, plan: RatingPlan, schema: Json) -> bool:
    root, _dot, rest = of.partition(".")
    fields = {*dict(labels_of(schema)), *item_lists(schema)}
    if root == "risk":
        return rest in fields
    if per == POLICY:
        return False
    if root == "item":
        return f"{per}.{rest}" in fields
    link = plan.links.get(root)
    if link is None:
        return False
    return f"{link.list}.{rest}" in fields and f"{per}.{link.by.partition('.')[2]}" in fields


def _gaps(definition: ProductDefinition) -> Iterator[Finding]:
    """Each coverage must have a price wherever it is offered, whatever is chosen."""
    compiled = compile_plan(definition.rating)
    for index, step in enumerate(definition.rating.steps):
        for place, whole in compiled.wholes.items() if step.scope == POLICY else ():
            if step.applies_in(place) and step not in [one.step for one in whole.steps]:
                yield (
                    ("rating", "steps", index),
                    _("a table of the plan has no row for it in %(place)s") % {"place": place},
                )
    for index, coverage in enumerate(definition.coverages):
        path: Path_ = ("coverages", index)
        for place in sorted(coverage.jurisdictions):
            chain = compiled.chains[place].get(coverage.code)
            if chain is None:
                yield (
                    path,
                    _("a table of the plan has no row for it in %(place)s") % {"place": place},
                )
            elif chain.steps[0].step.kind != "base":
                yield path, _("its first step in %(place)s is not a base") % {"place": place}
            else:
                yield from _unpriced(path, definition, coverage.code, place, chain)


def _unpriced(
    path: Path_, definition: ProductDefinition, code: str, place: str, chain: Chain
) -> Iterator[Finding]:
    coverage = definition.coverage(code)
    limits = [o.code for o in coverage.limit.allowed(place)] if coverage.limit else [""]
    deductible = coverage.deductible
    deductibles = [o.code for o in deductible.allowed(place)] if deductible else [""]
    founds = [found for step in chain.steps for found in step.founds]
    for limit, chosen in combinations(limits, deductibles):
        for found in founds:
            if found.names and set(found.names) <= set(CHOSEN):
                try:
                    found.find([limit, chosen])
                except LookupError:
                    yield path, _missing_row(found, f"{limit} {chosen}".strip(), place)
    for compiled in chain.steps:
        per = compiled.step.over or coverage.per
        for found in compiled.founds if not compiled.step.where else ():
            for value in _choices_of(found, definition.rating, per, definition.risk_schema):
                if value not in (found.cells or {}):
                    yield path, _missing_row(found, value, place)


def _missing_row(found: Found, value: str, place: str) -> str:
    return _("the table “%(table)s” has no row for “%(value)s” in %(place)s") % {
        "table": found.table.name,
        "value": value,
        "place": place,
    }


def _choices_of(found: Found, plan: RatingPlan, per: str, schema: Json) -> list[str]:
    """The values of the field with a list of choices that alone finds a row."""
    if found.cells is None or found.names[0] in CHOSEN:
        return []
    spec = plan.inputs.get(found.names[0])
    if spec is not None and spec.kind != "value":
        return []
    root, *names = (spec.of if spec else found.names[0]).split(".")
    if root == "item":
        names = [per, *names]
    elif root in plan.links:
        names = [plan.links[root].list, *names]
    node = schema
    for name in names:
        node = node.get("items", node)["properties"][name]
    return list(node.get("enum", ()))
