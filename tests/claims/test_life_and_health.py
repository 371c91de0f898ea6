"""A claim of each kind of life and health product, from its policy to what is paid."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from claims import selectors, services
from claims.enums import ClaimState
from claims.models import Claim
from office import clock
from tests import factories
from tests.claims import scenes

pytestmark = pytest.mark.django_db

NOTICE = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)
LOSS = datetime(2026, 3, 11, 6, 30, tzinfo=UTC)


def licensed_adjuster(line: str, place: str):
    user = scenes.adjuster()
    services.license_adjuster(
        adjuster=user.adjuster,
        jurisdiction=place,
        line=line,
        number=f"{place}-{line}",
        valid_from=date(2020, 1, 1),
        valid_to=date(2031, 1, 1),
        by=scenes.supervisor(),
    )
    return user


def exposed(claim, coverage: str, item: str, line: str, place: str):
    """The claim triaged, its papers in, its adjuster found and the coverage that was hit open."""
    services.triage_claim(claim=claim, by=scenes.service_agent())
    for document in claim.documents.all():
        services.receive_document(claim=claim, document=document, by=scenes.service_agent())
        services.verify_document(claim=claim, document=document, by=scenes.handler())
    adjuster = licensed_adjuster(line, place)
    services.assign_adjuster(claim=claim, adjuster=adjuster, by=scenes.handler())
    services.add_exposure(
        claim=claim, coverage=coverage, item=item, claimant=claim.customer, by=scenes.handler()
    )
    return services.verify_claim(claim=claim, by=scenes.handler())


def paid(claim, *, loss: str, by=None) -> Claim:
    claim = scenes.to_coverage_review(claim, loss=loss, depreciation="0.00", reserve=loss)
    claim = scenes.to_evaluating(claim, reasons="It is insured.")
    claim = services.determine_claim(
        claim=claim, claimant=claim.customer, by=by or scenes.handler()
    )
    claim = scenes.to_closed(scenes.to_payable(scenes.to_offered(claim)))
    return Claim.objects.get(pk=claim.pk)


def test_a_bill_above_the_deductible_of_the_plan_is_paid():
    """A bill of 12,400 under a deductible of 4,500 a person: 7,900 is owed."""
    policy = factories.policy_in_force("medical", "US-NE")
    with clock.travel(NOTICE):
        claim = scenes.notify(
            policy,
            lost_at=LOSS,
            cause="illness",
            description="Appendicitis, operated on the same night.",
            place="Omaha General Hospital",
            estimate=Decimal("12400.00"),
        )
        claim = exposed(claim, "MEDICAL", "m1", "health", "US-NE")
        claim = paid(claim, loss="12400.00")

    assert {one.kind for one in claim.documents.all()} == {
        "itemized_bill",
        "other_eob",
        "medical_records",
        "discharge_summary",
        "prior_authorization",
    }
    assert (claim.state, claim.paid_total) == (ClaimState.CLOSED, Decimal("7900.00"))
    assert [sentence for check in selectors.INVARIANTS for sentence in check()] == []


def test_a_death_benefit_is_paid_in_full_to_who_claims_it():
    """80,000 insured, no deductible: all of it is owed."""
    risk = factories.risk("term_life")
    risk["lives"][0]["sum_insured"] = 80000
    policy = factories.policy_in_force("term_life", "US-CO", application=risk)
    with clock.travel(NOTICE):
        claim = scenes.notify(
            policy,
            lost_at=LOSS,
            cause="death_accident",
            description="A fall while climbing a ladder at home.",
            place="Denver",
            estimate=Decimal("80000.00"),
        )
        claim = exposed(claim, "DEATH", "l1", "life", "US-CO")
        asked = {one.kind for one in claim.documents.all()}
        with_authority = scenes.supervisor()
        claim = paid(claim, loss="80000.00", by=with_authority)

    assert asked == {
        "death_certificate",
        "claimant_statement",
        "beneficiary_identity",
        "police_report",
        "coroner_report",
    }
    assert (claim.state, claim.paid_total) == (ClaimState.CLOSED, Decimal("80000.00"))
    assert [sentence for check in selectors.INVARIANTS for sentence in check()] == []


def test_a_bill_of_a_groups_employee_is_paid_above_the_deductible():
    """4,000 under a deductible of 1,500: 2,500 is owed; the employer confirms the enrollment."""
    policy = factories.policy_in_force("group_medical", "US-FL", pay_plan="monthly")
    with clock.travel(NOTICE):
        claim = scenes.notify(
            policy,
            lost_at=LOSS,
            cause="injury",
            description="A broken wrist after a fall at home.",
            place="Miami",
            estimate=Decimal("4000.00"),
        )
        claim = exposed(claim, "MEDICAL", "c1", "health", "US-FL")
        asked = {one.kind for one in claim.documents.all()}
        claim = paid(claim, loss="4000.00")

    assert asked == {"itemized_bill", "enrollment_proof", "other_eob", "accident_report"}
    assert (claim.state, claim.paid_total) == (ClaimState.CLOSED, Decimal("2500.00"))


@pytest.mark.parametrize(
    ("kind", "cause", "clause"),
    [
        ("term_life", "suicide", "BM TL 00 01 (01 25), Part 4, Suicide"),
        ("medical", "cosmetic", "BM IM 00 01 (01 25), Part 7, Exclusion 4"),
        ("group_medical", "work_injury", "BM GM 00 01 (01 25), Part 6, Exclusion 8"),
    ],
)
def test_the_clause_that_may_exclude_a_loss_is_at_hand(kind, cause, clause):
    policy = factories.policy_in_force(kind, "US-NE", pay_plan="monthly")
    with clock.travel(NOTICE):
        claim = scenes.notify(
            policy, lost_at=LOSS, cause=cause, description="As told.", place="Omaha"
        )

    assert clause in {found for found, _text in selectors.clauses_of(claim).values()}
