"""Everything to look at, nothing to bend: the books are written by services alone."""

from django.contrib import admin

from accounting import models
from office.readonly import ReadOnlyAdmin


@admin.register(models.Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["code", "title", "type"]
    list_filter = ["type"]


@admin.register(models.Period)
class PeriodAdmin(ReadOnlyAdmin):
    list_display = ["code", "starts_on", "ends_on", "state", "closed_at", "closed_by"]
    list_select_related = ["closed_by"]


@admin.register(models.Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["number", "booked_on", "kind", "source", "reference", "memo", "by"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["source__exact", "reference__exact"]
    exclude = ["xact"]
    show_full_result_count = False


@admin.register(models.Line)
class LineAdmin(ReadOnlyAdmin):
    list_display = ["entry", "account", "currency", "amount", "product", "carrier", "jurisdiction"]
    list_filter = ["account"]
    list_select_related = ["entry", "account"]
    show_full_result_count = False


@admin.register(models.BillingAccount)
class BillingAccountAdmin(ReadOnlyAdmin):
    list_display = ["policy_number", "customer", "carrier", "holds_trust_money", "credit"]
    list_select_related = ["customer"]
    search_fields = ["policy_number"]


@admin.register(models.Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "due_on", "state", "total", "paid"]
    list_filter = ["state"]
    list_select_related = ["customer"]
    search_fields = ["number"]


@admin.register(models.Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "received_on", "method", "amount", "unapplied"]
    list_filter = ["method"]
    list_select_related = ["customer"]
    search_fields = ["number"]


@admin.register(models.CreditNote)
class CreditNoteAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "billing_account", "amount", "unapplied", "memo", "created_at"]
    list_select_related = ["billing_account"]


@admin.register(models.Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["number", "payee_name", "amount", "currency", "state", "source", "attempts"]
    list_filter = ["state", "purpose"]
    search_fields = ["number", "source"]
