"""Rule sets: what a condition may see, what a rule that fires holds up."""

from datetime import date
from decimal import Decimal

import pytest

from underwriting import appetite

YOUNG = {
    "code": "young-driver",
    "when": "risk.drivers.exists(d, year - d.birth_year < 21)",
    "blocks": "bind",
    "messages": {"en": "A driver is under 21.", "es": "Un conductor tiene menos de 21 años."},
}


def rule(**changes):
    return {**YOUNG, **changes}


def known(*birth_years, coverages=()):
    return appetite.facts(
        risk={"drivers": [{"key": f"d{n}", "birth_year": y} for n, y in enumerate(birth_years)]},
        coverages=list(coverages),
        jurisdiction="US-CA",
        on=date(2026, 12, 1),
    )


@pytest.mark.parametrize(("birth_year", "fires"), [(2005, False), (2006, True), (1980, False)])
def test_a_rule_fires_when_its_condition_holds(birth_year, fires):
    """2026 - 2005 = 21 is not under 21; 2026 - 2006 = 20 is."""
    (finding,) = appetite.evaluate([YOUNG], known(birth_year))

    assert finding.fired is fires
    assert finding.error == ""


def test_the_strongest_of_the_fired_rules_counts():
    rules = [
        rule(code="a", blocks="info", when="true"),
        rule(code="b", blocks="quote", when="jurisdiction == 'US-CA'"),
        rule(code="c", blocks="bind", when="true"),
        rule(code="d", blocks="reject", when="false"),
    ]

    assert appetite.worst(appetite.evaluate(rules, known())) == "quote"


def test_no_rule_fired_means_info():
    assert appetite.worst(appetite.evaluate([rule(when="false")], known())) == "info"
    assert appetite.worst([]) == "info"


@pytest.mark.parametrize(
    ("blocks", "becomes"),
    [
        ("info", "bind"),
        ("issuance", "bind"),
        ("bind", "bind"),
        ("quote", "quote"),
        ("reject", "bind"),
    ],
)
def test_a_rule_that_cannot_be_worked_out_asks_a_person(blocks, becomes):
    """It neither lets the risk through nor turns the customer away."""
    (finding,) = appetite.evaluate([rule(blocks=blocks, when="risk.boats[0].length > 3")], known())

    assert finding.fired
    assert finding.error
    assert finding.blocks == becomes


def test_a_condition_that_is_no_yes_or_no_asks_a_person():
    (finding,) = appetite.evaluate([rule(when="1 + 1")], known())

    assert (finding.fired, finding.blocks) == (True, "bind")


def test_the_trace_keeps_every_rule_with_its_condition():
    rules = [rule(code="a", when="true"), rule(code="b", when="false")]

    trace = [finding.as_json() for finding in appetite.evaluate(rules, known())]

    assert [(row["rule"], row["when"], row["fired"]) for row in trace] == [
        ("a", "true", True),
        ("b", "false", False),
    ]


@pytest.mark.parametrize("where", ["risk", "coverages"])
def test_amounts_with_cents_never_reach_a_rule(where):
    """CEL computes in doubles: 0.1 + 0.2 is not 0.3 there."""
    bad = {"risk": {"premium": Decimal("0.10")}, "coverages": [{"premium": Decimal("0.10")}]}
    given = {"risk": {}, "coverages": []} | {where: bad[where]}

    with pytest.raises(TypeError, match="doubles"):
        appetite.facts(**given, jurisdiction="US-CA", on=date(2026, 12, 1))


def test_sums_insured_compare_exactly_as_integers():
    """9,007,199,254,740,993 is 2**53 + 1: a double would round it to 2**53."""
    facts = appetite.facts(
        risk={"sum": 9007199254740993}, coverages=[], jurisdiction="US-CA", on=date(2026, 12, 1)
    )

    (finding,) = appetite.evaluate([rule(when="risk.sum > 9007199254740992")], facts)

    assert finding.fired


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code": ""}, ("code", "Give the rule a code")),
        ({"blocks": "maybe"}, ("blocks", "Choose one of: info, issuance")),
        ({"when": "risk.drivers.exists("}, ("when", "cannot be read")),
        ({"when": ""}, ("when", "Write a condition")),
        ({"messages": {"en": "Only English."}}, ("es", "Write the message")),
    ],
)
def test_a_rule_that_cannot_be_published_says_why_next_to_its_field(changes, says):
    (fault,) = appetite.faults([rule(**changes)])

    assert (fault.place, fault.field) == (0, says[0])
    assert says[1] in fault.reason


def test_a_code_is_used_once():
    (fault,) = appetite.faults([YOUNG, YOUNG])

    assert (fault.place, str(fault)) == (1, "young-driver: The code is used twice.")


def test_a_good_rule_set_has_no_problems():
    assert appetite.faults([YOUNG, rule(code="b", blocks="reject")]) == []


def test_a_condition_can_ask_who_is_old_enough_on_the_first_day_of_cover():
    """Born on or before the day 26 years ago: 26 or older; 29 February waits for 1 March."""
    risk = {"members": [{"born_on": "2000-03-01"}]}
    condition = "risk.members.exists(m, m.born_on <= years_ago[26])"

    def fires(on, **member):
        told = appetite.facts(
            risk={"members": [{**risk["members"][0], **member}]},
            coverages=[],
            jurisdiction="US-NE",
            on=on,
        )
        asked = {"code": "old", "when": condition, "blocks": "bind", "messages": {}}
        return appetite.evaluate([asked], told)[0].fired

    assert [fires(date(2026, 2, 28)), fires(date(2026, 3, 1))] == [False, True]
    assert [
        fires(date(2026, 2, 28), born_on="2000-02-29"),
        fires(date(2026, 3, 1), born_on="2000-02-29"),
    ] == [False, True]
    assert fires(date(2028, 2, 29), born_on="2002-03-01") is False


def test_a_condition_can_add_up_a_list():
    census = {"census": [{"enrolled": 3, "eligible": 5}, {"enrolled": 4, "eligible": 5}]}
    told = appetite.facts(risk=census, coverages=[], jurisdiction="US-NE", on=date(2026, 3, 1))
    total = "sum(risk.census.map(c, c.enrolled)) * 100 < {} * sum(risk.census.map(c, c.eligible))"

    def fires(percent):
        asked = {"code": "r", "when": total.format(percent), "blocks": "bind", "messages": {}}
        return appetite.evaluate([asked], told)[0]

    assert [fires(70).fired, fires(71).fired] == [False, True]  # 7 of 10
    assert fires(70).error == ""
