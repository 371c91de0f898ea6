"""Random plans, rated by the engine and by whole-number arithmetic alone."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.risks import CENTS, NAMES, banded, exact, interpolated, plan_of, select, step

ON = date(2026, 3, 1)
C = [select("C")]


def decimals(low: int, high: int):
    """Decimals with up to six places, as the text of a plan."""
    return st.integers(low * 10**6, high * 10**6).map(lambda n: str(Decimal(n) / 10**6))


roundings = st.fixed_dictionaries(
    {
        "places": st.integers(0, 6),
        "mode": st.sampled_from(["half_even", "half_up", "up", "down"]),
    }
)
KEYS = ("a", "b", "c")


@st.composite
def tables(draw, low: int, high: int):
    """A table of one input (x for numbers, k for keys), whose rows hold any of the risks."""
    value = decimals(low, high)
    kind = draw(st.sampled_from(["exact", "banded", "interpolated"]))
    if kind == "exact":
        return exact(*[[key, draw(value)] for key in KEYS]), "risk.k"
    edges = [0, *sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=4))), 101]
    if kind == "banded":
        rows = [[str(a), str(b), draw(value)] for a, b in pairwise(edges)]
        return banded(*rows), "risk.x"
    places = draw(st.integers(0, 6))
    return interpolated(*[[str(edge), draw(value)] for edge in edges], places=places), "risk.x"


@st.composite
def plans_and_risks(draw):
    kinds = draw(st.lists(st.sampled_from(["factor", "add", "discount", "minimum"]), max_size=8))
    all_tables: dict = {}
    steps = []
    for number, kind in enumerate(["base", *kinds]):
        name = f"t{number}"
        low, high = {"factor": (0, 2), "discount": (0, 0)}.get(kind, (0, 500))
        rounding = draw(roundings)
        if kind == "discount":
            parts = []
            for part in range(draw(st.integers(1, 3))):
                rates = exact(
                    *[[key, str(Decimal(draw(st.integers(0, 40))) / 100)] for key in KEYS]
                )
                all_tables[f"{name}_{part}"] = rates
                parts.append({"name": NAMES, "table": f"{name}_{part}", "inputs": ["risk.k"]})
            cap = str(Decimal(draw(st.integers(0, 100))) / 100)
            steps.append(
                {"code": name, "name": NAMES, "kind": kind, "parts": parts, "cap": cap}
                | {"round": rounding}
            )
        else:
            all_tables[name], read = draw(tables(low, high))
            steps.append(step(kind, name, read, code=name, round=rounding))
    least = draw(st.none() | st.integers(0, 300))
    if least is not None:
        all_tables["least"] = exact(["XX", f"{least}.00"])
        steps.append(step("minimum", "least", "jurisdiction", scope="policy", round=CENTS))
    document = {
        "tables": all_tables,
        "steps": steps,
        "term_factor": draw(st.sampled_from(["1", "0.5", "0.25"])),
        "round": draw(roundings),
    }
    return document, {"x": draw(st.integers(0, 100)), "k": draw(st.sampled_from(KEYS))}


def divided(numerator: int, denominator: int, mode: str) -> int:
    """Integers alone, as a whole book would be rated: numerator ÷ denominator, rounded."""
    whole, rest = divmod(numerator, denominator)
    if mode == "up":
        return whole + bool(rest)
    if mode == "down":
        return whole
    if rest * 2 == denominator:
        return whole + (mode == "half_up" or whole % 2)
    return whole + (rest * 2 > denominator)


def millionths(text: str) -> int:
    return int(Decimal(text) * 10**6)


def found(table: dict, risk: dict) -> int:
    """The value of a table in millionths."""
    rows, x = table["rows"], risk["x"]
    if table["kind"] == "exact":
        return next(millionths(row[1]) for row in rows if row[0] in (risk["k"], "XX"))
    if table["kind"] == "banded":
        return next(millionths(v) for low, high, v in rows if int(low) <= x < int(high))
    for (a, low), (b, high) in pairwise(rows):
        if int(a) <= x <= int(b):
            width = int(b) - int(a)
            value = millionths(low) * width + (x - int(a)) * (millionths(high) - millionths(low))
            scale = 10 ** (6 - table["round"]["places"])
            return divided(value, width * scale, table["round"]["mode"]) * scale
    raise AssertionError("no segment of the curve holds the point")


def premium_in_integers(document: dict, risk: dict) -> int:
    """The premium in cents, reckoned with integers of 10**-places and nothing else."""
    amount, places, least = 0, 0, 0
    all_tables = document["tables"]
    for one in document["steps"]:
        if one.get("scope") == "policy":
            least = found(all_tables[one["table"]], risk) // 10**4
            continue
        kind, rounding = one["kind"], one["round"]
        if kind == "discount":
            rate_ = sum(found(all_tables[part["table"]], risk) for part in one["parts"])
            value = 10**6 - min(rate_, millionths(one["cap"]))
        else:
            value = found(all_tables[one["table"]], risk)
        wide = {
            "base": value * 10**places,
            "factor": amount * value,
            "discount": amount * value,
            "add": amount * 10**6 + value * 10**places,
            "minimum": max(amount * 10**6, value * 10**places),
        }[kind]
        scale = 10 ** (places + 6)
        amount = divided(wide * 10 ** rounding["places"], scale, rounding["mode"])
        places = rounding["places"]
    mode, annual = document["round"]["mode"], document["round"]["places"]
    amount = divided(amount * 10**annual, 10**places, mode)
    term = amount * millionths(document["term_factor"]) * 100
    return max(divided(term, 10 ** (annual + 6), mode), least)


def compiled(document: dict):
    rest = {key: value for key, value in document.items() if key not in ("tables", "steps")}
    return plan_of(document["steps"], document["tables"], **rest)


@settings(max_examples=400, deadline=None)
@given(plans_and_risks())
def test_any_plan_gives_the_cents_of_whole_number_arithmetic(plan_and_risk):
    document, risk = plan_and_risk

    premium = compiled(document).rate(risk, C, "XX", ON).premium

    assert premium == Decimal(premium_in_integers(document, risk)) / 100


@settings(max_examples=200, deadline=None)
@given(plans_and_risks())
def test_the_worksheet_of_any_plan_ends_at_its_premium(plan_and_risk):
    document, risk = plan_and_risk
    plan = compiled(document)

    worksheet = plan.worksheet(risk, C, "XX", ON)

    assert worksheet.rated == plan.rate(risk, C, "XX", ON)
    assert worksheet.lines[-1].amount == worksheet.rated.total == worksheet.rated.premium
    assert [line.step for line in worksheet.lines if line.step.startswith("t")][:-1] == [
        one["code"] for one in document["steps"] if one.get("scope") != "policy"
    ]


@settings(max_examples=100, deadline=None)
@given(plans_and_risks(), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_cap_never_makes_a_policy_dearer(plan_and_risk, one, other):
    document, risk = plan_and_risk

    def capped(at: int) -> Decimal:
        cap = str(Decimal(at) / 100)
        steps = [s | {"cap": cap} if s["kind"] == "discount" else s for s in document["steps"]]
        return compiled(document | {"steps": steps}).rate(risk, C, "XX", ON).premium

    assert capped(max(one, other)) <= capped(min(one, other))


@settings(max_examples=100, deadline=None)
@given(plans_and_risks(), st.integers(0, 2000))
def test_the_minimum_premium_is_the_premium_or_below_it(plan_and_risk, least):
    document, risk = plan_and_risk
    steps = [s for s in document["steps"] if s.get("scope") != "policy"]
    bare = compiled(document | {"steps": steps}).rate(risk, C, "XX", ON).premium
    floor = step("minimum", "floor", "jurisdiction", scope="policy", round=CENTS)
    all_tables = document["tables"] | {"floor": exact(["XX", f"{least}.00"])}

    raised = compiled(document | {"steps": [*steps, floor], "tables": all_tables})

    assert raised.rate(risk, C, "XX", ON).premium == max(bare, Decimal(least))
