"""A carrier that answers from its own rating tables in the catalogue.

Pure: everything it needs is handed in. Whatever it cannot rate it refuses with a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from office import money
from office.exceptions import Refused
from policies.catalogue import ProductDefinition
from policies.catalogue.application import coverage_errors, fit_coverages, risk_errors
from policies.rating import CompiledPlan
from underwriting import appetite
from underwriting.carriers.protocol import Answer, Question


@dataclass(frozen=True)
class TableCarrier:
    """One version of a product, its compiled plan and the underwriting rules in force."""

    definition: ProductDefinition
    plan: CompiledPlan
    rules: Sequence[dict[str, Any]]

    def answer(self, question: Question) -> Answer:
        """The nearest that the product offers to what is wanted, at its rates."""
        _refuse(risk_errors(self.definition, question.risk))
        coverages, notes = fit_coverages(
            self.definition, question.risk, question.wanted, question.jurisdiction
        )
        return self.price(question, coverages, notes)

    def price(
        self, question: Question, coverages: list[dict[str, Any]], notes: list[str]
    ) -> Answer:
        """These coverages at the product's rates, with what the rules say of the risk."""
        place, on = question.jurisdiction, question.effective_on
        _refuse(coverage_errors(self.definition, question.risk, coverages, place))
        known = appetite.facts(
            risk=question.risk,
            coverages=coverages,
            jurisdiction=place,
            on=on,
            standing=question.standing,
        )
        findings = appetite.evaluate(self.rules, known)
        worksheet = self.plan.worksheet(question.risk, coverages, place, on)
        rated, commission = worksheet.rated, self.definition.commission
        rate = commission.new if commission else Decimal(0)
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
