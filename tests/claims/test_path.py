"""Claims on their way: what each act leaves behind in the file, the reserves and the ledger."""

from decimal import Decimal

import pytest

from accounting import services as accounting
from accounting.models import Entry, Line
from claims import selectors, services
from claims.enums import ClaimState, DocumentState
from claims.models import Claim, ReserveChange
from office import clock
from office.workflow import verify_chain
from tests.claims import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_morning_of_the_notice():
    with clock.travel(scenes.NOTICE):
        yield


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def broken():
    return [sentence for check in selectors.INVARIANTS for sentence in check()]


def ledger(claim):
    """What the claim's own entries add up to, by account."""
    sums: dict[str, Decimal] = {}
    for line in Line.objects.filter(entry__source=claim.source):
        sums[line.account_id] = sums.get(line.account_id, Decimal(0)) + line.amount
    return {account: amount for account, amount in sorted(sums.items()) if amount}


@pytest.mark.parametrize("state", list(ClaimState))
def test_claim_comes_to_every_state_by_its_services(state):
    claim = scenes.claim_at(state)

    assert fresh(claim).state == state
    assert verify_chain(fresh(claim)) is None
    assert broken() == []


def test_eight_steps_from_notice_to_paid():
    """A loss of 10,000, worn by 1,500, under a deductible of 1,000: 7,500 is owed."""
    claim = scenes.claim_at(ClaimState.CLOSED)

    steps = claim.events.filter(step__isnull=False).order_by("seq")
    assert [(event.step, event.kind, event.cycle, event.by.name) for event in steps] == [
        (1, "triage", 1, "Ines Park"),
        (2, "verify", 1, "Hugo Brandt"),
        (3, "investigate", 1, "Dana Ruiz"),
        (4, "confirm_coverage", 1, "Noor Haddad"),
        (5, "determine", 1, "Hugo Brandt"),
        (6, "offer", 1, "Ines Park"),
        (7, "accept", 1, "Ines Park"),
        (8, "pay", 1, "Alma Ortiz"),
    ]
    claim = fresh(claim)
    assert (claim.paid_total, claim.reserve_total, claim.incurred) == (
        Decimal("7500.00"),
        Decimal("0.00"),
        Decimal("7500.00"),
    )
    assert claim.paid_by == scenes.accountant()
    assert (claim.due_on, claim.clocks) == (None, [])


def test_the_ledger_counts_the_loss_once():
    """Reserve 9,000; paid 7,500; 1,500 released: the incurred loss (5000) is what was owed."""
    claim = scenes.claim_at(ClaimState.CLOSED)

    assert ledger(claim) == {"2200": Decimal("-7500.00"), "5000": Decimal("7500.00")}

    payment = claim.latest_settlement().payout().payment
    accounting.send_payment(payment=payment, by=scenes.office())

    assert ledger(claim) == {"1000": Decimal("-7500.00"), "5000": Decimal("7500.00")}


def test_each_change_of_a_reserve_is_a_row_with_its_reason():
    scenes.claim_at(ClaimState.CLOSED)

    rows = ReserveChange.objects.order_by("id").values_list("reason", "change", "reserve", "paid")
    assert list(rows) == [
        ("set", Decimal("9000.00"), Decimal("9000.00"), Decimal("0.00")),
        ("payment", Decimal("-7500.00"), Decimal("1500.00"), Decimal("7500.00")),
        ("release", Decimal("-1500.00"), Decimal("0.00"), Decimal("0.00")),
    ]


def test_dispute_goes_back_to_evaluation_and_ends_in_a_higher_offer():
    claim = scenes.claim_at(ClaimState.OFFERED)
    first = claim.open_offer()

    claim = services.dispute_claim(
        claim=claim, sha256=first.sha256, reason="The cabinets were new.",
        by=scenes.with_login(claim.customer),
    )  # fmt: skip

    assert (claim.state, claim.cycle, claim.determined_at, claim.offered_at) == (
        ClaimState.EVALUATING, 2, None, None,
    )  # fmt: skip
    first.refresh_from_db()
    assert (first.state, first.reason) == ("disputed", "The cabinets were new.")
    payment = claim.payouts.get().payment
    assert payment.state == "cancelled"

    services.record_finding(
        claim=claim, kind="damage", summary="Invoice of 2025 for the cabinets.",
        exposure=claim.exposures.get(), loss=Decimal("500.00"), by=scenes.adjuster(),
    )  # fmt: skip
    claim = scenes.to_offered(scenes.to_settlement_notice(claim))
    assert claim.open_offer().amount == Decimal("8000.00")
    claim = scenes.to_closed(scenes.to_payable(claim))
    assert (claim.state, fresh(claim).paid_total) == (ClaimState.CLOSED, Decimal("8000.00"))
    assert broken() == []


def test_requesting_documents_sends_the_claim_back_and_undoes_what_followed():
    claim = scenes.claim_at(ClaimState.EVALUATING)

    claim = services.request_documents(
        claim=claim, kinds=["photos", "Lease"], reason="Of the ceiling.", by=scenes.handler()
    )

    assert (claim.state, claim.cycle) == (ClaimState.DOCUMENTING, 2)
    assert claim.triaged_at
    undone = (claim.verified_at, claim.investigated_at, claim.coverage_confirmed_at)
    assert undone == (None, None, None)
    states = dict(claim.documents.values_list("kind", "state"))
    assert (states["photos"], states["Lease"]) == (DocumentState.REQUESTED,) * 2
    assert claim.pauses[-1]["to_on"] is None


def test_advance_is_drafted_paid_and_taken_off_the_settlement():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    scenes.bank_account(claim.customer)

    payout = services.advance_claim(
        claim=claim, exposure=claim.exposures.get(), amount=Decimal("2000.00"),
        reason="Emergency repairs", by=scenes.adjuster(),
    )  # fmt: skip
    claim = services.pay_advance(claim=claim, payout=payout, by=scenes.accountant())

    assert claim.state == ClaimState.EVALUATING
    assert (claim.paid_total, claim.reserve_total) == (Decimal("2000.00"), Decimal("7000.00"))
    claim = scenes.to_settlement_notice(claim)
    assert claim.latest_settlement().amount == Decimal("5500.00")  # 7,500 less the 2,000
    claim = scenes.to_closed(scenes.to_payable(scenes.to_offered(claim)))
    assert claim.paid_total == Decimal("7500.00")
    assert broken() == []


def test_open_exposures_lead_to_the_next_cycle():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    other = services.add_exposure(
        claim=claim,
        coverage="CONTENTS",
        item="dwelling",
        claimant=claim.customer,
        by=scenes.handler(),
    )
    services.record_finding(
        claim=claim, kind="damage", summary="Nothing yet.", exposure=other, by=scenes.adjuster()
    )
    services.set_reserve(
        claim=claim, exposure=other, kind="indemnity", amount=Decimal("800.00"),
        reason="First look", by=scenes.adjuster(),
    )  # fmt: skip
    first = claim.exposures.exclude(pk=other.pk).get()
    services.record_finding(
        claim=claim, kind="damage", summary="Cabinets.", exposure=first,
        loss=Decimal("10000.00"), by=scenes.adjuster(),
    )  # fmt: skip
    services.set_reserve(
        claim=claim, exposure=first, kind="indemnity", amount=Decimal("9000.00"),
        reason="First look", by=scenes.adjuster(),
    )  # fmt: skip
    claim = services.investigate_claim(claim=claim, by=scenes.adjuster())
    claim = scenes.to_evaluating(claim)
    claim = scenes.to_settlement_notice(claim, is_partial=True)
    claim = scenes.to_closed(scenes.to_payable(scenes.to_offered(claim)))

    assert (claim.state, claim.cycle) == (ClaimState.INVESTIGATING, 2)
    assert (claim.investigated_at, claim.paid_at) == (None, None)
    assert claim.events.get(kind="pay").cycle == 1
    assert claim.open_exposures().count() == 2
    assert claim.reserve_total == Decimal("800.00")  # 9,000 was paid from 9,000; 800 is left
    assert broken() == []


def test_zero_owed_closes_without_payment():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    claim = scenes.to_coverage_review(claim, loss="800.00", depreciation="0.00")

    claim = scenes.to_settlement_notice(scenes.to_evaluating(claim))

    assert claim.state == ClaimState.CLOSED
    assert claim.reserve_total == 0
    assert not claim.payouts.exists()
    assert not claim.open_exposures().exists()
    assert ledger(claim) == {}
    assert claim.letters.filter(kind="closed").exists()
    assert broken() == []


def test_an_exclusion_of_the_opinion_is_taken_off_with_its_clause():
    claim = scenes.claim_at(ClaimState.COVERAGE_REVIEW)
    claim = scenes.to_evaluating(
        claim, opinion="partly", excluded=[{"code": "neglect", "amount": Decimal("2000.00")}]
    )

    claim = scenes.to_settlement_notice(claim)

    settlement = claim.latest_settlement()
    assert settlement.amount == Decimal("5500.00")  # 10,000 - 2,000 - 1,500 - 1,000
    excluded = settlement.items.get().figures[1]
    assert (excluded["name"], excluded["clause"]) == (
        "exclusion",
        "BM HO 00 03 (01 25), Section I, Exclusion A.5",
    )


def test_a_cause_that_is_not_insured_is_read_as_its_exclusion():
    claim = scenes.claim_at(ClaimState.INVESTIGATING, cause="flood")
    claim = scenes.to_coverage_review(claim)

    (reading,) = selectors.coverage_readings(claim)

    assert not reading["responds"]
    assert reading["clause"] == "BM HO 00 03 (01 25), Section I, Exclusion A.3"


def test_denial_releases_everything_and_can_be_reopened():
    claim = scenes.claim_at(ClaimState.DENIED)
    assert (claim.reserve_total, ledger(claim)) == (Decimal("0.00"), {})
    assert claim.letters.filter(kind="denial").exists()

    claim = services.reopen_claim(
        claim=claim, reason="A witness came forward.", by=scenes.handler()
    )

    assert (claim.state, claim.cycle, claim.denied_at) == (ClaimState.INVESTIGATING, 2, None)
    assert claim.open_exposures().count() == 1
    assert broken() == []


def test_withdrawal_undoes_the_offer_and_the_draft():
    claim = scenes.claim_at(ClaimState.OFFERED)

    claim = services.withdraw_claim(
        claim=claim, reason="I repaired it myself.", by=scenes.with_login(claim.customer)
    )

    assert claim.state == ClaimState.WITHDRAWN
    assert claim.payouts.get().payment.state == "cancelled"
    assert claim.offers.get().state == "lapsed"
    assert ledger(claim) == {}
    assert broken() == []


def test_another_carrier_settles_its_own_claim():
    claim = scenes.claim_at(ClaimState.WITH_CARRIER)

    note = services.note_negotiation(
        claim=claim, direction="from_carrier", summary="They offer 3,000.",
        amount=Decimal("3000.00"), carrier_number="HX-77", carrier_status="Offered",
        by=scenes.handler(),
    )  # fmt: skip
    claim = services.conclude_claim(claim=claim, summary="Paid 3,000.", by=scenes.handler())

    handover = claim.handovers.get()
    assert note.handover == handover
    assert (handover.carrier_id, handover.carrier_number, handover.outcome) == (
        "HARBOR",
        "HX-77",
        "Paid 3,000.",
    )
    assert (claim.state, claim.incurred, ledger(claim)) == (ClaimState.CLOSED, 0, {})


def test_a_claim_that_the_carrier_returns_is_collected_again():
    claim = scenes.claim_at(ClaimState.WITH_CARRIER)

    claim = services.take_back_claim(claim=claim, reason="Wrong line.", by=scenes.handler())

    assert (claim.state, claim.cycle, claim.handed_over_at) == (ClaimState.DOCUMENTING, 2, None)
    assert claim.handovers.get().ended_at


# What the bank says


def test_confirmation_writes_the_letter_once():
    claim = scenes.claim_at(ClaimState.CLOSED)
    payment = accounting.send_payment(
        payment=claim.latest_settlement().payout().payment, by=scenes.office()
    )

    services.record_payment_confirmed(payment=payment, by=scenes.office())

    assert fresh(claim).state == ClaimState.CLOSED
    assert claim.letters.filter(kind="payment").count() == 1
    assert broken() == []


def test_a_returned_payment_reopens_the_claim_and_is_paid_again_by_two_people():
    claim = scenes.claim_at(ClaimState.CLOSED)
    payment = accounting.send_payment(
        payment=claim.latest_settlement().payout().payment, by=scenes.office()
    )
    payment = accounting.bounce_payment(
        payment=payment, reason="Account closed", by=scenes.office()
    )

    services.record_payment_returned(payment=payment, by=scenes.office())

    claim = fresh(claim)
    assert (claim.state, claim.cycle, claim.paid_at) == (ClaimState.PAYABLE, 2, None)
    assert (claim.paid_total, claim.reserve_total) == (Decimal("0.00"), Decimal("7500.00"))
    assert ledger(claim) == {"2100": Decimal("-7500.00"), "5000": Decimal("7500.00")}
    assert broken() == []

    claim = services.pay_claim(claim=claim, by=scenes.accountant())

    assert (claim.state, claim.paid_total) == (ClaimState.CLOSED, Decimal("7500.00"))
    paid = claim.events.filter(kind="pay").order_by("seq").values_list("step", "cycle")
    assert list(paid) == [(8, 1), (8, 2)]
    assert broken() == []


def test_a_returned_advance_stands_as_a_draft_again():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    scenes.bank_account(claim.customer)
    payout = services.advance_claim(
        claim=claim, exposure=claim.exposures.get(), amount=Decimal("2000.00"),
        by=scenes.adjuster(),
    )  # fmt: skip
    claim = services.pay_advance(claim=claim, payout=payout, by=scenes.accountant())
    payment = accounting.send_payment(payment=payout.payment, by=scenes.office())
    payment = accounting.bounce_payment(payment=payment, reason="Late", by=scenes.office())

    claim = services.record_payment_returned(payment=payment, by=scenes.office())

    assert (claim.state, claim.paid_total) == (ClaimState.EVALUATING, Decimal("0.00"))
    again = claim.payouts.drafted().get().payment
    assert (again.amount, again.drafted_by) == (Decimal("2000.00"), scenes.adjuster())
    assert broken() == []


# Atomicity


@pytest.mark.parametrize(
    ("state", "broken_piece", "act"),
    [
        (
            ClaimState.EVALUATING,
            "claims.services.drafts.draft_payment",
            scenes.to_settlement_notice,
        ),
        (ClaimState.PAYABLE, "claims.services.payment.approve_payment", scenes.to_closed),
        (ClaimState.SETTLEMENT_NOTICE, "claims.services.letters.outbox.put", scenes.to_offered),
        (ClaimState.COVERAGE_REVIEW, "claims.services.reserves.post_reserve_change", None),
    ],
)
def test_an_act_whose_last_piece_fails_leaves_no_trace(state, broken_piece, act, monkeypatch):
    claim = scenes.claim_at(state)
    scenes.bank_account(claim.customer)
    before = _trace(claim)

    def fail(**_):
        raise RuntimeError("the ledger is closed")

    def raise_reserve(claim):
        services.set_reserve(
            claim=claim, exposure=claim.exposures.get(), kind="indemnity",
            amount=Decimal("9500.00"), reason="More", by=scenes.adjuster(),
        )  # fmt: skip

    monkeypatch.setattr(
        broken_piece, fail if "outbox" not in broken_piece else lambda *a, **k: fail()
    )
    with pytest.raises(RuntimeError):
        (act or raise_reserve)(claim)

    assert _trace(claim) == before


def _trace(claim):
    """Every row of the claim that an act could leave behind."""
    row = Claim.objects.filter(pk=claim.pk).values().get()
    return (
        row,
        list(claim.events.values_list("seq", "kind")),
        list(claim.payouts.values_list("payment__state")),
        list(claim.offers.values_list("state")),
        list(claim.letters.values_list("kind")),
        list(ReserveChange.objects.values_list("change")),
        list(Entry.objects.filter(source=claim.source).values_list("number")),
    )
