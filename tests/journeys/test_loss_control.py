"""A survey is ordered and made; what is critical is done by the customer, and verified."""

from datetime import timedelta

import pytest

from tests import factories
from tests.journeys.browser import PHONE
from tests.journeys.conftest import today
from tests.underwriting import surveying
from underwriting.models import Recommendation, Survey

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_survey_is_ordered_made_answered_and_verified(window, office_works, live_server, photo):
    insured = factories.customer(login=True)
    policy = factories.policy_in_force(
        "home", from_on=today() - timedelta(days=60), insured=insured
    )
    office_works()

    desk = window()
    desk.sign_in(factories.underwriter(), f"/policies/{policy.number}/")
    desk.follow("Order a survey")
    desk.fill("Why, and what to look for", "Old wiring?")
    desk.fill("Visit wanted by", (today() + timedelta(days=30)).isoformat())
    desk.press("Order a survey", within="main")
    survey = Survey.objects.get()
    desk.reads(survey.number, "Old wiring?", "Ordered")

    field = window()
    field.sign_in(surveying.surveyor(), "/")
    field.follow(survey.number)
    field.act("Schedule")
    field.fill("Day of the visit", today().isoformat())
    field.press("Schedule", within="main")
    field.act("Record the visit")
    field.fill("What was seen, as a whole", "Well kept, but the wiring is old.")
    field.press("Record the visit", within="main")
    field.open(f"{survey.get_absolute_url()}find/")
    field.choose("Hazard", "Electrical installation")
    field.page.get_by_label("Unacceptable").check()
    field.fill("What was found", "Cloth-covered wiring.")
    field.press("Add a finding", within="main")
    field.open(f"{survey.get_absolute_url()}recommend/")
    field.page.get_by_label("Critical").check()
    field.fill("In a few words", "Replace the wiring")
    field.fill("What is to be done", "Have an electrician replace it.")
    field.press("Recommend", within="main")
    field.act("Send the report")
    field.press("Send the report", within="main")
    field.reads("Reported", "Replace the wiring")
    office_works()

    phone = window(size=PHONE)
    phone.sign_in(insured.login)
    phone.follow("Replace the wiring")
    phone.follow("It is done")
    phone.fill("What was done", "All of it is new.")
    phone.attach("Photos or papers that show it", photo)
    phone.press("Send", within="main")
    phone.reads("Thank you. We have your answer.", "Done, to be verified", "All of it is new.")

    row = Recommendation.objects.get()
    field.open(row.get_absolute_url())
    field.reads("What the customer says", "All of it is new.")
    field.follow("Verify", within="main")
    field.press("Verify", within="main")
    field.reads("Verified")
    desk.open("/quotes/recommendations/?view=all")
    desk.reads(row.number, "Critical", "Verified")
