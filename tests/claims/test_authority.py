"""However a sum is split, nobody's decisions on a claim pass their limit."""

import random
from decimal import Decimal

import pytest
from django.db import transaction

from claims import services
from claims.enums import ClaimState
from claims.models.amounts import committed
from office import clock
from office.exceptions import Refused
from office.models import AuthorityLimit
from tests.claims import scenes
from tests.figures import figure

pytestmark = pytest.mark.django_db

LIMIT = Decimal("5000.00")


@pytest.fixture(autouse=True)
def _on_the_morning_of_the_notice():
    with clock.travel(scenes.NOTICE):
        yield


def advance(claim, amount, by):
    return services.advance_claim(claim=claim, exposure=claim.exposures.get(), amount=amount, by=by)


def test_random_splits_by_several_people_never_pass_the_limit_of_the_one_who_acts():
    """The model: an act passes exactly when everything so far plus itself is within the limit."""
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201  the seed of a red run is what makes it green
    dice = random.Random(seed)
    claim = scenes.claim_at(ClaimState.EVALUATING)
    people = [scenes.adjuster(), scenes.adjuster(2)]

    for _sequence in range(figure(1_000)):
        with transaction.atomic():
            total = Decimal(0)
            for _act in range(dice.randint(2, 6)):
                amount = Decimal(dice.randint(1, 400_000)).scaleb(-2)
                fits = total + amount <= LIMIT
                try:
                    advance(claim, amount, dice.choice(people))
                except Refused:
                    assert not fits
                else:
                    assert fits
                    total += amount
            assert committed(claim) == total
            transaction.set_rollback(True)


def test_a_settlement_counts_with_what_others_have_pending():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    advance(claim, Decimal("2000.00"), scenes.adjuster())
    AuthorityLimit.objects.filter(user=scenes.handler(), kind="settlement").update(
        amount=Decimal("7499.99")
    )

    # 5,500 are left to settle; with the advance of 2,000 this decides about 7,500.
    with pytest.raises(Refused, match=r"this comes to \$7,500.00"), transaction.atomic():
        scenes.to_settlement_notice(claim)
    AuthorityLimit.objects.filter(user=scenes.handler(), kind="settlement").update(
        amount=Decimal("7500.00")
    )
    assert scenes.to_settlement_notice(claim).latest_settlement().amount == Decimal("5500.00")


def test_a_cancelled_payment_no_longer_counts():
    claim = scenes.claim_at(ClaimState.OFFERED)
    assert committed(claim) == Decimal("7500.00")

    claim = services.dispute_claim(
        claim=claim, sha256=claim.open_offer().sha256, reason="Too little.",
        by=scenes.with_login(claim.customer),
    )  # fmt: skip

    assert committed(claim) == 0


def test_each_decision_keeps_the_rule_that_allowed_it():
    claim = scenes.claim_at(ClaimState.SETTLEMENT_NOTICE)

    assert claim.latest_settlement().rule == "Settle a claim: Hugo Brandt, 50000.00"
    event = claim.events.get(kind="determine")
    assert event.facts["rule"] == "Settle a claim: Hugo Brandt, 50000.00"


def test_administrators_are_not_exempt():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    boss = scenes.staff("claims_handler", "claims", "Root Admin")
    boss.is_superuser = True
    boss.save()

    with pytest.raises(Refused, match="You hold no authority"), transaction.atomic():
        services.determine_claim(claim=claim, claimant=claim.customer, by=boss)


@pytest.mark.parametrize("role", ["adjuster", "decider", "policyholder"])
def test_nobody_pays_or_decides_what_they_had_a_part_in(role):
    claim = scenes.claim_at(ClaimState.PAYABLE)
    user = {
        "adjuster": scenes.adjuster(),
        "decider": scenes.handler(),
        "policyholder": scenes.with_login(claim.customer),
    }[role]
    user.roles.set(scenes.accountant().roles.all())
    user = type(user).objects.get(pk=user.pk)

    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied), transaction.atomic():
        services.pay_claim(claim=claim, by=user)
