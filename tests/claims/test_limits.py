"""Limits that others draw on too, and the coinsurance clause, from the policy to the settlement."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest

from claims import selectors, services
from claims.adjudication import Loss, Shared, Terms, settle
from office import clock
from office.exceptions import Refused
from tests import factories
from tests.claims import scenes

LOSS = datetime(2026, 4, 14, 18, 0, tzinfo=UTC)
NOTICE = datetime(2026, 4, 15, 17, 0, tzinfo=UTC)


def test_what_others_took_of_a_shared_limit_is_gone():
    """500,000 - 1,000 = 499,000; limit 300,000; 600,000 - 450,000 = 150,000 left of the term."""
    terms = Terms(
        "PREMOPS", D("300000.00"), D("1000.00"), shared=(Shared("aggregate", D(600000), D(450000)),)
    )

    item = settle(terms, Loss(D("500000.00")))

    assert item.change("limit") == D("199000.00")
    assert item.change("aggregate") == D("150000.00")
    assert item.amount == D("150000.00")


def test_a_used_up_limit_pays_nothing():
    terms = Terms("PREMOPS", D(300000), shared=(Shared("occurrence", D(300000), D(320000)),))

    assert settle(terms, Loss(D("10.00"))).amount == 0


@pytest.mark.django_db
def test_coinsurance_without_a_value_is_refused():
    with pytest.raises(Refused) as refused:
        settle(Terms("BUILDING", D(600000), coinsurance_percent=D(90)), Loss(D("40000.00")))

    assert refused.value.field == "value"


def reviewed(policy, cause, exposures, *, value="0.00"):
    """A claim with these (coverage, item, claimant, loss) exposures, ready to be determined."""
    claim = scenes.notify(
        policy,
        lost_at=LOSS,
        cause=cause,
        is_another_loss=True,
        estimate=D("1000.00"),
    )
    claim = scenes.to_documenting(claim)
    for coverage, item, claimant, _loss in exposures:
        services.add_exposure(
            claim=claim, coverage=coverage, item=item, claimant=claimant, by=scenes.handler()
        )
    claim = scenes.to_investigating(claim)
    for exposure, (_coverage, _item, _claimant, amount) in zip(
        claim.exposures.order_by("pk"), exposures, strict=True
    ):
        services.record_finding(
            claim=claim,
            kind="damage",
            summary="As assessed on the spot.",
            exposure=exposure,
            loss=D(amount),
            value=D(value),
            by=scenes.adjuster(),
        )
        services.set_reserve(
            claim=claim,
            exposure=exposure,
            kind="indemnity",
            amount=D(amount),
            reason="First look",
            by=scenes.supervisor(),
        )
    services.record_finding(
        claim=claim, kind="phone", summary="The insured tells of it.", by=scenes.adjuster()
    )
    claim = services.investigate_claim(claim=claim, by=scenes.adjuster())
    return scenes.to_evaluating(claim, reasons="It is insured.")


def determined(claim, claimant):
    claim = services.determine_claim(claim=claim, claimant=claimant, by=scenes.supervisor())
    return claim.latest_settlement()


def liability_policy():
    risk = factories.risk("liability", "US-NE")
    coverages = [
        {**one, "limit": "300/600"} if one["coverage"] in ("PREMOPS", "PRODUCTS") else one
        for one in factories.usual_coverages("BIND-GL", risk, "US-NE")
    ]
    return factories.policy_in_force("liability", "US-NE", application=risk, coverages=coverages)


@pytest.mark.django_db
def test_the_losses_of_a_term_share_its_aggregate():
    """600,000 a term: 299,000 and 299,000 were promised, so 2,000 are left of 99,000."""
    policy = liability_policy()
    with clock.travel(NOTICE):
        visitors = [scenes.customer(f"{name} Stone") for name in ("Ada", "Ben", "Cleo")]
        losses = ("300000.00", "300000.00", "100000.00")
        claims = [
            reviewed(policy, "slip_fall", [("PREMOPS", "", visitor, loss)])
            for visitor, loss in zip(visitors, losses, strict=True)
        ]
        paid = [determined(claim, visitor) for claim, visitor in zip(claims, visitors, strict=True)]

    assert [settlement.amount for settlement in paid] == [
        D("299000.00"),  # 300,000 less the deductible of 1,000
        D("299000.00"),
        D("2000.00"),  # 600,000 - 598,000
    ]
    (figures,) = [item.lines for item in paid[-1].all_items()]
    assert (figures[-1].name, figures[-1].change) == ("aggregate", D("-97000.00"))
    assert figures[-1].label == "Above the aggregate limit"


@pytest.mark.django_db
def test_the_claimants_of_an_occurrence_share_its_limit():
    """300,000 an occurrence: 249,000 went to the first, so 51,000 are left of 149,000."""
    policy = liability_policy()
    with clock.travel(NOTICE):
        first, second = scenes.customer("Ada Stone"), scenes.customer("Ben Stone")
        claim = reviewed(
            policy,
            "slip_fall",
            [("PREMOPS", "", first, "250000.00"), ("PREMOPS", "", second, "150000.00")],
        )
        ((_exposure, before),) = selectors.settlement_preview(claim, second)
        determined(claim, first)
        ((_exposure, after),) = selectors.settlement_preview(claim, second)

    assert before.amount == D("149000.00")
    assert (after.change("occurrence"), after.amount) == (D("98000.00"), D("51000.00"))


@pytest.mark.django_db
def test_no_advance_passes_what_is_left_of_a_shared_limit():
    policy = liability_policy()
    with clock.travel(NOTICE):
        first, second = scenes.customer("Ada Stone"), scenes.customer("Ben Stone")
        claim = reviewed(
            policy,
            "slip_fall",
            [("PREMOPS", "", first, "300000.00"), ("PREMOPS", "", second, "150000.00")],
        )
        determined(claim, first)
        exposure = claim.exposures.get(claimant=second)

        with pytest.raises(Refused, match=r"above the limit of \$1,000\.00"):  # 300,000 - 299,000
            services.advance_claim(
                claim=claim, exposure=exposure, amount=D("1000.01"), by=scenes.adjuster()
            )


@pytest.mark.django_db
def test_an_underinsured_building_is_paid_in_part():
    """90 % of 800,000 = 720,000 required, 600,000 carried.

    40,000 × 600,000 ÷ 720,000 = 33,333.33, less the deductible of 1,000: 32,333.33.
    """
    policy = factories.policy_in_force("property", "US-NE")
    with clock.travel(NOTICE):
        claim = reviewed(
            policy,
            "fire",
            [("BUILDING", "b1", policy.customer, "40000.00")],
            value="800000.00",
        )
        settlement = determined(claim, policy.customer)

    assert settlement.amount == D("32333.33")
    (figures,) = [item.lines for item in settlement.all_items()]
    assert [figure.name for figure in figures] == ["loss", "coinsurance", "deductible"]


@pytest.mark.django_db
def test_the_value_is_asked_for_before_a_building_is_settled():
    policy = factories.policy_in_force("property", "US-NE")
    with clock.travel(NOTICE):
        claim = reviewed(policy, "fire", [("BUILDING", "b1", policy.customer, "40000.00")])

        with pytest.raises(Refused, match="record what the insured property is worth"):
            determined(claim, policy.customer)
