"""Lives, members and groups described in a browser: a row more and less, a mistake, both prices."""

from datetime import timedelta

import pytest
from django.urls import reverse

from policies.models import Policy
from tests import factories
from tests.journeys.browser import PHONE
from tests.journeys.conftest import today
from underwriting.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)

# kind, the list that grows, the row that comes, a field, a wrong value, what is then said
FAMILIES = [
    (
        "term_life",
        "beneficiaries",
        "b3",
        "beneficiaries.b2.share",
        "30",
        "Share in percent: these must sum to 100. They sum to 90.",
    ),
    (
        "medical",
        "members",
        "m3",
        "metal",
        "gold",
        "Deductible a person and year: with the other answers, "
        "choose one of: $1,000, $1,500, $3,000.",
    ),
    (
        "group_medical",
        "census",
        "c3",
        "census.c2.age",
        "14",
        "Average age: at least 16.",
    ),
]


def fill(desk, path, value):
    field = desk.page.locator(f'[name="{path}"]')
    if isinstance(value, bool):
        field.set_checked(value)
    elif field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(str(value))


def describe(desk, risk) -> dict:
    """Fill in a risk; lists get their rows by the button. The values by the names of the fields."""
    told = {}
    for name, value in risk.items():
        if not isinstance(value, list):
            told[name] = value
            continue
        for place, item in enumerate(value):
            first = f"{name}.{item['key']}.{next(one for one in item if one != 'key')}"
            if place and not desk.page.locator(f'[name="{first}"]').count():
                desk.page.locator(f'button[name="add_row"][value="{name}"]').click()
                desk.page.locator(f'[name="{first}"]').wait_for()
            told |= {f"{name}.{item['key']}.{one}": item[one] for one in item if one != "key"}
    for path, value in told.items():
        fill(desk, path, value)
    return told


@pytest.mark.parametrize(("kind", "rows", "row", "path", "wrong", "said"), FAMILIES)
def test_a_family_is_described_priced_and_insured(
    window, office_works, kind, rows, row, path, wrong, said
):
    factories.catalogue(kind)
    seller = factories.agent(lines=("life", "health"))
    insured = factories.customer(agent=seller, login=True)
    risk = factories.risk(kind)
    start = {
        "customer": insured.number,
        "agent": seller.code,
        "kind": kind,
        "effective_on": (today() + timedelta(days=10)).isoformat(),
    }
    desk = window()
    desk.sign_in(seller.user)
    desk.open(reverse("underwriting:apply", query=start))
    right = describe(desk, risk)[path]

    desk.page.locator(f'button[name="add_row"][value="{rows}"]').click()
    desk.page.locator(f'button[name="remove_row"][value="{rows}.{row}"]').wait_for()
    desk.look()
    desk.page.locator(f'button[name="remove_row"][value="{rows}.{row}"]').click()
    desk.page.locator(f'button[name="remove_row"][value="{rows}.{row}"]').wait_for(state="detached")
    fill(desk, path, wrong)
    desk.press("Ask the carriers", within="#application")
    desk.reads("This was not accepted.", said)
    assert desk.page.locator(f'[name="{path}"]').input_value() == wrong
    fill(desk, path, right)
    desk.press("Ask the carriers", within="#application")
    desk.reads("Waiting for the carrier's answer.")
    office_works()
    desk.page.get_by_text("Compare side by side").wait_for()
    desk.follow("Compare side by side")
    desk.reads("Bindery Mutual", "Cordillera Life & Health", "differs")

    submission = Submission.objects.get()
    quote = submission.quotes.get(carrier_id="BIND")
    desk.open(f"/quotes/{submission.number}/{quote.number}/worksheet/")
    desk.open(f"/quotes/{submission.number}/{quote.number}/bind/")
    desk.press("Bind", within="main")
    office_works()
    policy = Policy.objects.get()
    desk.open(f"/policies/{policy.number}/")
    desk.reads("In force", f"Declarations of policy {policy.number}")

    phone = window(size=PHONE)
    phone.sign_in(insured.login)
    phone.open(f"/portal/policies/{policy.number}/")
    phone.reads(policy.product.name, "What is not covered")
    phone.open(f"/portal/claims/report/{policy.number}/")
    phone.reads(policy.number)
