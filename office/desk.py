"""The desk: the work whose turn is mine, what is due, and my figures."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.enums import PaymentState
from accounting.models import Invoice, Payment
from claims import selectors as claims
from claims.enums import ClaimState
from claims.models import Claim
from customers.models import Agent
from customers.selectors import RunningOut, running_out
from office import clock, money
from office.enums import DepartmentCode
from office.lists.columns import due_words
from office.models import User
from policies.models import Policy
from underwriting.models import Quote, Submission
from underwriting.selectors import (
    loss_control,
    referrals_for_desk,
    referrals_to_answer,
    renewals_for_desk,
)

SHOWN = 10
ANSWERS_FOR_LICENCES = {DepartmentCode.AGENCY, DepartmentCode.COMPLIANCE}
QUOTED = ("submission__customer", "carrier")


def desk_of(user: User) -> dict[str, Any]:
    """What stands on this person's desk today: queues of work, the most urgent first."""
    queues = [queue for queue in _queues(user) if queue["rows"]]
    return {"figures": list(_figures(user)), "queues": queues}


def counts_by_state(records: Any, user: User) -> dict[str, int]:
    """How many of `records`, a manager with `for_user`, this person sees in each state."""
    rows = records.for_user(user).values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows.order_by()}


def _queues(user: User) -> Iterator[dict[str, Any]]:
    today = clock.today(user.time_zone)
    if user.may("claims.view_claim"):
        rows = [_claim(row, today) for row in claims.desk(user, SHOWN)]
        yield _queue(_("Claims that wait for us"), "claims:list", rows)
        told = [_escalation(row, today) for row in claims.escalations_for(user, SHOWN)]
        yield _queue(_("Escalated to you"), "claims:list", told)
    if user.may("underwriting.approve_quote"):
        rows = [_referral(row, today) for row in referrals_for_desk(user, SHOWN)]
        yield _queue(_("Referred to you"), "underwriting:referrals", rows)
    if user.may("underwriting.edit_submission") or user.may("policies.endorse_policy"):
        rows = [_referral(row, today) for row in referrals_to_answer(user, SHOWN)]
        yield _queue(_("Underwriters ask you"), "underwriting:referrals", rows)
    if user.may("underwriting.bind_quote"):
        bindable = Quote.objects.for_user(user).bindable().select_related(*QUOTED)
        rows = [_quote(quote, today) for quote in bindable.order_by("expires_on", "pk")[:SHOWN]]
        yield _queue(_("Quotes that can be bound"), "underwriting:list", rows)
    if user.department_id in ANSWERS_FOR_LICENCES:
        ending = running_out(Agent.objects.for_user(user), on=today)
        rows = [_ending(row, today) for row in ending[:SHOWN]]
        yield _queue(_("Licences, appointments and courses that run out"), "", rows)
    if user.may("accounting.take_payment"):
        late = Invoice.objects.for_user(user).overdue(on=today).select_related("customer")
        rows = [_invoice(invoice, today) for invoice in late.order_by("due_on", "pk")[:SHOWN]]
        yield _queue(_("Bills that are late"), "accounting:invoices", rows)
    if user.may("underwriting.prepare_renewal") or user.may("underwriting.answer_renewal"):
        rows = [_renewal(row, today) for row in renewals_for_desk(user, SHOWN)]
        yield _queue(_("Renewals at 90, 60 and 45 days"), "underwriting:renewals", rows)
    if user.may("underwriting.view_survey"):
        yield from _loss_control(user, today)
    if user.may("accounting.approve_payment"):
        drafted = Payment.objects.for_user(user).filter(state=PaymentState.DRAFTED)
        rows = [_payment(payment) for payment in drafted.order_by("pk")[:SHOWN]]
        yield _queue(_("Payments to approve"), "accounting:payments", rows)


def _loss_control(user: User, today) -> Iterator[dict[str, Any]]:
    """Visits for whoever makes them; what is to be verified, is overdue or runs out for all."""
    if user.may("underwriting.visit_survey"):
        rows = [
            _due_row(row, row.customer, row.get_kind_display(), row.due_on, today)
            for row in loss_control.surveys_for_desk(user, SHOWN)
        ]
        yield _queue(_("Surveys to carry out"), "underwriting:surveys", rows)
    if user.may("underwriting.verify_recommendation"):
        rows = [
            _due_row(row, row.survey.customer, row.title, row.due_on, today)
            for row in loss_control.recommendations_for_desk(user, today, SHOWN)
        ]
        title = _("Recommendations to verify or overdue")
        yield _queue(title, "underwriting:recommendations", rows)
    if user.may("underwriting.record_certificate"):
        rows = [
            _due_row(row, row.policy.customer, row.get_kind_display(), row.valid_to, today)
            for row in loss_control.certificates_for_desk(user, today, SHOWN)
        ]
        yield _queue(_("Certificates that run out"), "underwriting:certificates", rows)


def _due_row(record, customer, what: str, due_on, today) -> dict[str, Any]:
    return {
        "href": record.get_absolute_url(),
        "number": record.number,
        "who": customer.display_name,
        "what": what,
        **_due(due_on, today),
    }


def _queue(title: str, url_name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "href": url_name and reverse(url_name), "rows": rows}


def _claim(row: dict[str, Any], today) -> dict[str, Any]:
    return {
        "href": reverse("claims:detail", args=[row["number"]]),
        "number": row["number"],
        "who": row["customer__display_name"],
        "what": ClaimState(row["state"]).label,
        **_due(row["due_on"], today),
    }


def _escalation(row, today) -> dict[str, Any]:
    return {
        "href": row.claim.get_absolute_url(),
        "number": row.claim.number,
        "who": row.get_rung_display(),
        "what": row.claim.get_state_display(),
        **_due(row.due_on, today),
    }


def _quote(quote: Quote, today) -> dict[str, Any]:
    return {
        "href": quote.submission.get_absolute_url(),
        "number": quote.number,
        "who": quote.submission.customer.display_name,
        "what": quote.carrier.name,
        **_due(quote.expires_on, today),
    }


def _referral(row: Any, today) -> dict[str, Any]:
    return {
        "href": row.get_absolute_url(),
        "number": row.number,
        "who": row.customer.display_name,
        "what": row.get_kind_display(),
        **_due(row.effective_on, today),
    }


def _invoice(invoice: Invoice, today) -> dict[str, Any]:
    return {
        "href": invoice.get_absolute_url(),
        "number": invoice.number,
        "who": invoice.customer.display_name,
        "what": money.format(invoice.total - invoice.paid, invoice.currency),
        **_due(invoice.due_on, today),
    }


def _ending(row: RunningOut, today) -> dict[str, Any]:
    return {
        "href": reverse("customers:agent", args=[row.agent.code]),
        "number": row.agent.code,
        "who": row.agent.name,
        "what": row.text,
        **_due(row.ends_on, today),
    }


def _renewal(row: Any, today) -> dict[str, Any]:
    left = (row.valid_from - today).days
    return {
        "href": row.get_absolute_url(),
        "number": row.number,
        "who": row.policy.customer.display_name,
        "what": row.problem or (_("Referred") if row.is_held else row.get_state_display()),
        "due": _("in %(days)s days") % {"days": left},
        "tone": "warn" if left <= 45 else "",
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "href": payment.get_absolute_url(),
        "number": payment.number,
        "who": payment.payee_name,
        "what": money.format(payment.amount, payment.currency),
        "due": "",
    }


def _due(due_on, today) -> dict[str, str]:
    if due_on is None:
        return {"due": "—", "tone": ""}
    tone, words = due_words((due_on - today).days, due_on, get_language())
    return {"due": words, "tone": tone}


def _figures(user: User) -> Iterator[dict[str, Any]]:
    """At most five figures, each of something that this person works on."""
    if user.may("claims.view_every_claim"):
        for label, view in (
            (_("Our turn"), "my_turn"),
            (_("Mine"), "mine"),
            (_("Overdue"), "overdue"),
            (_("On hold"), "held"),
        ):
            count = claims.view(user, view).count()
            yield _figure(label, count, "bad" if view == "overdue" and count else "")
    elif user.may("policies.view_own_policy"):
        yield from _figures_of_agent(user)


def _figures_of_agent(user: User) -> Iterator[dict[str, Any]]:
    """The agent's own book."""
    late = Invoice.objects.for_user(user).overdue(on=clock.today(user.time_zone)).count()
    yield _figure(_("Policies in force"), Policy.objects.for_user(user).in_force().count())
    yield _figure(_("Open submissions"), Submission.objects.for_user(user).open().count())
    yield _figure(_("Open claims"), Claim.objects.for_user(user).open().count())
    yield _figure(_("Bills that are late"), late, "warn" if late else "")


def _figure(label: str, count: int, tone: str = "") -> dict[str, Any]:
    return {"label": label, "value": str(count), "tone": tone}
