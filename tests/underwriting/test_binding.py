"""Binding: licensed, appointed, approved, in time, exactly once."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from accounting.models import BillingAccount, Entry, Invoice
from customers.models import Licence
from office import clock
from office.exceptions import Refused
from office.models import OutboxMessage
from policies.models import Policy, Term
from tests import factories
from tests.figures import figure
from underwriting import services
from underwriting.models import Quote, Submission

pytestmark = pytest.mark.django_db


def refused(quote, **fields):
    """The sentence, after nothing of the attempt was left behind."""
    fields = {"pay_plan": "full", "by": quote.submission.agent.user} | fields
    with pytest.raises(Refused) as refusal, transaction.atomic():
        services.bind_quote(quote=quote, **fields)
    stored = Quote.objects.get(pk=quote.pk)
    assert (stored.state, stored.policy) == (quote.state, None)
    assert Submission.objects.get(pk=quote.submission_id).state == "open"
    assert not Policy.objects.exists()
    assert not Entry.objects.exists()
    return str(refusal.value)


def test_a_bound_quote_is_a_policy_with_its_premium_posted_and_billed():
    policy = factories.policy_in_force()

    quote = policy.quote
    term = policy.terms.get()
    assert (quote.state, quote.submission.state) == ("bound", "bound")
    assert term.total == quote.total == D("1494.14")
    assert BillingAccount.objects.get(policy_number=policy.number).customer == policy.customer
    assert policy.agent == quote.submission.agent
    assert OutboxMessage.objects.filter(task="policies.issue_declarations").count() == 1


def test_the_other_quotes_are_withdrawn_with_the_reason():
    policy = factories.policy_in_force()

    other = policy.quote.submission.quotes.exclude(pk=policy.quote.pk).get()
    assert (other.state, other.reason) == ("withdrawn", "Another quote was bound.")


def test_a_missing_licence_is_named():
    seller = factories.agent(licensed=False)
    quote = factories.quote(seller=seller, effective_on=None)

    sentence = refused(quote)

    assert sentence.startswith("Alex Moreno holds no casualty licence in California on ")
    assert "appointment" not in sentence


def test_a_missing_appointment_is_named():
    factories.catalogue()
    quote = factories.quote(seller=factories.agent(appointed=False))

    sentence = refused(quote)

    assert sentence.startswith("Alex Moreno has no casualty appointment with Bindery Mutual on ")
    assert "licence" not in sentence


def test_both_are_named_when_both_are_missing():
    quote = factories.quote(seller=factories.agent(licensed=False, appointed=False))

    sentence = refused(quote)

    assert "holds no casualty licence in California" in sentence
    assert "has no casualty appointment with Bindery Mutual" in sentence


@pytest.mark.parametrize(("ends", "may"), [(date(2026, 3, 1), False), (date(2026, 3, 2), True)])
def test_the_licence_counts_on_the_first_day_of_cover(ends, may):
    """A licence does not cover the day it ends on. The home licence stays and does not help."""
    seller = factories.agent()
    Licence.objects.filter(agent=seller, line="casualty").update(valid_to=ends)

    if may:
        assert factories.policy_in_force(seller=seller).state == "in_force"
    else:
        with pytest.raises(Refused, match="holds no casualty licence in California"):
            factories.policy_in_force(seller=seller)


def two_accidents():
    risk = factories.risk()
    risk["drivers"][0]["at_fault_accidents"] = 2
    return risk


def test_a_referred_quote_is_bound_only_after_approval():
    quote = factories.quote(application=two_accidents())

    assert "“Referred”" in refused(quote)
    services.approve_quote(quote=quote, by=factories.underwriter(), note="Clean since 2023.")
    policy = services.bind_quote(quote=quote, pay_plan="full", by=quote.submission.agent.user)

    assert policy.quote == quote


@pytest.mark.parametrize("state", ["declined", "withdrawn", "pending"])
def test_what_is_not_offered_cannot_be_bound(state):
    quote = factories.quote(application=two_accidents())
    if state == "declined":
        services.decline_quote(quote=quote, by=factories.underwriter(), note="Too many.")
    elif state == "withdrawn":
        services.withdraw_quote(quote=quote, by=quote.submission.agent.user, note="Not wanted.")
    else:
        quote = factories.submission().quotes.get(carrier_id="BIND")

    assert f"“{Quote.objects.get(pk=quote.pk).get_state_display()}”" in refused(
        Quote.objects.get(pk=quote.pk)
    )


def test_a_quote_is_bound_until_its_last_day_and_not_after():
    """Rated on 20 February 2026, good for 30 days: 22 March is the last."""
    with clock.travel(datetime(2026, 2, 20, 18, tzinfo=UTC)):
        quote = factories.quote(effective_on=date(2026, 4, 1))

    with clock.travel(datetime(2026, 3, 23, 18, tzinfo=UTC)):
        assert "could be bound until" in refused(quote)
    with clock.travel(datetime(2026, 3, 22, 18, tzinfo=UTC)):
        policy = services.bind_quote(quote=quote, pay_plan="full", by=quote.submission.agent.user)

    assert policy.terms.get().valid_from == date(2026, 4, 1)


def test_cover_does_not_begin_in_the_past():
    """In Los Angeles 2 March begins at 08:00 UTC."""
    with clock.travel(datetime(2026, 2, 20, 18, tzinfo=UTC)):
        quote = factories.quote(effective_on=date(2026, 3, 1))

    with clock.travel(datetime(2026, 3, 2, 8, 0, tzinfo=UTC)):
        assert refused(quote).startswith("Cover cannot begin in the past.")
    with clock.travel(datetime(2026, 3, 2, 7, 59, tzinfo=UTC)):
        assert services.bind_quote(
            quote=quote, pay_plan="full", by=quote.submission.agent.user
        ).number.startswith("PA-")


def test_a_price_that_no_longer_holds_is_not_bound(monkeypatch):
    quote = factories.quote()
    Quote.objects.filter(pk=quote.pk).update(premium=quote.premium - 1, total=quote.total - 1)

    assert refused(quote).startswith("The price has changed")


def test_a_second_bind_finds_the_submission_bound():
    policy = factories.policy_in_force()
    quote = policy.quote

    with pytest.raises(Refused, match="is “Bound” now"), transaction.atomic():
        services.bind_quote(quote=quote, pay_plan="full", by=quote.submission.agent.user)

    assert Policy.objects.count() == 1


def test_an_agent_binds_only_what_they_sell():
    quote = factories.quote()
    stranger = factories.agent(name="Robin Hale")

    with pytest.raises(PermissionDenied), transaction.atomic():
        services.bind_quote(quote=quote, pay_plan="full", by=stranger.user)

    assert not Policy.objects.exists()


def test_an_unknown_pay_plan_binds_nothing():
    assert "weekly" in refused(factories.quote(), pay_plan="weekly")


@pytest.mark.django_db(transaction=True)
def test_fifty_who_bind_at_once_make_one_policy():
    """Both carriers' quotes are tried, so that a lock on one quote alone would not do."""
    quotes = list(factories.quoted().quotes.select_related("submission__agent__user"))
    by = quotes[0].submission.agent.user
    by.may("underwriting.bind_quote")
    start = threading.Barrier(figure(50))
    outcomes = []

    def bind(quote):
        try:
            start.wait()
            outcomes.append(services.bind_quote(quote=quote, pay_plan="full", by=by))
        except Refused as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=bind, args=(quotes[number % 2],)) for number in range(figure(50))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    policies = [outcome for outcome in outcomes if isinstance(outcome, Policy)]
    assert len(policies) == 1
    assert len(outcomes) == figure(50)
    assert (Policy.objects.count(), Term.objects.count()) == (1, 1)
    assert Invoice.objects.count() == 1
    assert sorted(Quote.objects.values_list("state", flat=True)) == ["bound", "withdrawn"]
    assert Entry.objects.filter(source=f"policy:{policies[0].number}").count() == 1


def test_renewing_the_clock_does_not_matter_to_what_was_bound():
    """A policy bound nine days ahead is in force before its first day, without cover."""
    policy = factories.policy_in_force(from_on=date(2026, 3, 1))

    assert policy.created_at == datetime(2026, 2, 20, 18, tzinfo=UTC)
    assert policy.terms.get().valid_from - policy.created_at.date() == timedelta(days=9)


def test_binding_takes_a_bounded_number_of_statements(django_assert_num_queries):
    quote = factories.quote()
    by = quote.submission.agent.user
    by.may("underwriting.bind_quote")

    with django_assert_num_queries(28):
        services.bind_quote(quote=quote, pay_plan="full", by=by)
