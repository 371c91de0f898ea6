"""Invoices and their payment, and payments out, for programs."""

from django import forms
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounting import rules, services
from accounting.enums import InvoiceState, PaymentMethod, PaymentState
from accounting.forms import PayForm
from accounting.models import Invoice, Payment
from office import uploads
from office.api import Moment, filled, own_key, repeatable, serializer_of
from office.api.pages import RowsView, list_schema

MONEY = {"max_digits": 16, "decimal_places": 2}


class InvoiceFilter(forms.Form):
    state = forms.ChoiceField(choices=InvoiceState.choices, required=False)
    policy = forms.CharField(label=_("Policy number"), max_length=24, required=False)


class InvoiceRow(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField()
    customer = serializers.CharField()
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    currency = serializers.CharField()
    total = serializers.DecimalField(**MONEY)
    paid = serializers.DecimalField(**MONEY)


class ChargeBody(serializers.Serializer):
    kind = serializers.CharField()
    amount = serializers.DecimalField(**MONEY)


class AllocationBody(serializers.Serializer):
    receipt = serializers.CharField(
        source="receipt.number", allow_null=True, default=None, help_text="None: see credit_note."
    )
    credit_note = serializers.CharField(allow_null=True, help_text="Returned premium.")
    amount = serializers.DecimalField(**MONEY)
    at = Moment()


class InvoiceBody(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField(source="billing_account.policy_number")
    customer = serializers.CharField(source="customer.number")
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    currency = serializers.CharField()
    total = serializers.DecimalField(**MONEY)
    paid = serializers.DecimalField(**MONEY)
    owed = serializers.DecimalField(**MONEY)
    lines = ChargeBody(many=True)
    allocations = AllocationBody(many=True)


class ReceiptBody(serializers.Serializer):
    number = serializers.CharField()
    invoice = InvoiceBody()
    method = serializers.CharField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(**MONEY)
    unapplied = serializers.DecimalField(**MONEY, help_text="Kept as credit of the account.")
    received_on = serializers.DateField()


InvoicePay = serializer_of(
    PayForm,
    "InvoicePay",
    without=["idempotency_key"],
    method=serializers.ChoiceField(PaymentMethod.choices),
)


@list_schema("invoices_list", tag="invoices")
class InvoiceList(RowsView):
    """Invoices whom the caller may see, the newest first."""

    scope = "invoices"
    filter_form = InvoiceFilter
    row_serializer = InvoiceRow

    def rows(self, request, state, policy):
        rows = Invoice.objects.for_user(request.user)
        if state:
            rows = rows.filter(state=state)
        if policy:
            rows = rows.filter(billing_account__policy_number=policy.strip().upper())
        return rows.values(
            "id", "number", "state", "issued_on", "due_on", "currency", "total", "paid",
            policy=F("billing_account__policy_number"), holder=F("customer__number"),
        )  # fmt: skip

    def finish(self, row):
        row["customer"] = row.pop("holder")
        return row


class InvoiceDetail(APIView):
    """One invoice: what it charges, what has been paid of it."""

    scope = "invoices"

    @extend_schema(operation_id="invoices_get", tags=["invoices"], responses={200: InvoiceBody})
    def get(self, request, number):
        return Response(InvoiceBody(_invoice(request, number)).data)


class InvoicePaper(APIView):
    """The invoice as it was sent."""

    scope = "invoices"

    @extend_schema(
        operation_id="invoices_document",
        tags=["invoices"],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request, number):
        invoice = _invoice(request, number)
        if invoice.document is None:
            raise Http404
        return uploads.download(invoice.document)


class InvoicePayment(APIView):
    """Pay an invoice. Card numbers never come here: the provider's token stands for them."""

    scope = "invoices"

    @extend_schema(
        operation_id="invoices_pay",
        tags=["invoices"],
        request=InvoicePay,
        responses={201: ReceiptBody},
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._pay(request, number))

    def _pay(self, request, number):
        invoice = _invoice(request, number)
        sent = InvoicePay(data=request.data)
        sent.is_valid(raise_exception=True)
        key = own_key(request)
        values = {**sent.validated_data, "idempotency_key": key}
        may_write_down = rules.may_write_down_receipt(request.user)
        form = filled(PayForm, values, may_write_down=may_write_down)
        receipt = services.pay_invoice(invoice=invoice, by=request.user, **form.cleaned_data)
        receipt.invoice = _invoice(request, number)
        return 201, ReceiptBody(receipt).data


def _invoice(request, number):
    rows = Invoice.objects.for_user(request.user)
    related = rows.select_related("customer", "billing_account", "document")
    return get_object_or_404(
        related.prefetch_related("lines", "allocations__receipt", "allocations__credit_note"),
        number=number,
    )


# Payments


class PaymentFilter(forms.Form):
    state = forms.ChoiceField(choices=PaymentState.choices, required=False)
    source = forms.CharField(
        label=_("What it is paid for, such as claim:CL-2026-000042"), max_length=60, required=False
    )


class PaymentRow(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    purpose = serializers.CharField()
    payee_name = serializers.CharField()
    source = serializers.CharField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(**MONEY)
    drafted_at = Moment()
    approved_at = Moment(allow_null=True)
    confirmed_at = Moment(allow_null=True)
    returned_at = Moment(allow_null=True)


class PaymentBody(PaymentRow):
    memo = serializers.CharField()
    reason = serializers.CharField(help_text="The bank's, where it sent the money back.")
    bank_account = serializers.SerializerMethodField()

    def get_bank_account(self, payment) -> str | None:
        return payment.bank_account.masked if payment.bank_account else None


@list_schema("payments_list", tag="payments")
class PaymentList(RowsView):
    """Payments whom the caller may see, the newest first."""

    scope = "payments"
    filter_form = PaymentFilter
    row_serializer = PaymentRow

    def rows(self, request, state, source):
        rows = Payment.objects.for_user(request.user)
        if state:
            rows = rows.filter(state=state)
        if source:
            rows = rows.about(source.strip())
        return rows.values("id", *PaymentRow().fields)


class PaymentDetail(APIView):
    """One payment."""

    scope = "payments"

    @extend_schema(operation_id="payments_get", tags=["payments"], responses={200: PaymentBody})
    def get(self, request, number):
        rows = Payment.objects.for_user(request.user).select_related("bank_account")
        return Response(PaymentBody(get_object_or_404(rows, number=number)).data)
