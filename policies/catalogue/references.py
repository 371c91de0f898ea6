"""Checks that the parts of a product name each other rightly."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from policies.catalogue.definition import field_at, labels_of
from policies.catalogue.reading import Path_
from policies.enums import CancellationReason
from policies.rating.plan import POLICY, Json

Finding = tuple[Path_, str]


def check_references(document: Json) -> Iterator[Finding]:
    """Every code that one part uses and another should have."""
    for part in ("coverages", "causes", "pay_plans", "appetite"):
        yield from _twice((part,), [one["code"] for one in document[part]])
    yield from _untitled(("risk_schema",), document["risk_schema"])
    yield from _own_words(document["risk_schema"])
    places = set(document["taxes_and_fees"])
    codes = {one["code"] for one in document["coverages"]}
    for index, coverage in enumerate(document["coverages"]):
        yield from _coverage(("coverages", index), coverage, document, places)
    yield from _causes(document, codes)
    for index, one in enumerate(document["claim_documents"]):
        known = {cause["code"] for cause in document["causes"]}
        yield from _unknown(("claim_documents", index, "causes"), one.get("causes", ()), known)
    for index, form in enumerate(document["forms"]):
        yield from _unknown(("forms", index, "coverages"), form.get("coverages", ()), codes)
    for index, plan in enumerate(document["pay_plans"]):
        yield from _pay_plan(("pay_plans", index), plan, document["term_months"])
    yield from _levies(document)
    yield from _packages(document)


def item_lists(schema: Json) -> set[str]:
    """The names under which a risk holds insured items."""
    return {name for name, one in schema.get("properties", {}).items() if one.get("x-item")}


def _untitled(path: Path_, schema: Json) -> Iterator[Finding]:
    """Each field of a risk needs a name in both languages; keys are nobody's to read."""
    if "items" in schema:
        path, schema = (*path, "items"), schema["items"]
    for name, field in schema.get("properties", {}).items():
        place = (*path, "properties", name)
        if name != "key" and set(field.get("x-title", ())) != {"en", "es"}:
            yield place, _("the field needs an x-title in English and Spanish")
        yield from _untitled(place, field)


def _own_words(schema: Json) -> Iterator[Finding]:
    """What the catalogue adds to JSON Schema: links, sums, stamps."""
    lists = item_lists(schema)
    for name, field in schema.get("properties", {}).items():
        path: Path_ = ("risk_schema", "properties", name)
        fields = field.get("items", field).get("properties", {})
        for inner, one in fields.items():
            if "x-link" in one:
                place = (*path, "items", "properties", inner, "x-link")
                yield from _unknown(place, [one["x-link"]], lists)
        if "x-sum" in field:
            rule = field["x-sum"]
            named = [rule.get("field", ""), *rule.get("by", ())]
            yield from _unknown((*path, "x-sum"), named, fields)
            if not isinstance(rule.get("total"), int):
                yield (*path, "x-sum"), _("a sum needs the whole number that it must come to")
        if "x-stamp" in field and field.get("format") != "date":
            yield (*path, "x-stamp"), _("only a date is filled in with the first day of cover")


def _twice(path: Path_, codes: list[str]) -> Iterator[Finding]:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield (*path, index, "code"), _("“%(code)s” appears twice") % {"code": code}


def _unknown(path: Path_, used: Iterable[str], known: Iterable[str]) -> Iterator[Finding]:
    for code in used:
        if code not in known:
            yield path, _("“%(code)s” is not known") % {"code": code}


def _coverage(path: Path_, coverage: Json, document: Json, places: set[str]) -> Iterator[Finding]:
    code = coverage["code"]
    yield from _unknown((*path, "code"), [code], document["coverage_names"])
    lists = item_lists(document["risk_schema"])
    if coverage["per"] != POLICY:
        yield from _unknown((*path, "per"), [coverage["per"]], lists)
    for name in ("mandatory", "jurisdictions"):
        yield from _unknown((*path, name), coverage.get(name, ()), places)
    for index, one in enumerate(coverage["exclusions"]):
        place = (*path, "exclusions", index, "code")
        yield from _unknown(place, [one["code"]], document["exclusion_texts"])
    for name in ("limit", "deductible"):
        if name in coverage:
            yield from _choice((*path, name), coverage, coverage[name], document, places)
    yield from _unknown((*path, "indemnity"), coverage.get("indemnity", {}), places)
    if "coinsurance" in coverage:
        yield from _coinsurance((*path, "coinsurance"), coverage, document["risk_schema"])


def _choice(
    path: Path_, coverage: Json, choice: Json, document: Json, places: set[str]
) -> Iterator[Finding]:
    codes = [option["code"] for option in choice["options"]]
    yield from _twice((*path, "options"), codes)
    yield from _unknown((*path, "default"), [choice["default"]], codes)
    yield from _unknown((*path, "minimum"), choice.get("minimum", {}), places)
    yield from _unknown((*path, "minimum"), choice.get("minimum", {}).values(), codes)
    if "of" in choice:
        plain = _plain(choice["of"], coverage)
        yield from _unknown((*path, "of"), [plain], dict(labels_of(document["risk_schema"])))
    elif any("percent" in option for option in choice["options"]):
        yield path, _("a percentage needs `of`: the sum that it is taken of")


def _plain(of: str, coverage: Json) -> str:
    """The path of a field without keys, from one that starts at the risk or at the item."""
    root, _dot, rest = of.partition(".")
    return f"{coverage['per']}.{rest}" if root == "item" else rest


def _coinsurance(path: Path_, coverage: Json, schema: Json) -> Iterator[Finding]:
    field = field_at(schema, _plain(coverage["coinsurance"], coverage))
    percents = [str(one) for one in field.get("enum", ())]
    if not percents or not all(one.isdecimal() and int(one) <= 100 for one in percents):
        yield path, _("coinsurance is a field that chooses among whole percentages up to 100")


def _causes(document: Json, codes: set[str]) -> Iterator[Finding]:
    excluded = {e["code"] for coverage in document["coverages"] for e in coverage["exclusions"]}
    for index, cause in enumerate(document["causes"]):
        path = ("causes", index)
        yield from _unknown((*path, "coverages"), cause["coverages"], document["coverage_names"])
        yield from _unknown((*path, "exclusions"), cause.get("exclusions", ()), excluded)
        if not codes & set(cause["coverages"]) and not cause.get("exclusions"):
            yield path, _("the cause hits no coverage and no exclusion")


def _pay_plan(path: Path_, plan: Json, term_months: int) -> Iterator[Finding]:
    is_whole = Decimal(plan["down_payment"]) == 1
    if is_whole != (plan["instalments"] == 0):
        yield path, _("instalments are for what the down payment leaves, and only for that")
    if plan["instalments"] * plan["interval_months"] >= term_months:
        yield path, _("the last instalment falls due after the term")
    if plan["instalments"] and not plan["interval_months"]:
        yield path, _("instalments need months between them")


def _packages(document: Json) -> Iterator[Finding]:
    """A package takes coverages of its own list, with options that they have."""
    lists = item_lists(document["risk_schema"])
    coverages = {one["code"]: one for one in document["coverages"]}
    packages = document.get("packages", ())
    yield from _twice(("packages",), [one["code"] for one in packages])
    for index, package in enumerate(packages):
        path: Path_ = ("packages", index)
        yield from _unknown((*path, "per"), [package["per"]], lists)
        per = {code for code, one in coverages.items() if one["per"] == package["per"]}
        yield from _unknown((*path, "coverages"), package["coverages"], per)
        for code, chosen in package["coverages"].items():
            for part in ("limit", "deductible"):
                options = coverages.get(code, {}).get(part, {}).get("options", ())
                known = [option["code"] for option in options] or [""]
                place = (*path, "coverages", code, part)
                yield from _unknown(place, [chosen.get(part, "")], known)


def _levies(document: Json) -> Iterator[Finding]:
    lists = item_lists(document["risk_schema"])
    known = set()
    for place, levies in document["taxes_and_fees"].items():
        path: Path_ = ("taxes_and_fees", place)
        yield from _twice(path, [one["code"] for one in levies])
        known |= {one["code"] for one in levies}
        for index, levy in enumerate(levies):
            if levy["kind"] == "tax" and "rate" not in levy:
                yield (*path, index), _("a tax has a rate")
            if levy.get("per", POLICY) != POLICY:
                yield from _unknown((*path, index, "per"), [levy["per"]], lists)
    yield from _cancellation(document["cancellation"], known)
    yield from _renewal(document)


def _cancellation(block: Json, fees: set[str]) -> Iterator[Finding]:
    path: Path_ = ("cancellation",)
    yield from _unknown((*path, "fully_earned_fees"), block["fully_earned_fees"], fees)
    yield from _unknown((*path, "reasons"), block.get("reasons", ()), CancellationReason.values)
    rows = [(through, Decimal(share)) for through, share in block.get("short_rate_table", ())]
    for index, (one, two) in enumerate(pairwise(rows), 1):
        if not (one[0] < two[0] and one[1] <= two[1]):
            reason = _("the days and the share earned must rise from row to row")
            yield (*path, "short_rate_table", index), reason
    if rows and rows[-1] != (365, Decimal(1)):
        yield (*path, "short_rate_table"), _("the last row earns all by day 365")
    window = block.get("reinstatement")
    if window and window["without_lapse_days"] > window["within_days"]:
        reason = _("a gap cannot be closed longer than cover can be taken up again")
        yield (*path, "reinstatement"), reason


def _renewal(document: Json) -> Iterator[Finding]:
    block = document.get("renewal") or {}
    path: Path_ = ("renewal",)
    if block and block["offer_days"] > max(block["work_days"]):
        yield (*path, "offer_days"), _("the offer cannot be due before the work begins")
    fields = dict(labels_of(document["risk_schema"]))
    for name in ("claims", "tier"):
        yield from _unknown((*path, name), block.get(name, ()), fields)
    if "losses_into" in block:
        yield from _unknown((*path, "losses_into"), [block["losses_into"]], fields)
    codes = {one["code"] for one in document["coverages"]}
    shared = document["coverage_names"]
    yield from _unknown((*path, "losses_of"), block.get("losses_of", ()), {*codes, *shared})
