"""Fifty people at once: each step happens exactly once, and no balance is spent twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounting.enums import PaymentState
from accounting.models import Entry
from claims import selectors, services
from claims.enums import STEPS, ClaimState
from claims.models import Claim, ReserveLine
from office import clock
from office.exceptions import Refused
from tests.claims import scenes
from tests.figures import figure

THREADS = 50

ACTS = {
    "triage": lambda claim: services.triage_claim(claim=claim, by=scenes.service_agent()),
    "verify": lambda claim: services.verify_claim(claim=claim, by=scenes.handler()),
    "investigate": lambda claim: services.investigate_claim(claim=claim, by=scenes.adjuster()),
    "confirm_coverage": scenes.to_evaluating,
    "determine": scenes.to_settlement_notice,
    "offer": scenes.to_offered,
    "accept": lambda claim: services.accept_claim(
        claim=claim,
        sha256=claim.offers.get().sha256,
        evidence="Ms Vargas agreed by phone.",
        by=scenes.service_agent(),
    ),
    "pay": lambda claim: services.pay_claim(claim=claim, by=scenes.accountant()),
}

EVERYBODY = (
    scenes.service_agent,
    scenes.handler,
    scenes.adjuster,
    scenes.underwriter,
    scenes.accountant,
)


def ready_for(act, policy):
    """A claim of its own in the state where `act` is the only thing left to do."""
    for hire in EVERYBODY:
        hire()  # before the rush, so that fifty threads do not hire the same person
    state = next(state for state, name, _stamp in STEPS if name == act)
    claim = scenes.claim_at(state, policy=policy, is_another_loss=True)
    if act == "triage":
        scenes.dismiss_duplicates(claim)
    if act == "verify":
        _complete_the_file(claim)
    if act == "investigate":
        _finish_the_look(claim)
    if act == "pay" and not claim.customer.bank_accounts.exists():
        scenes.bank_account(claim.customer)
    return claim


def _complete_the_file(claim):
    with clock.travel(scenes.NOTICE):
        for document in claim.documents.all():
            services.waive_document(
                claim=claim, document=document, reason="Seen.", by=scenes.handler()
            )


def _finish_the_look(claim):
    exposure, by = claim.exposures.get(), scenes.adjuster()
    with clock.travel(scenes.NOTICE):
        services.record_finding(claim=claim, kind="damage", summary="x", exposure=exposure, by=by)
        services.set_reserve(
            claim=claim, exposure=exposure, kind="indemnity", amount=Decimal("10.00"),
            reason="x", by=by,
        )  # fmt: skip


def all_at_once(do, threads=THREADS):
    """What became of `threads` calls of `do` at the same moment: done, refused, or an error."""

    def attempt(_number):
        try:
            do()
        except (Refused, PermissionDenied):
            return "refused"
        except Exception as error:
            return type(error).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(attempt, range(threads)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", list(ACTS))
def test_fifty_people_end_a_step_once(act):
    policy = scenes.policy_in_force()
    for _round in range(figure(20)):
        claim = ready_for(act, policy)
        do = ACTS[act]

        outcome = all_at_once(lambda claim=claim, do=do: do(claim))

        assert outcome == {"done": 1, "refused": THREADS - 1}
        assert claim.events.filter(kind=act).count() == 1
        payments = [payout.payment.state for payout in claim.payouts.all()]
        assert len(payments) <= 1
        approved = Entry.objects.filter(source=claim.source, kind="payment_approved").count()
        assert approved == (1 if act == "pay" else 0)
    assert [sentence for check in selectors.INVARIANTS for sentence in check()] == []


@pytest.mark.django_db(transaction=True)
def test_fifty_advances_of_a_tenth_spend_the_reserve_ten_times():
    """A reserve of 9,000 and advances of 900 each: exactly ten are granted."""
    policy = scenes.policy_in_force()
    by = scenes.supervisor()
    for _round in range(figure(20)):
        claim = scenes.claim_at(ClaimState.EVALUATING, policy=policy, is_another_loss=True)
        exposure = claim.exposures.get()

        outcome = all_at_once(
            lambda claim=claim, exposure=exposure: services.advance_claim(
                claim=claim, exposure=exposure, amount=Decimal("900.00"), by=by
            )
        )

        assert outcome == {"done": 10, "refused": 40}
        drafted = claim.payouts.drafted().values_list("payment__amount", flat=True)
        assert sum(drafted) == Decimal("9000.00")


@pytest.mark.django_db(transaction=True)
def test_fifty_approvals_of_ten_advances_pay_each_once():
    policy = scenes.policy_in_force()
    claim = scenes.claim_at(ClaimState.EVALUATING, policy=policy)
    scenes.bank_account(claim.customer)
    exposure, by = claim.exposures.get(), scenes.accountant()
    payouts = [
        services.advance_claim(
            claim=claim, exposure=exposure, amount=Decimal("100.00"), by=scenes.supervisor()
        )
        for _number in range(10)
    ]
    turns = iter(payouts * 5)

    outcome = all_at_once(lambda: services.pay_advance(claim=claim, payout=next(turns), by=by))

    assert outcome == {"done": 10, "refused": 40}
    claim = Claim.objects.get(pk=claim.pk)
    assert (claim.paid_total, claim.reserve_total) == (Decimal("1000.00"), Decimal("8000.00"))
    line = ReserveLine.objects.get(exposure=exposure)
    assert (line.paid, line.reserve) == (Decimal("1000.00"), Decimal("8000.00"))
    assert {payout.payment.state for payout in claim.payouts.all()} == {PaymentState.APPROVED}
    assert [sentence for check in selectors.INVARIANTS for sentence in check()] == []


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_notices_make_one_claim():
    """A double click, fifty times over: the second notice finds the first."""
    policy = scenes.policy_in_force()
    by = scenes.service_agent()

    outcome = all_at_once(lambda: scenes.notify(policy, by=by))

    assert outcome == {"done": 1, "refused": 49}
    assert Claim.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_rounds_go_red(monkeypatch):
    """The proof of the proof: read the row without its lock, and fifty people get in each other's
    way. What then keeps the step single is the database: (record, seq) and (record, step, cycle)
    are unique, so the others end in errors instead of refusals."""
    claim = ready_for("triage", scenes.policy_in_force())
    monkeypatch.setattr(
        "office.workflow._locked", lambda record: (type(record).objects.get(pk=record.pk), None)
    )

    outcome = all_at_once(lambda: ACTS["triage"](claim))

    assert outcome["done"] == 1
    assert outcome["IntegrityError"] >= 1
    assert claim.events.filter(kind="triage").count() == 1
