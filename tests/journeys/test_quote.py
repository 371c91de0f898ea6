"""An agent takes an application, compares, binds; the customer pays the invoice."""

from datetime import timedelta

import pytest

from accounting.models import Invoice
from policies.models import Policy
from tests import factories
from tests.journeys.browser import PHONE
from tests.journeys.conftest import today

pytestmark = pytest.mark.django_db(transaction=True)

APPLICATION = {
    "Years insured without a gap": "12",
    "VIN": "1HGCM82633A004352",
    "Model year": "2021",
    "Make": "Toyota",
    "Model": "Corolla",
    "Miles a year": "12000",
    "Value": "25000",
    "ZIP code where it is kept": "90012",
    "Name": "María Núñez",
    "Date of birth": "1984-05-17",
    "Licensed since": "2004-06-01",
    "At-fault accidents in five years": "0",
    "Moving violations in three years": "0",
}


def test_an_application_is_quoted_compared_bound_and_paid(window, office_works, live_server):
    factories.catalogue("auto")
    seller = factories.agent()
    insured = factories.customer(agent=seller, login=True)

    desk = window()
    desk.sign_in(seller.user, "/quotes/")
    desk.follow("New application")
    desk.fill("Customer", insured.number)
    desk.choose("What to insure", "Personal auto")
    desk.fill("First day of cover", (today() + timedelta(days=10)).isoformat())
    desk.press("Go to the application")
    desk.reads("Application of María Núñez")
    for label, value in APPLICATION.items():
        desk.page.get_by_label(label, exact=True).first.fill(value)
    desk.choose("Body", "Sedan or hatchback")
    desk.choose("Main use", "To work and back")
    desk.choose("Main driver", "Driver 1")
    desk.press("Ask the carriers")
    desk.reads("Waiting for the carrier's answer.")
    office_works()
    desk.reads("Ready to bind")  # the page asks by itself
    desk.follow("Compare side by side")
    desk.reads("Bindery Mutual", "Harbor", "differs")
    desk.follow("Bind", within="main")
    desk.page.get_by_label("In full").first.check()
    desk.press("Bind", within="main")
    policy = Policy.objects.get()
    desk.reads(policy.number)
    office_works()

    phone = window(size=PHONE)
    phone.sign_in(insured.login)
    invoice = Invoice.objects.get()
    phone.follow("Billing")
    phone.follow(f"${invoice.total:,.2f}")
    phone.download("Invoice as PDF")
    phone.press("Pay now")
    phone.reads("Thank you. The invoice is paid.", "Nothing to pay.")
    office_works()
    paid = Invoice.objects.get()
    assert (paid.state, paid.owed) == ("paid", 0)
    phone.open(f"/portal/policies/{policy.number}/")
    phone.reads("Collision", "What is not covered")
