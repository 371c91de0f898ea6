"""What workers do for policies: issue documents, let policies end with their last term."""

from office import outbox
from office.daily import once_a_day
from office.models import User
from policies import selectors, services
from policies.models import Policy


@outbox.consumer("policies.issue_declarations")
def issue_declarations(*, policy_id):
    policy = Policy.objects.select_related("customer", "product").get(pk=policy_id)
    services.issue_declarations(policy=policy, by=User.objects.service())


@once_a_day("policies.expire_policies")
def expire_policies(_business_date):
    office = User.objects.service()
    for policy in selectors.policies_past_their_term().iterator():
        services.expire_policy(policy=policy, by=office)
