"""What workers do for policies: issue documents, let policies end with their last term."""

import structlog
from celery import shared_task

from accounting.models import BillingAccount
from office import outbox
from office.daily import once_a_day
from office.exceptions import Refused
from office.models import User
from policies import selectors, services
from policies.models import (
    BookPage,
    Cancellation,
    NonRenewal,
    Policy,
    Product,
    RateChange,
    TermTransaction,
)

log = structlog.get_logger(__name__)


@outbox.consumer("policies.issue_declarations")
def issue_declarations(*, policy_id):
    policy = Policy.objects.select_related("customer", "product").get(pk=policy_id)
    services.issue_declarations(policy=policy, by=User.objects.service())


@outbox.consumer("policies.issue_endorsement")
def issue_endorsement(*, first_id, last_id):
    rows = TermTransaction.objects.select_related(
        "term__version", "term__policy__customer", "term__policy__product__carrier",
        "term__policy__address", "term__policy__agent",
    ).in_bulk([first_id, last_id])  # fmt: skip
    services.issue_endorsement(first=rows[first_id], last=rows[last_id], by=User.objects.service())


@once_a_day("policies.expire_policies")
def expire_policies(_business_date):
    office = User.objects.service()
    for policy in selectors.policies_past_their_term().iterator():
        services.expire_policy(policy=policy, by=office)


@outbox.consumer("policies.prepare_rate_change")
def prepare_rate_change(*, rate_change_id):
    measured = RateChange.objects.get(pk=rate_change_id)
    services.prepare_rate_change(measured=measured, by=User.objects.service())


@outbox.consumer("policies.rate_page")
def rate_page(*, rate_change_id, page_id):
    measured = RateChange.objects.select_related("created_by", "draft", "version")
    services.rate_page(
        measured=measured.get(pk=rate_change_id),
        page=BookPage.objects.defer("frame").get(pk=page_id),
        by=User.objects.service(),
    )


@once_a_day("policies.pack_book")
def pack_book(_business_date):
    """What was written today is packed tonight, so that a rate change is measured in seconds."""
    office = User.objects.service()
    for code in Product.objects.values_list("code", flat=True):
        services.pack_book(product=code, by=office)


@shared_task(name="policies.end_what_is_due")
def end_what_is_due():
    """Announced ends whose day has come; one that cannot does not hold the others."""
    office = User.objects.service()
    for cancellation in selectors.cancellations_due().iterator():
        try:
            services.take_effect(cancellation=cancellation, by=office)
        except Refused as refusal:
            log.warning("policies.end_refused", cancellation=cancellation.pk, why=str(refusal))


@outbox.consumer("policies.cancel_for_nonpayment")
def cancel_for_nonpayment(*, account_id):
    """What the delinquency of a billing account ends in: a notice, as the law demands it."""
    account = BillingAccount.objects.get(pk=account_id)
    policy = Policy.objects.select_related("product").get(number=account.policy_number)
    services.cancel_for_nonpayment(policy=policy, by=User.objects.service())


@outbox.consumer("policies.issue_cancellation")
def issue_cancellation(*, cancellation_id):
    services.issue_cancellation(
        cancellation=_cancellation(cancellation_id), by=User.objects.service()
    )


@outbox.consumer("policies.issue_rescission")
def issue_rescission(*, cancellation_id):
    services.issue_rescission(
        cancellation=_cancellation(cancellation_id), by=User.objects.service()
    )


@outbox.consumer("policies.issue_reinstatement")
def issue_reinstatement(*, transaction_id):
    rows = TermTransaction.objects.select_related(
        "term__policy__customer", "term__policy__product", "term__policy__address"
    )
    services.issue_reinstatement(written=rows.get(pk=transaction_id), by=User.objects.service())


@outbox.consumer("policies.issue_nonrenewal")
def issue_nonrenewal(*, nonrenewal_id):
    rows = NonRenewal.objects.select_related(
        "term", "policy__customer", "policy__product", "policy__address"
    )
    services.issue_nonrenewal(decided=rows.get(pk=nonrenewal_id), by=User.objects.service())


def _cancellation(pk):
    rows = Cancellation.objects.select_related(
        "term", "transaction", "policy__customer", "policy__product", "policy__address"
    )
    return rows.get(pk=pk)
