"""Rule sets: conditions in the Common Expression Language over the facts of an application.

Pure: no database, no clock. CEL computes in doubles, so no premium and no other amount with
cents ever enters it: `facts` refuses a Decimal. Sums insured are whole units and stay integers.
"""

import functools
from calendar import isleap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from underwriting import conditions, experience
from underwriting.conditions import FUNCTIONS, Fact, compiled
from underwriting.enums import LOSS_CONTROL_FACTS, SEVERITY, Blocks

LANGUAGES = ("en", "es")
# The facts about a customer of whom the office knows nothing.
NOTHING_KNOWN: Mapping[str, Any] = {
    "experience": experience.NONE_KNOWN.as_facts(),
    "loss_control": dict.fromkeys(LOSS_CONTROL_FACTS, 0),
}
# What conditions may read besides the risk, as JSON Schema; `facts` fills it in.
KNOWN: dict[str, dict[str, Any]] = {
    "jurisdiction": {
        "type": "string",
        "x-title": {"en": "State of risk, such as US-CA", "es": "Estado del riesgo, como US-CA"},
    },
    "on": {
        "type": "string",
        "format": "date",
        "x-title": {"en": "First day of cover", "es": "Primer día de cobertura"},
    },
    "year": {"type": "integer", "x-title": {"en": "Its year", "es": "Su año"}},
    "years_ago": {
        "type": "array",
        "x-length": 121,
        "items": {"type": "string", "format": "date"},
        "x-title": {
            "en": "The same day so many years before, such as years_ago[26]",
            "es": "El mismo día tantos años antes, como years_ago[26]",
        },
    },
    "coverages": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "coverage": {"type": "string", "x-title": {"en": "Coverage", "es": "Cobertura"}},
                "item": {
                    "type": "string",
                    "x-title": {"en": "Key of the item", "es": "Clave del bien"},
                },
                "limit": {
                    "type": "string",
                    "x-title": {"en": "Option of the limit", "es": "Opción del límite"},
                },
                "deductible": {
                    "type": "string",
                    "x-title": {"en": "Option of the deductible", "es": "Opción del deducible"},
                },
            },
        },
    },
}


@dataclass(frozen=True)
class Finding:
    """What one rule said. `error` is set where its condition could not be worked out."""

    rule: str
    when: str
    blocks: str
    messages: Mapping[str, str]
    fired: bool
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Fault:
    """What keeps a rule from being published; `place` counts rules from 0, `field` is its own."""

    place: int
    rule: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


def schema_of(risk_schema: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of all facts, with a product's risk among them."""
    standing = {name: conditions.shape_of(value) for name, value in NOTHING_KNOWN.items()}
    return {"type": "object", "properties": {"risk": risk_schema, **KNOWN, **standing}}


def readable(risk_schema: Mapping[str, Any]) -> list[Fact]:
    """Every fact that a condition may read."""
    return conditions.facts_in(schema_of(risk_schema))


def faults(
    rules: Sequence[Mapping[str, Any]], risk_schema: Mapping[str, Any] | None = None
) -> list[Fault]:
    """Why this rule set cannot be published; empty when it can.

    With the schema of the risk also what a condition reads that is no fact, and its types.
    """
    found = []
    codes = [rule.get("code", "") for rule in rules]
    for place, rule in enumerate(rules):
        code = rule.get("code") or _("rule %(number)s") % {"number": place + 1}
        if rule.get("code") and codes.index(rule["code"]) < place:
            found.append(Fault(place, code, "code", _("The code is used twice.")))
        found.extend(
            Fault(place, code, field, reason) for field, reason in _faults_of(rule, risk_schema)
        )
    return found


def _faults_of(
    rule: Mapping[str, Any], risk_schema: Mapping[str, Any] | None
) -> Iterator[tuple[str, str]]:
    if not rule.get("code"):
        yield "code", _("Give the rule a code.")
    if rule.get("blocks") not in SEVERITY:
        yield "blocks", _("Choose one of: %(options)s.") % {"options": ", ".join(SEVERITY)}
    for language in LANGUAGES:
        if not (rule.get("messages") or {}).get(language):
            yield language, _("Write the message in this language.")
    for reason in condition_faults(rule.get("when") or "", risk_schema):
        yield "when", reason


def condition_faults(condition: str, risk_schema: Mapping[str, Any] | None) -> list[str]:
    """What is wrong in one condition; without a schema only whether it can be read."""
    if risk_schema is None:
        return conditions.readable(condition)
    return conditions.faults_in(condition, schema_of(risk_schema))


def facts(
    *,
    risk: Mapping[str, Any],
    coverages: Sequence[Mapping[str, Any]],
    jurisdiction: str,
    on: date,
    standing: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the conditions may look at.

    `years_ago[26]` is the day 26 years before the first day of cover: who was born on it or
    before is 26 or older. `standing`: what the office knows of the customer (`experience`,
    `loss_control`); without it nothing is known.
    """
    known = {
        **NOTHING_KNOWN,
        **(standing or {}),
        "risk": risk,
        "coverages": list(coverages),
        "jurisdiction": jurisdiction,
        "on": on.isoformat(),
        "year": on.year,
        "years_ago": years_ago(on),
    }
    _refuse_decimals(known)
    return known


@functools.lru_cache(maxsize=64)
def years_ago(on: date) -> list[str]:
    """The same day 0 to 120 years before; for 29 February the 28th where there is no 29th."""
    days = []
    for years in range(121):
        year = on.year - years
        is_missing = (on.month, on.day) == (2, 29) and not isleap(year)
        days.append(date(year, on.month, 28 if is_missing else on.day).isoformat())
    return days


def _refuse_decimals(value: Any) -> None:
    if isinstance(value, Decimal):
        raise TypeError("Amounts with cents are not for rules: CEL computes in doubles.")
    for part in value.values() if isinstance(value, Mapping) else ():
        _refuse_decimals(part)
    for part in value if isinstance(value, list | tuple) else ():
        _refuse_decimals(part)


def evaluate(rules: Iterable[Mapping[str, Any]], known: Mapping[str, Any]) -> list[Finding]:
    return [_find(rule, known) for rule in rules]


def _find(rule: Mapping[str, Any], known: Mapping[str, Any]) -> Finding:
    """A rule that cannot be worked out holds up binding at least: a person must look."""
    blocks, error = rule["blocks"], ""
    try:
        fired = compiled(rule["when"]).execute({**known, **FUNCTIONS})
        if not isinstance(fired, bool):
            raise TypeError("The condition is neither true nor false.")
    except (ValueError, TypeError, KeyError, RuntimeError) as problem:
        fired, error = True, str(problem)
        blocks = max(blocks, Blocks.BIND.value, key=SEVERITY.index)
        blocks = Blocks.BIND.value if rule["blocks"] == Blocks.REJECT else blocks
    return Finding(rule["code"], rule["when"], blocks, rule["messages"], fired, error)


def worst(findings: Iterable[Finding]) -> str:
    """The strongest thing that the fired rules hold up; `info` when none fired."""
    fired = [finding.blocks for finding in findings if finding.fired]
    return max(fired, key=SEVERITY.index, default=Blocks.INFO.value)
