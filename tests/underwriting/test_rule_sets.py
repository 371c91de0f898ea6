"""Rule sets in the database: editions, their first days, what is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from office.exceptions import Refused
from policies.models import ProductVersion
from policies.selectors import product_definition
from tests import factories
from underwriting import services
from underwriting.models import RuleSetVersion

pytestmark = pytest.mark.django_db


def test_publishing_rules_makes_an_edition_and_the_old_one_stays():
    factories.catalogue()
    first = RuleSetVersion.objects.get(rule_set_id="BIND-PA")
    rule = {**first.rules[0], "when": "true"}
    fields = {
        "code": "BIND-PA",
        "name": "Bindery",
        "effective_from": date(2026, 6, 1),
        "quote_days": 10,
        "by": factories.underwriter(),
    }

    second = services.publish_rule_set(rules_=[rule], **fields)
    same = services.publish_rule_set(rules_=[rule], **fields)

    editions = RuleSetVersion.objects
    assert (second.version, same) == (2, None)
    assert editions.in_force(code="BIND-PA", on=date(2026, 5, 31)) == first
    assert editions.in_force(code="BIND-PA", on=date(2026, 6, 1)) == second
    assert editions.in_force(code="BIND-PA", on=date(2024, 1, 1)) is None


def test_rules_with_a_fault_are_not_published():
    rule = {"code": "x", "when": "risk.(", "blocks": "bind", "messages": {"en": "a", "es": "b"}}

    with pytest.raises(Refused, match="cannot be read"), transaction.atomic():
        services.publish_rule_set(
            code="X",
            name="X",
            effective_from=date(2026, 1, 1),
            quote_days=30,
            rules_=[rule],
            by=factories.underwriter(),
        )

    assert not RuleSetVersion.objects.filter(rule_set_id="X").exists()


def test_loading_the_shipped_rules_twice_adds_nothing():
    factories.catalogue()
    before = RuleSetVersion.objects.count()

    assert services.load_rule_sets(by=factories.office()) == []
    assert (
        RuleSetVersion.objects.count()
        == before
        == len(
            {product_definition(row).underwriting_rule_set for row in ProductVersion.objects.all()}
        )
    )


def test_only_who_may_publishes_rules():
    with pytest.raises(PermissionDenied), transaction.atomic():
        services.publish_rule_set(
            code="X",
            name="X",
            effective_from=date(2026, 1, 1),
            quote_days=30,
            rules_=[],
            by=factories.person("agent"),
        )
