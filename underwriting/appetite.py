"""Rule sets: conditions in the Common Expression Language over the facts of an application.

Pure: no database, no clock. CEL computes in doubles, so no premium and no other amount with
cents ever enters it: `facts` refuses a Decimal. Sums insured are whole units and stay integers.
"""

import functools
from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import cel

from underwriting import experience
from underwriting.enums import LOSS_CONTROL_FACTS, SEVERITY, Blocks

LANGUAGES = ("en", "es")
# The facts about a customer of whom the office knows nothing.
NOTHING_KNOWN: Mapping[str, Any] = {
    "experience": experience.NONE_KNOWN.as_facts(),
    "loss_control": dict.fromkeys(LOSS_CONTROL_FACTS, 0),
}
FUNCTIONS = {"sum": sum}  # what the language lacks: the total of a list of whole numbers


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


@functools.lru_cache(maxsize=1024)
def _compiled(condition: str) -> Any:
    return cel.compile(condition)


def problems(rules: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why this rule set cannot be published; empty when it can."""
    found, seen = [], set()
    for number, rule in enumerate(rules, start=1):
        code = rule.get("code") or f"rule {number}"
        if not rule.get("code"):
            found.append(f"{code}: it has no code.")
        if code in seen:
            found.append(f"{code}: the code is used twice.")
        seen.add(code)
        found.extend(f"{code}: {problem}" for problem in _problems_of(rule))
    return found


def _problems_of(rule: Mapping[str, Any]) -> list[str]:
    found = []
    if rule.get("blocks") not in SEVERITY:
        found.append(f"it must block one of {', '.join(SEVERITY)}.")
    missing = [language for language in LANGUAGES if not (rule.get("messages") or {}).get(language)]
    if missing:
        found.append(f"its message is missing in {', '.join(missing)}.")
    try:
        _compiled(rule.get("when") or "")
    except ValueError as error:
        found.append(f"its condition cannot be read: {str(error).splitlines()[0]}")
    return found


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
        fired = _compiled(rule["when"]).execute({**known, **FUNCTIONS})
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
