"""Canaries: nothing of customer B in any answer that A gets, on any address (G8)."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import get_resolver

from accounting.models import Invoice, Payment
from office import clock, keys
from tests import factories
from tests.api.callers import session, stranger
from tests.claims import scenes
from tests.factories import claim_at

pytestmark = pytest.mark.django_db
CANARIES = ("Zebulon", "Quagmire", "zebulon", "Kestrel Court", "4477")

IDS = {"<uuid:pk>": "00000000-0000-4000-8000-000000000000", "<int:pk>": "1"}


@pytest.fixture(autouse=True)
def noon():
    with clock.travel(datetime(2026, 3, 12, 18, 0, tzinfo=UTC)):
        yield


def addresses(method="get"):
    """Every address under /api/ that takes the method, as the map of the site has it."""
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/")
    for part in api.url_patterns:
        for found in getattr(part, "url_patterns", []):
            if hasattr(found.callback.cls, method):
                yield str(found.pattern)


def filled(pattern, numbers):
    path = pattern.replace("<slug:number>", numbers.get(pattern.split("/")[0], "none"))
    return re.sub("<[a-z]+:pk>", lambda found: IDS[found.group()], path)


def with_canaries():
    """Customer B with a claim, a policy, an invoice, a payment, a quote, all full of canaries."""
    holder = scenes.customer("Zebulon Quagmire")
    claim = claim_at(
        "payable",
        policy=scenes.policy_in_force(holder=holder),
        place="9 Kestrel Court",
        description="Zebulon Quagmire's kitchen burned.",
        witnesses="Phone 555 4477",
    )
    quote = factories.quote("BIND", insured=holder)
    return {
        "claims": claim.number,
        "customers": holder.number,
        "policies": claim.policy.number,
        "invoices": Invoice.objects.filter(customer=holder).first().number,
        "payments": Payment.objects.get().number,
        "submissions": quote.submission.number,
        "quotes": quote.number,
        "renewals": factories.renewal_offered(claim.policy).number,
        "ledger": "JE-2026-000001",
    }


def test_no_answer_to_a_holds_anything_of_b():
    numbers = with_canaries()
    neighbour = scenes.customer("Anna Plain")
    claim_at("offered", policy=scenes.policy_in_force(holder=neighbour))
    caller = session(scenes.with_login(neighbour))

    leaks, asked = {}, 0
    for pattern in addresses():
        path = filled(pattern, numbers)
        answer = caller.get(path)
        asked += 1
        found = [word for word in CANARIES if word in answer.content.decode()]
        own_or_refused = answer.status_code in ({403, 404} if "slug" in pattern else {200, 403})
        if found or not own_or_refused:
            leaks[path] = (answer.status_code, found)

    assert leaks == {}
    assert asked >= 25


def test_no_address_lets_a_stranger_read_or_write():
    reads = {pattern: stranger().get(filled(pattern, {})) for pattern in addresses("get")}
    writes = {pattern: stranger().post(filled(pattern, {})) for pattern in addresses("post")}

    assert {answer.status_code for answer in reads.values()} == {401}
    assert {answer.status_code for answer in writes.values()} == {401}
    assert len(writes) >= 40


def test_every_address_stands_behind_a_scope_that_exists():
    """A new view without a scope is closed to every key; this names it before a caller does."""
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/")
    views = [
        found.callback.cls
        for part in api.url_patterns
        for found in getattr(part, "url_patterns", [])
    ]

    assert [view for view in views if getattr(view, "scope", None) not in keys.PARTS] == []
    readers = [view for view in views if view.scope in keys.READ_ONLY]
    assert [view for view in readers if hasattr(view, "post")] == []
