"""A loss from the notice to the money, each person at their own browser."""

from datetime import timedelta

import pytest

from accounting.models import Payment
from claims.models import Claim
from office.workflow import verify_chain
from tests.claims import scenes
from tests.journeys.browser import PHONE
from tests.journeys.conftest import today

pytestmark = pytest.mark.django_db(transaction=True)


def report_lightning(phone, photo, papers):
    """A loss of yesterday, told in the portal with a picture and a paper."""
    phone.follow("Report a loss", within="main")
    phone.fill("On which day did it happen?", (today() - timedelta(days=1)).isoformat())
    phone.fill("At about what time?", "21:30")
    phone.choose("What caused it?", "Lightning")
    phone.fill("Where did it happen?", "12 Alder Street, Sacramento")
    phone.fill("What happened?", "Lightning struck the chimney and the roof is open.")
    phone.attach("Photos, receipts, other papers", photo, papers)
    phone.fill("What will it cost", "10000")
    phone.press("Send the notice")
    return Claim.objects.latest("pk")


def send_paper(phone, claim, what, path):
    phone.open(f"/portal/claims/{claim.number}/files/")
    phone.choose("What is it?", what)
    phone.attach("Photos or PDF", path)
    phone.press("Send", within="main")
    phone.reads("Thank you. We have your files.")


def verify_paper(desk, claim, what):
    desk.act("Verify a document")
    desk.choose("Document", what)
    desk.press("Verify a document")
    desk.reads("Done. The claim is")


def test_a_loss_goes_from_the_notice_to_the_money(window, office_works, holder, photo, papers):
    """The loss is 10,000, worn by 1,500, the deductible 1,000: 7,500 is owed."""
    phone = window(size=PHONE)
    phone.sign_in(holder.login)
    phone.reads("A bill is past its day")
    claim = report_lightning(phone, photo, papers)
    office_works()
    phone.reads("Thank you. We have your notice.", claim.number, "roof.png", "estimate.pdf")

    counter = window()
    counter.sign_in(scenes.service_agent())
    counter.open("/claims/")
    counter.follow(claim.number)
    counter.reads("Lightning struck the chimney", "Elena Vargas")
    counter.act("Triage")
    counter.press("Triage")
    counter.reads("Done. The claim is “Collecting documents”.")
    office_works()

    phone.open(f"/portal/claims/{claim.number}/")
    phone.reads("We need some papers from you", "Photos of the damage", "Repair estimate")
    send_paper(phone, claim, "Photos of the damage", photo)
    send_paper(phone, claim, "Repair estimate", papers)

    handler = window()
    handler.sign_in(scenes.handler(), f"/claims/{claim.number}/")
    verify_paper(handler, claim, "Photos of the damage")
    verify_paper(handler, claim, "Repair estimate")
    adjuster = scenes.adjuster()
    handler.act("Assign an adjuster")
    handler.choose("Adjuster", adjuster.name)
    handler.press("Assign an adjuster")
    handler.act("Add an exposure")
    handler.choose("Coverage", "Dwelling")
    handler.press("Add an exposure")
    handler.act("File is complete")
    handler.press("File is complete")
    handler.reads("Done. The claim is “Being investigated”.")

    outdoors = window(size=PHONE)
    outdoors.sign_in(adjuster, f"/claims/{claim.number}/")
    outdoors.act("Record a finding")
    outdoors.choose("Kind", "Damage assessed")
    outdoors.fill("What was found", "Chimney and six square metres of roof.")
    outdoors.choose("Exposure", "Dwelling")
    outdoors.fill("Loss", "10,000.00")
    outdoors.fill("Depreciation", "1500")
    outdoors.press("Record a finding")
    outdoors.act("Record a finding")
    outdoors.choose("Kind", "Phone call")
    outdoors.fill("What was found", "Ms Vargas heard the strike at half past nine.")
    outdoors.press("Record a finding")
    outdoors.act("Set a reserve")
    outdoors.choose("Exposure", "Dwelling")
    outdoors.fill("Reserve", "9000")
    outdoors.fill("Reason", "First look")
    outdoors.press("Set a reserve")
    outdoors.reads("9,000.00")
    outdoors.act("Finish the investigation")
    outdoors.press("Finish the investigation")
    outdoors.reads("Done. The claim is “Coverage review”.")

    underwriter = window()
    underwriter.sign_in(scenes.underwriter(), f"/claims/{claim.number}/")
    underwriter.act("Give the opinion")
    underwriter.reads("What the policy says")
    underwriter.page.get_by_label("Covered", exact=True).check()
    underwriter.fill("Reasons", "Lightning is insured.")
    underwriter.press("Give the opinion")
    underwriter.reads("Done. The claim is “Being evaluated”.")

    handler.open(f"/claims/{claim.number}/determine/")
    handler.reads("7,500.00")
    handler.press("Determine the settlement")
    handler.reads("Done. The claim is “Settlement to be notified”.")

    counter.open(f"/claims/{claim.number}/offer/")
    counter.reads("7,500.00")
    counter.fill("Why this amount", "The repair less wear and your deductible.")
    counter.press("Send the offer")
    counter.reads("Done. The claim is “Offered”.")
    office_works()

    phone.open("/portal/")
    phone.reads("An offer waits for your answer")
    phone.follow("Read the offer")
    phone.reads("$7,500.00", "The repair less wear and your deductible.")
    phone.follow("Accept the offer")
    phone.tick("I have read the offer and accept it.")
    phone.press("Accept the offer")
    phone.reads("Thank you. We are preparing your payment.")
    phone.follow("Tell us your account")
    phone.fill("Account number or IBAN", "000123456789")
    phone.fill("Routing number", "121000358")
    phone.press("Save the account")
    phone.reads("We will check the account before we pay.", "6789")

    books = window()
    books.sign_in(scenes.accountant(2), holder.get_absolute_url())
    books.press("Verify", within="main")
    books.reads("Verified")

    payer = window()
    payer.sign_in(scenes.accountant(), f"/claims/{claim.number}/")
    payer.act("Pay")
    payer.reads("$7,500.00", "6789", "Hugo Brandt")
    payer.press("Pay")
    payer.reads("Done. The claim is “Closed”.")
    office_works()

    phone.open(f"/portal/claims/{claim.number}/")
    phone.reads("This claim is closed", "$7,500.00")
    payment = Payment.objects.get(source=claim.source)
    payer.open("/accounting/payments/?view=confirmed")
    payer.follow(payment.number)
    payer.reads("Confirmed", "7,500.00")
    payer.open("/accounting/accounts/1000/")
    payer.reads("7,500.00")
    payer.open("/accounting/trial-balance/")
    payer.reads("7,500.00")

    claim = Claim.objects.get(pk=claim.pk)
    walked = claim.events.filter(step__isnull=False).order_by("seq")
    assert [(event.step, event.kind) for event in walked] == [
        (1, "triage"),
        (2, "verify"),
        (3, "investigate"),
        (4, "confirm_coverage"),
        (5, "determine"),
        (6, "offer"),
        (7, "accept"),
        (8, "pay"),
    ]
    assert verify_chain(claim) is None
