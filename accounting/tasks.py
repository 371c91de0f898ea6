"""What workers and beat do for accounting: they carry to a service and back."""

from celery import shared_task

from accounting import services
from accounting.models import Instalment, Invoice, Payment, Receipt
from office import outbox
from office.daily import once_a_day
from office.models import User


@outbox.consumer("accounting.send_payment", atomic=False)
def send_payment(payment_id):
    services.send_payment(payment=Payment.objects.get(pk=payment_id), by=User.objects.service())


@outbox.consumer("accounting.capture_receipt", atomic=False)
def capture_receipt(receipt_id):
    services.capture_receipt(receipt=Receipt.objects.get(pk=receipt_id), by=User.objects.service())


@outbox.consumer("accounting.issue_invoice_document")
def issue_invoice_document(invoice_id):
    services.issue_invoice_document(
        invoice=Invoice.objects.get(pk=invoice_id), by=User.objects.service()
    )


@outbox.consumer("accounting.issue_invoice")
def issue_invoice(instalment_id):
    services.issue_invoice(
        instalment=Instalment.objects.get(pk=instalment_id), by=User.objects.service()
    )


@shared_task(name="accounting.sweep_payments")
def sweep_payments():
    services.sweep_payments(by=User.objects.service())


@once_a_day("accounting.announce_due_invoices")
def announce_due_invoices(business_date):
    services.announce_due_invoices(on=business_date)
