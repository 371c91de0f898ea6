"""What the outbox and the clock make the claims department do."""

from celery import shared_task

from accounting.models import Payment
from claims import services
from claims.models import Letter
from office import outbox
from office.models import User


@outbox.consumer("claims.issue_letter", atomic=False)
def issue_letter(letter_id):
    services.issue_letter(letter=Letter(pk=letter_id), by=User.objects.service())


@outbox.consumer("claims.record_payment_confirmed")
def record_payment_confirmed(payment_id):
    services.record_payment_confirmed(
        payment=Payment.objects.get(pk=payment_id), by=User.objects.service()
    )


@outbox.consumer("claims.record_payment_returned")
def record_payment_returned(payment_id):
    services.record_payment_returned(
        payment=Payment.objects.get(pk=payment_id), by=User.objects.service()
    )


@shared_task(name="claims.escalate_deadlines")
def escalate_deadlines():
    services.escalate_claims(by=User.objects.service())
