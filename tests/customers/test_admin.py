"""The admin: read-mostly, edits through the services, and no more for agents than the workbench."""

from datetime import date

import pytest

from customers import services
from customers.models import Agent, Carrier, Licence
from tests.customers.people import clerk, person, someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.fixture
def keeper(client):
    user = someone("agency_manager")
    client.force_login(user)
    return user


def test_a_carrier_an_agent_and_a_licence_are_added_and_edited(client, keeper):
    client.post("/admin/customers/carrier/add/", {"code": "HARBOR", "name": "Harbor Mutual"})
    client.post("/admin/customers/agent/add/", {"code": "DR", "name": "Dana", "agency": ""})
    agent = Agent.objects.get()
    licence = {
        "agent": agent.pk,
        "jurisdiction": "US-CA",
        "line": "property",
        "number": "0K1",
        "valid_from": "2026-01-01",
    }
    client.post("/admin/customers/licence/add/", licence)
    client.post(
        f"/admin/customers/licence/{Licence.objects.get().pk}/change/",
        {"number": "0K2", "valid_from": "2026-01-01", "valid_to": "2027-01-01"},
    )
    client.post("/admin/customers/carrier/HARBOR/change/", {"name": "Harbor", "is_own": "on"})

    changed = Licence.objects.get()
    assert (changed.number, changed.valid_to) == ("0K2", date(2027, 1, 1))
    assert (changed.agent, changed.jurisdiction) == (agent, "US-CA")
    assert (Carrier.objects.get().name, Carrier.objects.get().is_own) == ("Harbor", True)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"jurisdiction": "US-XX"}, "Write a code like US-CA."),
        ({"valid_to": "2025-01-01"}, "The last day must lie after the first."),
    ],
)
def test_a_wrong_licence_is_explained(client, keeper, wrong, sentence):
    agent = services.add_agent(code="DR", name="Dana", by=keeper)
    given = {
        "agent": agent.pk,
        "jurisdiction": "US-CA",
        "line": "property",
        "number": "0K1",
        "valid_from": "2026-01-01",
    }

    page = client.post("/admin/customers/licence/add/", {**given, **wrong})

    assert sentence in page.content.decode()
    assert Licence.objects.count() == 0


def test_a_clerk_sees_agents_but_changes_none(client):
    agent = services.add_agent(code="DR", name="Dana", by=someone("agency_manager"))
    client.force_login(clerk())

    assert client.get(f"/admin/customers/agent/{agent.pk}/change/").status_code == 200
    assert (
        client.post(
            f"/admin/customers/agent/{agent.pk}/change/", {"name": "X", "agency": ""}
        ).status_code
        == 403
    )
    assert Agent.objects.get().name == "Dana"


@pytest.mark.parametrize(
    "path", ["customer", "customerevent", "message", "bankaccount", "sanctionentry"]
)
def test_records_can_be_neither_added_nor_deleted(client, path):
    administrator = someone()
    administrator.is_superuser = True
    administrator.save()
    client.force_login(administrator)

    assert client.get(f"/admin/customers/{path}/").status_code == 200
    assert client.get(f"/admin/customers/{path}/add/").status_code == 403


def test_a_record_shows_no_sealed_value_and_takes_no_change(client):
    author = clerk()
    customer = person(by=author, born_on=date(1980, 2, 29))
    client.force_login(author)

    page = client.get(f"/admin/customers/customer/{customer.pk}/change/").content.decode()
    answer = client.post(f"/admin/customers/customer/{customer.pk}/change/", {"state": "merged"})

    assert "María" in page
    assert "1980" not in page
    assert answer.status_code == 403


def test_an_agent_sees_only_own_customers_there_too(client):
    customer = person(by=clerk())
    user = someone("agent")
    services.add_agent(code="AG", name="Dana", user=user, by=someone("agency_manager"))
    client.force_login(user)

    assert customer.number not in client.get("/admin/customers/customer/").content.decode()
    page = client.get(f"/admin/customers/customer/{customer.pk}/change/")
    assert "María" not in page.content.decode()
    assert client.get("/admin/customers/customerevent/").status_code == 403
