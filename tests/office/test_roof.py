"""The desk, the palette, preferences and the workflow map."""

import pytest
from django.test import Client

from claims.models import Claim
from office.models import User
from tests import factories
from tests.claims.scenes import claim_at, handler, service_agent
from tests.factories import holding

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


def _signed_in(user):
    client = Client()
    client.force_login(user, backend="office.doors.GrantsBackend")
    return client


def test_a_claim_stands_on_the_desk_of_the_department_whose_turn_it_is():
    claim = claim_at("received")

    desks = {
        user.department_id: claim.number in _signed_in(user).get("/").content.decode()
        for user in (service_agent(), handler())
    }

    assert desks == {"customer_service": True, "claims": False}


def test_an_agent_finds_quotes_to_bind_and_late_bills_and_their_own_book():
    seller = factories.agent()
    insured = factories.customer(agent=seller)
    policy = factories.policy_in_force(seller=seller, insured=insured)
    quotes = factories.quoted(seller=policy.agent).quotes.all()

    page = _signed_in(policy.agent.user).get("/")

    rows = {queue["title"]: queue["rows"] for queue in page.context["queues"]}
    figures = {one["label"]: one["value"] for one in page.context["figures"]}
    invoice = policy.customer.invoices.get()
    assert {row["number"] for row in rows["Quotes that can be bound"]} == {
        quote.number for quote in quotes
    }
    assert [row["number"] for row in rows["Bills that are late"]] == [invoice.number]
    assert figures == {
        "Policies in force": "1",
        "Open submissions": "1",
        "Open claims": "0",
        "Bills that are late": "1",
    }


def test_the_desk_of_somebody_without_work_says_so():
    page = _signed_in(holding()).get("/").content.decode()

    assert "Nothing waits for you" in page


def test_the_palette_finds_a_claim_by_its_number_and_by_its_policyholder():
    claim = claim_at("received")
    client = _signed_in(handler())

    found = [
        client.get("/search/", {"q": text}).content.decode()
        for text in (claim.number, claim.customer.family_name)
    ]

    assert [f"/claims/{claim.number}/" in answer for answer in found] == [True, True]


def test_the_palette_finds_nothing_for_one_letter_or_without_the_grant():
    claim = claim_at("received")

    answers = [
        _signed_in(handler()).get("/search/", {"q": "C"}).content.decode(),
        _signed_in(holding()).get("/search/", {"q": claim.number}).content.decode(),
    ]

    assert [claim.number in answer for answer in answers] == [False, False]


def test_preferences_are_kept_with_the_person_and_nonsense_is_not():
    user = handler()

    _signed_in(user).post("/preferences/", {"theme": "dark", "density": "enormous"})

    kept = User.objects.get(pk=user.pk)
    assert (kept.theme, kept.density) == ("dark", "comfortable")


def test_the_language_is_kept_with_the_person():
    user = handler()

    _signed_in(user).post("/language/", {"language": "es", "next": "/"})

    assert User.objects.get(pk=user.pk).language == "es"


def test_the_workflow_map_counts_what_stands_where():
    claim_at("received")

    page = _signed_in(handler()).get("/workflow/")

    assert Claim.objects.count() == 1
    assert page.context["counts"] == {"received": 1}
    assert ("received", "triage", "documenting") in page.context["edges"]


def test_a_map_that_does_not_exist_is_not_found():
    assert _signed_in(handler()).get("/workflow/office.user/").status_code == 404


def test_the_map_of_every_kind_of_record_opens():
    client = _signed_in(handler())
    tabs = client.get("/workflow/").context["tabs"]

    answers = {tab["href"]: client.get(tab["href"]).status_code for tab in tabs}

    assert "/workflow/policies.productdraft/" in answers
    assert set(answers.values()) == {200}


def test_a_customers_page_shows_their_cover_losses_and_bills():
    claim = claim_at("received")
    bill = claim.customer.invoices.earliest("pk")

    page = _signed_in(service_agent()).get(claim.customer.get_absolute_url()).content.decode()

    for record in (claim, claim.policy, bill):
        assert f'href="{record.get_absolute_url()}">{record.number}' in page
