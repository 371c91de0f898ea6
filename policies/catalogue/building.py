"""The parts of a product from its checked document."""

from collections.abc import Sequence
from decimal import Decimal

from policies import charges
from policies.catalogue.parts import (
    MINIMUM_EARNED_FROM,
    AppetiteRule,
    Cancellation,
    Cause,
    Choice,
    Chosen,
    Commission,
    Coverage,
    DocumentRequirement,
    Exclusion,
    Form,
    Indemnity,
    Option,
    Package,
    PayPlan,
    Reinstatement,
    Renewal,
)
from policies.rating.plan import Json


def coverage_of(data: Json, document: Json, jurisdictions: Sequence[str]) -> Coverage:
    return Coverage(
        code=data["code"],
        names=document["coverage_names"][data["code"]],
        per=data["per"],
        mandatory=frozenset(data.get("mandatory", ())),
        jurisdictions=frozenset(data.get("jurisdictions", jurisdictions)),
        usual=data.get("usual", False),
        limit=_choice(data.get("limit")),
        deductible=_choice(data.get("deductible")),
        exclusions=tuple(
            Exclusion(one["code"], document["exclusion_texts"][one["code"]], one["clause"])
            for one in data["exclusions"]
        ),
        waiting_days=data.get("waiting_days", 0),
        coinsurance=data.get("coinsurance", ""),
        indemnity={place: _indemnity(one) for place, one in data.get("indemnity", {}).items()},
    )


def _indemnity(data: Json) -> Indemnity:
    return Indemnity(
        data["waiting_days"],
        data["retroactive_after_days"],
        Decimal(data["share_of_wage"]),
        Decimal(data["weekly_minimum"]),
        Decimal(data["weekly_maximum"]),
        data["source"],
    )


def _choice(data: Json | None) -> Choice | None:
    if data is None:
        return None
    return Choice(
        options=tuple(
            Option(
                one["code"],
                _decimal(one.get("amount")),
                _decimal(one.get("each_person")),
                _decimal(one.get("percent")),
                _decimal(one.get("aggregate")),
                one.get("name"),
            )
            for one in data["options"]
        ),
        default=data["default"],
        of=data.get("of", ""),
        minimum=data.get("minimum", {}),
    )


def commission_of(data: Json | None) -> Commission | None:
    """None for the own carrier: it pays no commission to itself."""
    return None if data is None else Commission(Decimal(data["new"]), Decimal(data["renewal"]))


def appetite_of(data: Json) -> AppetiteRule:
    return AppetiteRule(data["code"], data["blocks"], data["when"], data["message"])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def cause_of(data: Json, document: Json) -> Cause:
    """A cause as this product knows it: a kind may name coverages that a carrier does not sell."""
    sold = {one["code"] for one in document["coverages"]}
    coverages = tuple(code for code in data["coverages"] if code in sold)
    return Cause(data["code"], data["name"], coverages, tuple(data.get("exclusions", ())))


def document_of(data: Json) -> DocumentRequirement:
    return DocumentRequirement(
        data["document"],
        data["name"],
        tuple(data.get("causes", ())),
        _decimal(data.get("amount_over")),
        data.get("injury", False),
    )


def package_of(data: Json) -> Package:
    return Package(
        data["code"],
        data["name"],
        data["per"],
        tuple(
            Chosen(code, chosen.get("limit", ""), chosen.get("deductible", ""))
            for code, chosen in data["coverages"].items()
        ),
    )


def pay_plan_of(data: Json) -> PayPlan:
    return PayPlan(
        data["code"],
        data["name"],
        Decimal(data["down_payment"]),
        data["instalments"],
        data["interval_months"],
        Decimal(data["instalment_fee"]),
        data.get("renews_on", "acceptance"),
    )


def cancellation_of(data: Json) -> Cancellation:
    """Names that came later than the first versions may be missing: those versions still read."""
    wheel = data.get("wheel")
    later = {
        "reasons": data.get("reasons", {}),
        "short_rate_table": tuple(
            (through, Decimal(share)) for through, share in data.get("short_rate_table", ())
        ),
        "wheel": charges.Wheel(wheel["days"], wheel["places"]) if wheel else None,
        "minimum_earned_share": Decimal(data.get("minimum_earned_share", "0")),
        "minimum_earned_from": tuple(data.get("minimum_earned_from", MINIMUM_EARNED_FROM)),
        "holdback": Decimal(data.get("holdback", "0")),
        "reinstatement": Reinstatement(**data.get("reinstatement", {})),
    }
    return Cancellation(
        data["insured"],
        data["carrier"],
        data["nonpayment"],
        Decimal(data["short_rate_factor"]),
        Decimal(data["minimum_earned"]),
        tuple(data["fully_earned_fees"]),
        **later,
    )


def renewal_of(data: Json | None) -> Renewal:
    if data is None:
        return Renewal()
    return Renewal(
        work_days=tuple(data["work_days"]),
        offer_days=data["offer_days"],
        remarket_above=_decimal(data["remarket_above"]),
        claims=tuple(data.get("claims", ())),
        tier=tuple(data.get("tier", ())),
        losses_into=data.get("losses_into", ""),
        losses_of=tuple(data.get("losses_of", ())),
    )


def form_of(data: Json) -> Form:
    return Form(data["number"], data["edition"], data["name"], tuple(data.get("coverages", ())))
