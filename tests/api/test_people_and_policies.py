"""Customers and policies through the API."""

from datetime import UTC, datetime

import pytest

from customers.models import Customer
from office import clock
from policies.catalogue import SHIPPED
from tests import factories
from tests.api.callers import is_problem, program, session
from tests.claims import scenes

pytestmark = pytest.mark.django_db
NEW = {
    "kind": "person",
    "given_name": "Ana",
    "family_name": "Lima",
    "language": "es",
    "channel": "email",
    "email": "ana.lima@example.org",
    "phone": "+1 916 555 0142",
    "street": "12 Alder Street",
    "city": "Sacramento",
    "jurisdiction": "US-CA",
    "postal_code": "95814",
}


def test_a_customer_is_added_found_and_shown():
    caller = program(factories.person("customer_service"))

    added = caller.post("customers/", NEW)
    found = caller.get("customers/", q="lima").json()["results"]
    shown = caller.get(f"customers/{added.json()['number']}/").json()

    assert added.status_code == 201
    assert [(row["name"], row["city"]) for row in found] == [("Ana Lima", "Sacramento")]
    assert shown == added.json()
    assert [point["value"] for point in shown["emails"]] == ["ana.lima@example.org"]
    assert shown["address"]["time_zone"] == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"family_name": "", "given_name": ""}, "family_name"),
        ({"kind": "organisation"}, "organisation_name"),
        ({"kind": "ghost"}, "kind"),
        ({"jurisdiction": "Atlantis"}, "jurisdiction"),
        ({"email": "not an address"}, "email"),
        ({"born_on": "1984-02-30"}, "born_on"),
    ],
)
def test_a_bad_record_is_refused_by_field(change, field):
    answer = program(factories.person("customer_service")).post("customers/", NEW | change)

    assert is_problem(answer, 400)
    assert list(answer.json()["errors"]) == [field]
    assert not Customer.objects.exists()


def test_only_those_who_keep_the_address_book_add_to_it():
    holder = factories.customer(login=True)

    assert is_problem(program(factories.person("compliance")).post("customers/", NEW), 403)
    assert is_problem(session(holder.login).post("customers/", NEW), 403)
    assert Customer.objects.count() == 1


def test_a_customer_sees_themselves_an_agent_their_own():
    seller = factories.agent()
    own = factories.customer(agent=seller)
    holder = factories.customer(login=True)
    foreign = factories.customer()

    def numbers(caller):
        return {row["number"] for row in caller.get("customers/").json()["results"]}

    assert numbers(session(holder.login)) == {holder.number}
    assert numbers(program(seller.user)) == {own.number}
    assert is_problem(program(seller.user).get(f"customers/{foreign.number}/"), 404)


def test_the_cover_of_a_policy_as_of_a_day_and_as_known_at_a_moment():
    policy = scenes.policy_in_force()
    caller = session(scenes.with_login(policy.customer))

    def cover(**asked):
        return caller.get(f"policies/{policy.number}/", **asked).json()["cover"]

    inside = cover(effective="2026-03-01", known_at="2026-03-05T12:00:00Z")

    # The dwelling is insured for 400,000 (tests/claims/scenes.py), from 1 January 2026 for a year.
    dwelling = next(row for row in inside["coverages"] if row["coverage"] == "DWELL")
    assert dwelling["limit"] == "400000.00"
    assert (inside["valid_from"], inside["valid_to"]) == ("2026-01-01", "2027-01-01")
    assert inside["risk"]["dwelling"]["replacement_cost"] == 400000
    assert cover(effective="2027-01-01") is None
    assert cover(effective="2026-03-01", known_at="2025-12-31T12:00:00Z") is None


def test_the_declarations_of_a_policy_are_streamed_to_its_people():
    with clock.travel(datetime(2026, 1, 1, 18, 0, tzinfo=UTC)):
        policy = scenes.policy_in_force()
        factories.work("policies.issue_declarations")
    caller = session(scenes.with_login(policy.customer))
    neighbour = session(scenes.with_login(scenes.customer("Boris Quill")))

    rows = caller.get(f"policies/{policy.number}/documents/").json()
    address = rows[0]["href"].removeprefix("/api/")
    paper = caller.get(address)

    assert [row["kind"] for row in rows] == ["declarations"]
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert is_problem(neighbour.get(address), 404)
    assert is_problem(neighbour.get(f"policies/{policy.number}/documents/"), 404)


def test_products_say_what_an_application_needs():
    factories.catalogue()

    found = session(factories.customer(login=True).login).get("products/").json()

    sold = {one.stem for one in SHIPPED.glob("*-*.yaml")}
    assert {one["code"] for one in found} == sold > {"BIND-PA", "HARBOR-HO", "CORD-MED"}
    assert all(one["risk_schema"]["type"] == "object" for one in found)
    assert "rating" not in found[0]
