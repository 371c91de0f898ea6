"""The pages of money that leaves, and the bank's own door."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounting import selectors, services
from accounting.enums import UNDER_WAY, PaymentPurpose, PaymentState
from accounting.forms import ApproveForm, NoteForm
from accounting.models import Payment
from accounting.providers import PROVIDERS, Untrusted
from accounting.views.acting import act_page, typed
from office import workflow
from office.doors import demand_open, permission_required
from office.exceptions import Refused
from office.lists import Column, Filter, List, SavedView
from office.models import User
from office.templatetags.sources import source_number

SEEN_BY = permission_required("accounting.view_payment")
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
ACTS = {
    "approve": (services.approve_payment, ApproveForm),
    "cancel": (services.cancel_payment, NoteForm),
}
TONES = {
    PaymentState.DRAFTED: "warn",
    PaymentState.APPROVED: "info",
    PaymentState.DUE: "info",
    PaymentState.SENDING: "info",
    PaymentState.UNKNOWN: "warn",
    PaymentState.CONFIRMED: "good",
    PaymentState.RETURNED: "bad",
}

PAYMENTS = List(
    name=gettext_lazy("Payments"),
    sort="-pk",
    url_name="accounting:payments",
    columns=[
        Column("number", gettext_lazy("Payment"), "link", link="accounting:payment"),
        Column("payee_name", gettext_lazy("Payee")),
        Column("source", gettext_lazy("Source"), show=lambda row: source_number(row["source"])),
        Column("purpose", gettext_lazy("Purpose"), words=PaymentPurpose, priority="wide"),
        Column("drafted_by__name", gettext_lazy("Drafted by"), "person", priority="mid"),
        Column("drafted_at", gettext_lazy("Drafted"), "moment", priority="wide"),
        Column("state", gettext_lazy("State"), "badge", words=PaymentState, tones=TONES),
        Column("amount", gettext_lazy("Amount"), "money", sortable=True, total=True),
    ],
    views=[
        SavedView(
            "drafted",
            gettext_lazy("To approve"),
            lambda rows, user: rows.filter(state=PaymentState.DRAFTED),
        ),
        SavedView(
            "under-way",
            gettext_lazy("Under way"),
            lambda rows, user: rows.filter(state__in=UNDER_WAY),
        ),
        SavedView(
            "confirmed",
            gettext_lazy("Confirmed"),
            lambda rows, user: rows.filter(state=PaymentState.CONFIRMED),
        ),
        SavedView(
            "returned",
            gettext_lazy("Returned"),
            lambda rows, user: rows.filter(state=PaymentState.RETURNED),
        ),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
    ],
    filters=[
        Filter(
            "number",
            forms.CharField(label=gettext_lazy("Payment"), max_length=24),
            lookup="number__iexact",
        ),
        Filter(
            "source",
            forms.CharField(label=gettext_lazy("Claim or policy"), max_length=60),
            narrow=lambda rows, text: rows.filter(
                source__in=[f"claim:{text.upper()}", f"policy:{text.upper()}"]
            ),
        ),
    ],
)


@SEEN_BY
@require_GET
def payment_list(request):
    rows = Payment.objects.for_user(request.user)
    return PAYMENTS.respond(request, rows, template="accounting/payments.html")


@SEEN_BY
@require_GET
def payment_page(request, number):
    payment = _payment(request, number)
    acts = [
        {
            "label": move.label,
            "href": reverse("accounting:act_on_payment", args=[payment.number, move.act]),
            "icon": move.icon,
            "primary": move.primary,
        }
        for move in workflow.moves_open_to(request.user, payment)
        if move.act in ACTS
    ]
    context = {
        "payment": payment,
        "tone": TONES.get(payment.state, ""),
        "acts": acts,
        "events": [
            (workflow.label_of(payment, event.kind), event)
            for event in payment.events.select_related("by")
        ],
        "entries": selectors.entries_for(payment.reference),
        "is_own_draft": payment.state == PaymentState.DRAFTED
        and payment.drafted_by_id == request.user.pk,
        "crumbs": [PAYMENTS.way_back(request), {"label": payment.number}],
        "neighbours": PAYMENTS.neighbours(request, Payment.objects.for_user(request.user), payment),
    }
    return render(request, "accounting/payment.html", context)


@SEEN_BY
@GET_OR_POST
def act_on_payment(request, number, act):
    if act not in ACTS:
        raise Http404
    service, form_class = ACTS[act]
    payment = _payment(request, number)
    demand_open(request, payment, act)
    label = workflow.label_of(payment, act)
    return act_page(
        request,
        form_class(typed(request)),
        lambda **values: service(payment=payment, by=request.user, **values),
        done=lambda done: (
            _("%(payment)s is %(state)s.")
            % {"payment": done, "state": done.get_state_display().lower()}
        ),
        about=payment.number,
        title=f"{label}: {payment}",
        payment=payment,
        submit=label,
        submit_tone="danger" if act == "cancel" else "primary",
        cancel=payment.get_absolute_url(),
    )


@login_not_required
@csrf_exempt
@require_POST
def webhook(request, name):
    """The provider tells what became of a payout; its signature is its password."""
    if name not in PROVIDERS:
        raise Http404
    try:
        event = PROVIDERS[name]().parse_webhook(
            body=request.body, signature=request.headers.get("X-Signature", "")
        )
    except Untrusted:
        return HttpResponse(status=403)
    payment = Payment.objects.filter(idempotency_key=event["key"]).first()
    if payment and event["kind"] == "payout.returned" and payment.state != PaymentState.RETURNED:
        try:
            services.bounce_payment(
                payment=payment, reason=event["reason"], by=User.objects.service()
            )
        except Refused:
            return HttpResponse(status=409)  # the provider tells again
    return HttpResponse(status=204)


def _payment(request, number):
    rows = Payment.objects.for_user(request.user)
    related = ("payee", "bank_account", "drafted_by", "approved_by", "cancelled_by")
    return get_object_or_404(rows.select_related(*related), number=number)
