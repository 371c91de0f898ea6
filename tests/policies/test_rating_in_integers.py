"""Random plans, rated by the engine and by whole-number arithmetic alone."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
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
MODES = ["half_even", "half_up", "up", "down"]
WHOLE = ["factor", "add", "discount", "minimum"]
facts = st.fixed_dictionaries(
    {"x": st.integers(0, 100), "k": st.sampled_from(KEYS), "n": st.integers(0, 10**6)}
)
sums = st.just({}) | st.fixed_dictionaries(
    {
        "over": st.just("things"),
        "exposure": st.sampled_from(["1", "10", "100", "1000", "10000"]).map(
            lambda per: {"input": "item.n", "per": per}
        ),
        "where": st.sampled_from(
            [{"input": "item.k", "in": ["a", "c"]}, {"input": "item.k", "in": list(KEYS)}]
        ),
    }
)


@st.composite
def tables(draw, low: int, high: int, root: str = "risk"):
    """A table of one input (x for numbers, k for keys), whose rows hold any of the risks."""
    value = decimals(low, high)
    kind = draw(st.sampled_from(["exact", "banded", "interpolated"]))
    if kind == "exact":
        return exact(*[[key, draw(value)] for key in KEYS]), f"{root}.k"
    edges = [0, *sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=4))), 101]
    if kind == "banded":
        rows = [[str(a), str(b), draw(value)] for a, b in pairwise(edges)]
        return banded(*rows), f"{root}.x"
    places = draw(st.integers(0, 6))
    return interpolated(*[[str(edge), draw(value)] for edge in edges], places=places), f"{root}.x"


@st.composite
def whole_tables(draw, kind: str):
    """A table of a step of the whole policy: by the premium so far, or by a field of the risk."""
    low, high = {"factor": (0, 2), "discount": (0, 1)}.get(kind, (0, 300))
    if draw(st.booleans()):
        return draw(tables(low, high))
    edges = [0, *sorted(draw(st.sets(st.integers(1, 9999), max_size=3)))]
    rows = [[str(edge), draw(decimals(low, high))] for edge in edges]
    if draw(st.booleans()):
        ends = [*map(str, edges[1:]), None]
        return banded(*[[low, end, v] for (low, v), end in zip(rows, ends, strict=True)]), "premium"
    end = [[str(10**15), draw(decimals(low, high))]]
    return interpolated(*rows, *end, places=draw(st.integers(0, 6))), "premium"


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
            over = draw(sums) if kind in ("base", "add") else {}
            all_tables[name], read = draw(tables(low, high, "item" if over else "risk"))
            steps.append(step(kind, name, read, code=name, round=rounding, **over))
    for number, kind in enumerate(draw(st.lists(st.sampled_from(WHOLE), max_size=4))):
        name = f"w{number}"
        table, read = draw(whole_tables(kind))
        all_tables[name] = table
        places = draw(st.integers(0, 2))
        rounding = {"places": places, "mode": draw(st.sampled_from(MODES))}
        more = {"parts": [{"name": NAMES, "table": name, "inputs": [read]}], "cap": "0.15"}
        body = step(kind, name, read, code=name, round=rounding, scope="policy")
        if kind == "discount":
            body = {k: v for k, v in body.items() if k not in ("table", "inputs")} | more
        steps.append(body)
    document = {
        "tables": all_tables,
        "steps": steps,
        "term_factor": draw(st.sampled_from(["1", "0.5", "0.25"])),
        "round": draw(roundings),
    }
    things = draw(st.lists(facts, max_size=4))
    risk = draw(facts) | {"things": [{"key": f"t{i}"} | t for i, t in enumerate(things)]}
    return document, risk


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
    rows, x = table["rows"], risk.get("x", 0)
    if table["kind"] == "exact":
        return next(millionths(row[1]) for row in rows if row[0] in (risk["k"], "XX"))
    if table["kind"] == "banded":
        ends = ((int(a), float("inf") if b is None else int(b), v) for a, b, v in rows)
        return next(millionths(v) for low, high, v in ends if low <= x < high)
    for (a, low), (b, high) in pairwise(rows):
        if int(a) <= x <= int(b):
            width = int(b) - int(a)
            value = millionths(low) * width + (x - int(a)) * (millionths(high) - millionths(low))
            scale, over = 10 ** (6 - table["round"]["places"]), Fraction(value).denominator
            return divided(int(value * over), width * scale * over, table["round"]["mode"]) * scale
    raise AssertionError("no segment of the curve holds the point")


def premium_in_integers(document: dict, risk: dict) -> int:
    """The premium in cents, reckoned with integers of 10**-places and nothing else."""
    amount, places = 0, 0
    all_tables = document["tables"]
    for one in document["steps"]:
        if one.get("scope") == "policy":
            continue
        kind, rounding = one["kind"], one["round"]
        if "over" in one:
            total = summed(one, all_tables[one["table"]], risk)
            before = amount if kind == "add" else 0
            wide = before * 10 ** rounding["places"] + total * 10**places
            amount = divided(wide, 10**places, rounding["mode"])
            places = rounding["places"]
            continue
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
    cents = divided(term, 10 ** (annual + 6), mode)
    for one in document["steps"]:
        if one.get("scope") == "policy":
            cents = whole_in_integers(one, all_tables, cents, risk)
    return cents


def summed(one: dict, table: dict, risk: dict) -> int:
    """The items of a step over a list, each rounded to the places of the step."""
    scale = 10**6 * int(one["exposure"]["per"])
    places, mode = one["round"]["places"], one["round"]["mode"]
    return sum(
        divided(found(table, thing) * thing["n"] * 10**places, scale, mode)
        for thing in risk["things"]
        if thing["k"] in one["where"]["in"]
    )


def whole_in_integers(one: dict, all_tables: dict, cents: int, risk: dict) -> int:
    """One step of the whole policy, on cents."""
    lookup = one["parts"][0] if one["kind"] == "discount" else one
    by_premium = lookup["inputs"] == ["premium"]
    known = {"x": Fraction(cents, 100)} if by_premium else risk
    value = found(all_tables[lookup["table"]], known)
    if one["kind"] == "discount":
        value = 10**6 - min(value, millionths(one["cap"]))
    wide = {
        "factor": cents * value,
        "discount": cents * value,
        "add": cents * 10**6 + value * 100,
        "minimum": max(cents * 10**6, value * 100),
    }[one["kind"]]
    places, mode = one["round"]["places"], one["round"]["mode"]
    return divided(wide * 10**places, 10**8, mode) * 10 ** (2 - places)


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
    steps = [line.step for line in worksheet.lines if line.step[1:].isdecimal()]
    assert list(dict.fromkeys(steps)) == [one["code"] for one in document["steps"]]


@settings(max_examples=100, deadline=None)
@given(plans_and_risks(), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_cap_never_makes_a_policy_dearer(plan_and_risk, one, other):
    document, risk = plan_and_risk

    def capped(at: int) -> Decimal:
        cap = str(Decimal(at) / 100)
        steps = [s | {"cap": cap} if s["kind"] == "discount" else s for s in document["steps"]]
        return compiled(document | {"steps": steps}).rate(risk, C, "XX", ON).premium

    steps_of_coverages = [s for s in document["steps"] if s.get("scope") != "policy"]
    document = document | {"steps": steps_of_coverages}  # a factor by premium need not rise with it
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
