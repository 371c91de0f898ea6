"""The doors of accounting for programs."""

from django.urls import path

from accounting.api.billing import (
    InvoiceDetail,
    InvoiceList,
    InvoicePaper,
    InvoicePayment,
    PaymentDetail,
    PaymentList,
)
from accounting.api.ledger import (
    AccountList,
    EntryDetail,
    EntryList,
    LineList,
    TrialBalance,
)

urlpatterns = [
    path("invoices/", InvoiceList.as_view(), name="api-invoices"),
    path("invoices/<slug:number>/", InvoiceDetail.as_view(), name="api-invoice"),
    path("invoices/<slug:number>/document/", InvoicePaper.as_view(), name="api-invoice-document"),
    path("invoices/<slug:number>/pay/", InvoicePayment.as_view(), name="api-invoice-pay"),
    path("payments/", PaymentList.as_view(), name="api-payments"),
    path("payments/<slug:number>/", PaymentDetail.as_view(), name="api-payment"),
    path("ledger/accounts/", AccountList.as_view(), name="api-accounts"),
    path("ledger/entries/", EntryList.as_view(), name="api-entries"),
    path("ledger/entries/<slug:number>/", EntryDetail.as_view(), name="api-entry"),
    path("ledger/lines/", LineList.as_view(), name="api-lines"),
    path("ledger/trial-balance/", TrialBalance.as_view(), name="api-trial-balance"),
]
