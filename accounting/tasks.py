"""What workers and beat do for accounting: they carry to a service and back."""

from celery import shared_task

from accounting import services
from accounting.models import Invoice, Payment, Receipt
from office import clock, outbox
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


@shared_task(name="accounting.sweep_payments")
def sweep_payments():
    services.sweep_payments(by=User.objects.service())


@shared_task(name="accounting.issue_due_invoices")
def issue_due_invoices():
    services.issue_due_invoices(on=clock.today(), by=User.objects.service())
