"""The pages of policies: who may open them, what they say, how many statements they take."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from office import clock
from policies import services
from tests import factories, papers
from tests.policies.changing import VALUE, setting

pytestmark = pytest.mark.django_db


def text_of(response):
    content = b"".join(response) if response.streaming else response.content
    return content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_statements_for_one_row_and_for_three(
    rows, django_assert_num_queries
):
    """Session, user, roles, carriers of the filter, rows."""
    for _number in range(rows):
        factories.policy_in_force()
    client = factories.signed_in(factories.person("compliance"))

    with django_assert_num_queries(5):
        response = client.get(reverse("policies:list"))

    assert text_of(response).count('class="id"') == rows


@pytest.mark.parametrize("vehicles", [1, 3])
def test_a_policy_takes_the_same_statements_however_many_vehicles(
    vehicles, django_assert_num_queries
):
    risk = factories.risk()
    first = risk["vehicles"][0]
    risk["vehicles"] = [{**first, "key": f"v{number}"} for number in range(1, vehicles + 1)]
    policy = factories.policy_in_force(application=risk)
    client = factories.signed_in(factories.person("compliance"))

    with django_assert_num_queries(14):
        response = client.get(policy.get_absolute_url())

    assert text_of(response).count("Bodily injury liability") == vehicles


def test_the_record_tells_term_cover_premium_invoices_and_history():
    policy = factories.policy_in_force()
    factories.work("policies.issue_declarations")

    said = text_of(
        factories.signed_in(factories.person("compliance")).get(policy.get_absolute_url())
    )

    for text in (
        "Bindery Personal Auto",
        "María Núñez",
        "2021 Toyota Corolla",
        "$1,472.38",
        "$1,494.14",
        "INV-",
        "New business",
        f"Declarations of policy {policy.number}",
        "BM PA 00 01 (01 25), Part A, Exclusion 1",
    ):
        assert text in said


def test_another_day_can_be_looked_at_as_it_was_known():
    policy = factories.policy_in_force()
    client = factories.signed_in(factories.person("compliance"))

    before = text_of(client.get(policy.get_absolute_url(), {"on": "2026-02-28"}))
    unknown = text_of(
        client.get(policy.get_absolute_url(), {"on": "2026-06-01", "known": "2026-01-01T00:00"})
    )
    wrong = client.get(policy.get_absolute_url(), {"on": "yesterday"})

    assert "Not on risk." in before
    assert "Not on risk." in unknown
    assert wrong.status_code == 200
    assert "Enter a valid date." in text_of(wrong)


def test_the_worksheet_of_a_transaction_is_a_page():
    policy = factories.policy_in_force()
    client = factories.signed_in(factories.person("compliance"))

    said = text_of(client.get(reverse("policies:worksheet", args=[policy.number, 1, 1])))

    assert "2021 Toyota Corolla · Collision" in said
    assert "1494.14" in said


def test_the_worksheet_of_a_transaction_is_a_paper_too():
    policy = factories.policy_in_force()
    client = factories.signed_in(factories.person("compliance"))

    answer = client.get(reverse("policies:worksheet_paper", args=[policy.number, 1, 1]))

    said = papers.words_of(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    assert f"How the premium of {policy.number} came to be" in said
    assert "2021 Toyota Corolla · Collision" in said
    for word in ("At-fault accidents", "driver.at_fault_accidents 0", "1494.14"):
        assert word in said


@pytest.mark.parametrize("vehicles", [1, 3])
def test_a_longer_worksheet_takes_no_more_queries(vehicles, django_assert_num_queries):
    risk = factories.risk()
    first = risk["vehicles"][0]
    risk["vehicles"] = [{**first, "key": f"v{n}"} for n in range(1, vehicles + 1)]
    policy = factories.policy_in_force(application=risk)
    client = factories.signed_in(factories.person("compliance"))
    address = reverse("policies:worksheet", args=[policy.number, 1, 1])
    client.get(address)

    with django_assert_num_queries(6):  # session, person, roles, policy, transaction, segment
        page = client.get(address)

    assert len({line["item"] for line in page.context["lines"]} - {""}) == vehicles


def test_the_declarations_are_downloaded_as_they_were_stored():
    policy = factories.policy_in_force()
    factories.work("policies.issue_declarations")
    document = policy.documents.get().document
    client = factories.signed_in(factories.person("compliance"))

    answer = client.get(reverse("policies:document", args=[policy.number, document.pk]))

    content = b"".join(answer)
    assert content.startswith(b"%PDF-")
    assert len(content) == document.size
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer["Content-Disposition"]


def test_a_document_of_another_policy_is_not_found():
    policy, other = factories.policy_in_force(), factories.policy_in_force()
    factories.work("policies.issue_declarations")
    client = factories.signed_in(policy.agent.user)
    foreign = other.documents.get().document_id

    for number in (policy.number, other.number):
        address = reverse("policies:document", args=[number, foreign])
        assert client.get(address).status_code == 404


def test_an_agent_finds_what_they_sold_and_nothing_else():
    own, other = factories.policy_in_force(), factories.policy_in_force()
    client = factories.signed_in(own.agent.user)

    said = text_of(client.get(reverse("policies:list")))

    assert (own.number in said, other.number in said) == (True, False)
    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert other.number not in text_of(client.get(reverse("policies:list"), {"format": "csv"}))


def test_the_list_is_filtered_by_words_carrier_and_state():
    own = factories.policy_in_force()
    other = factories.policy_in_force(carrier="HARBOR", place="US-CO")
    client = factories.signed_in(factories.person("compliance"))

    def found(**words):
        said = text_of(client.get(reverse("policies:list"), words))
        return {number for number in (own.number, other.number) if number in said}

    assert found(q="nunez") == {own.number, other.number}
    assert found(q=own.number.lower()) == {own.number}
    assert found(carrier="HARBOR") == {other.number}
    assert found(jurisdiction="US-CO") == {other.number}
    assert found(q="nobody") == set()


def test_a_policyholder_is_sent_to_the_portal():
    insured = factories.customer(login=True)
    policy = factories.policy_in_force(insured=insured)

    answer = factories.signed_in(insured.login).get(policy.get_absolute_url())

    assert (answer.status_code, answer["Location"]) == (302, reverse("portal:home"))


@pytest.mark.parametrize("changes", [0, 2])
def test_the_page_of_an_end_takes_the_same_statements_after_three_transactions(
    changes, django_assert_num_queries
):
    policy = factories.policy_in_force()
    by = factories.person("policy_administrator")
    with clock.travel(datetime(2026, 3, 2, 18, tzinfo=UTC)):
        for number in range(changes):
            services.endorse_policy(
                policy=policy,
                effective_on=date(2026, 5 + number, 1),
                patch=[setting(VALUE, 10000 + number)],
                by=by,
            )
        client = factories.signed_in(by)
        address = reverse("policies:act", args=[policy.number, "cancel"])

        with django_assert_num_queries(ENDING):
            page = client.get(address)

    assert "Premium of the days that are cut off" in page.content.decode()


# Session, person, roles, policy; the term of the day and its history; the later terms, none.
ENDING = 7
