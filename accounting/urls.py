from django.urls import path

from accounting import views

app_name = "accounting"
urlpatterns = [
    path("", views.entry_list, name="ledger"),
    path("entries/<str:number>/", views.entry_page, name="entry"),
    path("accounts/<str:code>/", views.account_page, name="account"),
    path("trial-balance/", views.trial_balance, name="trial_balance"),
    path("periods/<str:code>/<slug:act>/", views.act_on_period, name="act_on_period"),
    path("invoices/", views.invoice_list, name="invoices"),
    path("invoices/<str:number>/", views.invoice_page, name="invoice"),
    path("invoices/<str:number>/pay/", views.pay_invoice, name="pay_invoice"),
    path("invoices/<str:number>/refund/", views.refund_credit, name="refund_credit"),
    path("invoices/<str:number>/document/", views.invoice_document, name="invoice_document"),
    path("receipts/<str:number>/", views.receipt_page, name="receipt"),
    path("receipts/<str:number>/return/", views.return_receipt, name="return_receipt"),
    path("payments/", views.payment_list, name="payments"),
    path("payments/<str:number>/", views.payment_page, name="payment"),
    path("payments/<str:number>/<slug:act>/", views.act_on_payment, name="act_on_payment"),
    path("webhooks/<slug:name>/", views.webhook, name="webhook"),
]
