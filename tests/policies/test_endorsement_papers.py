"""The papers of a change: what the endorsement says, who gets a card, what the letter tells."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from customers.models import Message, MessageDocument
from office import clock, documents
from policies import services
from tests import factories
from tests.papers import words_of
from tests.policies.changing import MILES, VALUE, second_vehicle, setting, with_vehicle

pytestmark = pytest.mark.django_db

AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 1)


def endorsed(policy, *patch):
    with clock.travel(AUGUST), transaction.atomic():
        change = services.endorse_policy(
            policy=policy,
            effective_on=SEPTEMBER,
            patch=patch,
            by=factories.person("policy_administrator"),
        )
        factories.work("policies.issue_endorsement")
    return change


def papers(policy, kind):
    found = policy.documents.filter(document__kind=kind).order_by("pk")
    return [row.document for row in found.select_related("document")]


def with_a_tesla(policy):
    risk = {**factories.risk(), "vehicles": [*factories.risk()["vehicles"], second_vehicle()]}
    return endorsed(
        policy, *with_vehicle(second_vehicle(), factories.usual_coverages("BIND-PA", risk))
    )


def test_the_endorsement_says_what_changes_and_what_it_costs():
    policy = factories.policy_in_force()

    endorsed(policy, setting(VALUE, 10000))

    (paper,) = papers(policy, "endorsement")
    words = words_of(documents.open(paper).read())
    assert paper.title == f"Endorsement 1 to policy {policy.number}"
    for said in ("2021 Toyota Corolla: Value", "$25,000", "$10,000", "-$77.13", "$1,417.01"):
        assert said in words
    assert "September 1, 2026" in words


def test_a_vehicle_that_is_new_gets_a_card_and_the_others_keep_theirs():
    policy = factories.policy_in_force()

    with_a_tesla(policy)

    (card,) = papers(policy, "id_card")
    words = words_of(documents.open(card).read())
    assert card.title == "ID card, 2021 Tesla Corolla"
    for said in (policy.number, "5YJ3E1EA0KF000316", "2021 Tesla Corolla", "Bindery Mutual"):
        assert said in words


def test_a_change_that_no_card_shows_makes_none():
    policy = factories.policy_in_force()

    endorsed(policy, setting(MILES, 9000))

    assert papers(policy, "id_card") == []


def test_the_customer_is_told_in_their_language_with_the_papers_attached():
    policy = factories.policy_in_force(insured=factories.customer(language="es"))

    with_a_tesla(policy)

    message = Message.objects.get(template="endorsement")
    carried = MessageDocument.objects.filter(message=message).select_related("document")
    attached = [row.document.kind for row in carried]
    assert message.subject == f"Su póliza {policy.number} se ha modificado"
    assert "2021 Tesla Corolla: — → Asegurado" in message.body_text
    assert "cuesta" in message.body_text
    assert sorted(attached) == ["endorsement", "id_card"]


def test_working_the_message_again_makes_nothing_twice():
    policy = factories.policy_in_force()
    endorsed(policy, setting(VALUE, 10000))

    factories.work("policies.issue_endorsement")

    assert len(papers(policy, "endorsement")) == 1
    assert Message.objects.filter(template="endorsement").count() == 1
