"""Demands and needs: what is asked before advice, and what a law wants on record before a bind.

Pure: `needs.yaml` beside this module holds both, by kind of product and jurisdiction.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("needs.yaml")
EVERY = "every"
Names = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """`type`: text, choice, amount (whole dollars) or yes_no; `options` are a choice's."""

    code: str
    type: str
    names: Names
    is_required: bool
    options: tuple[tuple[str, Names], ...] = ()


@dataclass(frozen=True)
class Demand:
    """What has to be on record: the refusal of a coverage, or, with `when`, the advice itself."""

    kind: str
    jurisdictions: frozenset[str]
    law: str
    declined: str = ""
    when: str = ""

    def holds(
        self, kind: str, jurisdiction: str, risk: Mapping[str, Any], bought: Collection[str]
    ) -> bool:
        if kind != self.kind or jurisdiction not in self.jurisdictions:
            return False
        if self.declined:
            return self.declined not in bought
        return bool(risk.get(self.when))


@dataclass(frozen=True)
class Needs:
    personal: frozenset[str]
    questions: Mapping[str, tuple[Question, ...]]
    demanded: tuple[Demand, ...]

    def questions_of(self, kind: str) -> tuple[Question, ...]:
        return (*self.questions[EVERY], *self.questions.get(kind, ()))

    def demands(
        self, kind: str, jurisdiction: str, risk: Mapping[str, Any], bought: Collection[str]
    ) -> list[Demand]:
        """What has to be on record before these coverages are bound."""
        return [one for one in self.demanded if one.holds(kind, jurisdiction, risk, bought)]


@cache
def needs() -> Needs:
    data = yaml.safe_load(FILE.read_text())
    return Needs(
        personal=frozenset(data["personal"]),
        questions={
            kind: tuple(_question(one) for one in rows) for kind, rows in data["questions"].items()
        },
        demanded=tuple(_demand(one) for one in data["demanded"]),
    )


def missing(kind: str, answers: Mapping[str, Any]) -> list[Question]:
    """The questions that have to be answered and are not."""
    return [
        one
        for one in needs().questions_of(kind)
        if one.is_required and answers.get(one.code) in (None, "")
    ]


def _question(data: Mapping[str, Any]) -> Question:
    options = tuple((one["code"], one["label"]) for one in data.get("options", ()))
    required = bool(data.get("required"))
    return Question(data["code"], data["type"], data["label"], required, options)


def _demand(data: Mapping[str, Any]) -> Demand:
    return Demand(**{**data, "jurisdictions": frozenset(data["jurisdictions"])})
