"""The change of premium in steps: by hand, and over random risks and prices."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from underwriting.waterfall import Waterfall, explain, keeping, with_losses

OLD = {"losses": 0, "credit_tier": "good", "value": 100, "drivers": [{"key": "d1", "accidents": 0}]}
NEW = {"losses": 1, "credit_tier": "fair", "value": 120, "drivers": [{"key": "d1", "accidents": 2}]}


def price(risk, rate):
    """1 a unit of value, 50 a loss, 30 an accident, 10 for a fair tier; times the rate."""
    accidents = sum(driver["accidents"] for driver in risk["drivers"])
    tier = 10 if risk["credit_tier"] == "fair" else 0
    return D(risk["value"] + 50 * risk["losses"] + 30 * accidents + tier) * D(rate)


def test_each_step_is_the_premium_after_it_less_the_premium_before():
    # Expiring 100 x 1.00. New rates 100 x 1.10 = 110 (+10). Value 120: 132 (+22). One loss and
    # two accidents: (120 + 50 + 60) x 1.10 = 253 (+121). Fair tier: 264 (+11).
    found = explain(
        OLD,
        NEW,
        expiring=price(OLD, "1.00"),
        old_days=lambda risk: price(risk, "1.10"),
        new_days=lambda risk: price(risk, "1.10"),
        claims=["losses", "drivers.accidents"],
        tier=["credit_tier"],
    )

    assert [(step.code, step.amount) for step in found.steps] == [
        ("rate", D(10)),
        ("exposure", D(22)),
        ("claims", D(121)),
        ("tier", D(11)),
    ]
    assert (found.expiring, found.premium, found.change) == (D(100), D(264), D(164))
    assert Waterfall.from_json(found.to_json()) == found


def test_fields_are_kept_by_the_key_of_their_item_and_new_items_keep_nothing():
    new = {"drivers": [{"key": "d2", "accidents": 3}, {"key": "d1", "accidents": 2}]}

    assert keeping(OLD, new, ["drivers.accidents"])["drivers"] == [
        {"key": "d2", "accidents": 3},
        {"key": "d1", "accidents": 0},
    ]
    assert new["drivers"][1]["accidents"] == 2


def test_losses_count_where_the_product_counts_them():
    assert with_losses(OLD, 2, "losses")["losses"] == 2
    assert with_losses(OLD, 1, "drivers.accidents")["drivers"] == [{"key": "d1", "accidents": 1}]
    assert with_losses(OLD, 1, "") == OLD
    assert with_losses(OLD, 0, "losses") == OLD


risks = st.fixed_dictionaries(
    {
        "losses": st.integers(0, 3),
        "credit_tier": st.sampled_from(["good", "fair"]),
        "value": st.integers(0, 1000),
        "drivers": st.lists(
            st.fixed_dictionaries(
                {"key": st.sampled_from(["d1", "d2", "d3"]), "accidents": st.integers(0, 4)}
            ),
            max_size=3,
            unique_by=lambda driver: driver["key"],
        ),
    }
)
rates = st.decimals(min_value="0.5", max_value=2, places=2)


@given(risks, risks, rates, rates)
def test_the_steps_sum_exactly_whatever_changes(old, new, before, after):
    found = explain(
        old,
        new,
        expiring=price(old, before),
        old_days=lambda risk: price(risk, after),
        new_days=lambda risk: price(risk, after),
        claims=["losses", "drivers.accidents"],
        tier=["credit_tier"],
    )

    assert found.premium == price(new, after)
    assert found.expiring + sum(step.amount for step in found.steps) == found.premium
