"""What new rates change: every policy of the book, by its own version and by the new one."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from office import clock
from office.enums import JobState
from office.exceptions import Refused
from policies import selectors, services
from policies.models import BookColumn, BookPage, Policy, RateChange, RateChangeLine, Segment
from policies.rating import compile_plan
from policies.selectors import rating_plan
from tests.factories import holding, policy_in_force, signed_in, version, work
from tests.policies.test_drafts import BASE_AFTER, BASE_BEFORE, GRANTS

pytestmark = pytest.mark.django_db
OMAHA = "      - [US-NE, '680', '682', '1.12']\n"
CHUNKS = ("policies.prepare_rate_change", "policies.rate_page")


@pytest.fixture
def actuary():
    grants = [*GRANTS, "policies.measure_ratechange", "policies.view_policy"]
    return holding(*grants, name="Ana Actuary")


def draft_with(actuary, before=BASE_BEFORE, after=BASE_AFTER):
    """A draft of personal auto with one change in its text."""
    draft = services.draft_version(version=version("BIND-PA"), by=actuary)
    assert before in draft.text
    text = draft.text.replace(before, after)
    return services.edit_draft(draft=draft, text=text, revision=1, by=actuary)


def measured(actuary, **what) -> RateChange:
    """The measurement after its workers have done their part."""
    begun = services.measure_rates(day=what.pop("day", clock.today()), by=actuary, **what)
    for task in CHUNKS:
        work(task)
    return RateChange.objects.select_related("job", "draft").get(pk=begun.pk)


def rated_alone(policy: Policy, plan) -> Decimal:
    """The premium of a whole term, one policy at a time."""
    term = policy.terms.get()
    insured = Segment.objects.current().get(term=term).insured
    on = term.valid_from
    return plan.rate(insured["risk"], insured["coverages"], policy.jurisdiction, on).premium


def test_every_policy_has_the_cents_of_one_by_one(actuary):
    policies = [policy_in_force("auto", place) for place in ("US-NE", "US-CA", "US-FL")]
    draft = draft_with(actuary)

    found = measured(actuary, draft=draft)

    old, new = rating_plan(version("BIND-PA")), selectors.read_draft(draft).definition.rating
    expected = {
        policy.pk: (rated_alone(policy, old), rated_alone(policy, compile_plan(new)))
        for policy in policies
    }
    lines = {line.policy_id: (line.old, line.new) for line in found.lines.all()}
    assert lines == expected
    assert found.result["policies"] == 3
    assert Decimal(found.result["old"]) / 100 == sum(before for before, _after in expected.values())
    assert Decimal(found.result["new"]) / 100 == sum(after for _before, after in expected.values())
    assert found.result["moved"] == 1  # only Nebraska has another base rate
    assert (found.job.state, found.job.done) == (JobState.DONE, 3)


def test_segments_say_where_the_change_lies(actuary):
    for place in ("US-NE", "US-CA"):
        policy_in_force("auto", place)

    segments = measured(actuary, draft=draft_with(actuary)).result["segments"]

    assert [key for key, (_n, old, new) in segments["jurisdiction"].items() if old != new] == [
        "US-NE"
    ]
    assert [key for key, (_n, old, new) in segments["coverage"].items() if old != new] == ["BI"]
    assert sum(n for n, _old, _new in segments["agent"].values()) == 2
    assert segments["tenure"].keys() == {"00"}


def test_a_cap_holds_each_premium_back_and_says_how_many(actuary):
    policy = policy_in_force("auto", "US-NE")
    draft = draft_with(actuary)

    found = measured(actuary, draft=draft, cap=Decimal("0.01"))

    line = found.lines.get()
    most = (line.old / 100).quantize(Decimal("0.01"))
    assert line.policy_id == policy.pk
    assert line.new > line.old + most
    assert line.capped == line.old + most
    assert found.result["held_back"] == 1


def test_a_policy_that_cannot_be_rated_is_named_with_its_reason(actuary):
    nebraska, california = (policy_in_force("auto", place) for place in ("US-NE", "US-CA"))
    draft = draft_with(actuary, OMAHA, "")

    found = measured(actuary, draft=draft)

    faulty = found.lines.exclude(reason="").get()
    assert (faulty.policy_id, faulty.old, faulty.new) == (nebraska.pk, None, None)
    assert "681" in faulty.reason  # the first three digits of 68102, Omaha
    assert found.lines.get(reason="").policy_id == california.pk
    assert (found.result["policies"], found.result["faulty"]) == (1, 1)
    assert found.job.state == JobState.DONE


def test_only_what_is_in_force_on_the_day_counts(actuary):
    policy_in_force("auto", "US-NE")

    found = measured(actuary, draft=draft_with(actuary), day=date(2020, 1, 1))

    assert not found.lines.exists()
    assert found.result["policies"] == 0


def test_a_book_without_policies_is_done_at_once(actuary):
    found = measured(actuary, draft=draft_with(actuary))

    assert found.job.state == JobState.DONE
    assert found.result == {}


def test_a_segment_is_packed_once_and_a_new_input_is_read_once(actuary):
    policy_in_force("auto", "US-NE")
    measured(actuary, draft=draft_with(actuary))
    columns = BookColumn.objects.count()
    policy_in_force("auto", "US-CA")
    other = draft_with(actuary, "inputs: [driver.violations]", "inputs: [risk.years_insured]")

    found = measured(actuary, draft=other)

    assert found.result["policies"] == 2
    assert [page.segments for page in BookPage.objects.order_by("pk")] == [1, 1]
    assert BookColumn.objects.count() == 2 * (columns + 1)


def test_a_later_version_is_measured_as_a_draft_is(actuary):
    policy_in_force("auto", "US-NE")
    draft = draft_with(actuary)
    other = holding(*GRANTS)
    day = clock.add_days(clock.today(), 40)
    published = services.publish_draft(draft=draft, effective_from=day, by=other).version
    by_draft = measured(actuary, version=published)

    line = by_draft.lines.get()
    assert line.new > line.old


def test_a_draft_with_problems_is_not_measured(actuary):
    draft = draft_with(actuary, BASE_BEFORE, "- [US-NE, BI]")

    with pytest.raises(Refused, match=r"BIND-PA\.yaml, line"):
        services.measure_rates(draft=draft, day=clock.today(), by=actuary)


def test_nobody_measures_without_the_grant(actuary):
    draft = draft_with(actuary)

    with pytest.raises(PermissionDenied):
        services.measure_rates(draft=draft, day=clock.today(), by=holding(*GRANTS))


def test_what_was_measured_stays(actuary):
    policy_in_force("auto", "US-NE")
    measured(actuary, draft=draft_with(actuary))

    for statement in (
        "UPDATE policies_ratechangeline SET new = 0",
        "DELETE FROM policies_ratechangeline",
        "UPDATE policies_bookcolumn SET data = ''",
        "UPDATE policies_bookpage SET frame = ''",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)


# The pages


def test_the_page_starts_a_measurement_and_shows_it(actuary):
    policy = policy_in_force("auto", "US-NE")
    draft, client = draft_with(actuary), signed_in(actuary)

    form = client.get(f"/policies/rates/?draft={draft.pk}").content.decode()
    assert f'value="draft:{draft.pk}" selected' in form
    begun = client.post(
        "/policies/rates/",
        {"rates": f"draft:{draft.pk}", "day": clock.today(), "cap_percent": "10"},
    )
    waiting = client.get(begun.url).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    for task in CHUNKS:
        work(task)
    done = client.get(begun.url).content.decode()

    line = RateChangeLine.objects.get()
    assert "hx-trigger" not in done
    assert policy.number in done
    assert f"{line.change:,.2f}" in done
    assert "1 held back" in done
    assert "Bodily injury liability" in done


def test_what_is_wrong_stands_next_to_its_field_and_nothing_typed_is_lost(actuary):
    draft = draft_with(actuary)

    answer = signed_in(actuary).post(
        "/policies/rates/", {"rates": f"draft:{draft.pk}", "day": "yesterday", "cap_percent": "-3"}
    )

    assert set(answer.context["form"].errors) == {"day", "cap_percent"}
    assert 'value="yesterday"' in answer.content.decode()


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_of_policies_takes_as_many_queries_for_three_as_for_one(
    actuary, how_many, django_assert_num_queries
):
    for _number in range(how_many):
        policy_in_force("auto", "US-NE")
    found = measured(actuary, draft=draft_with(actuary))
    client = signed_in(actuary)
    client.get("/")

    with django_assert_num_queries(5):  # session, person, roles, measurement, lines
        page = client.get(f"{found.get_absolute_url()}policies/")

    assert page.content.decode().count("PA-2026-") >= how_many


def test_the_policies_are_exported(actuary):
    policy = policy_in_force("auto", "US-NE")
    found = measured(actuary, draft=draft_with(actuary))

    answer = signed_in(actuary).get(f"{found.get_absolute_url()}policies/?format=csv")

    rows = b"".join(answer).decode().splitlines()
    assert policy.number in rows[1]
    assert len(rows) == 2
