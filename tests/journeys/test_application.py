"""An application typed in a browser: a row more, a mistake, every carrier's price, bound."""

from datetime import timedelta

import pytest

from policies.models import Policy
from tests import factories
from tests.journeys.conftest import today
from underwriting.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)


def describe(desk, row, item, **words):
    for name, value in words.items():
        field = desk.page.locator(f'[name="{row}.{item}.{name}"]')
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_an_application_is_typed_compared_and_bound(window, office_works):
    factories.catalogue("auto")
    seller = factories.agent()
    insured = factories.customer(agent=seller)
    desk = window()
    desk.sign_in(seller.user)
    desk.open("/quotes/")
    desk.follow("New application")
    desk.fill("Customer", insured.number)
    desk.choose("What to insure", "Personal auto")
    desk.fill("First day of cover", (today() + timedelta(days=10)).isoformat())
    desk.choose("Agent", seller.name)
    desk.press("Go to the application")

    vehicle = factories.risk()["vehicles"][0]
    same = ("vin", "make", "model", "body", "use", "postal_code")
    words = {name: vehicle[name] for name in same}
    numbers = {name: str(vehicle[name]) for name in ("model_year", "annual_miles", "value")}
    describe(desk, "vehicles", "v1", **words, **numbers)
    describe(
        desk,
        "drivers",
        "d1",
        name="Ana Ortiz",
        born_on="1984-05-17",
        licensed_on="2004-06-01",
        at_fault_accidents="0",
        violations="0",
    )
    desk.fill("Years insured without a gap", "12")
    desk.press("Add: Vehicle")
    desk.page.locator('[name="vehicles.v2.vin"]').wait_for()
    assert desk.page.locator('[name="vehicles.v1.vin"]').input_value() == vehicle["vin"]
    desk.look()
    describe(desk, "vehicles", "v1", primary_driver="d1")
    describe(desk, "vehicles", "v2", **words, **numbers, primary_driver="d1")
    desk.page.locator('[name="vehicles.v2.vin"]').fill("too short")
    desk.press("Ask the carriers", within="#application")
    desk.reads("This was not accepted.", "VIN: this does not have the right form.")
    assert desk.page.locator('[name="vehicles.v2.make"]').input_value() == "Toyota"
    desk.page.locator('[name="vehicles.v2.vin"]').fill("1HGCM82633A004353")
    desk.press("Ask the carriers", within="#application")

    desk.reads("Waiting for the carrier's answer.")
    office_works()
    desk.page.get_by_text("Compare side by side").wait_for()
    desk.look()
    desk.follow("Compare side by side")
    desk.reads("Bindery Mutual", "Harborline Insurance", "differs")
    submission = Submission.objects.get()
    quote = submission.quotes.get(carrier_id="BIND")
    desk.open(f"/quotes/{submission.number}/{quote.number}/worksheet/")
    desk.open(f"/quotes/{submission.number}/edit/")
    desk.open(f"/quotes/{submission.number}/{quote.number}/bind/")
    desk.press("Bind", within="main")
    office_works()

    policy = Policy.objects.get()
    desk.open(f"/policies/{policy.number}/")
    desk.reads("In force", f"Declarations of policy {policy.number}", "2021 Toyota Corolla")
    assert desk.download(f"Declarations of policy {policy.number}").suggested_filename
    desk.open(f"/policies/{policy.number}/worksheet/1/1/")
    desk.open("/policies/")
    desk.reads(policy.number)
