"""The clocks of a claim as its acts start, pause and stop them, and the ladder of escalation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from claims import deadlines, selectors, services, tasks
from claims.enums import OPEN, ClaimState
from claims.models import Claim, Escalation
from office import clock
from office.lists import page_of
from tests.claims import scenes

pytestmark = pytest.mark.django_db


def clocks(claim):
    return {due.what: due.due_on for due in claim.dues}


def on(day, hour=20):
    return clock.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_claim_has_a_due_date_that_explains_itself(state):
    claim = Claim.objects.get(pk=scenes.claim_at(state).pk)

    assert claim.due_on == min(due.due_on for due in claim.dues if due.due_on)
    assert claim.due_what == claim.dues[0].what
    assert all(deadlines.explain(due) for due in claim.dues)


def test_californian_clocks_from_notice_to_agreement():
    """Notice on Thursday 12 March 2026; everything that supports the claim on the same day."""
    claim = scenes.claim_at(ClaimState.RECEIVED)
    assert clocks(claim)["acknowledge"] == date(2026, 3, 27)  # 15 calendar days
    assert clocks(claim)["turn"] == date(2026, 3, 16)  # two working days: Friday, Monday
    assert "decide" not in clocks(claim)

    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    assert clocks(claim)["decide"] == date(2026, 4, 21)  # 40 days: 19 of March, 21 of April
    assert clocks(claim)["status_letter"] == date(2026, 4, 11)  # 30 days: 19 of March, 11 of April

    claim = scenes.claim_at(ClaimState.PAYABLE)
    assert clocks(claim)["pay"] == date(2026, 4, 11)  # 30 days from the agreement
    assert "decide" not in clocks(claim)


def test_the_notice_is_dated_where_the_insured_lives():
    """13 March, 06:00 UTC, is still 12 March in Sacramento, four days after the clocks went on."""
    claim = scenes.claim_at(ClaimState.RECEIVED, at=datetime(2026, 3, 13, 6, 0, tzinfo=UTC))

    assert clocks(claim)["acknowledge"] == date(2026, 3, 27)


def test_clocks_run_over_leap_day_and_year_end():
    leap = scenes.claim_at(
        ClaimState.RECEIVED,
        policy=scenes.policy_in_force(from_on=date(2028, 1, 1)),
        at=datetime(2028, 2, 25, 20, tzinfo=UTC),
        lost_at=datetime(2028, 2, 24, 20, tzinfo=UTC),
    )
    year_end = scenes.claim_at(
        ClaimState.RECEIVED,
        policy=scenes.policy_in_force(from_on=date(2026, 6, 1)),
        at=datetime(2026, 12, 23, 20, tzinfo=UTC),
        lost_at=datetime(2026, 12, 22, 20, tzinfo=UTC),
    )

    assert clocks(leap)["acknowledge"] == date(2028, 3, 11)  # 4 days of February, 11 of March
    assert clocks(year_end)["acknowledge"] == date(2027, 1, 7)  # 8 days of December, 7 of January
    assert clocks(year_end)["turn"] == date(2026, 12, 28)  # Thursday 24; not the 25th; Monday 28


def test_the_letter_stops_the_clock_of_the_acknowledgement(monkeypatch):
    monkeypatch.setattr("claims.selectors.letters._link", lambda claim: "https://office.example/c")
    claim = scenes.claim_at(ClaimState.RECEIVED)

    with on(date(2026, 3, 12)):
        services.issue_letter(letter=claim.letters.get(), by=scenes.office())

    claim = Claim.objects.get(pk=claim.pk)
    assert claim.acknowledged_on == date(2026, 3, 12)
    assert "acknowledge" not in clocks(claim)


def test_special_investigation_gives_the_longer_term_while_it_lasts():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    with clock.travel(scenes.NOTICE):
        claim = services.place_hold(
            claim=claim, kind="special_investigation", reason="Third fire.", by=scenes.handler()
        )

        assert clocks(claim)["decide"] == date(2026, 5, 31)  # 80 days: 19 + 30 + 31

        claim = services.release_hold(
            claim=claim, hold=claim.holds.get(), reason="Explained.", by=scenes.supervisor()
        )
    assert clocks(claim)["decide"] == date(2026, 4, 21)


def test_a_status_letter_moves_the_next_one():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)

    with on(date(2026, 4, 10)):
        claim = services.write_status(
            claim=claim, reasons="We wait for the roofer.", by=scenes.handler()
        )

    assert clocks(claim)["status_letter"] == date(2026, 5, 10)
    assert claim.letters.first().kind == "status"


# The ladder


def rungs(claim):
    """(what, rung) told so far, in order."""
    return list(claim.escalations.order_by("id").values_list("what", "rung"))


def test_each_rung_is_told_once_however_often_beat_asks():
    claim = scenes.claim_at(ClaimState.RECEIVED)  # its turn ends on Monday 16 March
    told = {}
    for day in (12, 13, 14, 15, 16, 17, 18):
        for _again in range(3):
            with on(date(2026, 3, day)):
                tasks.escalate_deadlines()
        told[day] = [rung for what, rung in rungs(claim) if what == "turn"]

    assert told == {
        12: [],
        13: ["handler"],
        14: ["handler"],
        15: ["handler", "supervisor"],
        16: ["handler", "supervisor", "manager"],
        17: ["handler", "supervisor", "manager", "compliance"],
        18: ["handler", "supervisor", "manager", "compliance"],
    }
    assert claim.events.filter(kind="escalate").count() == 4


def test_a_worker_that_dies_leaves_nothing_half_told(monkeypatch):
    claim = scenes.claim_at(ClaimState.RECEIVED)

    def die(*_args, **_kwargs):
        raise RuntimeError("killed")

    with on(date(2026, 3, 17)):
        with monkeypatch.context() as broken:
            broken.setattr("claims.services.clocks.Escalation.objects.create", die)
            with pytest.raises(RuntimeError), transaction.atomic():
                services.escalate_claim(claim=claim, by=scenes.office())
        assert rungs(claim) == []
        assert not claim.events.filter(kind="escalate").exists()

        services.escalate_claim(claim=claim, by=scenes.office())

    assert [rung for _what, rung in rungs(claim)] == [
        "handler",
        "supervisor",
        "manager",
        "compliance",
    ]


def test_the_database_refuses_a_rung_told_twice():
    claim = scenes.claim_at(ClaimState.RECEIVED)
    with on(date(2026, 3, 13)):
        services.escalate_claim(claim=claim, by=scenes.office())
    first = Escalation.objects.get()

    first.pk = None
    with pytest.raises(IntegrityError, match="each_rung_is_told_once"), transaction.atomic():
        first.save(force_insert=True)


def test_a_claim_that_moved_on_is_not_escalated_for_what_it_left():
    claim = scenes.claim_at(ClaimState.RECEIVED)
    with on(date(2026, 3, 13)):
        claim = scenes.to_documenting(claim)
        tasks.escalate_deadlines()

    assert rungs(claim) == []
    with on(date(2026, 6, 1)):
        scenes.claim_at(ClaimState.CLOSED)
        services.withdraw_claim(claim=claim, reason="Over.", by=scenes.service_agent())
        tasks.escalate_deadlines()
    assert rungs(claim) == []


def test_breaches_are_the_dates_that_compliance_was_told_of():
    claim = scenes.claim_at(ClaimState.RECEIVED)
    with on(date(2026, 3, 17)):
        tasks.escalate_deadlines()

    (missed,) = selectors.breaches(since=date(2026, 3, 1), until=date(2026, 3, 31))

    assert (missed.claim, missed.what, missed.due_on) == (claim, "turn", date(2026, 3, 16))
    assert missed.department == "compliance"


def test_the_adjuster_is_told_first_of_what_is_theirs():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)  # ten working days: Thursday 26 March
    with on(date(2026, 3, 23)):
        tasks.escalate_deadlines()

    told = claim.escalations.get()
    assert (told.rung, told.person, told.due_on) == (
        "handler",
        scenes.adjuster(),
        date(2026, 3, 26),
    )
    assert list(selectors.escalations_for(scenes.adjuster())) == [told]


# Lists


def test_views_show_each_department_its_turn_the_most_urgent_first():
    late = scenes.claim_at(ClaimState.INVESTIGATING)
    later = scenes.claim_at(ClaimState.INVESTIGATING, at=scenes.NOTICE + timedelta(days=5))
    scenes.claim_at(ClaimState.CLOSED)

    def numbers(user, name, **words):
        return [row["number"] for row in selectors.rows(selectors.view(user, name, **words))]

    adjuster = scenes.adjuster()
    assert numbers(adjuster, "my_turn") == [late.number, later.number]
    assert numbers(adjuster, "mine") == [late.number, later.number]
    assert numbers(scenes.underwriter(), "my_turn") == []
    assert numbers(adjuster, "overdue", on=date(2026, 3, 27)) == [late.number]
    assert len(numbers(adjuster, "newest")) == 3
    assert [row["number"] for row in selectors.desk(adjuster)] == [late.number, later.number]
    whole_view = selectors.view(adjuster, "open")
    first = page_of(whole_view, key=["due_on", "id"], size=1)
    second = page_of(whole_view, key=["due_on", "id"], size=1, place=first.next_page_number)
    assert [[claim.number for claim in page] for page in (first, second)] == [
        [late.number],
        [later.number],
    ]
    assert selectors.waiting_by_state(adjuster)["investigating"] == 2


def test_a_list_is_one_query_whatever_its_length(django_assert_num_queries):
    user = scenes.adjuster()
    assert user.grants
    for _number in range(3):
        scenes.claim_at(ClaimState.RECEIVED)
        with django_assert_num_queries(1):
            list(selectors.rows(selectors.view(user, "open")))


def test_people_see_the_claims_that_are_theirs():
    mine = scenes.claim_at(ClaimState.RECEIVED)
    other = scenes.claim_at(ClaimState.RECEIVED)
    me = scenes.with_login(mine.customer)
    stranger = scenes.with_login(scenes.customer("Otto Baumann"))

    assert list(Claim.objects.for_user(me)) == [mine]
    assert list(Claim.objects.for_user(stranger)) == []
    assert set(Claim.objects.for_user(scenes.handler())) == {mine, other}
    assert list(Claim.objects.for_user(scenes.staff("agent", "agency", "Alex Moreno"))) == []
