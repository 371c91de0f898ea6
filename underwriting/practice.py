"""What underwriters go by in every product of a line: data of the office, read once.

Pure: `practice.yaml`, beside this module, holds the rules that come with each line, how far back
losses count, and the days of loss control.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("practice.yaml")
EVERY = "every"


@dataclass(frozen=True)
class SurveyRule:
    """A condition under which a survey is ordered, so many days after the term's first."""

    code: str
    line: str
    kind: str
    days: int
    when: str
    reasons: dict[str, str]


@dataclass(frozen=True)
class Practice:
    """`rules` by line, in the form in which a rule set stores them; `liability` by kind of
    product: the coverages by which the insured answers to others."""

    look_back_years: int
    rules: dict[str, list[dict[str, Any]]]
    surveys: tuple[SurveyRule, ...]
    recommendation_days: dict[str, int]
    chase_every_days: int
    certificate_warnings: tuple[int, ...]
    liability: dict[str, frozenset[str]]

    def surveys_of(self, line: str) -> list[SurveyRule]:
        """The rules that order a survey in a line."""
        return [rule for rule in self.surveys if rule.line == line]

    def rules_of(self, line: str) -> list[dict[str, Any]]:
        return [*self.rules[EVERY], *self.rules.get(line, [])]


@cache
def practice() -> Practice:
    data = yaml.safe_load(FILE.read_text())
    return Practice(
        look_back_years=data["look_back_years"],
        rules={line: [_rule(one) for one in rules] for line, rules in data["rules"].items()},
        surveys=tuple(_survey(one) for one in data["surveys"]),
        recommendation_days=data["recommendation_days"],
        chase_every_days=data["chase_every_days"],
        certificate_warnings=tuple(data["certificate_warnings"]),
        liability={kind: frozenset(codes) for kind, codes in data["liability"].items()},
    )


def _rule(data: dict[str, Any]) -> dict[str, Any]:
    rule = dict(data)
    messages = rule.pop("message")
    return {**rule, "messages": messages}


def _survey(data: dict[str, Any]) -> SurveyRule:
    given = dict(data)
    reasons = given.pop("reason")
    return SurveyRule(**given, reasons=reasons)
