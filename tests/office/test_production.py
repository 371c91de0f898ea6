"""An agent's book of business and production: sums of terms and transactions, and who sees them."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from office import clock, production
from tests import factories
from tests.claims import scenes
from underwriting import services as underwriting

pytestmark = pytest.mark.django_db

APRIL_15 = datetime(2026, 4, 15, 18, tzinfo=UTC)


def _at(moment, user, address):
    with clock.travel(moment):
        return factories.signed_in(user).get(address)


@pytest.fixture
def seller():
    return factories.agent()


def _manager():
    return factories.person("agency_manager", name="Gil Moss")


def test_the_book_counts_the_terms_that_cover_the_day(seller):
    auto = factories.policy_in_force("auto", from_on=date(2026, 3, 1), seller=seller)
    home = factories.policy_in_force("home", from_on=date(2026, 4, 1), seller=seller)
    factories.policy_in_force("auto", from_on=date(2026, 3, 1))  # somebody else's
    premiums = {policy.product.name: policy.terms.get().written for policy in (auto, home)}

    before = production.production_of(seller, on=date(2026, 3, 31))
    after = production.production_of(seller, on=date(2026, 4, 15))

    assert {line.product: line.premium for line in before["book"]} == {
        auto.product.name: premiums[auto.product.name]
    }
    assert {line.product: line.premium for line in after["book"]} == premiums
    assert after["premium"] == sum(premiums.values())
    assert after["policies"] == 2


def test_premium_stands_in_the_month_in_which_it_was_written(seller):
    """Each policy of the factory is bound nine days before its first day of cover."""
    march = factories.policy_in_force("auto", from_on=date(2026, 3, 20), seller=seller)  # 11 March
    april = factories.policy_in_force("home", from_on=date(2026, 4, 20), seller=seller)  # 11 April

    found = production.production_of(seller, on=date(2026, 4, 15))

    months = {month.month: month for month in found["months"]}
    assert next(iter(months)) == date(2025, 5, 1)
    assert len(months) == 12
    assert months[date(2026, 3, 1)].new == march.terms.get().written
    assert months[date(2026, 4, 1)].new == april.terms.get().written
    assert found["written"] == march.terms.get().written + april.terms.get().written


def test_a_moment_late_in_the_month_belongs_to_the_month_on_the_offices_calendar(seller):
    """1 April 02:00 UTC is still 31 March in Los Angeles."""
    bound_at = datetime(2026, 4, 1, 2, tzinfo=UTC)
    with clock.travel(bound_at):
        offer = factories.quote("BIND", "auto", seller=seller, effective_on=date(2026, 4, 10))
        policy = underwriting.bind_quote(quote=offer, pay_plan="full", by=seller.user)

    months = production.production_of(seller, on=date(2026, 4, 15))["months"]

    assert [month.month for month in months if month.total] == [date(2026, 3, 1)]
    assert months[-2].new == policy.terms.get().written


def test_shares_are_of_what_was_asked_and_none_where_nothing_was(seller):
    """One of three submissions was bound: 100 / 3 = 33.3 %."""
    assert production.production_of(seller, on=date(2026, 4, 15))["rates"].hit_ratio is None
    factories.policy_in_force("auto", from_on=date(2026, 4, 10), seller=seller)
    with clock.travel(APRIL_15):
        factories.submission("auto", seller=seller)
        factories.submission("home", seller=seller)

    rates = production.production_of(seller, on=date(2026, 4, 15))["rates"]

    assert (rates.asked, rates.bound, rates.hit_ratio) == (3, 1, D("33.3"))
    assert rates.retention is None


def test_a_term_that_ended_without_another_was_not_kept(seller):
    factories.policy_in_force("auto", from_on=date(2026, 4, 10), seller=seller)

    rates = production.production_of(seller, on=date(2027, 4, 10))["rates"]

    assert (rates.ended, rates.kept, rates.retention) == (1, 0, D("0.0"))


def test_terms_that_end_soon_are_counted_by_how_soon(seller):
    """A term from 10 April 2026 ends on 10 April 2027: 40 days after 1 March."""
    factories.policy_in_force("auto", from_on=date(2026, 4, 10), seller=seller)

    renewals = production.production_of(seller, on=date(2027, 3, 1))["renewals"]

    assert [count for _label, count in renewals] == [0, 1, 1]


def test_claims_of_the_book_are_summed(seller):
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1), seller=seller)
    claim = scenes.claim_at("evaluating", policy=policy)

    losses = production.production_of(seller, on=date(2026, 4, 15))["losses"]

    assert losses == {"open": 1, "incurred": D("9000.00")}  # the reserve that the scene sets
    assert claim.reserve_indemnity == D("9000.00")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_reads_as_often_for_three_policies_as_for_one(
    seller, count, django_assert_num_queries
):
    for _number in range(count):
        factories.policy_in_force("auto", from_on=date(2026, 3, 1), seller=seller)

    with django_assert_num_queries(7):
        production.production_of(seller, on=date(2026, 4, 15))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_reads_as_often_for_three_agents_as_for_one(count, django_assert_num_queries):
    for number in range(count):
        seller = factories.agent(name=f"Agent {number}")
        factories.policy_in_force("auto", from_on=date(2026, 3, 1), seller=seller)

    with django_assert_num_queries(1):
        rows = list(production.agent_rows(on=date(2026, 4, 15)).values("code", "in_force"))

    assert [row["in_force"] for row in rows] == [1] * count


def test_the_list_shows_all_agents_to_managers_and_leads_agents_to_their_own_page(seller):
    other = factories.agent(name="Otto Falk")
    factories.policy_in_force("auto", from_on=date(2026, 3, 1), seller=seller)

    page = _at(APRIL_15, _manager(), "/production/").content.decode()
    own = _at(APRIL_15, seller.user, "/production/")
    foreign = _at(APRIL_15, seller.user, f"/production/{other.code}/")

    assert seller.name in page
    assert other.name in page
    assert own["Location"] == f"/production/{seller.code}/"
    assert foreign.status_code == 404


def test_the_page_shows_what_was_sold(seller):
    policy = factories.policy_in_force("auto", from_on=date(2026, 3, 1), seller=seller)

    page = _at(APRIL_15, _manager(), f"/production/{seller.code}/").content.decode()

    assert policy.product.name in page
    assert f"{policy.terms.get().written:,}" in page
