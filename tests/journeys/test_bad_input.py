"""Each mistake gets a clear sentence, and what was typed is still there."""

from datetime import timedelta

import pytest

from accounting.models import Invoice, Receipt
from claims.enums import ClaimState
from claims.models import Claim
from office import clock
from tests import factories
from tests.claims import scenes
from tests.journeys.browser import PHONE
from tests.journeys.conftest import today

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = "Hail broke the skylight and the rain came in."


@pytest.fixture
def notice(window, holder, home_policy):
    """A phone on the notice of loss, filled in with a loss of yesterday."""
    phone = window(size=PHONE)
    phone.sign_in(holder.login, f"/portal/claims/report/{home_policy.number}/")
    fill_notice(phone)
    return phone


def fill_notice(phone):
    phone.fill("On which day did it happen?", yesterday())
    phone.fill("At about what time?", "21:30")
    phone.choose("What caused it?", "Wind or hail")
    phone.fill("Where did it happen?", "12 Alder Street, Sacramento")
    phone.fill("What happened?", TOLD)


def yesterday():
    return (today() - timedelta(days=1)).isoformat()


def is_refused(phone, sentence):
    """The sentence stands on the page, and nothing that was typed is gone."""
    phone.reads("This was not accepted.", sentence)
    assert phone.typed("What happened?") == TOLD
    assert phone.typed("Where did it happen?") == "12 Alder Street, Sacramento"
    assert phone.typed("At about what time?") == "21:30"


def test_a_policy_that_does_not_exist(window, live_server):
    desk = window()
    desk.sign_in(scenes.service_agent(), "/claims/report/")
    desk.fill("Policy number", "HO-2026-999999")
    desk.press("Continue")

    desk.reads("There is no policy with this number.")
    assert desk.typed("Policy number") == "HO-2026-999999"


def test_days_on_which_nothing_was_insured_or_could_happen(notice, home_policy):
    first_day = home_policy.terms.get().valid_from
    notice.fill("On which day did it happen?", (first_day - timedelta(days=1)).isoformat())
    notice.press("Send the notice")
    is_refused(notice, "The loss fell outside the policy period.")

    notice.fill("On which day did it happen?", (today() + timedelta(days=1)).isoformat())
    notice.press("Send the notice")
    is_refused(notice, "The loss cannot lie in the future.")

    assert not Claim.objects.exists()


def test_an_amount_with_three_decimals(notice):
    notice.fill("What will it cost", "1200.505")
    notice.press("Send the notice")

    is_refused(notice, "An amount of money has at most two decimals.")
    assert notice.typed("What will it cost") == "1200.505"


def test_files_that_are_too_large_or_not_what_they_say(notice, tmp_path, settings):
    settings.UPLOAD_MAX_BYTES = 2 * 1024 * 1024
    large = tmp_path / "film.png"
    large.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(3 * 1024 * 1024))
    notice.attach("Photos, receipts, other papers", large)
    notice.press("Send the notice")
    is_refused(notice, "The file is too large")

    hostile = tmp_path / "photo.png"
    hostile.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    notice.attach("Photos, receipts, other papers", hostile)
    notice.press("Send the notice")
    is_refused(notice, "photo.png: We do not take files of this kind")

    assert not Claim.objects.exists()


def test_the_same_loss_again(notice, home_policy):
    notice.press("Send the notice")
    notice.reads("Thank you. We have your notice.")
    first = Claim.objects.get()

    notice.open(f"/portal/claims/report/{home_policy.number}/")
    assert notice.typed("What happened?") == ""  # it was accepted, so the draft is gone
    fill_notice(notice)
    notice.press("Send the notice")

    is_refused(notice, f"This loss has been reported already: claim {first.number}.")
    assert Claim.objects.count() == 1


def test_a_form_that_another_tab_has_made_stale(window, home_policy):
    now = clock.now()
    claim = scenes.claim_at(
        ClaimState.SETTLEMENT_NOTICE, policy=home_policy, at=now, lost_at=now - timedelta(days=1)
    )
    desk = window()
    desk.sign_in(scenes.service_agent(), f"/claims/{claim.number}/offer/")
    other = desk.another_tab(f"/claims/{claim.number}/offer/")
    other.fill("Why this amount", "Written first.")
    other.press("Send the offer")
    other.reads("Done. The claim is “Offered”.")

    desk.fill("Why this amount", "Written at length, and too late.")
    desk.press("Send the offer")

    desk.reads("This was not accepted.", f"{claim.number} is “Offered” now")
    assert desk.typed("Why this amount") == "Written at length, and too late."
    assert claim.offers.count() == 1


def test_paying_with_a_double_click_pays_once(window, office_works, holder):
    invoice = Invoice.objects.filter(customer=holder).earliest("pk")
    phone = window(size=PHONE)
    phone.sign_in(holder.login, f"/portal/billing/{invoice.number}/")

    phone.page.get_by_role("button", name="Pay now").dblclick()

    phone.reads("Thank you. The invoice is paid.", "Nothing to pay.")
    office_works()
    assert [receipt.amount for receipt in Receipt.objects.all()] == [invoice.total]


def test_a_session_that_another_tab_has_ended(notice, holder):
    other = notice.another_tab("/portal/")
    other.sign_out()

    notice.press("Send the notice")
    notice.reads("Sign in")
    notice.enter_password(holder.login)

    notice.reads("This is what you had typed before.")
    assert notice.typed("What happened?") == TOLD
    assert notice.typed("On which day did it happen?") == yesterday()
    notice.press("Send the notice")
    notice.reads("Thank you. We have your notice.")
    assert Claim.objects.get().description == TOLD


def test_a_mistyped_password_keeps_the_address(window, live_server):
    user = factories.person("accountant")
    door = window()
    door.open("/")
    door.fill("Email", user.email)
    door.fill("Password", "wrong")
    door.press("Sign in", within="main")

    door.reads("This was not accepted.")
    assert door.typed("Email") == user.email
