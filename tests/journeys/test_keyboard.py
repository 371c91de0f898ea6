"""From triage to a complete file without a mouse."""

from datetime import timedelta

import pytest

from claims import services
from claims.enums import ClaimState
from claims.models import Claim
from office import clock
from office.models import Role
from tests.claims import scenes
from tests.journeys.browser import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_triage_to_verified_by_keyboard_alone(window, home_policy):
    claim = scenes.notify(home_policy, cause="lightning", lost_at=clock.now() - timedelta(days=1))
    user = scenes.handler()
    user.roles.add(Role.objects.get(pk="customer_service"))
    desk = window()
    desk.prepare(user)
    desk.page.goto("/")

    desk.tab_to("Email")
    desk.types(user.email)
    desk.tab_to("Password")
    desk.types(PASSWORD, "Enter")
    desk.tab_to("Code")
    desk.types(desk.code(user), "Enter")
    desk.page.get_by_role("heading", level=1).wait_for()
    desk.page.wait_for_function("location.pathname === '/'")

    desk.page.keyboard.press("Control+k")
    desk.types(claim.number)
    desk.page.get_by_role("option", name=claim.number).wait_for()
    desk.types("", "Enter")
    desk.page.wait_for_url(f"**/claims/{claim.number}/")
    act(desk, "Triage")
    desk.reads("Done. The claim is “Collecting documents”.")

    claim = Claim.objects.get(pk=claim.pk)
    for document in claim.documents.all():
        services.receive_document(claim=claim, document=document, by=scenes.service_agent())
    desk.page.reload()
    for name in ("Photos of the damage", "Repair estimate"):
        desk.tab_to("More")
        desk.types("", "Enter")
        desk.tab_to("Verify a document")
        desk.types("", "Enter")
        desk.page.wait_for_url("**/verify_document/")
        desk.tab_to("Document")
        desk.types(name)
        desk.tab_to("Verify a document")
        desk.types("", "Enter")
        desk.reads("Done. The claim is “Collecting documents”.")
    act(desk, "File is complete")
    desk.reads("Done. The claim is “Being investigated”.")

    assert Claim.objects.get(pk=claim.pk).state == ClaimState.INVESTIGATING


def act(desk, name):
    """The button of the record, then the button of its form."""
    for _page in range(2):
        here = desk.page.url
        desk.tab_to(name)
        desk.types("", "Enter")
        desk.page.wait_for_url(lambda there, here=here: there != here)
    desk.look()
