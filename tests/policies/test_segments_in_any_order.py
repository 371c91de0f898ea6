"""Random histories: the order of recording compatible changes leaves no trace."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.proration import PricedSegment, change, total, written
from policies.segments import Segment, derive
from tests.figures import figure
from tests.policies.histories import (
    END,
    START,
    adding,
    endorsed,
    moment,
    opened,
    removing,
    reversing,
    setting,
)
from tests.policies.risks import banded, exact, plan_of, select, step

PLAN = plan_of(
    [
        step("base", "base", "coverage"),
        step("factor", "use", "item.use"),
        step("factor", "miles", "item.miles"),
    ],
    {
        "base": exact(["BI", "313.37"], ["COLL", "271.83"]),
        "use": exact(["commute", "1.00"], ["pleasure", "0.93"], ["business", "1.19"]),
        "miles": banded(["0", "5000", "0.87"], ["5000", "10000", "0.97"], ["10000", None, "1.03"]),
    },
    coverages={"BI": "vehicles", "COLL": "vehicles"},
)


def shares_of(segments: list[Segment]):
    priced = []
    for segment in segments:
        state = segment.state
        rated = PLAN.rate(state["risk"], state["coverages"], "XX", START)
        premiums = {(a.item, a.coverage): a.premium for a in rated.amounts}
        priced.append(PricedSegment(segment.valid_from, segment.valid_to, premiums))
    return written(START, END, priced)


def random_changes(random: Random) -> list[tuple[date, list[dict]]]:
    """Changes that no two of which touch the same thing on the same date."""
    touched: set[tuple[date, str]] = set()
    changes = []
    for number in range(random.randint(2, 6)):
        on = START + timedelta(days=random.randint(0, 364))
        kind = random.choice(["use", "miles", "add", "drop"])
        if kind == "add":
            key = f"n{number}"
            item = {"key": key, "use": "commute", "miles": random.randint(0, 20000)}
            patch = [adding("risk.vehicles", item), adding("coverages", select("BI", key))]
        elif kind == "drop":
            patch = [removing("coverages.v1:COLL")]
        else:
            key = random.choice(["v1", "v2"])
            new = (
                random.choice(["pleasure", "business"])
                if kind == "use"
                else random.randint(0, 20000)
            )
            patch = [setting(f"risk.vehicles.{key}.{kind}", new)]
        places = {
            (on, operation["path"] + operation.get("value", {}).get("key", ""))
            if operation["op"] == "add"
            else (on, operation["path"])
            for operation in patch
        }
        if not places & touched:
            touched |= places
            changes.append((on, patch))
    return changes


@settings(max_examples=figure(10_000), deadline=None)
@given(st.integers(0, 2**32))
def test_any_order_of_the_same_compatible_changes_gives_the_same_segments_and_cents(seed):
    random = Random(seed)
    changes = random_changes(random)
    results = []

    for _order in range(2):
        random.shuffle(changes)
        history = [opened()]
        booked = total(shares_of(derive(START, END, history)))
        before = shares_of(derive(START, END, history))
        for minutes, (on, patch) in enumerate(changes, 1):
            history.append(endorsed(on, minutes, *patch))
            after = shares_of(derive(START, END, history))
            booked += sum(change(before, after).values())
            before = after
        assert booked == total(before)
        results.append((derive(START, END, history), before))

    assert results[0] == results[1]


@settings(max_examples=figure(1_000), deadline=None)
@given(st.integers(0, 2**32))
def test_segments_fill_the_time_in_force_without_gap_or_overlap(seed):
    random = Random(seed)
    history = [opened()]
    for minutes, (on, patch) in enumerate(random_changes(random), 1):
        history.append(endorsed(on, minutes, *patch))

    segments = derive(START, END, history)

    assert (segments[0].valid_from, segments[-1].valid_to) == (START, END)
    assert all(one.valid_to == two.valid_from for one, two in pairwise(segments))
    assert all(one.state != two.state for one, two in pairwise(segments))


@settings(max_examples=figure(1_000), deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 6))
def test_what_was_known_then_is_what_would_be_derived_from_what_was_there_then(seed, minutes):
    history = [opened()]
    for number, (on, patch) in enumerate(random_changes(Random(seed)), 1):
        history.append(endorsed(on, number, *patch))

    then = derive(START, END, history, known_at=moment(minutes))

    assert then == derive(START, END, [t for t in history if t.recorded_at <= moment(minutes)])


@settings(max_examples=figure(10_000), deadline=None)
@given(st.integers(0, 2**32))
def test_with_reversals_in_between_the_transactions_sum_to_the_segments_always(seed):
    """Taken back, put back, taken back again: at every moment Σ transactions = Σ segments."""
    random = Random(seed)
    history, booked = [opened()], total(shares_of(derive(START, END, [opened()])))
    changes = random_changes(random)
    for minutes in range(1, 10):
        before = shares_of(derive(START, END, history))
        undone = {t.reverses for t in history}
        open_to_reversal = [t for t in history[1:] if t.recorded_at not in undone]
        if open_to_reversal and (not changes or random.random() < 0.4):
            history.append(reversing(random.choice(open_to_reversal), minutes))
        elif changes:
            on, patch = changes.pop()
            history.append(endorsed(on, minutes, *patch))
        after = shares_of(derive(START, END, history))
        booked += sum(change(before, after).values())
        assert booked == total(after)


@settings(max_examples=figure(1_000), deadline=None)
@given(st.integers(0, 2**32))
def test_taking_every_change_back_leaves_what_was_issued(seed):
    random = Random(seed)
    history = [opened()]
    for minutes, (on, patch) in enumerate(random_changes(random), 1):
        history.append(endorsed(on, minutes, *patch))
    changes = history[1:]
    random.shuffle(changes)

    for minutes, one in enumerate(changes, 100):
        history.append(reversing(one, minutes))

    assert derive(START, END, history) == derive(START, END, [opened()])
