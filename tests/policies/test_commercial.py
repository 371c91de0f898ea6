"""What businesses buy: premiums worked out by hand, and a policy's life for each kind."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from claims import services
from claims.selectors import proposed_exposures
from office import clock, documents
from policies.catalogue import load_folder
from policies.catalogue.application import (
    coverage_errors,
    coverage_terms,
    default_coverages,
    risk_errors,
)
from policies.rating import compile_plan
from tests import factories
from tests.claims import scenes
from tests.papers import words_of
from tests.policies.risks import COMMERCIAL, compensation, liability, property_
from underwriting import appetite

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
    (
        "property",
        ("Store", "Warehouse", "Wind and hail", "72 hours", "$600,000"),
        "water",
        "BUILDING",
        "b1",
        Decimal("7500.00"),  # the same deductible
    ),
    (
        "compensation",
        ("Payroll by class", "Kitchen and service", "As the law says", "7 days", "66.67%"),
        "strain",
        "WC",
        "",
        Decimal("8500.00"),  # no deductible
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


# Commercial property


def test_bindery_property_of_a_store_and_a_warehouse_in_omaha(shipped):
    """Rates per $100 of value, then place, protection, age, size, coinsurance, losses, discounts.

    Store, BUILDING: 0.220 x 6,000 = 1320.00; x 0.94 = 1240.80; x 1.06 = 1315.248 -> 1315.25;
    class 3 x 0.92 = 1210.03; 25 years x 1.0000; 600,000 lies a fifteenth of the way from 1.00 to
    0.88: x 0.9920 = 1200.34976 -> 1200.35; 90 % coinsurance x 0.95 = 1140.3325 -> 1140.33;
    no loss x 0.95 = 1083.3135 -> 1083.31; alarms 8 %, liability 6 %: x 0.86 = 931.6466 -> 931.65.
    Warehouse: 0.221 x 4,000 = 884.00; 830.96; 880.8176 -> 880.82; 10 years x 0.93 = 819.1626 ->
    819.16; x 1.0375 = 849.8785 -> 849.88; 807.386 -> 807.39; 767.0205 -> 767.02; sprinklers 28 %
    and 6 %: x 0.66 = 506.2332 -> 506.23.
    CONTENTS of the store: 0.291 x 1,500 = 436.50; 405.945 -> 405.94; 430.2964 -> 430.30; 395.876 ->
    395.88; 150,000 an eighth from 1.15 to 1.00: 1.13125 -> x 1.1312 = 447.819456 -> 447.82; 425.429
    -> 425.43; 404.1585 -> 404.16; x 0.86 = 347.5776 -> 347.58. Of the warehouse: 302.00; 280.86;
    297.7116 -> 297.71; x 1.15 = 342.3665 -> 342.37; 325.2515 -> 325.25; 308.9875 -> 308.99;
    x 0.66 = 203.9334 -> 203.93.
    INCOME: 0.139 x 3,000 = 417.00; 396.15; x 0.95 = 376.3425 -> 376.34.
    WIND: 0.125 x 6,000 = 750.00; 795.00; roof x 0.95 = 755.25; x 0.95 = 717.4875 -> 717.49;
    0.111 x 4,000 = 444.00; 470.64; x 0.86 = 404.7504 -> 404.75; x 0.95 = 384.5125 -> 384.51.
    EQUIPMENT: 0.023 x 6,000 = 138.00; 0.028 x 4,000 = 112.00.
    Together 3717.73; the fire tax of 0.75 % 27.882975 -> 27.88; the policy fee 40.00.
    """
    found = rated(shipped["BIND-CP"], property_(), "US-NE")

    assert premiums(found) == {
        "b1:BUILDING": Decimal("931.65"),
        "b2:BUILDING": Decimal("506.23"),
        "b1:CONTENTS": Decimal("347.58"),
        "b2:CONTENTS": Decimal("203.93"),
        "b1:INCOME": Decimal("376.34"),
        "b2:INCOME": Decimal("0.00"),
        "b1:WIND": Decimal("717.49"),
        "b2:WIND": Decimal("384.51"),
        "b1:EQUIPMENT": Decimal("138.00"),
        "b2:EQUIPMENT": Decimal("112.00"),
    }
    assert (found.premium, found.tax, found.fee) == (
        Decimal("3717.73"),
        Decimal("27.88"),
        Decimal("40.00"),
    )


def test_harborline_property_takes_off_for_several_buildings_and_adds_for_a_loss(shipped):
    """Per $1,000 in whole dollars; the store and two warehouses; one loss.

    BUILDING of the store: 2.05 x 600 = 1230; class 3 lies two thirds from 0.90 to 1.00: x 0.967 =
    1189.41 -> 1189; x 1.12 = 1331.68 -> 1332; x 0.96 = 1278.72 -> 1279; x 0.85 = 1087.15 -> 1087.
    Of a warehouse: 820; x 1.20 = 984; x 0.85 = 836.4 -> 836; x 1.050 = 877.8 -> 878; x 0.96 =
    842.88 -> 843; less 30 % (32 % capped) = 590.1 -> 590.
    CONTENTS: 2.66 x 150 = 399; 385.83 -> 386; 370.56 -> 371; 315.35 -> 315. 266; 329.84 -> 330;
    297; 311.85 -> 312; 299.52 -> 300; 210.
    1087 + 315 + 2 x (590 + 210) = 3002; three buildings x 0.96 = 2881.92. With INCOME (1.20 x 300 =
    360) 3241.92, and 180.00 for the loss: 3421.92.
    WIND 1.55 x 600 = 930; x 0.96 = 892.8 -> 893; 620 x 1.05 = 651; x 0.96 = 624.96 -> 625, twice.
    ORDINANCE 60 x 1.12 = 67.2 -> 67; 40, twice. 3421.92 + 2143 + 147 = 5711.92; tax 42.84.
    """
    risk = property_(losses=1)
    risk["buildings"].append({**risk["buildings"][1], "key": "b3"})

    found = rated(shipped["HARBOR-CP"], risk, "US-NE")

    assert (found.premium, found.total) == (Decimal("5711.92"), Decimal("5754.76"))
    assert premiums(found)["b3:WIND"] == Decimal("625.00")


def test_a_chosen_coverage_carries_its_coinsurance_and_what_is_no_sum_of_money(shipped):
    product, risk = shipped["BIND-CP"], property_()
    terms = {
        (one["coverage"], one["item"]): coverage_terms(product, risk, one)
        for one in default_coverages(product, risk, "US-FL")
    }

    assert terms["BUILDING", "b1"].coinsurance_percent == 90
    assert terms["BUILDING", "b1"].limit == Decimal("600000.00")
    assert terms["WIND", "b1"].deductible == Decimal("12000.00")  # 2 % of 600,000
    assert terms["INCOME", "b1"].limit == Decimal("150000.00")  # half of 300,000
    assert terms["INCOME", "b1"].deductible_names["es"] == "72 horas"
    assert terms["INCOME", "b1"].coinsurance_percent == 0


# Workers' compensation


def test_bindery_compensation_of_a_restaurant_in_omaha(shipped):
    """Payroll by class and the included officer, then experience, credits, size and constant.

    1.25 x 15,000 = 18750.00; 0.13 x 1,450 = 188.50; the officer 0.13 x 600 = 78.00: 19016.50.
    WC: x 0.84 = 15973.86; schedule x 1.00; safety program less 2 % = 15654.3828 -> 15654.38.
    EL: x 0.008 = 152.132 -> 152.13; x 0.84 = 127.7892 -> 127.79; x 0.98 = 125.2342 -> 125.23.
    Premium discount on 15779.61: from 1.0000 at 10,000 to 0.9454 at 25,000, 0.978962 -> 0.9790:
    15448.23819 -> 15448.24, 331.37 less: WC 328.74, EL 2.63. The constant of 180.00 is WC's:
    15654.38 - 328.74 + 180.00 = 15505.64; 125.23 - 2.63 = 122.60.
    Terrorism and catastrophe: 0.01 x (15,000 + 1,450 + 600) = 170.50 each.
    """
    found = rated(shipped["BIND-WC"], compensation(), "US-NE")

    assert premiums(found) == {
        "WC": Decimal("15505.64"),
        "EL": Decimal("122.60"),
        "TERROR": Decimal("170.50"),
        "CATASTROPHE": Decimal("170.50"),
    }
    assert found.tax == Decimal("95.82")  # 0.6 % of 15969.24 = 95.81544


def test_harborline_compensation_in_california_has_bands_of_size(shipped):
    """1.95 x 15,000 = 29250; 0.25 x 1,450 = 362.5 -> 363; 0.25 x 600 = 150: 29763.

    WC: x 0.84 = 25000.92 -> 25001; 9 years less 3 % = 24250.97 -> 24251. EL: x 0.011 = 327.393 ->
    327; x 0.84 = 274.68 -> 275; x 0.97 = 266.75 -> 267. 24518 x 0.955 = 23414.69; no constant.
    Terrorism 600 + 58 + 24 = 682, catastrophe 300 + 29 + 12 = 341: 24437.69.
    Assessments 606.054712 -> 606.05, 109.969605 -> 109.97, 122.18845 -> 122.19.
    """
    found = rated(shipped["HARBOR-WC"], compensation(), "US-CA")

    assert found.premium == Decimal("24437.69")
    assert [tax.amount for tax in found.taxes] == [
        Decimal("606.05"),
        Decimal("109.97"),
        Decimal("122.19"),
    ]


def test_an_officer_counts_only_when_included_and_a_missing_modification_is_one(shipped):
    """Both officers out: 18750.00 + 188.50 = 18938.50; x 1.00 x 0.98 = 18559.73."""
    risk = compensation()
    del risk["experience_mod"]
    risk["officers"][0]["included"] = False

    worksheet = compile_plan(shipped["BIND-WC"].rating).worksheet(
        risk, default_coverages(shipped["BIND-WC"], risk, "US-NE"), "US-NE", ON
    )

    amounts = {line.step: line.amount for line in worksheet.lines if line.coverage == "WC"}
    assert amounts["officers"] == Decimal("18938.50")
    assert amounts["credits"] == Decimal("18559.73")


def test_florida_knows_no_schedule_rating(shipped):
    plan = shipped["BIND-WC"].rating
    (schedule,) = [step for step in plan.steps if step.code == "schedule"]

    assert {p for p in plan.levies if schedule.applies(p, "WC")} == {"US-CA", "US-CO", "US-NE"}


def test_the_law_of_the_place_says_what_lost_wages_are_paid(shipped):
    indemnity = shipped["BIND-WC"].coverage("WC").indemnity

    assert {p: (i.waiting_days, i.retroactive_after_days) for p, i in indemnity.items()} == {
        "US-CA": (3, 14),  # Cal. Lab. Code §§ 4652, 4650.5
        "US-CO": (3, 14),  # Colo. Rev. Stat. § 8-42-103
        "US-FL": (7, 21),  # Fla. Stat. § 440.12
        "US-NE": (7, 42),  # Neb. Rev. Stat. § 48-119: six weeks
    }


@pytest.mark.parametrize("code", ["BIND-WC", "HARBOR-WC"])
def test_every_payroll_class_has_a_rate_everywhere(shipped, code):
    product = shipped[code]
    row = {"description": "A", "employees": 1, "payroll": 100000}
    choices = product.risk_schema["properties"]["payrolls"]["items"]["properties"]["class_code"]
    payrolls = [{"key": f"p{n}", "class_code": c, **row} for n, c in enumerate(choices["enum"])]

    for place in product.jurisdictions:
        assert rated(product, compensation(payrolls=payrolls), place).premium > 0


# What is asked and offered


@pytest.mark.parametrize("kind", ["liability", "property", "compensation"])
def test_the_usual_coverages_may_be_chosen_in_each_place(shipped, kind):
    risk = {"liability": liability, "property": property_, "compensation": compensation}[kind]()
    for product in (one for one in shipped.values() if one.kind == kind):
        for place in product.jurisdictions:
            chosen = default_coverages(product, risk, place)

            assert coverage_errors(product, risk, chosen, place) == []


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
    assert shown[0] in words_of(documents.open(declared).read())
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
            partial(scenes.to_coverage_review, value="600000.00"),
            scenes.to_evaluating,
            scenes.to_settlement_notice,
            scenes.to_offered,
            scenes.to_payable,
            scenes.to_closed,
        ):
            claim = step(claim)
    return claim


@pytest.mark.parametrize(
    "code", ["BIND-GL", "HARBOR-GL", "BIND-CP", "HARBOR-CP", "BIND-WC", "HARBOR-WC"]
)
def test_no_rule_of_the_appetite_stumbles_and_none_holds_up_a_plain_risk(shipped, code):
    product = shipped[code]
    risk = COMMERCIAL[product.kind]

    for place in product.jurisdictions:
        found = findings(product, risk, place)

        assert [one.error for one in found if one.error] == []
        assert [one.rule for one in found if one.fired] == []


@pytest.mark.parametrize(
    ("code", "changes", "rule", "blocks"),
    [
        ("BIND-GL", {"losses": 3}, "losses", "bind"),
        ("BIND-GL", {"liquor_receipts": 90000}, "liquor_sales", "info"),
        ("HARBOR-GL", {"subcontracted_cost": 600000}, "subcontracting", "quote"),
        ("BIND-CP", {"losses": 2}, "losses", "bind"),
        ("HARBOR-CP", {"losses": 2}, "losses", "reject"),
        ("BIND-WC", {"experience_mod": "1.30"}, "high_mod", "bind"),
        ("BIND-WC", {"experience_mod": None}, "no_mod", "info"),
        ("HARBOR-WC", {"experience_mod": "1.30"}, "mod", "reject"),
    ],
)
def test_what_a_carrier_looks_at_twice(shipped, code, changes, rule, blocks):
    product = shipped[code]
    risk = {**COMMERCIAL[product.kind], **changes}
    risk = {name: value for name, value in risk.items() if value is not None}

    fired = [one for one in findings(product, risk, "US-NE") if one.fired]

    assert [(one.rule, one.blocks, one.error) for one in fired] == [(rule, blocks, "")]


def findings(product, risk, place):
    rules = [
        {"code": r.code, "blocks": r.blocks, "when": r.when, "messages": r.messages}
        for r in product.appetite
    ]
    coverages = default_coverages(product, risk, place)
    known = appetite.facts(risk=risk, coverages=coverages, jurisdiction=place, on=ON)
    return appetite.evaluate(rules, known)
