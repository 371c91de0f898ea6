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
