"""Conditions as somebody types them: what they may read, and what is wrong in them."""

from datetime import date

import pytest

from policies.catalogue import load_folder
from underwriting import appetite, conditions
from underwriting.practice import practice

RISK = {
    "type": "object",
    "properties": {
        "losses": {"type": "integer", "x-title": {"en": "Losses", "es": "Siniestros"}},
        "mod": {"type": "string"},
        "drivers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "born_on": {"type": "string", "format": "date"},
                    "violations": {"type": "integer"},
                },
            },
        },
        "home": {"type": "object", "properties": {"pool": {"type": "boolean"}}},
    },
}


def faults(condition):
    return appetite.condition_faults(condition, RISK)


def test_the_list_of_facts_names_each_field_once_with_its_kind():
    facts = {fact.path: fact.kind for fact in appetite.readable(RISK)}
    known = {path: kind for path, kind in facts.items() if "experience" in path}
    known |= {path: kind for path, kind in facts.items() if "loss_control" in path}

    assert known["experience.lines.property.count"] == "integer"
    assert known["loss_control.overdue_critical"] == "integer"
    assert set(known.values()) == {"integer"}
    assert {path: kind for path, kind in facts.items() if path not in known} == {
        "risk.losses": "integer",
        "risk.mod": "string",
        "risk.drivers[].born_on": "string",
        "risk.drivers[].violations": "integer",
        "risk.home.pool": "boolean",
        "jurisdiction": "string",
        "on": "string",
        "year": "integer",
        "years_ago": "array",
        "coverages[].coverage": "string",
        "coverages[].item": "string",
        "coverages[].limit": "string",
        "coverages[].deductible": "string",
    }


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "risk.losses >= 2 && jurisdiction == 'US-CA'",
        "risk.drivers.exists(d, d.born_on > years_ago[21])",
        "size(risk.drivers.filter(d, d.violations > 1)) > 2",
        "has(risk.mod) && double(risk.mod) > 1.25",
        "risk.home.pool && !coverages.exists(c, c.coverage == 'risk.nothing')",
        "sum(risk.drivers.map(d, d.violations)) > 3",
        "risk.drivers.exists(x, x.violations > 1) && coverages.exists(x, x.limit == '1')",
        "risk.mod.startsWith('1')",
    ],
)
def test_a_good_condition_has_no_fault(condition):
    assert faults(condition) == []


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("", "Write a condition."),
        ("risk.(", "The condition cannot be read: 1:6: Syntax error"),
        ("risk.loses > 1", "There is no fact “risk.loses”. Did you mean “risk.losses”?"),
        ("risk.losses > 1 || risk.home.poool", "Did you mean “risk.home.pool”?"),
        ("risk.drivers.exists(d, d.born > years_ago[21])", "Did you mean “d.born_on”?"),
        ("jurisdictions == 'US-CA'", "Did you mean “jurisdiction”?"),
        ("premium > 100", "There is no fact “premium”."),
        ("average(risk.drivers) > 1", "There is no function “average”."),
        ("risk.losses > 'two'", "It compares or adds up things of different kinds."),
        ("risk.losses + 1", "The condition must be true or false."),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(condition, says):
    (fault,) = faults(condition)

    assert says in fault


def test_every_shipped_rule_reads_only_what_its_product_knows():
    shipped = load_folder()

    found = {
        (definition.code, rule.code): wrong
        for definition in shipped
        for rule in definition.appetite
        if (wrong := appetite.condition_faults(rule.when, definition.risk_schema))
    }

    found |= {
        (definition.code, rule["code"]): wrong
        for definition in shipped
        for rule in practice().rules_of(definition.line)
        if (wrong := appetite.condition_faults(rule["when"], definition.risk_schema))
    }

    assert sum(len(definition.appetite) for definition in shipped) > 50
    assert found == {}


def test_what_a_condition_read_says_why_it_fires():
    known = appetite.facts(
        risk={"losses": 2, "drivers": [{"violations": 0}, {"violations": 3}], "home": {}},
        coverages=[],
        jurisdiction="US-NE",
        on=date(2026, 12, 1),
    )

    read = conditions.read_by(
        "risk.losses > 1 && risk.drivers.exists(d, d.violations > 2) && jurisdiction != 'US-CA'"
        " && risk.home.pool",
        known,
    )

    assert dict(read) == {
        "risk.losses": "2",
        "risk.drivers[].violations": "0, 3",
        "risk.home.pool": "—",
        "jurisdiction": "US-NE",
    }
