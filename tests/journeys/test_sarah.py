"""Sarah calls: a vehicle more on her auto policy, three prices, one choice, the card is out."""

import re
from datetime import timedelta
from decimal import Decimal as D

import pytest

from accounting.models import Instalment
from accounting.selectors import instalments_ahead
from customers.models import Message
from policies import selectors
from policies.models import Policy
from tests import factories
from tests.journeys.browser import PHONE
from tests.journeys.conftest import today
from tests.policies.changing import may_go_back

pytestmark = pytest.mark.django_db(transaction=True)

TESLA = {
    "VIN": "5YJ3E1EA0KF000316",
    "Model year": "2019",
    "Make": "Tesla",
    "Model": "Model 3",
    "Miles a year": "9000",
    "Value": "31000",
    "ZIP code where it is kept": "95814",
}


@pytest.fixture
def sarahs_policy(live_server) -> Policy:
    """Personal auto of Bindery Mutual, a hundred days old, paid by the quarter."""
    sarah = factories.customer(given_name="Sarah", family_name="Johnson", login=True)
    return factories.policy_in_force(
        "auto", insured=sarah, from_on=today() - timedelta(days=100), pay_plan="quarterly"
    )


def test_sarah_adds_a_vehicle_and_has_her_card_at_once(window, office_works, sarahs_policy):
    service = factories.person("customer_service", name="Ines Park")
    office_works()

    desk = window()
    desk.sign_in(service, f"/policies/{sarahs_policy.number}/")
    desk.act("Add: Vehicle")
    desk.fill("VIN", "5YJ3E1EA1KF000316")  # a sign misread
    for label, value in list(TESLA.items())[1:]:
        desk.page.get_by_label(label, exact=True).first.fill(value)
    desk.choose("Body", "Sedan or hatchback")
    desk.choose("Main use", "To work and back")
    desk.page.get_by_label("Main driver").select_option("d1")
    desk.press("See what it costs")
    desk.reads("The check digit is wrong")
    desk.fill("VIN", TESLA["VIN"])
    desk.press("See what it costs")

    desk.reads("Cover for the 2019 Tesla Model 3", "Liability only", "Standard", "Full cover")
    prices = desk.page.locator(".option-price").all_inner_texts()
    assert len(prices) == 3
    desk.page.get_by_role("radio", name=re.compile("^Standard")).check()
    desk.press("Issue the change")
    desk.reads("The policy is changed from", "Endorsement", "The term as a line of time")

    change = sarahs_policy.terms.get().transactions.get(sequence=2)
    assert prices[1] == f"${change.premium + change.fees + change.tax:,.2f}"
    bills = Instalment.objects.filter(billing_account__policy_number=sarahs_policy.number)
    assert sum(bill.premium for bill in bills) == change.term.written  # they carry the change
    ahead = [bill.premium for bill in instalments_ahead(sarahs_policy.number)]
    assert max(ahead) - min(ahead) <= D("0.01")
    office_works()
    letter = Message.objects.get(template="endorsement")
    assert "2019 Tesla Model 3" in letter.body_text

    phone = window(size=PHONE)
    phone.sign_in(sarahs_policy.customer.login)
    phone.open(f"/portal/policies/{sarahs_policy.number}/")
    phone.reads("2019 Tesla Model 3", "Collision")
    assert phone.download("ID card, 2019 Tesla Model 3")
    assert phone.download(f"Endorsement 1 to policy {sarahs_policy.number}")


def test_a_change_for_an_earlier_day_is_priced_issued_looked_at_and_taken_back(
    window, office_works, sarahs_policy
):
    administrator = factories.person("policy_administrator", name="Pia Stone")
    may_go_back(administrator, 60)
    fifty_days_ago = today() - timedelta(days=50)

    desk = window()
    desk.sign_in(administrator, f"/policies/{sarahs_policy.number}/")
    desk.act("Change the policy")
    desk.page.get_by_label("Takes effect on").fill(fifty_days_ago.isoformat())
    desk.press("Show that day")
    desk.page.get_by_label("Miles a year").fill("4000")
    desk.press("See what it costs")
    desk.reads("What the change of", "Miles a year", "12,000", "4,000", "Still to be billed")
    desk.press("Issue the change")
    desk.reads("The policy is changed from")

    change = sarahs_policy.terms.get().transactions.get(sequence=2)
    assert (change.effective_on, change.premium < D(0)) == (fifty_days_ago, True)

    desk.page.locator("[data-axis=known]").focus()
    desk.page.keyboard.press("ArrowLeft")  # before the change was on record
    desk.reads("You are looking at another day.", "Different from today")
    desk.open(f"/policies/{sarahs_policy.number}/")
    desk.follow("Take back")
    desk.fill("Reason", "The customer was mistaken.")
    desk.press("Take it back")
    desk.reads("The change is taken back.", "taken back")

    assert sarahs_policy.terms.get().transactions.count() == 3
    assert [row for row in selectors.invariants() if not row[1]] == []
