"""What a customer has with the office, for their page: cover, applications, losses and bills."""

from collections.abc import Iterable
from typing import Any, cast

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounting.enums import InvoiceState
from accounting.models import Invoice
from claims.enums import OPEN as OPEN_CLAIMS
from claims.models import Claim
from customers.models import Customer
from office import clock, money
from office.models import User
from policies.selectors import policy_rows
from underwriting.enums import SubmissionState
from underwriting.models import Submission
from underwriting.selectors import kinds_sold

SHOWN = 8
Section = dict[str, Any] | None


def policies_of(request: HttpRequest, customer: Customer) -> Section:
    rows = policy_rows(cast(User, request.user)).filter(customer=customer)
    policies: Iterable[Any] = rows.select_related("product").order_by("-pk")[:SHOWN]
    return _section(
        _("Policies"),
        (
            _row(
                policy,
                what=policy.product.name,
                when=_("%(first)s to %(last)s")
                % {"first": _day(policy.from_on), "last": _day(policy.to_on)},
                tone="good" if policy.state == "in_force" else "",
                amount=money.format(policy.total),
            )
            for policy in policies
        ),
    )


def claims_of(request: HttpRequest, customer: Customer) -> Section:
    claims = Claim.objects.for_user(request.user).filter(customer=customer)
    return _section(
        _("Claims"),
        (
            _row(
                claim,
                what=claim.place,
                when=_day(claim.lost_on),
                tone="info" if claim.state in OPEN_CLAIMS else "",
                amount=money.format(claim.incurred),
            )
            for claim in claims.order_by("-notified_at", "-pk")[:SHOWN]
        ),
    )


def quotes_of(request: HttpRequest, customer: Customer) -> Section:
    """The applications that wait; what was bound is among the policies."""
    kinds = kinds_sold()
    waiting = Submission.objects.for_user(request.user).filter(customer=customer).open()
    return _section(
        _("Open quotes"),
        (
            _row(
                submission,
                what=kinds.get(submission.product_kind, submission.product_kind),
                when=_("from %(day)s") % {"day": _day(submission.effective_on)},
                tone="info" if submission.state == SubmissionState.OPEN else "",
            )
            for submission in waiting.order_by("-pk")[:SHOWN]
        ),
    )


def bills_of(request: HttpRequest, customer: Customer) -> Section:
    bills = Invoice.objects.for_user(request.user).filter(customer=customer)
    today = clock.today()
    return _section(
        _("Invoices"),
        (
            _row(
                bill,
                what=bill.billing_account.policy_number,
                when=_("due %(day)s") % {"day": _day(bill.due_on)},
                tone=_tone_of(bill, today),
                amount=money.format(bill.total, bill.currency),
            )
            for bill in bills.select_related("billing_account").order_by("-due_on", "-pk")[:SHOWN]
        ),
    )


def _tone_of(bill: Invoice, today: Any) -> str:
    if bill.state == InvoiceState.PAID:
        return "good"
    return "bad" if bill.due_on < today else "warn"


def _section(title: str, rows: Iterable[dict[str, Any]]) -> Section:
    found = list(rows)
    if not found:
        return None
    return {"title": title, "template": "customers/section.html", "rows": found}


def _row(record: Any, *, what: str, when: str, tone: str, amount: str = "") -> dict[str, Any]:
    return {
        "number": record.number,
        "href": record.get_absolute_url(),
        "what": what,
        "when": when,
        "state": record.get_state_display(),
        "tone": tone,
        "amount": amount,
    }


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT")


EVERY = (policies_of, claims_of, quotes_of, bills_of)
