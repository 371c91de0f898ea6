"""A policy ends and begins again; another is renewed on the policyholder's own phone."""

from datetime import timedelta

import pytest

from policies.models import Policy
from tests import factories
from tests.claims import scenes
from tests.journeys.browser import PHONE
from tests.journeys.conftest import today

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_policy_is_cancelled_with_its_return_shown_and_taken_up_again(
    window, office_works, home_policy
):
    number = home_policy.number
    desk = window()
    desk.sign_in(factories.person("policy_administrator"), f"/policies/{number}/")

    desk.act("Cancel the policy")
    desk.reads("What it returns", "Returned in all", "Short rate")
    desk.choose("Reason", "The insured property was sold")
    desk.reads("Pro rata")  # the page works it out by itself
    desk.press("Cancel the policy", within="form")
    desk.reads("Cover ended on")
    office_works()
    desk.open(f"/policies/{number}/")
    desk.reads("Confirmation of cancellation")

    desk.act("Reinstate")
    desk.fill("Cover again from", today().isoformat())
    desk.press("Reinstate", within="form")
    desk.reads("In force")
    office_works()
    desk.open(f"/policies/{number}/")
    desk.reads("Confirmation of reinstatement")
    assert Policy.objects.get().state == "in_force"


def test_a_renewal_is_worked_out_offered_and_taken_up_on_a_phone(window, office_works, live_server):
    policy = scenes.policy_in_force(from_on=today() - timedelta(days=310))
    holder = scenes.with_login(policy.customer)
    desk = window()
    desk.sign_in(factories.person("underwriter"), "/quotes/renewals/")

    desk.press("Work out what is due")
    office_works()
    desk.open("/quotes/renewals/")
    desk.follow(f"{policy.number}-2")
    desk.reads("Why the premium changes", "New rates", "Claims")
    desk.act("Offer")
    desk.press("Offer", within="form")
    desk.reads("Offered")
    office_works()

    phone = window(size=PHONE)
    phone.sign_in(holder, f"/portal/policies/{policy.number}/")
    phone.follow("See the offer")
    phone.reads("Why the premium changes", "What it costs")
    phone.follow("Renew my policy")
    phone.press("Renew my policy", within="form")
    phone.reads("Thank you. We have your answer.")
    office_works()

    assert policy.terms.count() == 2
