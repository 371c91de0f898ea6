"""Claims that do not go straight to the money: a denial with its letter, and a dispute."""

from datetime import timedelta
from pathlib import Path

import pytest

from claims.enums import ClaimState
from claims.models import Claim
from office import clock
from tests.claims import scenes
from tests.journeys.browser import PHONE
from tests.papers import words_of

pytestmark = pytest.mark.django_db(transaction=True)


def claim_at(state, policy):
    """A fire of two days ago, reported yesterday and worked to `state`."""
    now = clock.now()
    return scenes.claim_at(
        state, policy=policy, at=now - timedelta(days=1), lost_at=now - timedelta(days=2)
    )


def test_a_denial_says_why_and_its_letter_can_be_kept(window, office_works, home_policy, holder):
    claim = claim_at(ClaimState.EVALUATING, home_policy)
    office_works()

    desk = window()
    desk.sign_in(scenes.handler(), f"/claims/{claim.number}/")
    desk.act("Deny")
    desk.page.get_by_label("Section I, Exclusion A.8").first.check()
    desk.fill("Reasons", "The fire marshal found that the fire was set on purpose.")
    desk.press("Deny", within="main")
    desk.reads("Done. The claim is “Denied”.")
    office_works()

    phone = window(size=PHONE)
    phone.sign_in(holder.login, f"/portal/claims/{claim.number}/")
    phone.reads(
        "We could not accept this claim",
        "Our letter below gives the reasons, and whom you can turn to.",
    )
    letter = words_of(Path(phone.download("Denial").path()).read_bytes())
    assert claim.number in letter
    assert "BM HO 00 03 (01 25), Section I, Exclusion A.8" in letter
    assert "The fire marshal found that the fire was set on purpose." in letter


def test_a_dispute_ends_in_a_higher_offer(window, office_works, home_policy, holder):
    """Offered: 10,000 less 1,500 wear less 1,000 deductible. Another 500 makes it 8,000."""
    claim = claim_at(ClaimState.OFFERED, home_policy)
    office_works()

    phone = window(size=PHONE)
    phone.sign_in(holder.login)
    phone.follow("Read the offer")
    phone.reads("$7,500.00")
    phone.follow("I do not agree")
    phone.fill("What do you not agree with?", "The cabinets were new. Here is their price: 500.")
    phone.press("I do not agree")
    phone.reads("Thank you. We will look at it again.")
    office_works()

    outdoors = window()
    outdoors.sign_in(scenes.adjuster(), f"/claims/{claim.number}/")
    outdoors.reads("The cabinets were new.")
    outdoors.act("Record a finding")
    outdoors.choose("Kind", "Damage assessed")
    outdoors.fill("What was found", "Invoice of last year for the cabinets.")
    outdoors.choose("Exposure", "Dwelling")
    outdoors.fill("Loss", "500")
    outdoors.press("Record a finding")

    desk = window()
    desk.sign_in(scenes.handler(), f"/claims/{claim.number}/")
    desk.act("Determine the settlement")
    desk.reads("8,000.00")
    desk.press("Determine the settlement")

    counter = window()
    counter.sign_in(scenes.service_agent(), f"/claims/{claim.number}/")
    counter.act("Send the offer")
    counter.fill("Why this amount", "The invoice for the cabinets is taken in full.")
    counter.press("Send the offer")
    counter.reads("Done. The claim is “Offered”.")
    office_works()

    phone.open("/portal/")
    phone.follow("Read the offer")
    phone.reads("$8,000.00", "The invoice for the cabinets is taken in full.")
    phone.follow("Accept the offer")
    phone.tick("I have read the offer and accept it.")
    phone.press("Accept the offer")
    phone.reads("Thank you. We are preparing your payment.")

    claim = Claim.objects.get(pk=claim.pk)
    assert (claim.state, claim.cycle) == (ClaimState.PAYABLE, 2)
    assert [offer.state for offer in claim.offers.order_by("pk")] == ["disputed", "accepted"]
