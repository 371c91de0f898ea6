"""What a carrier answers to an application: its coverages, its price, what its rules say.

Pure: everything it needs is handed in. A carrier of the office answers from its own rating
tables; whatever it cannot rate it refuses with a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from office import money
from office.exceptions import Refused
from policies.catalogue import ProductDefinition
from policies.catalogue.application import coverage_errors, fit_coverages, risk_errors
from policies.rating import CompiledPlan
from underwriting import appetite
from underwriting.enums import Blocks


@dataclass(frozen=True)
class Question:
    """One application as it is put to a carrier."""

    risk: dict[str, Any]
    wanted: list[dict[str, Any]]
    jurisdiction: str
    effective_on: date


@dataclass(frozen=True)
class Answer:
    coverages: list[dict[str, Any]]
    notes: list[str]
    premium: Decimal
    tax: Decimal
    fees: Decimal
    total: Decimal
    commission_rate: Decimal
    commission: Decimal
    worksheet: list[dict[str, Any]]
    trace: list[dict[str, Any]]
    blocks: str

    @property
    def act(self) -> str:
        """Where the quote goes. The office issues at bind: what holds up issue is referred too."""
        if self.blocks == Blocks.REJECT:
            return "reject"
        return "rate" if self.blocks == Blocks.INFO else "refer"


def ask(
    definition: ProductDefinition,
    plan: CompiledPlan,
    rules: Sequence[dict[str, Any]],
    question: Question,
) -> Answer:
    """The carrier's answer; `Refused` says why it has none."""
    _refuse(risk_errors(definition, question.risk))
    place, on = question.jurisdiction, question.effective_on
    coverages, notes = fit_coverages(definition, question.risk, question.wanted, place)
    _refuse(coverage_errors(definition, question.risk, coverages, place))
    findings = appetite.evaluate(
        rules,
        appetite.facts(risk=question.risk, coverages=coverages, jurisdiction=place, on=on),
    )
    worksheet = plan.worksheet(question.risk, coverages, place, on)
    rated = worksheet.rated
    rate = definition.commission.new if definition.commission else Decimal(0)
    return Answer(
        coverages=coverages,
        notes=notes,
        premium=rated.premium,
        tax=rated.tax,
        fees=rated.fee,
        total=rated.total,
        commission_rate=rate,
        commission=money.round(rated.premium * rate),
        worksheet=[line.to_json() for line in worksheet.lines],
        trace=[finding.as_json() for finding in findings],
        blocks=appetite.worst(findings),
    )


def _refuse(errors: Sequence[Any]) -> None:
    if errors:
        raise Refused(errors[0].message, field=errors[0].path)
