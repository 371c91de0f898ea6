"""Negotiating: one carrier is asked for other terms, and every round stays on record."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied

from office.exceptions import Refused
from tests import factories
from underwriting import selectors, services
from underwriting.models import Quote

pytestmark = pytest.mark.django_db


def _with(quote, coverage, **options):
    """What the quote offers, with other options of one coverage."""
    return [
        {**row, **options} if row["coverage"] == coverage else dict(row) for row in quote.coverages
    ]


def _negotiated(quote, wanted, note="The customer can bear more."):
    by = quote.submission.agent.user
    services.negotiate_quote(quote=quote, wanted=wanted, note=note, by=by)
    factories.work("underwriting.quote_at_carrier")
    return Quote.objects.get(pk=quote.pk)


def test_a_higher_deductible_is_asked_of_one_carrier_and_answered_at_its_rates():
    """COLL 432.64 of the factory's risk holds the factor of a deductible of 500; the plan says
    what 1000 costs. Only that coverage moves."""
    quote = factories.quote("BIND")
    before = {row["coverage"]: row["deductible"] for row in quote.coverages}

    after = _negotiated(quote, _with(quote, "COLL", deductible="1000"))

    now = {row["coverage"]: row["deductible"] for row in after.coverages}
    assert before["COLL"] == "500"
    assert now == {**before, "COLL": "1000"}
    assert after.state == "rated"
    assert after.premium < quote.premium


def test_the_other_carriers_and_the_application_stay_as_they_are():
    submission = factories.quoted()
    own = submission.quotes.get(carrier_id="BIND")
    other = submission.quotes.get(carrier_id="HARBOR")

    _negotiated(own, _with(own, "COLL", deductible="1000"))

    unmoved = Quote.objects.get(pk=other.pk)
    assert (unmoved.state, unmoved.total, unmoved.event_count) == (
        other.state,
        other.total,
        other.event_count,
    )
    assert unmoved.submission.coverages == submission.coverages


def test_every_round_is_kept_with_its_price_its_reason_and_what_changed():
    quote = factories.quote("BIND")
    second = _negotiated(quote, _with(quote, "COLL", deductible="1000"), note="Too dear.")

    rounds = selectors.rounds_of(second, quote.submission.agent.user)

    assert [round.number for round in rounds] == [2, 1]
    assert [round.total for round in rounds] == [second.total, quote.total]
    assert rounds[0].change == second.total - quote.total
    assert rounds[0].why == "Too dear."
    assert len(rounds[0].differences) == 1
    assert "1,000" in rounds[0].differences[0]
    assert (rounds[1].change, rounds[1].differences) == (None, ())


def test_a_negotiated_quote_is_bound_on_its_own_terms():
    quote = factories.quote("BIND")
    second = _negotiated(quote, _with(quote, "COLL", deductible="1000"))

    policy = services.bind_quote(quote=second, pay_plan="full", by=second.submission.agent.user)

    insured = policy.terms.get().segments.get().insured
    chosen = {row["coverage"]: row["deductible"] for row in insured["coverages"]}
    assert chosen["COLL"] == "1000"
    assert policy.terms.get().total == second.total


def test_an_edit_of_the_application_ends_the_negotiation():
    quote = factories.quote("BIND")
    second = _negotiated(quote, _with(quote, "COLL", deductible="1000"))
    submission = second.submission

    services.edit_application(
        submission=submission,
        application={**submission.application, "years_insured": 3},
        coverages=submission.coverages,
        effective_on=submission.effective_on,
        revision=submission.revision,
        by=submission.agent.user,
    )
    factories.work("underwriting.quote_at_carrier")

    after = Quote.objects.get(pk=quote.pk)
    assert after.wanted is None
    assert {r["deductible"] for r in after.coverages if r["coverage"] == "COLL"} == {"500"}


def test_an_approval_is_void_once_other_terms_are_asked():
    risk = factories.risk("auto")
    risk["drivers"][0]["at_fault_accidents"] = 2
    referred = factories.quote("BIND", application=risk)
    approved = services.approve_quote(
        quote=referred, by=factories.underwriter(), note="A good file."
    )

    second = _negotiated(approved, _with(approved, "COLL", deductible="1000"))

    assert (approved.state, second.state) == ("approved", "referred")
    assert second.approved_by is None


def test_asking_the_same_again_is_refused():
    quote = factories.quote("BIND")

    with pytest.raises(Refused, match="Change something"):
        services.negotiate_quote(
            quote=quote,
            wanted=quote.submission.coverages,
            note="?",
            by=quote.submission.agent.user,
        )

    assert Quote.objects.get(pk=quote.pk).state == "rated"


def test_only_who_may_ask_the_carriers_negotiates():
    quote = factories.quote("BIND")

    with pytest.raises(PermissionDenied):
        services.negotiate_quote(
            quote=quote, wanted=[], note="?", by=factories.agent(name="Otto Falk").user
        )


def test_a_bound_quote_is_not_negotiated():
    policy = factories.policy_in_force(from_on=date(2027, 3, 1))

    with pytest.raises(Refused):
        services.negotiate_quote(
            quote=policy.quote, wanted=[], note="?", by=policy.quote.submission.agent.user
        )


# The doors


def _address(quote):
    return f"/quotes/{quote.submission.number}/{quote.number}/negotiate/"


def test_the_page_offers_what_the_carrier_offers_and_sends_it_off():
    quote = factories.quote("BIND")
    browser = factories.signed_in(quote.submission.agent.user)
    form = browser.get(_address(quote)).context["form"]
    begun = [cover.as_posted() for _title, cover in form.groups]
    posted = {name: value for one in begun for name, value in one.items()}
    (coll,) = [name for name in posted if name.endswith(".COLL.deductible")]

    answer = browser.post(_address(quote), {**posted, coll: "1000", "note": "Too dear."})
    factories.work("underwriting.quote_at_carrier")
    sheet = browser.get(f"/quotes/{quote.submission.number}/{quote.number}/worksheet/")

    assert answer["Location"] == quote.submission.get_absolute_url()
    assert Quote.objects.get(pk=quote.pk).premium < quote.premium
    assert "Too dear." in sheet.content.decode()


def test_without_a_reason_nothing_is_asked_and_what_was_chosen_stays():
    quote = factories.quote("BIND")
    browser = factories.signed_in(quote.submission.agent.user)
    form = browser.get(_address(quote)).context["form"]
    begun = [cover.as_posted() for _title, cover in form.groups]
    posted = {name: value for one in begun for name, value in one.items()}
    (coll,) = [name for name in posted if name.endswith(".COLL.deductible")]

    page = browser.post(_address(quote), {**posted, coll: "2000", "note": ""})

    assert "This was not accepted." in page.content.decode()
    shown = [
        cover[name].value()
        for _t, cover in page.context["form"].groups
        for name in cover.fields
        if name == "COLL.deductible"
    ]
    assert shown == ["2000"]
    assert Quote.objects.get(pk=quote.pk).state == "rated"


def test_a_program_negotiates_and_wrong_options_are_told_by_their_path():
    quote = factories.quote("BIND")
    browser = factories.signed_in(quote.submission.agent.user)

    def ask(key, **options):
        rows = [
            {name: row[name] for name in ("coverage", "item", "limit", "deductible")}
            for row in _with(quote, "COLL", **options)
        ]
        return browser.post(
            f"/api/quotes/{quote.number}/negotiate/",
            {"coverages": rows, "note": "Too dear."},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    wrong = ask("first-key", deductible="777")
    right = ask("second-key", deductible="1000")

    assert wrong.status_code == 422 or wrong.status_code == 400
    assert "COLL" in wrong.content.decode()
    assert (right.status_code, right.json()["state"]) == (200, "pending")


@pytest.mark.parametrize("count", [1, 3])
def test_the_rounds_are_read_in_one_query(count, django_assert_num_queries):
    quote = factories.quote("BIND")
    for deductible in ("1000", "250", "2000")[: count - 1]:
        quote = _negotiated(quote, _with(quote, "COLL", deductible=deductible))
    quote = Quote.objects.select_related("submission", "version").get(pk=quote.pk)
    user = quote.submission.agent.user
    selectors.rounds_of(quote, user)

    with django_assert_num_queries(1):
        rounds = selectors.rounds_of(quote, user)

    assert len(rounds) == count
    assert sum((round.change or D(0) for round in rounds), D(0)) == (
        rounds[0].total - rounds[-1].total
    )
