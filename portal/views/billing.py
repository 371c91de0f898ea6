"""Bills and their payment, and the account to which the office pays."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounting.enums import InvoiceState
from accounting.models import BillingAccount, Invoice
from accounting.services import pay_invoice
from customers.services import add_bank_account
from office import uploads
from office.doors import policyholder_required
from office.exceptions import Refused
from office.forms import add_refusal, posted
from portal.forms import BankAccountForm, PayForm


@policyholder_required
@require_GET
def billing(request):
    rows = Invoice.objects.for_user(request.user).select_related("billing_account")
    context = {
        "invoices": rows.order_by("-due_on", "-number"),
        "credits": BillingAccount.objects.for_user(request.user).filter(credit__gt=0),
        "accounts": request.user.customer.bank_accounts.filter(is_current=True),
        "portal_section": "billing",
    }
    return render(request, "portal/billing.html", context)


@policyholder_required
@require_http_methods(["GET", "POST"])
def invoice(request, number):
    """The invoice, and the button that pays it: its key makes a double click one payment."""
    row = _invoice(request, number)
    form = PayForm(posted(request)[0], initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            pay_invoice(
                invoice=row,
                amount=row.total - row.paid,
                method="card",
                token="tok_dummy",
                idempotency_key=str(form.cleaned_data["key"]),
                by=request.user,
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. The invoice is paid."))
            return redirect("portal:invoice", row.number)
    context = {
        "invoice": row,
        "lines": row.lines.all(),
        "credits": row.allocations.exclude(credit_note=None).select_related("credit_note"),
        "owed": row.owed,
        "form": form,
        "can_pay": row.state == InvoiceState.OPEN,
        "portal_section": "billing",
    }
    return render(request, "portal/invoice.html", context)


@policyholder_required
@require_GET
def invoice_document(request, number):
    row = _invoice(request, number)
    if row.document is None:
        raise Http404
    return uploads.download(row.document)


@policyholder_required
@require_http_methods(["GET", "POST"])
def bank_account(request):
    customer = request.user.customer
    form = BankAccountForm(posted(request)[0], initial={"holder": customer.display_name})
    if request.method == "POST" and form.is_valid():
        try:
            add_bank_account(customer=customer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            field = {"account": "iban_or_account"}.get(refusal.field, refusal.field)
            add_refusal(form, Refused(str(refusal), field=field))
        else:
            messages.success(request, _("Thank you. We will check the account before we pay."))
            return redirect("portal:billing")
    context = {
        "form": form,
        "title": _("Where may we pay?"),
        "lead": _("We keep the number sealed and show its last four digits only."),
        "submit": _("Save the account"),
        "cancel": reverse("portal:billing"),
        "portal_section": "billing",
    }
    return render(request, "portal/bank_account.html", context)


def _invoice(request, number):
    visible = Invoice.objects.for_user(request.user).select_related("billing_account")
    return get_object_or_404(visible, number=number)
