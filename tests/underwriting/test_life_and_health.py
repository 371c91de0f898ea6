"""Life and health from the application to the declarations, at both carriers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from office import clock, documents
from tests import factories
from tests.api.callers import session
from tests.papers import words_of
from underwriting import services
from underwriting.models import Submission

pytestmark = pytest.mark.django_db

KINDS = ["medical", "term_life", "group_medical"]


@pytest.mark.parametrize("kind", KINDS)
def test_both_carriers_price_a_clean_application(kind):
    submission = factories.quoted(kind)

    assert dict(submission.quotes.values_list("carrier_id", "state")) == {
        "BIND": "rated",
        "CORD": "rated",
    }
    own, other = submission.quotes.get(carrier_id="BIND"), submission.quotes.get(carrier_id="CORD")
    assert own.premium != other.premium
    assert own.commission == Decimal(0) < other.commission


def declarations_of(policy) -> str:
    factories.work("policies.issue_declarations")
    said = words_of(documents.open(policy.documents.get().document).read())
    return " ".join(said.split())


def test_the_declarations_of_a_medical_policy_state_the_plan_and_each_member():
    policy = factories.policy_in_force("medical", "US-NE")

    said = declarations_of(policy)

    for words in (
        "Bindery Health",
        "Metal level: Silver",
        "Deductible a person and year: $4,500",
        "María Núñez",
        "Eva Núñez",
        "Essential health benefits",
        "BM IM SBC (01 25): Summary of benefits and coverage (45 CFR 147.200)",
        "Premium tax",
    ):
        assert words in said


def test_the_declarations_of_a_term_life_policy_name_its_beneficiaries():
    policy = factories.policy_in_force("term_life", "US-CO")

    said = declarations_of(policy)

    for words in (
        "Bindery Level Term",
        "Level premium for: 20 years",
        "Level premium since: 1 Mar 2026",
        "Death benefit",
        "$250,000",
        "Beneficiary: Luis Núñez",
        "Share in percent: 60",
        "one year in Colorado",
        "BM TL 02 20 (01 25): Accelerated benefit for terminal illness",
    ):
        assert words in said


def test_the_declarations_of_a_group_name_its_classes():
    policy = factories.policy_in_force("group_medical", "US-FL", pay_plan="monthly")

    said = declarations_of(policy)

    for words in (
        "Bindery Group Health",
        "Shop",
        "Enrolled employees: 8",
        "Who is covered: Family",
        "Employer pays for employees, percent: 80",
    ):
        assert words in said


def test_the_first_day_of_level_premiums_is_the_first_day_of_cover_also_after_an_edit():
    submission = factories.quoted("term_life", effective_on=date(2027, 1, 10))
    assert submission.application["level_from"] == "2027-01-10"

    submission = services.edit_application(
        submission=submission,
        application=factories.risk("term_life"),
        coverages=submission.coverages,
        effective_on=date(2027, 2, 1),
        revision=submission.revision,
        by=submission.agent.user,
    )

    assert submission.application["level_from"] == "2027-02-01"


# The pages


def applying(kind: str, place: str = "US-NE"):
    """The browser of an agent at the empty application of a kind, and its address."""
    factories.catalogue(kind)
    seller = factories.agent(lines=("life", "health"))
    insured = factories.customer(place, agent=seller)
    query = {
        "customer": insured.number,
        "agent": seller.code,
        "kind": kind,
        "effective_on": "2027-01-10",
    }
    return factories.signed_in(seller.user), reverse("underwriting:apply"), query


def posted(risk: dict, head: dict) -> dict:
    """A risk as the form of the page sends it, with the usual cover left as it stands."""
    sent: dict = dict(head)
    for member in risk.get("members", ()):
        sent[f"cover.{member['key']}.DENTAL.deductible"] = "50"
    for name, value in risk.items():
        if isinstance(value, list):
            sent[name] = [item["key"] for item in value]
            for item in value:
                fields = {f"{name}.{item['key']}.{field}": item[field] for field in item}
                sent |= {path: one for path, one in fields.items() if one is not False}
        elif value is not False:
            sent[name] = value
    return sent


def around(said: str, name: str) -> str:
    """What stands in the field of a name: its label, its errors, itself."""
    end = said.index(f'name="{name}"')
    return said[said.rindex('<div class="field">', 0, end) : end]


@pytest.mark.parametrize("kind", KINDS)
def test_the_application_is_drawn_from_the_schema_and_taken(kind):
    client, address, head = applying(kind)
    risk = factories.risk(kind, "US-NE")
    drawn = client.get(address, head).content.decode()

    for name in risk:
        first = risk[name][0] if isinstance(risk[name], list) else None
        names = (
            [f"{name}.{first['key']}.{one}" for one in first if one != "key"] if first else [name]
        )
        for one in names:
            assert f'name="{one}"' in drawn
    assert 'name="level_from"' not in drawn

    cover = {
        "medical": {"cover.m1.DENTAL.limit": "1000"},
        "term_life": {"cover.l1.TERMINAL.limit": "75%", "cover.policy.CHILD.limit": "10000"},
        "group_medical": {},
    }[kind]
    response = client.post(address, posted(risk, head) | cover)

    assert response.status_code == 302
    taken = Submission.objects.get()
    on = {"level_from": "2027-01-10"} if kind == "term_life" else {}
    assert taken.application == risk | on
    assert {row["key"] for row in taken.coverages} == {
        "medical": {"m1:MEDICAL", "m2:MEDICAL", "m1:DENTAL"},
        "term_life": {"l1:DEATH", "l1:TERMINAL", "CHILD"},
        "group_medical": {"c1:MEDICAL", "c2:MEDICAL"},
    }[kind]


def test_shares_that_do_not_sum_are_told_next_to_the_last_of_them():
    client, address, head = applying("term_life")
    risk = factories.risk("term_life", "US-NE")
    risk["beneficiaries"][1]["share"] = 30

    said = client.post(address, posted(risk, head)).content.decode()

    sentence = "Share in percent: these must sum to 100. They sum to 90."
    assert sentence in around(said, "beneficiaries.b2.share")
    assert sentence not in around(said, "beneficiaries.b1.share")
    assert 'value="30"' in said  # what was typed is still there
    assert Submission.objects.count() == 0


def test_a_plan_that_does_not_fit_its_metal_is_told_next_to_the_field():
    client, address, head = applying("medical")
    risk = factories.risk("medical", "US-NE", metal="gold")

    said = client.post(address, posted(risk, head)).content.decode()

    sentence = "with the other answers, choose one of: $1,000, $1,500, $3,000."
    assert sentence in around(said, "deductible")


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [
        ("medical", "members", "m3"),
        ("term_life", "beneficiaries", "b3"),
        ("group_medical", "census", "c3"),
    ],
)
def test_a_row_more_and_a_row_less_keep_what_was_typed(kind, name, key):
    client, address, head = applying(kind)
    sent = posted(factories.risk(kind, "US-NE"), head)

    more = client.post(address, sent | {"add_row": name}).content.decode()
    less = client.post(address, sent | {"remove_row": f"{name}.{sent[name][-1]}"}).content.decode()

    assert f'name="{name}" value="{key}"' in more
    for typed in (more, less):
        assert f'value="{sent[name][0]}"' in typed
    assert f'name="{name}" value="{sent[name][-1]}"' not in less


@pytest.mark.parametrize("kind", KINDS)
def test_the_api_takes_the_same_application_and_tells_the_same_errors(kind):
    seller = factories.agent(lines=("life", "health"))
    insured = factories.customer("US-NE", agent=seller)
    risk = factories.risk(kind, "US-NE")
    wanted = factories.usual_coverages(factories.OWN[kind], risk, "US-NE")
    told = {
        "customer": insured.number,
        "agent": seller.code,
        "kind": kind,
        "effective_on": "2027-01-10",
        "application": risk,
        "coverages": [{name: row[name] for name in row if name != "key"} for row in wanted],
    }
    caller = session(seller.user)
    broken, path, sentence = {
        "medical": (
            {"metal": "platinum", "out_of_pocket": "3000"},
            "application.deductible",
            "Deductible a person and year: with the other answers, choose one of: $0, $500.",
        ),
        "term_life": (
            {"beneficiaries": risk.get("beneficiaries", [])[:1]},
            "application.beneficiaries.b1.share",
            "Share in percent: these must sum to 100. They sum to 60.",
        ),
        "group_medical": (
            {"employer_pays": 101},
            "application.employer_pays",
            "Employer pays for employees, percent: at most 100.",
        ),
    }[kind]

    refused = caller.post("submissions/", {**told, "application": {**risk, **broken}})
    taken = caller.post("submissions/", told)

    assert (refused.status_code, refused.json()["errors"]) == (400, {path: [sentence]})
    assert taken.status_code == 201
    assert Submission.objects.get().product_kind == kind


# Changes in mid-term


AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)


def changing(policy, **changes) -> dict:
    """The form of a term life policy as it stands, as a browser would post it in August."""
    head = {"on": "2026-09-01", "do": "price", "cover.l1.TERMINAL.limit": "50%"}
    risk = policy.terms.get().segments.current().get().insured["risk"]
    drawn = {name: value for name, value in risk.items() if name != "level_from"}
    return posted(drawn, head) | changes


def test_new_beneficiaries_cost_nothing_and_the_premium_stays_level_since_its_first_day():
    policy = factories.policy_in_force("term_life")
    browser = factories.signed_in(factories.person("customer_service"))
    address = reverse("underwriting:endorse", args=[policy.number])
    shares = {"beneficiaries.b1.share": "50", "beneficiaries.b2.share": "50"}

    with clock.travel(AUGUST):
        priced = browser.post(address, changing(policy, **shares))
        form = priced.context["form"]
        sent = {name: form[name].value() for name in ("on", "patch", "recorded")}
        browser.post(address, {**sent, "do": "issue", "note": "As asked"})

    risk = policy.terms.get().segments.current().valid_on(date(2026, 9, 2)).get().insured["risk"]
    assert [one["share"] for one in risk["beneficiaries"]] == [50, 50]
    assert risk["level_from"] == "2026-03-01"
    assert policy.terms.get().transactions.latest("sequence").premium == Decimal(0)


def test_a_row_more_on_the_page_of_a_change_keeps_what_was_typed_and_prices_nothing():
    policy = factories.policy_in_force("term_life")
    browser = factories.signed_in(factories.person("customer_service"))
    address = reverse("underwriting:endorse", args=[policy.number])

    with clock.travel(AUGUST):
        sent = changing(policy, **{"beneficiaries.b2.name": "Eva Luz", "add_row": "beneficiaries"})
        del sent["do"]
        said = browser.post(address, sent).content.decode()

    assert 'name="beneficiaries" value="b3"' in said
    assert 'value="Eva Luz"' in said
