"""What a business insures, typed in a browser: a row more, a mistake next to its field, prices."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import factories
from tests.journeys.conftest import today
from underwriting.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)

# kind, a field, a wrong value, what is then said
BUSINESSES = [
    (
        "liability",
        "classes.c2.basis",
        "units",
        "Exposure basis: with the other answers, choose one of: Area, in square feet.",
    ),
    (
        "property",
        "buildings.b2.postal_code",
        "902",
        "ZIP code: this does not have the right form.",
    ),
    (
        "compensation",
        "experience_mod",
        "84",
        "Experience modification factor: this does not have the right form.",
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


def value_of(desk, path):
    return desk.page.locator(f'[name="{path}"]').input_value()


@pytest.mark.parametrize(("kind", "path", "wrong", "said"), BUSINESSES)
def test_a_business_is_described_and_priced(window, office_works, kind, path, wrong, said):
    factories.catalogue(kind)
    seller = factories.agent()
    insured = factories.customer(agent=seller)
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

    fill(desk, path, wrong)
    desk.press("Ask the carriers", within="#application")
    desk.reads("This was not accepted.", said)
    kept = value_of(desk, path)
    fill(desk, path, right)
    desk.press("Ask the carriers", within="#application")
    desk.reads("Waiting for the carrier's answer.")
    office_works()
    desk.page.get_by_text("Compare side by side").wait_for()
    desk.follow("Compare side by side")
    desk.reads("Bindery Mutual", "Harborline Insurance", "differs")

    assert kept == wrong
    assert Submission.objects.get().application == risk


def describe(desk, risk):
    """Type a risk as it is, adding the rows that it has more; answers what stands in each field."""
    typed = {}
    judged = "schedule_percent"  # the underwriter's, so nobody asks the agent for it
    asked = {name: value for name, value in risk.items() if name != judged}
    for name, value in asked.items():
        if isinstance(value, list):
            for item in value:
                row = f"{name}.{item['key']}"
                if not desk.page.locator(f"#row-{item['key']}").count():
                    add_row(desk, name)
                typed |= {f"{row}.{field}": one for field, one in item.items() if field != "key"}
                fill_all(desk, row, item)
        else:
            typed[name] = value
            fill(desk, name, value)
    return typed


def fill_all(desk, row, item):
    for field, value in item.items():
        if field != "key":
            fill(desk, f"{row}.{field}", value)


def add_row(desk, name):
    before = desk.page.locator(f'input[type="hidden"][name="{name}"]').count()
    desk.page.locator(f'button[name="add_row"][value="{name}"]').click()
    desk.page.locator(f'input[type="hidden"][name="{name}"]').nth(before).wait_for(state="attached")
    desk.look()
