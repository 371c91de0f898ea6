"""The pages of bills and receipts."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounting import rules, selectors, services
from accounting.enums import InvoiceState
from accounting.forms import PayForm, ReasonForm, RefundForm
from accounting.models import Invoice, Receipt
from accounting.views.acting import act_page, typed
from office import clock, money, uploads
from office.doors import permission_required
from office.lists import Column, Filter, List, SavedView

SEEN_BY = permission_required("accounting.view_invoice")
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
TONES = {InvoiceState.OPEN: "warn", InvoiceState.PAID: "good"}

INVOICES = List(
    name=gettext_lazy("Invoices"),
    sort="-pk",
    url_name="accounting:invoices",
    columns=[
        Column("number", gettext_lazy("Invoice"), "link", link="accounting:invoice"),
        Column("customer__display_name", gettext_lazy("Customer")),
        Column("billing_account__policy_number", gettext_lazy("Policy"), priority="mid"),
        Column("issued_on", gettext_lazy("Issued"), "date", priority="wide"),
        Column("due_on", gettext_lazy("Due"), "date", sortable=True),
        Column("state", gettext_lazy("State"), "badge", words=InvoiceState, tones=TONES),
        Column("total", gettext_lazy("Amount"), "money", sortable=True, total=True),
        Column("left", gettext_lazy("Owed"), "money", total=True),
    ],
    views=[
        SavedView("open", pgettext_lazy("invoice", "Open"), lambda rows, user: rows.open()),
        SavedView(
            "overdue",
            gettext_lazy("Overdue"),
            lambda rows, user: rows.overdue(on=clock.today()),
        ),
        SavedView(
            "paid",
            pgettext_lazy("invoice", "Paid"),
            lambda rows, user: rows.filter(state=InvoiceState.PAID),
        ),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
    ],
    filters=[
        Filter(
            "number",
            forms.CharField(label=gettext_lazy("Invoice"), max_length=16),
            lookup="number__iexact",
        ),
        Filter(
            "policy",
            forms.CharField(label=gettext_lazy("Policy"), max_length=24),
            lookup="billing_account__policy_number__iexact",
        ),
    ],
)


@SEEN_BY
@require_GET
def invoice_list(request):
    return INVOICES.respond(request, _listed(request.user), template="accounting/invoices.html")


def _listed(user):
    return Invoice.objects.for_user(user).annotate(left=F("total") - F("paid"))


@SEEN_BY
@require_GET
def invoice_page(request, number):
    invoice = _invoice(request, number)
    account = invoice.billing_account
    context = {
        "invoice": invoice,
        "account": account,
        "tone": TONES.get(invoice.state, ""),
        "is_overdue": invoice.is_overdue(clock.today()),
        "lines": invoice.lines.all(),
        "allocations": invoice.allocations.select_related("receipt", "credit_note", "by"),
        "ahead": selectors.instalments_ahead(account.policy_number),
        "credits": selectors.credit_of(account) if account.credit else [],
        "figures": _figures(invoice),
        "acts": _acts(request, invoice),
        "crumbs": [INVOICES.way_back(request), {"label": invoice.number}],
        "neighbours": INVOICES.neighbours(request, _listed(request.user), invoice),
    }
    return render(request, "accounting/invoice.html", context)


@SEEN_BY
@GET_OR_POST
def pay_invoice(request, number):
    """Take a customer's payment. The same form sent twice is one payment."""
    invoice = _invoice(request, number)
    if not rules.may_take_payment(invoice, request.user):
        raise PermissionDenied(_("Taking payments is not among your duties."))
    form = PayForm(
        typed(request),
        initial={"amount": invoice.owed},
        may_write_down=rules.may_write_down_receipt(request.user),
    )
    return act_page(
        request,
        form,
        lambda **values: services.pay_invoice(invoice=invoice, by=request.user, **values),
        done=lambda receipt: _("Receipt %(number)s is written.") % {"number": receipt},
        about=invoice.number,
        title=_("Take a payment for %(invoice)s") % {"invoice": invoice},
        lead=_("Owed: %(amount)s.") % {"amount": money.format(invoice.owed, invoice.currency)},
        submit=_("Take the payment"),
        cancel=invoice.get_absolute_url(),
    )


@SEEN_BY
@GET_OR_POST
def refund_credit(request, number):
    """Draft a payment of the account's credit back to the customer."""
    invoice = _invoice(request, number)
    account = invoice.billing_account
    if not rules.may_draft(None, request.user):
        raise PermissionDenied(_("Drafting payments is not among your duties."))
    return act_page(
        request,
        RefundForm(typed(request), initial={"amount": account.credit}),
        lambda amount: services.draft_refund(account=account, amount=amount, by=request.user),
        done=lambda payment: _("%(payment)s waits for approval.") % {"payment": payment},
        about=invoice.number,
        title=_("Pay credit of %(policy)s back") % {"policy": account},
        lead=_("Credit: %(amount)s.") % {"amount": money.format(account.credit, account.currency)},
        submit=_("Draft the refund"),
        cancel=invoice.get_absolute_url(),
    )


@SEEN_BY
@require_GET
def invoice_document(request, number):
    invoice = _invoice(request, number)
    if invoice.document is None:
        raise Http404
    return uploads.download(invoice.document)


@SEEN_BY
@require_GET
def receipt_page(request, number):
    receipt = _receipt(request, number)
    act = {
        "label": _("Book as returned"),
        "href": reverse("accounting:return_receipt", args=[receipt.number]),
        "icon": "undo-2",
    }
    may_return = rules.may_return_receipt(receipt, request.user)
    context = {
        "receipt": receipt,
        "allocations": receipt.allocations.select_related("invoice"),
        "left": services.left_of(receipt),
        "entries": selectors.entries_for(receipt.source),
        "acts": [act] if may_return and not receipt.returned_at else [],
        "crumbs": _crumbs(),
    }
    return render(request, "accounting/receipt.html", context)


@SEEN_BY
@GET_OR_POST
def return_receipt(request, number):
    receipt = _receipt(request, number)
    if not rules.may_return_receipt(receipt, request.user):
        raise PermissionDenied(_("Booking returned payments is not among your duties."))
    return act_page(
        request,
        ReasonForm(typed(request)),
        lambda reason: services.return_receipt(receipt=receipt, reason=reason, by=request.user),
        done=lambda done: _("%(receipt)s is booked as returned.") % {"receipt": done},
        about=receipt.number,
        title=_("Book %(receipt)s as returned") % {"receipt": receipt},
        lead=_("What this receipt paid is owed again."),
        submit=_("Book as returned"),
        submit_tone="danger",
        cancel=reverse("accounting:receipt", args=[receipt.number]),
    )


def _invoice(request, number):
    rows = Invoice.objects.for_user(request.user)
    related = ("customer", "billing_account", "document", "created_by")
    return get_object_or_404(rows.select_related(*related), number=number)


def _receipt(request, number):
    rows = Receipt.objects.for_user(request.user)
    related = ("customer", "billing_account", "created_by", "returned_by")
    return get_object_or_404(rows.select_related(*related), number=number)


def _figures(invoice):
    owed = invoice.owed
    return [
        {"label": _("Amount"), "value": money.format(invoice.total, invoice.currency)},
        {"label": _("Paid"), "value": money.format(invoice.paid, invoice.currency)},
        {
            "label": _("Owed"),
            "value": money.format(owed, invoice.currency),
            "tone": "bad" if invoice.is_overdue(clock.today()) else "",
        },
        {
            "label": _("Credit of the account"),
            "value": money.format(invoice.billing_account.credit, invoice.currency),
        },
    ]


def _acts(request, invoice):
    acts = []
    if invoice.owed and rules.may_take_payment(invoice, request.user):
        href = reverse("accounting:pay_invoice", args=[invoice.number])
        pay = {"label": _("Take a payment"), "href": href, "icon": "wallet", "primary": True}
        acts.append(pay)
    if invoice.billing_account.credit and rules.may_draft(None, request.user):
        href = reverse("accounting:refund_credit", args=[invoice.number])
        acts.append({"label": _("Pay credit back"), "href": href, "icon": "undo-2"})
    return acts


def _crumbs():
    return [{"label": _("Invoices"), "href": reverse("accounting:invoices")}]
