"""What each letter and its message say, in the language of the person who reads it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from claims.enums import LetterKind
from claims.models import Claim, Letter, Payout
from claims.models.cover import definition_of
from claims.selectors.cover import clauses_of
from customers.places import regulator_line, regulator_of
from office import clock, money
from policies.catalogue import label


def template_of(letter: Letter) -> str:
    kind = LetterKind.STATUS if letter.kind == LetterKind.DELAY else letter.kind
    return f"letter_{kind}"


def message_template_of(letter: Letter) -> str:
    return "status" if letter.kind in (LetterKind.STATUS, LetterKind.DELAY) else letter.kind


def title_of(letter: Letter) -> str:
    return f"{letter.get_kind_display()} {letter.claim.number}"


def letter_data(letter: Letter) -> dict[str, Any]:
    """The data of the PDF: dates as dates, amounts as text in the reader's language."""
    claim = letter.claim
    return {
        "claim_number": claim.number,
        "policy_number": claim.policy.number,
        "today": clock.today(claim.time_zone),
        "lost_on": claim.lost_on,
        "place": claim.place,
        "cause": label(definition_of(claim).cause(claim.cause).names),
        "recipient": _recipient(letter),
        **_facts(letter),
    }


def _recipient(letter: Letter) -> dict[str, Any]:
    address = letter.customer.addresses.filter(is_current=True).first()
    lines = []
    if address:
        region = address.jurisdiction.partition("-")[2]
        lines = [address.street, f"{address.city}, {region} {address.postal_code}"]
    return {"name": letter.customer.display_name, "lines": lines}


def _facts(letter: Letter) -> dict[str, Any]:
    """What this kind of letter says beside the claim's own data."""
    match letter.kind:
        case LetterKind.ACKNOWLEDGEMENT:
            return {"due_on": _due(letter.claim, "decide")}
        case LetterKind.DOCUMENT_REQUEST:
            return {"documents": _documents(letter), "due_on": _asked_by(letter)}
        case LetterKind.OFFER:
            return _offer(letter)
        case LetterKind.DENIAL:
            return _denial(letter)
        case LetterKind.PAYMENT:
            return _payment(letter)
        case LetterKind.STATUS | LetterKind.DELAY:
            return {"reasons": letter.facts["reasons"], "is_delay": letter.kind == LetterKind.DELAY}
    return {}


def _due(claim: Claim, what: str) -> date | None:
    """When that is due, where its clock runs."""
    return next((due.due_on for due in claim.dues if due.what == what), None)


def _documents(letter: Letter) -> list[dict[str, str]]:
    asked = letter.claim.documents.filter(kind__in=letter.facts["documents"])
    return [{"name": label(one.names), "because": one.because} for one in asked]


def _asked_by(letter: Letter) -> date:
    """The day that the letter names; written down with it, for the claim may have moved on."""
    return date.fromisoformat(letter.facts["due_on"])


def _offer(letter: Letter) -> dict[str, Any]:
    offer = letter.claim.offers.get(pk=letter.facts["offer"])
    content = offer.content
    return {
        "amount": money.format(offer.amount),
        "is_partial": content["is_partial"],
        "reasons": content["reasons"],
        "hash": offer.sha256,
        "items": [
            {
                "name": item["name"],
                "amount": money.format(Decimal(item["amount"])),
                "figures": [
                    {
                        "name": figure["name"],
                        "change": money.format(Decimal(figure["change"])),
                        "because": figure["because"],
                        "clause": figure["clause"],
                    }
                    for figure in item["figures"]
                ],
            }
            for item in content["items"]
        ],
        "regulator": regulator_line(letter.claim.jurisdiction),
    }


def _denial(letter: Letter) -> dict[str, Any]:
    clauses = clauses_of(letter.claim)
    return {
        "reasons": letter.facts["reasons"],
        "clauses": [
            {"clause": clauses[code][0], "text": clauses[code][1]} for code in letter.facts["codes"]
        ],
        "regulator": regulator_of(letter.claim.jurisdiction),
    }


def _payment(letter: Letter) -> dict[str, Any]:
    payout = letter.claim.payouts.select_related("payment__bank_account").get(
        pk=letter.facts["payout"]
    )
    return {
        "amount": money.format(payout.payment.amount),
        "account_last4": _account_end(payout),
        "payment_number": payout.payment.number,
        "is_partial": payout.settlement is None or payout.settlement.is_partial,
    }


def _account_end(payout: Payout) -> str:
    """The last digits of the account; a payment is approved only with one."""
    account = payout.payment.bank_account
    return account.last4 if account else ""


def message_context(letter: Letter) -> dict[str, Any]:
    """The fields of the message that carries the letter."""
    claim = letter.claim
    context = {"claim_number": claim.number, "link": _link(claim)}
    match letter.kind:
        case LetterKind.ACKNOWLEDGEMENT:
            more = {"policy_number": claim.policy.number, "lost_on": claim.lost_on}
        case LetterKind.DOCUMENT_REQUEST:
            names = [one["name"] for one in _documents(letter)]
            more = {"documents": names, "due_on": _asked_by(letter)}
        case LetterKind.OFFER:
            more = _offer_message(letter)
        case LetterKind.DENIAL:
            more = _denial_message(letter)
        case LetterKind.PAYMENT:
            more = _payment_message(letter)
        case LetterKind.CLOSED:
            more = {"reasons": [letter.facts["reasons"] or _("Nothing is owed under the policy.")]}
        case LetterKind.HANDED_OVER:
            more = _handed_over_message(claim)
        case LetterKind.STATUS | LetterKind.DELAY:
            more = {"subject_number": claim.number, "status_sentence": letter.facts["reasons"]}
        case _:
            more = {}
    return context | more


def _link(claim: Claim) -> str:
    return f"{settings.OFFICE_URL}{reverse('portal:claim', args=[claim.number])}"


def _offer_message(letter: Letter) -> dict[str, Any]:
    offer = letter.claim.offers.get(pk=letter.facts["offer"])
    return {
        "coverage": ", ".join(item["name"] for item in offer.content["items"]),
        "amount": offer.amount,
        "reasons": [offer.content["reasons"]],
        "rights": _(
            "You may accept the offer or dispute it. Disputing it costs you nothing and takes "
            "no right from you."
        ),
    }


def _denial_message(letter: Letter) -> dict[str, Any]:
    denial = _denial(letter)
    return {
        "reasons": [denial["reasons"]],
        "clauses": [f"{one['clause']}: {one['text']}" for one in denial["clauses"]],
        "regulator": regulator_line(letter.claim.jurisdiction),
    }


def _payment_message(letter: Letter) -> dict[str, Any]:
    payout = letter.claim.payouts.select_related("payment__bank_account", "settlement").get(
        pk=letter.facts["payout"]
    )
    return {
        "amount": payout.payment.amount,
        "account_last4": _account_end(payout),
        "is_partial": payout.settlement is None or payout.settlement.is_partial,
    }


def _handed_over_message(claim: Claim) -> dict[str, Any]:
    handover = claim.handovers.select_related("carrier").latest("handed_over_at")
    return {"carrier_name": handover.carrier.name, "carrier_claim_number": handover.carrier_number}
