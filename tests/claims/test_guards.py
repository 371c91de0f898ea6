"""Each guard's refusal: what is missing, in a sentence, about which field."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from claims import selectors, services
from claims.enums import ClaimState, DuplicateState
from claims.models import Claim, Duplicate
from customers.models import SanctionEntry
from office import clock
from office.exceptions import Refused
from office.models import AuthorityLimit, User
from tests.claims import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_morning_of_the_notice():
    with clock.travel(scenes.NOTICE):
        yield


def refused(sentence, field=""):
    """Expect a refusal that says this, in a savepoint, so that the test can look afterwards."""
    return _Refusal(sentence, field)


class _Refusal:
    def __init__(self, sentence, field):
        self.raises = pytest.raises(Refused, match=sentence)
        self.field = field
        self.atomic = transaction.atomic()

    def __enter__(self):
        self.info = self.raises.__enter__()
        self.atomic.__enter__()
        return self.info

    def __exit__(self, *error):
        self.atomic.__exit__(*error)
        swallowed = self.raises.__exit__(*error)
        assert self.info.value.field == self.field
        return swallowed


# Notice


def test_notice_for_an_unknown_policy():
    with refused("no policy with this number", "policy"):
        selectors.policy_for_notice(number="HO-1999-000001", user=scenes.service_agent())


def test_notice_for_a_policy_of_somebody_else():
    policy = scenes.policy_in_force()
    stranger = scenes.with_login(scenes.customer("Otto Baumann"))

    with refused("no policy with this number", "policy"):
        selectors.policy_for_notice(number=policy.number, user=stranger)
    for somebody in (stranger, scenes.staff("agent", "agency", "Alex Moreno")):
        with pytest.raises(PermissionDenied), transaction.atomic():
            scenes.notify(policy, by=somebody)


@pytest.mark.parametrize(
    ("told", "sentence", "field"),
    [
        ({"lost_at": datetime(2025, 12, 31, 20, tzinfo=UTC)}, "outside the policy", "lost_at"),
        # 1 January 2026, 07:59 UTC is still 2025 in Sacramento.
        ({"lost_at": datetime(2026, 1, 1, 7, 59, tzinfo=UTC)}, "outside the policy", "lost_at"),
        ({"lost_at": scenes.NOTICE + timedelta(seconds=1)}, "in the future", "lost_at"),
        ({"description": "  "}, "Tell what happened", "description"),
        ({"place": ""}, "where it happened", "place"),
        ({"reported_by": ""}, "who reports", "reported_by"),
        ({"reporter_kind": "nobody"}, "who reports", "reporter_kind"),
        ({"cause": "meteor"}, "cause of loss that the product knows", "cause"),
        ({"estimate": Decimal("-1.00")}, "cannot be negative", "estimate"),
        ({"estimate": Decimal("1.005")}, "at most two decimals", ""),
    ],
)
def test_notice_with_bad_input(told, sentence, field):
    policy = scenes.policy_in_force()

    with refused(sentence, field):
        scenes.notify(policy, **told)

    assert not Claim.objects.exists()


def test_cover_begins_at_midnight_where_the_insured_lives():
    policy = scenes.policy_in_force()

    claim = scenes.notify(policy, lost_at=datetime(2026, 1, 1, 8, 0, tzinfo=UTC))

    assert claim.lost_on == date(2026, 1, 1)


def test_the_same_notice_again_is_refused_with_the_number_it_repeats():
    policy = scenes.policy_in_force()
    first = scenes.notify(policy)

    with refused(f"reported already: claim {first.number}", "lost_at"):
        scenes.notify(policy, reported_by="ELENA VARGAS")


def test_a_notice_that_is_said_to_be_another_loss_waits_at_triage():
    policy = scenes.policy_in_force()
    first = scenes.notify(policy)
    second = scenes.notify(policy, is_another_loss=True)

    with refused("1 other notice looks alike"):
        services.triage_claim(claim=second, by=scenes.service_agent())

    duplicate = second.duplicates.get()
    assert duplicate.other == first
    assert duplicate.alike == ["policy", "date", "cause", "reporter"]
    services.dismiss_duplicate(claim=second, duplicate=duplicate, by=scenes.service_agent())
    services.triage_claim(claim=second, by=scenes.service_agent())
    decided = Duplicate.objects.get()
    assert (decided.state, decided.decided_by) == (
        DuplicateState.DISMISSED,
        scenes.service_agent(),
    )


def test_a_duplicate_is_decided_once():
    policy = scenes.policy_in_force()
    scenes.notify(policy)
    second = scenes.notify(policy, reported_by="A neighbour")
    duplicate = second.duplicates.get()
    services.link_duplicate(claim=second, duplicate=duplicate, by=scenes.service_agent())

    with refused("already decided"):
        services.dismiss_duplicate(claim=second, duplicate=duplicate, by=scenes.service_agent())


def test_a_loss_of_another_week_is_no_duplicate():
    policy = scenes.policy_in_force()
    scenes.notify(policy)

    second = scenes.notify(policy, lost_at=scenes.LOSS - timedelta(days=7))

    assert not second.duplicates.exists()


# Documents


def test_the_file_is_complete_only_with_every_document():
    claim = scenes.claim_at(ClaimState.DOCUMENTING)
    kinds = [document.kind for document in claim.documents.all()]
    assert kinds == ["photos", "repair_estimate", "fire_report", "inventory"]

    with refused("Not yet verified or waived: Photos of the damage, Repair estimate"):
        services.verify_claim(claim=claim, by=scenes.handler())

    for document in claim.documents.all():
        services.waive_document(
            claim=claim, document=document, reason="We saw it ourselves.", by=scenes.handler()
        )
    assert services.verify_claim(claim=claim, by=scenes.handler()).state == "investigating"


def test_a_larger_assessment_demands_more_documents():
    claim = scenes.claim_at(ClaimState.DOCUMENTING, estimate=Decimal("500.00"))
    exposure = services.add_exposure(
        claim=claim, coverage="DWELL", item="dwelling", claimant=claim.customer, by=scenes.handler()
    )
    for document in claim.documents.all():
        services.waive_document(claim=claim, document=document, reason="x", by=scenes.handler())
    services.record_finding(
        claim=claim, kind="damage", summary="More than thought.", exposure=exposure,
        loss=Decimal("4000.00"), by=scenes.adjuster(),
    )  # fmt: skip

    with refused("nobody has asked for: List of damaged or missing things"):
        services.verify_claim(claim=claim, by=scenes.handler())


def test_a_document_is_verified_only_after_it_was_received():
    claim = scenes.claim_at(ClaimState.DOCUMENTING)
    document = claim.documents.first()

    with refused("“Photos of the damage” is “Requested” now"):
        services.verify_document(claim=claim, document=document, by=scenes.handler())
    with refused("what is wrong with the document", "reason"):
        services.receive_document(claim=claim, document=document, by=scenes.handler())
        services.refuse_document(claim=claim, document=document, reason="", by=scenes.handler())


def test_a_document_of_another_claim_is_refused():
    claim = scenes.claim_at(ClaimState.DOCUMENTING)
    other = scenes.claim_at(ClaimState.DOCUMENTING)

    with refused("belongs to another claim"):
        services.receive_document(
            claim=claim, document=other.documents.first(), by=scenes.service_agent()
        )


def test_a_document_is_asked_for_once():
    claim = scenes.claim_at(ClaimState.DOCUMENTING)

    with refused("already been asked for", "kind"):
        services.require_document(claim=claim, kind="photos", by=scenes.handler())
    with refused("which documents", "kinds"):
        claim = scenes.claim_at(ClaimState.EVALUATING)
        services.request_documents(claim=claim, kinds=[" "], by=scenes.handler())


def test_a_claim_of_another_carrier_is_handed_over_not_worked():
    claim = scenes.claim_at(
        ClaimState.DOCUMENTING, policy=scenes.policy_in_force(product="HARBOR-HO")
    )

    with refused("with another carrier"):
        services.verify_claim(claim=claim, by=scenes.handler())
    with refused("with another carrier"):
        services.add_exposure(
            claim=claim, coverage="DWELL", item="dwelling", claimant=claim.customer,
            by=scenes.handler(),
        )  # fmt: skip


def test_our_own_claim_is_not_handed_over():
    claim = scenes.claim_at(ClaimState.DOCUMENTING)

    with refused("we settle this claim ourselves"):
        services.hand_over_claim(claim=claim, by=scenes.handler())


# Investigation


def test_an_adjuster_needs_a_licence_for_line_and_place():
    claim = scenes.claim_at(ClaimState.DOCUMENTING)
    user = scenes.adjuster()
    user.adjuster.licences.filter(jurisdiction="US-CA", line="property").delete()

    with refused("holds no adjuster's licence for this line in US-CA", "adjuster"):
        services.assign_adjuster(claim=claim, adjuster=user, by=scenes.handler())


@pytest.mark.parametrize(("day", "is_valid"), [("2030-12-31", True), ("2031-01-01", False)])
def test_a_licence_ends_before_its_last_date(day, is_valid):
    claim = scenes.claim_at(ClaimState.DOCUMENTING)
    user = scenes.adjuster()

    with clock.travel(datetime.fromisoformat(f"{day}T20:00:00+00:00")):
        if is_valid:
            services.assign_adjuster(claim=claim, adjuster=user, by=scenes.handler())
        else:
            with refused("holds no adjuster's licence", "adjuster"):
                services.assign_adjuster(claim=claim, adjuster=user, by=scenes.handler())


def test_an_adjuster_takes_as_many_claims_as_fit():
    scenes.claim_at(ClaimState.INVESTIGATING)
    claim = scenes.claim_at(ClaimState.DOCUMENTING)
    user = scenes.adjuster()
    services.register_adjuster(user=user, capacity=1, by=scenes.supervisor())

    with refused("already has 1 open claims", "adjuster"):
        fresh = User.objects.get(pk=user.pk)
        services.assign_adjuster(claim=claim, adjuster=fresh, by=scenes.handler())


def test_somebody_who_adjusts_nothing_is_not_assigned():
    claim = scenes.claim_at(ClaimState.DOCUMENTING)

    with refused("does not adjust claims", "adjuster"):
        services.assign_adjuster(claim=claim, adjuster=scenes.accountant(), by=scenes.handler())


def test_exposures_are_coverages_that_the_policy_had():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    add = {"claim": claim, "claimant": claim.customer, "by": scenes.handler()}

    with refused("did not have this coverage", "coverage"):
        services.add_exposure(coverage="COLL", item="v1", **add)
    with refused("on the claim already", "coverage"):
        services.add_exposure(coverage="DWELL", item="dwelling", **add)


@pytest.mark.parametrize(
    ("finding", "sentence", "field"),
    [
        ({"summary": ""}, "what was found", "summary"),
        ({"kind": "rumour"}, "kind of finding", "kind"),
        ({"loss": Decimal("-1.00")}, "cannot be negative", "loss"),
        ({"loss": Decimal("10.00"), "depreciation": Decimal("11.00")}, "more than the loss",
         "depreciation"),
        ({"loss": Decimal("10.00"), "exposure": None}, "which exposure", "exposure"),
        ({"loss": Decimal("10.001")}, "at most two decimals", ""),
    ],
)  # fmt: skip
def test_findings_with_bad_input(finding, sentence, field):
    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    known = {"kind": "damage", "summary": "Soot.", "exposure": claim.exposures.get()}

    with refused(sentence, field):
        services.record_finding(claim=claim, by=scenes.adjuster(), **(known | finding))


def test_the_investigation_ends_with_exposures_findings_and_reserves():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    by = scenes.adjuster()

    with refused("The damage under “.+” has not been assessed"):
        services.investigate_claim(claim=claim, by=by)
    services.record_finding(
        claim=claim, kind="damage", summary="Soot.", exposure=claim.exposures.get(), by=by
    )
    with refused("has no reserve yet"):
        services.investigate_claim(claim=claim, by=by)
    assert not claim.reserve_total


def test_only_the_assigned_adjuster_ends_the_investigation():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)

    with pytest.raises(PermissionDenied), transaction.atomic():
        services.investigate_claim(claim=claim, by=scenes.adjuster(2))


# Reserves


def set_reserve(claim, amount, *, by=None, **changes):
    return services.set_reserve(
        **{
            "claim": claim,
            "exposure": claim.exposures.get(),
            "kind": "indemnity",
            "amount": Decimal(amount),
            "reason": "New estimate",
            "by": by or scenes.adjuster(),
        }
        | changes
    )


@pytest.mark.parametrize(
    ("amount", "changes", "sentence", "field"),
    [
        ("-1.00", {}, "zero or more", "amount"),
        ("1.001", {}, "at most two decimals", ""),
        ("1.00", {"kind": "salary"}, "indemnity or expense", "kind"),
        ("9000.00", {}, r"already is \$9,000.00", "amount"),
        ("8000.00", {"expected": Decimal("7000.00")}, r"changed to \$9,000.00 meanwhile", "amount"),
        ("100000.01", {}, r"ends at \$100,000.00; this comes to \$100,000.01", ""),
    ],
)
def test_reserves_with_bad_input(amount, changes, sentence, field):
    claim = scenes.claim_at(ClaimState.COVERAGE_REVIEW)

    with refused(sentence, field):
        set_reserve(claim, amount, **changes)


def test_a_reserve_is_not_lowered_below_what_is_promised():
    claim = scenes.claim_at(ClaimState.SETTLEMENT_NOTICE)  # a payment of 7,500 is drafted

    with refused(r"\$7,500.00 of this reserve is promised", "amount"):
        set_reserve(claim, "7499.99")
    assert set_reserve(claim, "7500.00").reserve_total == Decimal("7500.00")


# Coverage


@pytest.mark.parametrize(
    ("opinion", "sentence", "field"),
    [
        ({"opinion": "maybe"}, "Choose an opinion", "opinion"),
        ({"reasons": " "}, "reasons for the opinion", "reasons"),
        ({"opinion": "not_covered"}, "Name the exclusion", "excluded"),
        ({"excluded": [{"code": "intentional"}]}, "no exclusion against it", "excluded"),
        ({"opinion": "partly", "excluded": [{"code": "war"}]}, "no such exclusion", "excluded"),
        ({"opinion": "partly", "excluded": [{"code": "neglect", "amount": Decimal("0.00")}]},
         "more than nothing", "excluded"),
        ({"opinion": "partly", "excluded": [{"code": "neglect", "exposure": -1}]},
         "belongs to another claim", "excluded"),
    ],
)  # fmt: skip
def test_opinions_with_bad_input(opinion, sentence, field):
    claim = scenes.claim_at(ClaimState.COVERAGE_REVIEW)

    with refused(sentence, field):
        scenes.to_evaluating(claim, **opinion)


def test_cover_recorded_after_the_loss_counts_only_with_a_statement_of_no_loss():
    """The policy runs from 1 January; the office wrote it down two hours after the fire."""
    policy = scenes.policy_in_force(recorded_at=scenes.LOSS + timedelta(hours=2))
    claim = scenes.claim_at(ClaimState.COVERAGE_REVIEW, policy=policy)

    with refused("Say whether it counts", "counts_later_change"):
        scenes.to_evaluating(claim)
    with refused("only with a statement of no loss", "no_loss_statement"):
        scenes.to_evaluating(claim, counts_later_change=True)

    claim = scenes.to_evaluating(
        claim, counts_later_change=True, no_loss_statement="Signed on 12 March."
    )
    assert scenes.to_settlement_notice(claim).latest_settlement().amount == Decimal("7500.00")


def test_cover_recorded_after_the_loss_that_does_not_count_pays_nothing():
    policy = scenes.policy_in_force(recorded_at=scenes.LOSS + timedelta(hours=2))
    claim = scenes.claim_at(ClaimState.COVERAGE_REVIEW, policy=policy)

    claim = scenes.to_settlement_notice(scenes.to_evaluating(claim, counts_later_change=False))

    assert (claim.state, claim.latest_settlement().amount) == (ClaimState.CLOSED, Decimal("0.00"))


# Settlement, offer, answer


def test_the_decider_is_not_the_adjuster():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    Claim.objects.filter(pk=claim.pk).update(adjuster=scenes.handler())

    with pytest.raises(PermissionDenied), transaction.atomic():
        scenes.to_settlement_notice(Claim.objects.get(pk=claim.pk))


def test_a_settlement_stays_within_the_deciders_authority():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    AuthorityLimit.objects.filter(user=scenes.handler(), kind="settlement").update(
        amount=Decimal("7499.99")
    )

    with refused(r"ends at \$7,499.99; this comes to \$7,500.00"):
        scenes.to_settlement_notice(claim)

    AuthorityLimit.objects.filter(user=scenes.handler(), kind="settlement").update(
        amount=Decimal("7500.00")
    )
    assert scenes.to_settlement_notice(claim).state == "settlement_notice"


def test_a_settlement_is_for_a_claimant_with_an_open_exposure():
    claim = scenes.claim_at(ClaimState.EVALUATING)

    with refused("no open exposure", "claimant"):
        services.determine_claim(
            claim=claim, claimant=scenes.customer("Otto Baumann"), by=scenes.handler()
        )


@pytest.mark.parametrize("act", ["determine", "offer", "advance", "pay"])
def test_a_hold_blocks_settling_and_paying(act):
    state, do = {
        "determine": (ClaimState.EVALUATING, scenes.to_settlement_notice),
        "offer": (ClaimState.SETTLEMENT_NOTICE, scenes.to_offered),
        "advance": (ClaimState.EVALUATING, lambda claim: grant(claim, "100.00")),
        "pay": (ClaimState.PAYABLE, scenes.to_closed),
    }[act]
    claim = scenes.claim_at(state)
    services.place_hold(
        claim=claim, kind="litigation", reason="A suit was filed.", by=scenes.handler()
    )

    with refused(r"on hold \(Litigation\)"):
        do(claim)

    services.release_hold(
        claim=claim, hold=claim.holds.get(), reason="Settled.", by=scenes.supervisor()
    )
    do(claim)


def test_holds_with_bad_input():
    claim = scenes.claim_at(ClaimState.RECEIVED)
    by = scenes.handler()

    with refused("kind of hold", "kind"):
        services.place_hold(claim=claim, kind="mood", reason="x", by=by)
    with refused("why the claim is put on hold", "reason"):
        services.place_hold(claim=claim, kind="litigation", reason="", by=by)
    services.place_hold(claim=claim, kind="litigation", reason="A suit.", by=by)
    with refused("on hold for this already", "kind"):
        services.place_hold(claim=claim, kind="litigation", reason="A suit.", by=by)
    hold = claim.holds.get()
    with refused("why the hold is released", "reason"):
        services.release_hold(claim=claim, hold=hold, reason="", by=scenes.supervisor())
    services.release_hold(claim=claim, hold=hold, reason="Over.", by=scenes.supervisor())
    with refused("released already"):
        services.release_hold(claim=claim, hold=hold, reason="Over.", by=scenes.supervisor())


def test_an_offer_says_why_and_nothing_forbidden():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    claim = scenes.to_settlement_notice(claim, is_partial=True)
    by = scenes.service_agent()

    with refused("how the amount came about", "reasons"):
        services.offer_claim(claim=claim, reasons="", by=by)
    with refused("must not be called final", "reasons"):
        services.offer_claim(claim=claim, reasons="This is our final payment.", by=by)
    with refused("drop a complaint", "reasons"):
        services.offer_claim(claim=claim, reasons="Withdraw your complaint first.", by=by)


@pytest.mark.parametrize("answer", ["accept", "dispute"])
def test_an_answer_quotes_the_open_offer_and_staff_give_evidence(answer):
    claim = scenes.claim_at(ClaimState.OFFERED)
    sha256 = claim.open_offer().sha256
    by = scenes.service_agent()

    def give(**words):
        words = {"claim": claim, "by": by} | words
        if answer == "accept":
            return services.accept_claim(**words)
        return services.dispute_claim(reason="Too little.", **words)

    with refused("not the offer that is open now", "sha256"):
        give(sha256="0" * 64, evidence="By phone.")
    with refused("how the claimant answered", "evidence"):
        give(sha256=sha256)
    assert give(sha256=sha256, evidence="By phone.").state != ClaimState.OFFERED


def test_the_offer_of_an_earlier_round_cannot_be_accepted():
    claim = scenes.claim_at(ClaimState.OFFERED)
    first = claim.open_offer().sha256
    claim = services.dispute_claim(
        claim=claim, sha256=first, reason="Too little.", evidence="By phone.",
        by=scenes.service_agent(),
    )  # fmt: skip
    claim = scenes.to_offered(scenes.to_settlement_notice(claim))

    with refused("not the offer that is open now", "sha256"):
        services.accept_claim(
            claim=claim, sha256=first, evidence="By phone.", by=scenes.service_agent()
        )


def test_a_dispute_says_with_what():
    claim = scenes.claim_at(ClaimState.OFFERED)

    with refused("what you do not agree with", "reason"):
        services.dispute_claim(
            claim=claim, sha256=claim.open_offer().sha256, reason=" ",
            by=scenes.with_login(claim.customer),
        )  # fmt: skip


# Payment


def grant(claim, amount, *, by=None, exposure=None):
    return services.advance_claim(
        claim=claim,
        exposure=exposure or claim.exposures.get(),
        amount=Decimal(amount),
        reason="Emergency repairs",
        by=by or scenes.adjuster(),
    )


@pytest.mark.parametrize(
    ("amount", "sentence", "field"),
    [
        ("0.00", "more than nothing", "amount"),
        ("0.001", "at most two decimals", ""),
        ("9000.01", r"Only \$9,000.00 of the reserve is free", "amount"),
        ("5000.01", r"ends at \$5,000.00; this comes to \$5,000.01", ""),
    ],
)
def test_advances_with_bad_input(amount, sentence, field):
    claim = scenes.claim_at(ClaimState.EVALUATING)

    with refused(sentence, field):
        grant(claim, amount)


def test_an_advance_above_the_limit_needs_its_own_permission():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    exposure = claim.exposures.get()
    exposure.limit = Decimal("1000.00")
    exposure.save()

    with refused(r"above the limit of \$1,000.00", "amount"):
        grant(claim, "1000.01")
    assert grant(claim, "1000.01", by=scenes.supervisor()).payment.amount == Decimal("1000.01")


def test_nothing_is_paid_ahead_where_the_loss_is_not_covered():
    claim = scenes.claim_at(ClaimState.COVERAGE_REVIEW)
    claim = scenes.to_evaluating(claim, opinion="not_covered", excluded=[{"code": "intentional"}])

    with refused("nothing is paid ahead"):
        grant(claim, "100.00")


def test_a_claim_is_not_settled_to_the_end_while_an_advance_waits():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    grant(claim, "1000.00")
    for step in (scenes.to_settlement_notice, scenes.to_offered, scenes.to_payable):
        claim = step(claim)

    with refused("still waits for approval"):
        scenes.to_closed(claim)


def test_the_accountant_is_not_who_drafted():
    claim = scenes.claim_at(ClaimState.PAYABLE)
    drafter = scenes.handler()
    drafter.roles.set([*drafter.roles.all(), *scenes.accountant().roles.all()])

    with pytest.raises(PermissionDenied), transaction.atomic():
        services.pay_claim(claim=claim, by=User.objects.get(pk=drafter.pk))


def test_payment_needs_a_verified_account_of_the_payee():
    claim = scenes.claim_at(ClaimState.PAYABLE)

    with refused("no verified bank account"):
        services.pay_claim(claim=claim, by=scenes.accountant())
    scenes.bank_account(claim.customer, verified=False)
    with refused("no verified bank account"):
        services.pay_claim(claim=claim, by=scenes.accountant())


def test_payment_is_refused_above_the_reserve():
    claim = scenes.claim_at(ClaimState.SETTLEMENT_NOTICE)
    scenes.bank_account(claim.customer)
    line = claim.exposures.get().reserve_lines.get()
    claim = scenes.to_payable(scenes.to_offered(claim))
    line.reserve = Decimal("7499.99")
    line.save()

    with refused(r"\$7,500.00 is above the reserve of \$7,499.99"):
        services.pay_claim(claim=claim, by=scenes.accountant())


def test_a_payee_on_a_sanctions_list_is_put_on_hold_and_not_paid():
    claim = scenes.claim_at(ClaimState.PAYABLE)
    scenes.bank_account(claim.customer)
    SanctionEntry.objects.create(
        source="SDN", reference="1", name="Elena Vargas", words=["elena", "vargas"],
        loaded_at=clock.now(), loaded_by=scenes.office(),
    )  # fmt: skip

    with pytest.raises(Refused, match=r"on hold \(Sanctions\)"):
        services.pay_claim(claim=claim, by=scenes.accountant())

    hold = claim.holds.get()
    assert (hold.kind, hold.placed_by) == ("sanctions", scenes.office())
    assert claim.latest_settlement().payout().payment.state == "drafted"


# Denial, withdrawal, reopening


def deny(claim, **changes):
    known = {"clauses": ["intentional"], "reasons": "Set on purpose.", "by": scenes.handler()}
    return services.deny_claim(claim=claim, **(known | changes))


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"clauses": []}, "at least one clause", "clauses"),
        ({"clauses": ["war"]}, "no exclusion “war”", "clauses"),
        ({"reasons": ""}, "why the claim is denied", "reasons"),
        ({"reasons": "Drop your complaint."}, "drop a complaint", "reasons"),
    ],
)
def test_denials_with_bad_input(changes, sentence, field):
    claim = scenes.claim_at(ClaimState.EVALUATING)

    with refused(sentence, field):
        deny(claim, **changes)


def test_nobody_is_denied_unheard():
    claim = scenes.claim_at(ClaimState.INVESTIGATING)
    exposure, by = claim.exposures.get(), scenes.adjuster()
    services.record_finding(claim=claim, kind="damage", summary="x", exposure=exposure, by=by)
    set_reserve(claim, "100.00")
    claim = services.investigate_claim(claim=claim, by=by)

    with refused("record an interview or a call"):
        deny(claim)
    services.record_finding(claim=claim, kind="interview", summary="Said so.", by=by)
    assert deny(claim).state == "denied"


def test_a_denial_needs_authority_for_what_is_denied():
    claim = scenes.claim_at(ClaimState.EVALUATING)
    AuthorityLimit.objects.filter(kind="denial").update(amount=Decimal("8999.99"))

    with refused(r"ends at \$8,999.99; this comes to \$9,000.00"):
        deny(claim)


def test_reopening_says_why_and_which_exposures():
    claim = scenes.claim_at(ClaimState.CLOSED)
    by = scenes.handler()

    with refused("why the claim is reopened", "reason"):
        services.reopen_claim(claim=claim, reason="", by=by)
    with refused("which exposures", "exposures"):
        services.reopen_claim(claim=claim, reason="More damage.", exposures=[], by=by)
    with refused("belong to another claim", "exposures"):
        other = scenes.claim_at(ClaimState.CLOSED)
        services.reopen_claim(
            claim=claim, reason="More damage.", exposures=other.exposures.all(), by=by
        )


def test_withdrawing_and_the_carrier_s_answers_say_why():
    claim = scenes.claim_at(ClaimState.WITH_CARRIER)
    by = scenes.handler()

    with refused("why the claim is withdrawn", "reason"):
        services.withdraw_claim(claim=claim, reason="", by=scenes.service_agent())
    with refused("what was said", "summary"):
        services.note_negotiation(claim=claim, direction="to_carrier", summary="", by=by)
    with refused("who wrote or called", "direction"):
        services.note_negotiation(claim=claim, direction="sideways", summary="x", by=by)
    with refused("why the carrier gave it back", "reason"):
        services.take_back_claim(claim=claim, reason="", by=by)
    with refused("how the carrier settled it", "summary"):
        services.conclude_claim(claim=claim, summary="", by=by)
    claim = services.conclude_claim(claim=claim, summary="Paid 3,000 to the insured.", by=by)
    with refused("settled by another carrier"):
        services.reopen_claim(claim=claim, reason="More damage.", by=by)


def test_a_stale_copy_acts_on_what_stands_now():
    stale = scenes.claim_at(ClaimState.RECEIVED)
    services.triage_claim(claim=stale, by=scenes.service_agent())

    with refused("is “Collecting documents” now, so “Triage” is not possible"):
        services.triage_claim(claim=stale, by=scenes.service_agent())
