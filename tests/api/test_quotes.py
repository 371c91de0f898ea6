"""Applications and quotes through the API: take one, ask, approve, bind."""

from datetime import timedelta

import pytest

from office import clock
from policies.models import Policy
from tests import factories
from tests.api.callers import is_problem, program, session
from underwriting.models import Quote, Submission

pytestmark = pytest.mark.django_db


def application(seller, insured, kind="auto", **changes):
    risk = factories.risk(kind)
    coverages = factories.usual_coverages(factories.OWN[kind], risk)
    return {
        "customer": insured.number,
        "agent": seller.code,
        "kind": kind,
        "effective_on": (clock.today() + timedelta(days=10)).isoformat(),
        "application": risk,
        "coverages": [{k: v for k, v in row.items() if k != "key"} for row in coverages],
        **changes,
    }


def scene():
    seller = factories.agent()
    return seller, factories.customer(agent=seller), program(seller.user)


def test_an_agent_takes_asks_and_binds():
    seller, insured, caller = scene()

    opened = caller.post("submissions/", application(seller, insured))
    number = opened.json()["number"]
    asked = caller.post(f"submissions/{number}/quote/")
    factories.work("underwriting.quote_at_carrier")
    quotes = caller.get(f"submissions/{number}/").json()["quotes"]
    best = quotes[0]
    bound = caller.post(f"quotes/{best['number']}/bind/", {"pay_plan": best["pay_plans"][0]})

    assert (opened.status_code, opened.json()["quotes"]) == (201, [])
    assert [quote["state"] for quote in asked.json()["quotes"]] == ["pending", "pending"]
    assert {quote["state"] for quote in quotes} == {"rated"}
    assert "bind" in {one["act"] for one in best["actions"]}
    assert (bound.status_code, bound.json()["state"]) == (200, "bound")
    assert bound.json()["policy"] == Policy.objects.get().number


@pytest.mark.parametrize(
    ("kind", "items", "place", "wrong"),
    [
        ("liability", "classes", 1, {"basis": "units"}),
        ("property", "buildings", 1, {"building_value": "much"}),
        ("compensation", "payrolls", 0, {"class_code": "0000"}),
    ],
)
def test_a_business_is_quoted_and_its_errors_name_the_item(kind, items, place, wrong):
    seller, insured, caller = scene()
    body = application(seller, insured, kind)
    spoilt = application(seller, insured, kind)
    item = spoilt["application"][items][place]
    item |= wrong

    opened = caller.post("submissions/", body)
    number = opened.json()["number"]
    caller.post(f"submissions/{number}/quote/")
    factories.work("underwriting.quote_at_carrier")
    quotes = caller.get(f"submissions/{number}/").json()["quotes"]
    refused = caller.post("submissions/", spoilt)

    assert {quote["carrier"] for quote in quotes} == {"BIND", "HARBOR"}
    assert {quote["state"] for quote in quotes} == {"rated"}
    assert is_problem(refused, 400)
    (field,) = wrong
    assert set(refused.json()["errors"]) == {f"application.{items}.{item['key']}.{field}"}


def test_errors_of_an_application_come_all_at_once_by_path():
    seller, insured, caller = scene()
    body = application(seller, insured)
    body["application"]["vehicles"][0] |= {"model_year": "old", "annual_miles": -5}
    del body["application"]["drivers"][0]["born_on"]
    body["coverages"].append({"coverage": "UFO", "item": "v1"})

    answer = caller.post("submissions/", body)

    assert is_problem(answer, 400)
    assert set(answer.json()["errors"]) == {
        "application.vehicles.v1.model_year",
        "application.vehicles.v1.annual_miles",
        "application.drivers.d1.born_on",
        "coverages.v1:UFO",
    }
    assert not Submission.objects.exists()


@pytest.mark.parametrize("change", [{"value": 1.5}, {"value": "\ud800"}])
def test_what_cannot_be_kept_is_not_taken(change):
    seller, insured, caller = scene()
    body = application(seller, insured)
    body["application"]["vehicles"][0] |= change

    assert is_problem(caller.post("submissions/", body), 400)


def test_a_referred_quote_is_approved_by_an_underwriter_only():
    seller, insured, caller = scene()
    accidents = factories.risk("auto")
    accidents["drivers"][0]["at_fault_accidents"] = 2
    body = application(seller, insured, application=accidents)
    number = caller.post("submissions/", body).json()["number"]
    caller.post(f"submissions/{number}/quote/")
    factories.work("underwriting.quote_at_carrier")
    referred = Quote.objects.filter(state="referred").first()
    assert referred is not None

    address = f"quotes/{referred.number}/approve/"
    by_agent = caller.post(address, {"note": "Please."})
    without_reason = program(factories.underwriter()).post(address, {})
    shown = caller.get(f"quotes/{referred.number}/").json()
    by_underwriter = program(factories.underwriter()).post(address, {"note": "Courses taken."})

    assert [finding["text"] != "" for finding in shown["findings"]] == [True]
    assert is_problem(by_agent, 403)
    assert is_problem(without_reason, 400)
    assert (by_underwriter.status_code, by_underwriter.json()["state"]) == (200, "approved")


def test_another_agents_customer_and_quotes_are_out_of_sight():
    quote = factories.quote("BIND")
    other = factories.agent(name="Otto Lund")
    caller = program(other.user)

    body = application(other, quote.submission.customer)

    assert is_problem(caller.get(f"quotes/{quote.number}/"), 404)
    assert is_problem(caller.get(f"submissions/{quote.submission.number}/"), 404)
    assert is_problem(caller.post(f"quotes/{quote.number}/bind/", {"pay_plan": "full"}), 404)
    assert list(caller.post("submissions/", body).json()["errors"]) == ["customer"]


def test_a_customer_sees_their_quotes_without_the_office_s_findings():
    insured = factories.customer(login=True)
    quote = factories.quote("BIND", insured=insured)

    body = session(insured.login).get(f"quotes/{quote.number}/").json()

    assert body["total"] == str(quote.total)
    assert body["findings"] == []
    assert body["actions"] == []
