"""What businesses buy: premiums worked out by hand, and a policy's life for each kind."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from claims import services
from claims.selectors import proposed_exposures
from office import clock
from policies.catalogue import load_folder
from policies.catalogue.application import default_coverages, risk_errors
from policies.rating import compile_plan
from tests import factories
from tests.claims import scenes
from tests.policies.risks import liability

ON = date(2026, 3, 1)
# kind, what the page of the policy shows, then a loss: cause, coverage, item, what is paid
LIVES = [
    (
        "liability",
        ("Class codes", "Bakery on Dodge Street", "850,000", "$1,000,000 / $2,000,000"),
        "slip_fall",
        "PREMOPS",
        "",
        Decimal("7500.00"),  # 10,000 less wear 1,500 less the deductible 1,000
    ),
]


@pytest.fixture(scope="module")
def shipped():
    return {product.code: product for product in load_folder()}


def rated(product, risk, place):
    coverages = default_coverages(product, risk, place)
    return compile_plan(product.rating).rate(risk, coverages, place, ON)


def premiums(rated) -> dict[str, Decimal]:
    return {f"{a.item}:{a.coverage}".removeprefix(":"): a.premium for a in rated.amounts}


# General liability


def test_bindery_liability_of_a_bakery_in_omaha(shipped):
    """Class rates over three bases, then territory, limit, deductible, losses, years.

    PREMOPS: 1.011 x 850,000 / 1,000 = 859.35; 23.352 x 4,000 / 1,000 = 93.408 -> 93.41;
    6.633 x 12 units = 79.596 -> 79.60: 1032.36. x 1.08 = 1114.9488 -> 1114.95; x 1.00 x 1.00;
    no loss x 0.92 = 1025.754 -> 1025.75; 8 years x 0.97 = 994.9775 -> 994.98.
    PRODUCTS: 0.520 x 850 = 442.00; x 0.92 = 406.64; x 0.97 = 394.4408 -> 394.44.
    A lender as additional insured 25.00; the policy fee of Nebraska 40.00.
    """
    found = rated(shipped["BIND-GL"], liability(), "US-NE")

    assert premiums(found) == {
        "PREMOPS": Decimal("994.98"),
        "PRODUCTS": Decimal("394.44"),
        "PERSADV": Decimal("75.00"),
        "RENTED": Decimal("0.00"),
        "MEDEXP": Decimal("0.00"),
        "a1:ADDINS": Decimal("25.00"),
    }
    assert (found.premium, found.total) == (Decimal("1489.42"), Decimal("1529.42"))


def test_harborline_liability_takes_off_for_the_size_of_the_account(shipped):
    """Whole dollars a step, then a factor on the two class-rated coverages together.

    PREMOPS: 1.136 x 2,400 = 2726.4 -> 2726; 27.535 x 4 = 110.14 -> 110; 7.252 x 12 = 87.02 -> 87:
    2923; no deductible 1.00; no loss x 0.95 = 2776.85 -> 2777; 8 years x 0.94 = 2610.38 -> 2610;
    less 5 % free of losses = 2479.5 -> 2480.
    PRODUCTS: 0.590 x 2,400 = 1416; state x 0.90 = 1274.4 -> 1274; x 0.95 = 1210.3 -> 1210;
    x 0.94 = 1137.4 -> 1137; less 5 % = 1080.15 -> 1080.
    2480 + 1080 = 3560 lies in the band x 0.97 = 3453.20: 106.80 less, 74.40 and 32.40.
    """
    risk = liability()
    risk["classes"][0]["exposure"] = 2400000

    found = rated(shipped["HARBOR-GL"], risk, "US-NE")

    assert premiums(found) == {
        "PREMOPS": Decimal("2405.60"),
        "PRODUCTS": Decimal("1047.60"),
        "PERSADV": Decimal("90.00"),
        "RENTED": Decimal("55.00"),
        "MEDEXP": Decimal("32.00"),
        "a1:ADDINS": Decimal("0.00"),
        "NONOWNED": Decimal("140.00"),
    }
    assert found.total == Decimal("3770.20")


def test_a_class_is_rated_on_its_own_basis(shipped):
    risk = liability()
    risk["classes"][0]["basis"] = "area"

    (error,) = risk_errors(shipped["BIND-GL"], risk)

    assert error.path == "classes.c1.basis"
    assert "choose one of: Receipts, in dollars." in error.message


@pytest.mark.parametrize("code", ["BIND-GL", "HARBOR-GL"])
def test_every_class_has_a_rate_everywhere(shipped, code):
    product = shipped[code]
    fields = product.risk_schema["properties"]["classes"]["items"]
    bases = {
        class_code: rule["then"]["properties"]["basis"]["enum"][0]
        for rule in fields["allOf"]
        for class_code in rule["if"]["properties"]["class_code"]["enum"]
    }
    classes = [
        {"key": f"c{n}", "description": "A", "class_code": c, "basis": b, "exposure": 10000}
        for n, (c, b) in enumerate(bases.items())
    ]

    assert set(bases) == set(fields["properties"]["class_code"]["enum"])
    for place in product.jurisdictions:
        zips = {"US-CA": "90012", "US-CO": "80202", "US-FL": "33139", "US-NE": "68102"}
        risk = liability(classes=classes, postal_code=zips[place])
        assert rated(product, risk, place).premium > 0


# From the application to a paid claim


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "shown", "cause", "coverage", "item", "paid"), LIVES)
def test_a_policy_is_sold_declared_shown_and_pays_a_claim(kind, shown, cause, coverage, item, paid):
    policy = factories.policy_in_force(kind, "US-NE")
    factories.work()
    page = factories.signed_in(factories.underwriter()).get(policy.get_absolute_url())
    declared = policy.documents.get().document

    claim = paid_claim(policy, cause, coverage, item)

    assert all(text in page.content.decode() for text in shown)
    assert (declared.media_type, declared.kind) == ("application/pdf", "declarations")
    assert (claim.state, claim.is_ours) == ("closed", True)
    assert claim.payouts.get().payment.amount == paid


def paid_claim(policy, cause, coverage, item):
    """A loss from its notice to its payment, each step by whose turn it is."""
    noticed = datetime(2026, 5, 4, 17, tzinfo=UTC)
    with clock.travel(noticed):
        claim = scenes.notify(policy, cause=cause, lost_at=noticed - timedelta(days=1))
        claim = scenes.to_documenting(claim)
        offered = [(one["coverage"], one["item"]) for one in proposed_exposures(claim)]
        assert (coverage, item) in offered
        services.add_exposure(
            claim=claim,
            coverage=coverage,
            item=item,
            claimant=claim.customer,
            by=scenes.handler(),
        )
        for step in (
            scenes.to_investigating,
            scenes.to_coverage_review,
            scenes.to_evaluating,
            scenes.to_settlement_notice,
            scenes.to_offered,
            scenes.to_payable,
            scenes.to_closed,
        ):
            claim = step(claim)
    return claim
