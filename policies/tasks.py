"""What workers do for policies: issue documents, let policies end with their last term."""

from office import outbox
from office.daily import once_a_day
from office.models import User
from policies import selectors, services
from policies.models import BookPage, Policy, Product, RateChange, TermTransaction


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
