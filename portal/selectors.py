"""What the portal says to a policyholder, in plain words."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.models import Invoice
from claims import selectors as claims
from claims.enums import AWAITED_DOCUMENTS, ClaimState, OfferState
from claims.models import Claim, DocumentRequest
from customers.models import BankAccount
from office import clock
from policies.catalogue import label

# What each step is called for somebody who has never worked in insurance.
STEP_NAMES = {
    ClaimState.RECEIVED: gettext_lazy("We have your notice"),
    ClaimState.DOCUMENTING: gettext_lazy("Papers we need"),
    ClaimState.INVESTIGATING: gettext_lazy("An adjuster looks at the damage"),
    ClaimState.COVERAGE_REVIEW: gettext_lazy("We check what your policy covers"),
    ClaimState.EVALUATING: gettext_lazy("We work out the amount"),
    ClaimState.SETTLEMENT_NOTICE: gettext_lazy("We write our offer"),
    ClaimState.OFFERED: gettext_lazy("You answer the offer"),
    ClaimState.PAYABLE: gettext_lazy("We pay"),
}
HEADLINES = {
    ClaimState.RECEIVED: gettext_lazy("We have your notice and are reading it"),
    ClaimState.DOCUMENTING: gettext_lazy("We need some papers from you"),
    ClaimState.INVESTIGATING: gettext_lazy("An adjuster is looking at the damage"),
    ClaimState.COVERAGE_REVIEW: gettext_lazy("We are checking what your policy covers"),
    ClaimState.EVALUATING: gettext_lazy("We are working out the amount"),
    ClaimState.SETTLEMENT_NOTICE: gettext_lazy("We are writing our offer to you"),
    ClaimState.OFFERED: gettext_lazy("We have made you an offer"),
    ClaimState.PAYABLE: gettext_lazy("We are preparing your payment"),
    ClaimState.CLOSED: gettext_lazy("This claim is closed"),
    ClaimState.DENIED: gettext_lazy("We could not accept this claim"),
    ClaimState.WITHDRAWN: gettext_lazy("You withdrew this claim"),
    ClaimState.WITH_CARRIER: gettext_lazy("Your insurance company is handling this claim"),
}


def headline(claim: Claim) -> str:
    return headline_of(ClaimState(claim.state))


def headline_of(state: ClaimState) -> str:
    return str(HEADLINES[state])


def next_step(claim: Claim, awaited: list, *, has_bank_account: bool) -> tuple[bool, str]:
    """(must the customer act?, the sentence that says so)."""
    match claim.state:
        case ClaimState.OFFERED:
            return True, _("Please read the offer below. You can accept it or say why not.")
        case ClaimState.PAYABLE if not has_bank_account:
            return True, _("Please tell us the account to which we may pay.")
        case ClaimState.CLOSED:
            return False, _("You do not need to do anything. Write to us if something is missing.")
        case ClaimState.DENIED:
            return False, _("Our letter below gives the reasons, and whom you can turn to.")
        case ClaimState.WITHDRAWN:
            return False, _("You do not need to do anything.")
    if awaited:
        return True, _("Please send us the papers listed below.")
    if claim.due_on:
        due = {"day": date_format(claim.due_on, "DATE_FORMAT")}
        return False, _("Expect news by %(day)s. You do not need to do anything now.") % due
    return False, _("You do not need to do anything now.")


def what_to_do(claims: Sequence[Claim], invoices: Sequence[Invoice]) -> dict[str, Any]:
    """The first thing that waits for the policyholder, for the head of their first page.

    An offer comes before papers, papers before the account, and all of them before a bill that
    is late. Empty when nothing waits.
    """
    return next(_waiting(claims, invoices), {})


def _waiting(claims: Sequence[Claim], invoices: Sequence[Invoice]) -> Iterator[dict[str, Any]]:
    for claim in claims:
        if claim.state == ClaimState.OFFERED:
            sentence = _("Please read it. You can accept it or say why not.")
            yield _ask(claim, _("An offer waits for your answer"), sentence, _("Read the offer"))
    awaited = DocumentRequest.objects.filter(claim__in=claims, state__in=AWAITED_DOCUMENTS)
    wanting = set(awaited.values_list("claim_id", flat=True)) if claims else set()
    for claim in claims:
        if claim.pk in wanting:
            sentence = _("Your claim goes on as soon as we have them. A photo is enough.")
            yield _ask(claim, headline_of(ClaimState.DOCUMENTING), sentence, _("See what we need"))
    for claim in claims:
        if claim.state == ClaimState.PAYABLE and not _has_account(claim):
            sentence = _("Please tell us the account to which we may pay.")
            yield _ask(claim, _("Your money waits for an account"), sentence, _("See your claim"))
    yield from (_late_bill(bill) for bill in invoices if bill.due_on < clock.today())


def _ask(claim: Claim, title: str, sentence: str, button: str) -> dict[str, Any]:
    href = reverse("portal:claim", args=[claim.number])
    told = {"kicker": claim.number, "title": title, "sentence": sentence}
    return {**told, "href": href, "button": button}


def _late_bill(invoice: Invoice) -> dict[str, Any]:
    due = {"day": date_format(invoice.due_on, "DATE_FORMAT")}
    return {
        "kicker": invoice.number,
        "title": _("A bill is past its day"),
        "sentence": _("It was due on %(day)s. Please pay it, so that your cover goes on.") % due,
        "href": reverse("portal:invoice", args=[invoice.number]),
        "button": _("See the bill"),
    }


def _has_account(claim: Claim) -> bool:
    accounts = BankAccount.objects.filter(customer_id=claim.customer_id, is_current=True)
    return accounts.exists()


def tracker(claim: Claim) -> list[dict[str, Any]]:
    """The eight steps for the stepper, in plain words."""
    steps = []
    for step in claims.steps_of(claim):
        state = "done" if step["done_at"] else "now" if step["is_current"] else "todo"
        when = ""
        if step["done_at"]:
            when = date_format(timezone.localtime(step["done_at"]), "SHORT_DATETIME_FORMAT")
        name = STEP_NAMES[step["state"]]
        steps.append({"n": step["number"], "name": name, "when": when, "state": state})
    return steps


def awaited_documents(claim: Claim) -> list[dict[str, Any]]:
    """What we need from them, and why."""
    rows = claim.documents.filter(state__in=AWAITED_DOCUMENTS)
    return [
        {"pk": row.pk, "name": label(row.names), "because": row.reason or row.because}
        for row in rows
    ]


def legal_date(claim: Claim) -> tuple[date, str] | None:
    """The day by which the law wants a decision, and where the law says so."""
    for due in claim.dues:
        if due.what.startswith("decide") and due.due_on and not due.is_house:
            return due.due_on, due.citation
    return None


def claim_page(claim: Claim) -> dict[str, Any]:
    """Everything that the tracker shows."""
    awaited = awaited_documents(claim)
    has_account = _has_account(claim)
    must_act, sentence = next_step(claim, awaited, has_bank_account=has_account)
    offer = claim.offers.exclude(state=OfferState.LAPSED).first()
    steps = tracker(claim)
    return {
        "claim": claim,
        "cause": claims.cause_name(claim),
        "headline": headline(claim),
        "must_act": must_act,
        "sentence": sentence,
        "steps": steps,
        "step": next((step["n"] for step in steps if step["state"] == "now"), None),
        "awaited": awaited,
        "legal": legal_date(claim),
        "offer": offer,
        "offer_is_open": offer is not None and offer.state == OfferState.OPEN,
        "has_account": has_account,
        "letters": claim.letters.filter(document__isnull=False).select_related("document"),
        "files": claim.attachments.select_related("upload"),
    }
