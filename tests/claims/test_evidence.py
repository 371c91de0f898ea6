"""Which documents the shipped products demand, by cause, amount and injury."""

from decimal import Decimal

import pytest

from claims import evidence
from policies import catalogue


@pytest.fixture(scope="module")
def products():
    return {one.code: one for one in catalogue.load_folder()}


@pytest.mark.parametrize(
    ("product", "cause", "amount", "is_injured", "expected"),
    [
        ("BIND-HO", "fire", "1000.00", False, ["photos", "repair_estimate", "fire_report"]),
        (
            "BIND-HO", "fire", "1000.01", False,
            ["photos", "repair_estimate", "fire_report", "inventory"],
        ),
        ("BIND-HO", "lost_item", "100.00", False, ["proof_of_ownership"]),
        ("BIND-PA", "glass", "300.00", False, ["photos", "repair_estimate"]),
        (
            "BIND-PA", "collision", "900.00", False,
            ["photos", "repair_estimate", "other_party"],
        ),
        (
            "BIND-PA", "collision", "900.00", True,
            ["photos", "repair_estimate", "police_report", "medical_bills", "other_party"],
        ),
    ],
)  # fmt: skip
def test_demands_follow_cause_amount_and_injury(
    products, product, cause, amount, is_injured, expected
):
    demands = evidence.demands(
        products[product], cause=cause, amount=Decimal(amount), is_injured=is_injured
    )

    assert [demand.document for demand in demands] == expected


def test_each_demand_says_why(products):
    demands = evidence.demands(
        products["BIND-HO"], cause="fire", amount=Decimal("9000.00"), is_injured=False
    )

    because = {demand.document: demand.because for demand in demands}
    assert because["fire_report"] == "Demanded because the cause is fire or smoke."
    assert because["inventory"] == (
        "Demanded because the cause is fire or smoke and the loss is above $1,000.00."
    )


def test_missing_is_what_nobody_has_asked_for(products):
    demands = evidence.demands(
        products["BIND-PA"], cause="glass", amount=Decimal("300.00"), is_injured=False
    )

    left = evidence.missing(demands, ["photos"])

    assert [demand.document for demand in left] == ["repair_estimate"]
