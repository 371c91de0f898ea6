"""Random plans and risks, drawn from what the catalogue's schema says a plan may hold.

A kind of step, input or table that the schema learns and this generator does not know fails the
tests that use it: it then has no proof that a whole book and one policy give the same cents.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import yaml
from hypothesis import strategies as st

from policies.catalogue.structure import SCHEMA
from policies.rating import CompiledPlan
from tests.policies.risks import NAMES, plan_of

DOCUMENT = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
RATING = DOCUMENT["properties"]["rating"]["properties"]
STEP = RATING["steps"]["items"]["properties"]
STEP_KINDS = STEP["kind"]["enum"]
EXPOSURE_PER = STEP["exposure"]["properties"]["per"]["enum"]
INPUT_KINDS = RATING["inputs"]["additionalProperties"]["properties"]["kind"]["enum"]
TABLE_KINDS = RATING["tables"]["additionalProperties"]["properties"]["kind"]["enum"]
MODES = DOCUMENT["$defs"]["rounding"]["properties"]["mode"]["enum"]

PLACES = ("XX", "YY")
COVERAGES = {"P": "policy", "A": "cars", "B": "cars", "H": "home"}
LINKS = {"driver": {"list": "drivers", "by": "item.driver"}}
LETTERS = ("a", "b", "c")
ROOTS = {
    "policy": ["risk"],
    "home": ["item", "risk"],
    "drivers": ["item", "risk"],
    "cars": ["item", "risk", "driver"],
}
OPTIONS = ("1", "2")

# kind of input: (its spec at a root, whether a number)
INPUTS: dict[str, Any] = {
    "value": lambda of, numeric: {"kind": "value", "of": f"{of}.{'x' if numeric else 'k'}"},
    "prefix": lambda of, numeric: {
        "kind": "prefix",
        "of": f"{of}.{'zip' if numeric else 'k'}",
        "length": 2 if numeric else 1,
    },
    "years_since": lambda of, numeric: {"kind": "years_since", "of": f"{of}.since"},
    "year_age": lambda of, numeric: {"kind": "year_age", "of": f"{of}.year"},
    "years_nearest": lambda of, numeric: {"kind": "years_nearest", "of": f"{of}.since"},
    "count": lambda of, numeric: {"kind": "count", "of": "risk.drivers"},
    "sum": lambda of, numeric: {"kind": "sum", "of": "risk.drivers", "field": "x"},
    "mean": lambda of, numeric: {
        "kind": "mean",
        "of": "risk.drivers",
        "field": "x",
        "weight": "year",
        "round": {"places": 2, "mode": "half_up"},
    },
    "rank": lambda of, numeric: {"kind": "rank", "of": "risk.cars", "field": "x"},
}
LISTED = {"count", "sum", "mean", "rank"}
NUMBERS_ONLY = {"years_since", "years_nearest", "year_age", *LISTED}
CONDITIONS = [
    {"field": "k", "is": ["a", "b"]},
    {"field": "x", "from": "50"},
    {"field": "since", "kind": "years_since", "from": "5", "to": "60"},
]


def decimals(low: int, high: int, places: int = 6):
    return st.integers(low * 10**places, high * 10**places).map(
        lambda number: str(Decimal(number) / 10**places)
    )


def roundings():
    return st.fixed_dictionaries({"places": st.integers(0, 6), "mode": st.sampled_from(MODES)})


@st.composite
def inputs(draw, *, numeric: bool, per: str):
    """A spec for an input that the items of `per` have; a choice of the selection sometimes."""
    kinds = [kind for kind in INPUT_KINDS if numeric or kind not in NUMBERS_ONLY]
    kinds = [kind for kind in kinds if kind != "rank" or per == "cars"]
    kind = draw(st.sampled_from(kinds))
    spec = INPUTS[kind](draw(st.sampled_from(ROOTS[per])), numeric)
    if kind in LISTED and draw(st.booleans()):
        spec["where"] = [draw(st.sampled_from(CONDITIONS))]
    if kind.startswith("year") and draw(st.booleans()):
        spec["until"] = f"{draw(st.sampled_from(ROOTS[per][:2]))}.stated"
    if draw(st.booleans()):
        spec["default"] = "5" if numeric else "b"
    return spec


@st.composite
def tables(draw, low: int, high: int, per: str, chosen: tuple[str, ...]):
    """(table, inputs of the look-up by spec or by name): any kind, with up to two exact keys."""
    value = decimals(low, high, draw(st.sampled_from([0, 2, 6])))
    kind = draw(st.sampled_from(TABLE_KINDS))
    free = draw(
        st.lists(
            st.sampled_from(["jurisdiction", "letter", *chosen]),
            unique=True,
            min_size=1 if kind == "exact" else 0,
            max_size=2,
        )
    )
    domains = {
        "jurisdiction": [*PLACES, "*"],
        "coverage": [*COVERAGES, "*"],
        "limit": OPTIONS,
        "deductible": OPTIONS,
        "letter": LETTERS,
    }
    names: list[Any] = [
        draw(inputs(numeric=False, per=per)) if one == "letter" else one for one in free
    ]
    keys = list(product(*(domains[one] for one in free)))
    rows = []
    numeric = NUMERIC[kind]
    for key in keys:
        rows += [[*key, *bounds, draw(value)] for bounds in draw(numeric)]
    table = {"version": "1", "kind": kind, "keys": [f"k{i}" for i in range(len(free))]}
    if kind != "exact":
        names.append(draw(inputs(numeric=True, per=per)))
        table["keys"].append("number")
        table["round"] = draw(roundings())
    return table | {"rows": rows}, names


def _edges():
    inner = st.sets(decimals(1, 99, 2), min_size=0, max_size=3)
    return inner.map(lambda found: ["-1", *sorted(found, key=Decimal), "2100"])


NUMERIC = {  # kind of table: what stands between the exact keys and the value, row by row
    "exact": st.just([[]]),
    "banded": _edges().map(lambda edges: [[a, b] for a, b in pairwise(edges)]),
    "interpolated": _edges().map(lambda edges: [[edge] for edge in edges]),
}
RANGES = {"base": (0, 90), "add": (-5, 50), "factor": (0, 2), "minimum": (0, 300)}


@st.composite
def steps(draw, number: int, kind: str, per: str, all_tables: dict, all_inputs: dict, chosen):
    """A step that reads the items of `per`; its inputs and tables are added to those of all."""
    step: dict[str, Any] = {"code": f"s{number}", "name": NAMES, "kind": kind}
    step["round"] = draw(roundings())
    lookups = []
    for part in range(draw(st.integers(1, 3)) if kind == "discount" else 1):
        name = f"t{number}_{part}"
        table, names = draw(tables(*RANGES.get(kind, (0, 1)), per, chosen))
        all_tables[name] = table
        for index, one in enumerate(names):
            if isinstance(one, dict):
                all_inputs[f"i{number}_{part}_{index}"] = one
                names[index] = f"i{number}_{part}_{index}"
        lookups.append({"name": NAMES, "table": name, "inputs": names})
    if kind == "discount":
        step["parts"] = lookups
        if draw(st.booleans()):
            step["cap"] = str(Decimal(draw(st.integers(0, 100))) / 100)
    else:
        step |= lookups[0]
    if kind in ("base", "add") and draw(st.booleans()):
        all_inputs[f"e{number}"] = draw(inputs(numeric=True, per=per))
        step["exposure"] = {"input": f"e{number}", "per": draw(st.sampled_from(EXPOSURE_PER))}
    if draw(st.integers(0, 5)) == 0:
        step["except_jurisdictions"] = ["YY"]
    return step


@st.composite
def coverage_steps(draw, number: int, kind: str, coverage: str, tables_: dict, inputs_: dict):
    """A step of one coverage, sometimes the sum over a list."""
    over = kind in ("base", "add") and draw(st.integers(0, 3)) == 0
    per = draw(st.sampled_from(["cars", "drivers"])) if over else COVERAGES[coverage]
    chosen = ("coverage",) if over else ("coverage", "limit", "deductible")
    step = draw(steps(number, kind, per, tables_, inputs_, chosen)) | {"coverages": [coverage]}
    if over:
        step["over"] = per
        if draw(st.booleans()):
            inputs_[f"w{number}"] = draw(inputs(numeric=False, per=per))
            among = draw(st.lists(st.sampled_from(LETTERS), min_size=1, unique=True))
            step["where"] = {"input": f"w{number}", "in": among}
    return step


@st.composite
def policy_steps(draw, number: int, tables_: dict, inputs_: dict):
    """A step of the whole policy; the number that it looks up is sometimes the premium."""
    kind = draw(st.sampled_from([kind for kind in STEP_KINDS if kind != "base"]))
    step = draw(steps(number, kind, "policy", tables_, inputs_, ()))
    step |= {"scope": "policy"}
    step["round"] = {"places": draw(st.integers(0, 2)), "mode": draw(st.sampled_from(MODES))}
    if kind != "discount" and tables_[step["table"]]["kind"] != "exact" and draw(st.booleans()):
        step["inputs"] = [*step["inputs"][:-1], "premium"]
        table = tables_[step["table"]]
        last = max(Decimal(row[-2]) for row in table["rows"])
        table["rows"] = [
            [*row[:-2], "90000", row[-1]] if Decimal(row[-2]) == last else row
            for row in table["rows"]
        ]
    if draw(st.booleans()):
        step["coverages"] = draw(st.lists(st.sampled_from([*COVERAGES]), min_size=1, unique=True))
    return step


@st.composite
def levies(draw):
    rules = []
    for number in range(draw(st.integers(0, 3))):
        rule = {"code": f"l{number}", "name": NAMES, "source": "A law"}
        if draw(st.booleans()):
            rules.append(rule | {"kind": "tax", "rate": draw(decimals(0, 1))})
        else:
            per = draw(st.sampled_from(["policy", "cars", "drivers", "home"]))
            rules.append(rule | {"kind": "fee", "amount": draw(decimals(0, 90, 2)), "per": per})
    return rules


@st.composite
def plans(draw) -> CompiledPlan:
    """A compiled plan with any steps, tables and inputs, in two jurisdictions."""
    all_tables: dict = {}
    all_inputs: dict = {}
    all_steps = []
    others = [kind for kind in STEP_KINDS if kind != "base"]
    for coverage in COVERAGES:
        kinds = ["base", *draw(st.lists(st.sampled_from(others), max_size=4))]
        for kind in kinds:
            step = coverage_steps(len(all_steps), kind, coverage, all_tables, all_inputs)
            all_steps.append(draw(step))
    for _number in range(draw(st.integers(0, 3))):
        all_steps.append(draw(policy_steps(len(all_steps), all_tables, all_inputs)))
    return plan_of(
        all_steps,
        all_tables,
        coverages=COVERAGES,
        levies={place: draw(levies()) for place in PLACES},
        inputs=all_inputs,
        links=LINKS,
        term_factor=draw(st.sampled_from(["1", "0.5", "0.083333"])),
        round=draw(roundings()),
    )


ODD = [None, 1.5, True, "7", "x", -3, 10**15, "1.2345678", {}, [], "NaN", Decimal("0.3")]


@st.composite
def _fields(draw, *, clean: bool):
    fields: dict[str, Any] = {
        "x": draw(st.integers(0, 200)),  # small enough that no running amount overflows
        "k": draw(st.sampled_from(LETTERS)),
        "zip": str(draw(st.integers(10000, 99999))),
        "since": draw(st.dates(min_value=_day(1950), max_value=_day(2026))).isoformat(),
        "year": draw(st.integers(1950, 2026)),
    }
    if draw(st.booleans()):
        fields["stated"] = draw(st.dates(min_value=_day(2020), max_value=_day(2025))).isoformat()
    if not clean and draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from([*fields]))
        if draw(st.booleans()):
            del fields[name]
        else:
            fields[name] = draw(st.sampled_from(ODD))
    return fields


def _day(year: int) -> date:
    return date(year, 6, 30)


@st.composite
def risks(draw, *, clean: bool) -> dict[str, Any]:
    """A risk of the schema that `plans` speak of; one that is not clean has something odd."""
    fields = _fields(clean=clean)
    drivers = [
        draw(fields) | {"key": f"d{number}"}
        for number in range(draw(st.integers(1 if clean else 0, 3)))
    ]
    linked = ["d0"] if clean else ["d0", "d0", "d1", "d9"]
    cars = [
        draw(fields) | {"key": f"c{number}", "driver": draw(st.sampled_from(linked))}
        for number in range(draw(st.integers(1, 3)))
    ]
    return draw(fields) | {"cars": cars, "drivers": drivers, "home": draw(fields) | {"key": "h"}}


@st.composite
def selections(draw, risk: dict[str, Any], *, clean: bool) -> list[dict[str, Any]]:
    """Any coverages of the items, once each, in any order."""
    possible = [("P", ""), ("H", "h")]
    possible += [(code, car["key"]) for car in risk["cars"] for code in "AB"]
    if not clean:
        possible += [("A", "gone"), ("Z", "")] if draw(st.integers(0, 9)) == 0 else []
    chosen = draw(
        st.lists(st.sampled_from(possible), unique=True, min_size=1 if clean else 0, max_size=6)
    )
    return [
        {
            "coverage": coverage,
            "item": item,
            "limit": draw(st.sampled_from(OPTIONS)),
            "deductible": draw(st.sampled_from(OPTIONS if clean else (*OPTIONS * 4, "9"))),
        }
        for coverage, item in chosen
    ]


@st.composite
def insured(draw, *, clean: bool):
    """(risk, coverages, jurisdiction, first day of the term)"""
    risk = draw(risks(clean=clean))
    places = PLACES if clean else (*PLACES * 4, "ZZ")
    day = draw(st.dates(min_value=_day(2026), max_value=_day(2028)))
    return risk, draw(selections(risk, clean=clean)), draw(st.sampled_from(places)), day
