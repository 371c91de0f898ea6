"""Judgment rating: within the limits, within authority, priced to the cent, gone with an edit."""

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from office import clock
from office.enums import AuthorityKind
from office.exceptions import Refused
from policies.catalogue import load_folder
from policies.catalogue.application import default_coverages
from policies.rating import compile_plan
from tests import factories
from tests.api.callers import session
from tests.policies.risks import COMMERCIAL
from underwriting import judgment as schedules
from underwriting import services
from underwriting.models import Judgment, Quote, Referral

DAY = date(2026, 6, 1)
PARTS = {"premises": -6, "management": -4}  # together a credit of 10 %


# The engine


def test_the_parts_are_summed_within_their_own_limits_and_within_the_whole():
    schedule = schedules.schedule_for("compensation", "US-CA", DAY)

    assert schedule.most == 25
    assert schedules.percent_of(schedule, PARTS) == -10
    with pytest.raises(Refused, match="from -10 to 10") as refused:
        schedules.percent_of(schedule, {"premises": 11})
    assert refused.value.field == "premises"
    whole = {"premises": 10, "peculiarities": 10, "employees": 6}  # 26
    with pytest.raises(Refused, match="come to 26 per cent"):
        schedules.percent_of(schedule, whole)
    with pytest.raises(Refused, match="not judged"):
        schedules.percent_of(schedule, {"weather": 1})


@pytest.mark.parametrize(
    ("kind", "place", "on"),
    [
        ("compensation", "US-FL", DAY),
        ("compensation", "US-CA", date(2024, 12, 31)),
        ("auto", "US-CA", DAY),
    ],
)
def test_where_no_law_or_filing_allows_it_there_is_none(kind, place, on):
    with pytest.raises(Refused, match="no schedule rating"):
        schedules.schedule_for(kind, place, on)


CENT = Decimal("0.01")


@cache
def product():
    """Workers' compensation of the own carrier, and its plan."""
    found = next(one for one in load_folder() if one.code == "BIND-WC")
    return found, compile_plan(found.rating)


@given(
    percent=st.integers(-25, 25),
    payroll=st.integers(10_000, 3_000_000),
    place=st.sampled_from(["US-CA", "US-CO", "US-NE"]),
)
def test_any_judgment_within_the_limits_is_the_arithmetic_that_the_worksheet_shows(
    percent, payroll, place
):
    """Each schedule line is the line before it × (100 + percent) ÷ 100, to the cent, half-even;
    every coverage ends where its lines lead, and the premium of the policy is their sum."""
    risk = {**COMMERCIAL["compensation"], "schedule_percent": percent}
    risk["payrolls"] = [{**risk["payrolls"][0], "payroll": payroll}]
    found, plan = product()
    chosen = default_coverages(found, risk, place)

    sheet = plan.worksheet(risk, chosen, place, DAY)

    lines = list(sheet.lines)
    judged = [n for n, line in enumerate(lines) if line.step == "schedule"]
    assert judged
    for place_ in judged:
        before, after = lines[place_ - 1].amount, lines[place_].amount
        share = Decimal(100 + percent) / 100
        assert after == (before * share).quantize(CENT, ROUND_HALF_EVEN)
    assert sheet.rated.premium == sum(one.premium for one in sheet.rated.amounts)
    assert sheet.rated == plan.rate(risk, chosen, place, DAY)


@given(percent=st.one_of(st.integers(-100, -26), st.integers(26, 100)))
def test_the_plan_rates_nothing_outside_the_limits(percent):
    risk = {**COMMERCIAL["compensation"], "schedule_percent": percent}
    found, plan = product()

    with pytest.raises(Refused):
        plan.rate(risk, default_coverages(found, risk, "US-CA"), "US-CA", DAY)


# Quotes


@pytest.fixture
def judge(db):
    user = factories.underwriter()
    factories.authority(user, AuthorityKind.JUDGMENT, "5000.00")
    return user


def compensation(**fields) -> Quote:
    return factories.quote("BIND", "compensation", **fields)


def judged(quote, by, parts=None, note="Clean premises, good management."):
    quote = services.judge_quote(quote=quote, parts=parts or PARTS, by=by, note=note)
    factories.work("underwriting.quote_at_carrier")
    return Quote.objects.get(pk=quote.pk)


@pytest.mark.django_db
def test_a_judged_quote_is_priced_anew_by_a_step_of_its_worksheet_and_bound_at_that_price(judge):
    plain = compensation()

    quote = judged(plain, judge)

    (line,) = [
        one for one in quote.worksheet if (one["step"], one["coverage"]) == ("schedule", "WC")
    ]
    assert line["factor"] == "0.90"
    assert quote.premium < plain.premium
    assert (quote.judgment.percent, quote.judgment.parts) == (-10, PARTS)
    assert quote.judgment.decided_by == judge
    assert quote.judgment.reason == "Clean premises, good management."
    agent = quote.submission.agent.user
    policy = services.bind_quote(quote=quote, pay_plan="full", by=agent)
    term = policy.terms.get()
    assert (term.written, term.total) == (quote.premium, quote.total)


@pytest.mark.django_db
def test_a_judgment_is_taken_back_by_the_next_and_voided_by_an_edit(judge):
    plain = compensation()
    quote = judged(plain, judge)

    back = judged(quote, judge, parts={"premises": 0}, note="Not seen with own eyes.")
    assert (back.judgment.percent, back.premium) == (0, plain.premium)
    quote = judged(back, judge)
    submission = quote.submission
    services.edit_application(
        submission=submission,
        application=submission.application | {"safety_program": True},
        coverages=submission.coverages,
        effective_on=submission.effective_on,
        revision=submission.revision,
        by=submission.agent.user,
    )

    assert Quote.objects.get(pk=quote.pk).judgment is None
    assert Judgment.objects.filter(quote=quote).count() == 3


@pytest.mark.django_db
def test_it_needs_authority_of_its_own_a_reason_and_other_eyes_than_the_author_s(judge):
    quote = compensation()
    junior, author = factories.underwriter(), factories.underwriter()
    factories.authority(junior, AuthorityKind.JUDGMENT, "1.00")
    factories.authority(author, AuthorityKind.JUDGMENT, "5000.00")
    own = compensation(by=author)

    with pytest.raises(Refused, match="ends at"), transaction.atomic():
        judged(quote, junior)
    with pytest.raises(Refused, match="no authority"), transaction.atomic():
        judged(quote, factories.underwriter())
    with pytest.raises(PermissionDenied), transaction.atomic():
        judged(own, author)
    with pytest.raises(PermissionDenied), transaction.atomic():
        judged(quote, quote.submission.agent.user)
    with pytest.raises(Refused, match="Write down why"), transaction.atomic():
        judged(quote, judge, note="  ")
    assert not Judgment.objects.exists()


@pytest.mark.django_db
def test_an_approval_does_not_outlive_a_judgment(judge):
    """An experience modification over 1.25 is referred; once approved, a judgment voids that."""
    risk = factories.risk("compensation") | {"experience_mod": "1.30"}
    quote = compensation(application=risk)
    services.approve_quote(quote=quote, by=judge, note="Improving.")

    quote = judged(quote, judge)

    assert (quote.state, quote.approved_by) == ("referred", None)
    assert [one.state for one in Referral.objects.order_by("pk")] == ["voided", "waiting"]


@pytest.mark.django_db
def test_other_products_and_places_have_none(judge):
    florida = compensation(place="US-FL")
    other = factories.quote("HARBOR", "compensation")
    auto = factories.quote("BIND")

    for quote in (florida, other, auto):
        with pytest.raises(Refused, match="no schedule rating"), transaction.atomic():
            judged(quote, judge)


@pytest.mark.django_db
def test_nobody_applies_for_a_judgment_and_no_change_brings_one(judge):
    with pytest.raises(Refused, match="not applied for"), transaction.atomic():
        compensation(application=factories.risk("compensation") | {"schedule_percent": -10})
    policy = factories.policy_in_force("compensation")
    patch = [{"op": "set", "path": "risk.schedule_percent", "value": -10}]

    with pytest.raises(Refused, match="whole term"):
        services.endorse_policy(
            policy=policy,
            effective_on=clock.today(),
            patch=patch,
            by=factories.underwriter(),
            note="x",
        )


@pytest.mark.django_db
def test_a_change_keeps_the_judgment_and_a_renewal_decides_anew(judge):
    quote = judged(compensation(effective_on=clock.today() + timedelta(days=1)), judge)
    policy = services.bind_quote(quote=quote, pay_plan="full", by=quote.submission.agent.user)
    more = [{"op": "set", "path": "risk.operations", "value": "Bakery, café and catering"}]
    services.endorse_policy(
        policy=policy,
        effective_on=clock.today() + timedelta(days=2),
        patch=more,
        by=factories.underwriter(),
        note="Grown.",
    )
    segment = policy.terms.get().segments.current().order_by("valid").last()
    assert segment.insured["risk"]["schedule_percent"] == -10

    with clock.travel(clock.now() + timedelta(days=300)):
        renewal = services.prepare_renewal(policy=policy, by=factories.office())
        plain = renewal.premium
        assert (renewal.judgment, renewal.risk["schedule_percent"]) == (None, 0)
        renewal = services.judge_renewal(renewal=renewal, parts=PARTS, by=judge, note="As before.")
        assert (renewal.judgment.percent, renewal.risk["schedule_percent"]) == (-10, -10)
        assert renewal.premium < plain
        assert sum(s.amount for s in renewal.steps.steps) == renewal.premium - renewal.expiring
        renewal = services.rework_renewal(renewal=renewal, by=judge)
        assert (renewal.judgment, renewal.premium) == (None, plain)


@pytest.mark.django_db
def test_the_database_keeps_a_judgment_within_its_limit_and_as_it_was(judge, as_owner):
    quote = judged(compensation(), judge)
    row = quote.judgment
    columns = "quote_id, field, most, parts, source, reason, decided_at, decided_by_id"
    insert = (
        f"INSERT INTO underwriting_judgment ({columns}, decided_under_id, percent) "
        f"SELECT quote_id, field, {{most}}, parts, source, {{reason}}, decided_at, decided_by_id, "
        f"decided_under_id, {{percent}} FROM underwriting_judgment WHERE id = {row.pk}"
    )
    good = {"most": "25", "reason": "'x'", "percent": "-25"}
    forbidden = [
        insert.format(**good | {"percent": "-26"}),
        insert.format(**good | {"percent": "26"}),
        insert.format(**good | {"most": "51"}),
        insert.format(**good | {"reason": "''"}),
        "UPDATE underwriting_judgment SET percent = -25",
        "DELETE FROM underwriting_judgment",
    ]

    for statement in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic(), as_owner():
            connection.cursor().execute(statement)
    connection.cursor().execute(insert.format(**good))


@pytest.mark.django_db
def test_the_page_and_the_api_judge(judge):
    quote = compensation()
    client = factories.signed_in(judge)
    address = f"/quotes/{quote.submission.number}/{quote.number}/judge/"

    shown = client.get(address).content.decode()
    wrong = client.post(address, {"premises": "11", "note": "x"}).content.decode()
    done = client.post(address, {"premises": "-6", "management": "-4", "note": "Clean."})
    factories.work("underwriting.quote_at_carrier")
    page = client.get(quote.submission.get_absolute_url()).content.decode()
    told = session(judge).post(
        f"quotes/{quote.number}/judge/", {"parts": {"premises": -2}, "note": "Seen again."}
    )

    assert "Premises and upkeep" in shown
    assert "From -10 to 10 per cent." in shown
    assert 'value="11"' in wrong
    assert done.status_code == 302
    assert "Judgment rating -10 %" in page
    assert (told.status_code, told.json()["judgment_percent"]) == (200, -2)
