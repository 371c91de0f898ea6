from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office.exceptions import Refused
from policies.segments import (
    Segment,
    Transaction,
    apply,
    derive,
    diff,
    find_conflicts,
    in_order,
    state_on,
    supersede,
    whole,
)
from tests.policies.histories import (
    END,
    JULY,
    MARCH,
    MAY,
    MILES,
    SEPTEMBER,
    START,
    STATE,
    USE,
    adding,
    endorsed,
    moment,
    opened,
    removing,
    setting,
)


def use_on(segments: list[Segment], day: date) -> str:
    return state_on(segments, day)["risk"]["vehicles"][0]["use"]


# Replaying


def test_new_business_is_one_segment_over_the_term():
    segments = derive(START, END, [opened()])

    assert segments == [Segment(START, END, STATE)]
    assert segments[0].days == 365


def test_an_endorsement_splits_the_term_at_its_effective_date():
    segments = derive(START, END, [opened(), endorsed(MAY, 1, setting(USE, "business"))])

    assert [(s.valid_from, s.valid_to) for s in segments] == [(START, MAY), (MAY, END)]
    assert use_on(segments, date(2026, 4, 30)) == "commute"
    assert use_on(segments, MAY) == "business"


def test_a_late_recorded_earlier_change_lets_the_later_dated_one_survive():
    segments = derive(
        START,
        END,
        [
            opened(),
            endorsed(JULY, 1, setting(USE, "business")),
            endorsed(MARCH, 2, setting(USE, "pleasure"), setting(MILES, 9000)),
        ],
    )

    assert [(s.valid_from, use_on(segments, s.valid_from)) for s in segments] == [
        (START, "commute"),
        (MARCH, "pleasure"),
        (JULY, "business"),
    ]
    assert state_on(segments, JULY)["risk"]["vehicles"][0]["miles"] == 9000


def test_on_one_date_the_later_recorded_change_wins():
    changes = [endorsed(MAY, 2, setting(USE, "b")), endorsed(MAY, 1, setting(USE, "a"))]

    assert use_on(derive(START, END, [opened(), *changes]), MAY) == "b"


def test_a_change_of_nothing_makes_no_segment():
    segments = derive(START, END, [opened(), endorsed(MAY, 1, setting(USE, "commute"))])

    assert segments == [Segment(START, END, STATE)]


def test_items_are_patched_by_key_and_listed_in_the_order_of_their_keys():
    new = {"key": "v10", "use": "commute", "miles": 1}
    segments = derive(
        START,
        END,
        [
            opened(),
            endorsed(MAY, 1, adding("risk.vehicles", new), removing("risk.vehicles.v1")),
            endorsed(MAY, 2, adding("risk.vehicles", {"key": "v3", "use": "x", "miles": 2})),
        ],
    )

    assert [v["key"] for v in state_on(segments, MAY)["risk"]["vehicles"]] == ["v2", "v3", "v10"]


def test_a_removed_item_takes_its_coverages_along_and_its_reversal_brings_them_back():
    removal = endorsed(MAY, 1, removing("risk.vehicles.v1"))
    reversal = Transaction("reversal", MAY, moment(2), (), removal.recorded_at)

    removed = derive(START, END, [opened(), removal])
    restored = derive(START, END, [opened(), removal, reversal])

    assert [c["key"] for c in state_on(removed, MAY)["coverages"]] == ["v2:BI"]
    assert restored == [Segment(START, END, STATE)]


def test_a_change_to_an_item_that_is_gone_changes_nothing():
    segments = derive(
        START,
        END,
        [
            opened(),
            endorsed(JULY, 1, setting(USE, "business")),
            endorsed(MAY, 2, removing("risk.vehicles.v1")),
        ],
    )

    assert [s.valid_from for s in segments] == [START, MAY]
    assert [v["key"] for v in state_on(segments, JULY)["risk"]["vehicles"]] == ["v2"]


def test_deriving_leaves_the_transactions_as_they_were():
    first = opened()

    derive(START, END, [first, endorsed(MAY, 1, setting(USE, "business"))])

    assert first.patch == whole(STATE)


@pytest.mark.parametrize("day", [date(2025, 12, 31), END])
def test_a_change_outside_the_term_is_refused(day):
    with pytest.raises(Refused, match="outside the term"):
        derive(START, END, [opened(), endorsed(day, 1, setting(USE, "business"))])


# In force and not


def test_a_cancellation_ends_the_cover_on_its_date():
    segments = derive(START, END, [opened(), Transaction("cancellation", MAY, moment(1))])

    assert [(s.valid_from, s.valid_to) for s in segments] == [(START, MAY)]
    assert state_on(segments, MAY) is None


def test_a_flat_cancellation_leaves_nothing():
    assert derive(START, END, [opened(), Transaction("cancellation", START, moment(1))]) == []


def test_a_reinstatement_without_lapse_makes_the_term_whole_again():
    segments = derive(
        START,
        END,
        [
            opened(),
            Transaction("cancellation", MAY, moment(1)),
            Transaction("reinstatement", MAY, moment(2)),
        ],
    )

    assert segments == [Segment(START, END, STATE)]


def test_a_reinstatement_with_lapse_leaves_a_gap():
    segments = derive(
        START,
        END,
        [
            opened(),
            Transaction("cancellation", MAY, moment(1)),
            Transaction("reinstatement", JULY, moment(2)),
        ],
    )

    assert [(s.valid_from, s.valid_to) for s in segments] == [(START, MAY), (JULY, END)]
    assert state_on(segments, date(2026, 6, 30)) is None


def test_an_endorsement_dated_after_the_cancellation_lives_again_with_the_cover():
    history = [
        opened(),
        endorsed(SEPTEMBER, 1, setting(USE, "business")),
        Transaction("cancellation", MAY, moment(2)),
    ]

    cancelled = derive(START, END, history)
    reinstated = derive(START, END, [*history, Transaction("reinstatement", JULY, moment(3))])

    assert [s.valid_to for s in cancelled] == [MAY]
    assert [(s.valid_from, s.valid_to) for s in reinstated] == [
        (START, MAY),
        (JULY, SEPTEMBER),
        (SEPTEMBER, END),
    ]
    assert use_on(reinstated, SEPTEMBER) == "business"


def test_a_reversal_of_a_reversal_restores_the_change():
    change_ = endorsed(MAY, 1, setting(USE, "business"))
    undo = Transaction("reversal", MAY, moment(2), (), change_.recorded_at)
    redo = Transaction("reversal", MAY, moment(3), (), undo.recorded_at)

    assert use_on(derive(START, END, [opened(), change_, undo]), MAY) == "commute"
    assert use_on(derive(START, END, [opened(), change_, undo, redo]), MAY) == "business"
    assert in_order([change_, undo, redo]) == [change_]


def test_what_was_known_at_a_moment_leaves_out_what_was_recorded_after_it():
    history = [opened(), endorsed(MARCH, 10, setting(USE, "business"))]

    assert use_on(derive(START, END, history, known_at=moment(9)), MAY) == "commute"
    assert use_on(derive(START, END, history, known_at=moment(10)), MAY) == "business"
    assert derive(START, END, history, known_at=moment(-1)) == []


def test_superseding_closes_and_opens_only_what_differs():
    before = derive(START, END, [opened(), endorsed(MAY, 1, setting(USE, "business"))])
    after = derive(
        START,
        END,
        [
            opened(),
            endorsed(MAY, 1, setting(USE, "business")),
            endorsed(JULY, 2, setting(MILES, 1)),
        ],
    )

    closed, new = supersede(before, after)

    assert [(s.valid_from, s.valid_to) for s in closed] == [(MAY, END)]
    assert [(s.valid_from, s.valid_to) for s in new] == [(MAY, JULY), (JULY, END)]


# Patches


def test_the_difference_of_two_states_names_fields_and_items_by_key():
    after = deepcopy(STATE)
    after["risk"]["vehicles"][0]["use"] = "business"
    after["risk"]["vehicles"].pop(1)
    after["risk"]["vehicles"].append({"key": "v3", "use": "commute", "miles": 1})
    after["risk"]["credit_tier"] = "good"

    assert diff(STATE, after) == [
        removing("risk.vehicles.v2"),
        setting(USE, "business"),
        adding("risk.vehicles", {"key": "v3", "use": "commute", "miles": 1}),
        setting("risk.credit_tier", "good"),
    ]


def test_a_list_that_was_not_there_is_added_item_by_item_so_that_two_additions_meet():
    one = diff({"risk": {}}, {"risk": {"items": [{"key": "a"}]}})
    other = diff({"risk": {}}, {"risk": {"items": [{"key": "b"}]}})

    assert apply(apply({"risk": {}}, other), one) == {
        "risk": {"items": [{"key": "a"}, {"key": "b"}]}
    }


def test_a_field_that_is_dropped_is_removed():
    assert diff({"risk": {"tier": "good"}}, {"risk": {}}) == [removing("risk.tier")]
    assert apply({"risk": {"tier": "good"}}, [removing("risk.tier")]) == {"risk": {}}


values = st.integers(0, 3) | st.sampled_from(["a", "b"])
items = st.dictionaries(st.sampled_from("abcd"), values, max_size=3)
keyed = st.dictionaries(st.sampled_from(["v1", "v2", "v10"]), items, max_size=3).map(
    lambda found: [{**found[key], "key": key} for key in ("v1", "v2", "v10") if key in found]
)
states = st.fixed_dictionaries(
    {"risk": st.fixed_dictionaries({"vehicles": keyed}, optional={"x": values, "y": items})}
)


@settings(max_examples=200, deadline=None)
@given(states, states)
def test_applying_the_difference_leads_from_one_state_to_the_other(before, after):
    assert apply(before, diff(before, after)) == after


# Conflicts


def test_the_same_field_on_the_same_date_is_a_conflict_unless_both_say_the_same():
    standing = [opened(), endorsed(MAY, 1, setting(USE, "business"))]

    found = find_conflicts(standing, endorsed(MAY, 2, setting(USE, "pleasure")))

    assert [(c.kind, c.path, c.mine, c.theirs) for c in found] == [
        ("same_day", USE, "pleasure", "business")
    ]
    assert found[0].other is standing[1]
    assert find_conflicts(standing, endorsed(MAY, 2, setting(USE, "business"))) == []
    assert find_conflicts(standing, endorsed(MAY, 2, setting(MILES, 1))) == []


def test_a_change_to_an_item_and_its_removal_on_the_same_date_conflict():
    standing = [opened(), endorsed(MAY, 1, setting(USE, "business"))]

    found = find_conflicts(standing, endorsed(MAY, 2, removing("risk.vehicles.v1")))

    assert [(c.kind, c.path) for c in found] == [("same_day", "risk.vehicles.v1")]


def test_an_earlier_dated_change_is_told_where_a_later_one_will_stand():
    standing = [opened(), endorsed(JULY, 1, setting(USE, "business"))]

    found = find_conflicts(standing, endorsed(MARCH, 2, setting(USE, "pleasure")))

    assert [(c.kind, c.path, c.theirs) for c in found] == [("later", USE, "business")]
    assert find_conflicts(standing, endorsed(SEPTEMBER, 2, setting(USE, "pleasure"))) == []


def test_a_change_to_an_item_that_is_not_insured_on_its_date_is_told():
    added = endorsed(JULY, 1, adding("risk.vehicles", {"key": "v3", "use": "commute"}))

    found = find_conflicts(
        [opened(), added], endorsed(MAY, 2, setting("risk.vehicles.v3.use", "x"))
    )

    assert [(c.kind, c.path) for c in found] == [
        ("gone", "risk.vehicles.v3.use"),
        ("later", "risk.vehicles.v3.use"),
    ]


def test_an_item_may_be_added_and_changed_in_one_patch():
    new = endorsed(
        MAY,
        1,
        adding("risk.vehicles", {"key": "v3", "use": "commute"}),
        setting("risk.vehicles.v3.use", "business"),
    )

    assert find_conflicts([opened()], new) == []


def test_a_reversed_change_is_in_nobodys_way():
    change_ = endorsed(MAY, 1, setting(USE, "business"))
    undo = Transaction("reversal", MAY, moment(2), (), change_.recorded_at)

    assert find_conflicts([opened(), change_, undo], endorsed(MAY, 3, setting(USE, "x"))) == []
