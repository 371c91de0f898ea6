"""Life and health from the application to the declarations, at both carriers."""

from datetime import date
from decimal import Decimal

import pytest

from office import documents
from tests import factories
from tests.papers import words_of

pytestmark = pytest.mark.django_db

KINDS = ["medical"]


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
    return words_of(documents.open(policy.documents.get().document).read())


def test_the_declarations_of_a_medical_policy_state_the_plan_and_each_member():
    policy = factories.policy_in_force("medical", "US-NE", from_on=date(2026, 3, 1))

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
