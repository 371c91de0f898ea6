"""A product version as typed data: what the catalogue's files say, and what a version stores."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from office import money
from office.exceptions import Refused
from policies.catalogue.building import (
    appetite_of,
    cancellation_of,
    cause_of,
    commission_of,
    coverage_of,
    document_of,
    form_of,
    package_of,
    pay_plan_of,
    renewal_of,
)
from policies.catalogue.parts import (
    AppetiteRule,
    Cancellation,
    Cause,
    Commission,
    Coverage,
    DocumentRequirement,
    Form,
    Package,
    PayPlan,
    Renewal,
)
from policies.rating.plan import Json, Names, RatingPlan, label


@dataclass(frozen=True)
class ProductDefinition:
    code: str
    kind: str
    carrier: str
    carrier_name: str
    carrier_is_own: bool
    line: str
    names: Names
    version: int
    effective_from: date
    term_months: int
    number_prefix: str
    underwriting_rule_set: str
    jurisdictions: tuple[str, ...]
    risk_schema: Json
    coverages: tuple[Coverage, ...]
    causes: tuple[Cause, ...]
    documents: tuple[DocumentRequirement, ...]
    pay_plans: tuple[PayPlan, ...]
    cancellation: Cancellation
    renewal: Renewal
    commission: Commission | None
    forms: tuple[Form, ...]
    appetite: tuple[AppetiteRule, ...]
    packages: tuple[Package, ...]
    document: Json = field(repr=False)

    @classmethod
    def from_json(cls, document: Json) -> "ProductDefinition":
        """The definition of a document that has been checked."""
        jurisdictions = tuple(document["taxes_and_fees"])
        return cls(
            code=document["code"],
            kind=document["kind"],
            carrier=document["carrier"]["code"],
            carrier_name=document["carrier"]["name"],
            carrier_is_own=document["carrier"]["is_own"],
            line=document["line"],
            names=document["name"],
            version=document["version"],
            effective_from=date.fromisoformat(document["effective_from"]),
            term_months=document["term_months"],
            number_prefix=document["number_prefix"],
            underwriting_rule_set=document["underwriting_rule_set"],
            jurisdictions=jurisdictions,
            risk_schema=document["risk_schema"],
            coverages=tuple(
                coverage_of(one, document, jurisdictions) for one in document["coverages"]
            ),
            causes=tuple(cause_of(one, document) for one in document["causes"]),
            documents=tuple(document_of(one) for one in document["claim_documents"]),
            pay_plans=tuple(pay_plan_of(one) for one in document["pay_plans"]),
            cancellation=cancellation_of(document["cancellation"]),
            renewal=renewal_of(document.get("renewal")),
            commission=commission_of(document["commission"]),
            forms=tuple(form_of(one) for one in document["forms"]),
            appetite=tuple(appetite_of(one) for one in document["appetite"]),
            packages=tuple(package_of(one) for one in document.get("packages", ())),
            document=document,
        )

    def to_json(self) -> dict[str, Any]:
        """The document, as `from_json` reads it."""
        return dict(self.document)

    @cached_property
    def rating(self) -> RatingPlan:
        return RatingPlan.from_json(
            self.document["rating"],
            coverages={coverage.code: coverage.per for coverage in self.coverages},
            levies=self.document["taxes_and_fees"],
            labels=dict(labels_of(self.risk_schema)),
        )

    def coverage(self, code: str) -> Coverage:
        return self._one(self.coverages, code)

    def cause(self, code: str) -> Cause:
        return self._one(self.causes, code)

    def pay_plan(self, code: str) -> PayPlan:
        return self._one(self.pay_plans, code)

    def _one(self, among: tuple[Any, ...], code: str) -> Any:
        for one in among:
            if one.code == code:
                return one
        raise Refused(
            _("The product %(product)s has no “%(code)s”.") % {"product": self.code, "code": code}
        )


def labels_of(schema: Json, path: str = "") -> Iterator[tuple[str, Names]]:
    """Each field of a risk schema by its path without keys, with its name."""
    if "items" in schema:
        schema = schema["items"]
    for name, field_schema in schema.get("properties", {}).items():
        place = f"{path}.{name}" if path else name
        if "x-title" in field_schema:
            yield place, field_schema["x-title"]
        yield from labels_of(field_schema, place)


def field_at(schema: Json, path: str) -> Json:
    """The schema of a field of the risk by its path without keys; empty where there is none."""
    node: Json = schema
    for name in path.split("."):
        node = node.get("items", node).get("properties", {}).get(name, {})
    return node


def whole_money(amount: Decimal) -> str:
    """An amount of a limit or deductible: without cents where it has none."""
    return money.format(amount).removesuffix(".00")


def choice_titles(schema: Json) -> dict[Any, str]:
    """The values of an enumeration with their titles, in order; sums of money need no titles."""
    titles = schema.get("x-choices", {})
    is_money = "x-unit" in schema
    return {
        value: label(titles[value])
        if value in titles
        else whole_money(Decimal(value))
        if is_money
        else str(value)
        for value in schema.get("enum", ())
    }


def required_documents(
    definition: ProductDefinition, *, cause: str, amount: Decimal, injured: bool
) -> list[DocumentRequirement]:
    """The documents that a claim of this cause and amount needs, each once."""
    needed = {
        one.document: one
        for one in definition.documents
        if one.applies(cause=cause, amount=amount, injured=injured)
    }
    return list(needed.values())
