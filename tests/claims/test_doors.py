"""The workbench of claims: lists, the record, one view for every act."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from claims.enums import ClaimState
from claims.models import Claim
from claims.views import ACTS
from tests.claims import scenes
from tests.claims.scenes import claim_at, handler, policy_in_force, service_agent
from tests.factories import holding, signed_in

pytestmark = pytest.mark.django_db
OF_THE_OFFICE_ALONE = {
    "notify",
    "import_claim",
    "acknowledge",
    "escalate",
    "confirm_payment",
    "return_payment",
    "reopen_payment",
}


def _png(name):
    """A real picture, painted here."""
    painted = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(painted, "PNG")
    return SimpleUploadedFile(name, painted.getvalue(), "image/png")


def _text(answer):
    return answer.content.decode()


def test_every_act_has_a_page_and_every_page_an_act():
    declared = {t.name for t in Claim._meta.get_field("state").get_all_transitions(Claim)}

    assert set(ACTS) == declared - OF_THE_OFFICE_ALONE


# Lists


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_reads_as_often_for_three_claims_as_for_one(count, django_assert_num_queries):
    """Session, user, roles and the page itself."""
    policy = policy_in_force()
    for number in range(count):
        lost_at = scenes.LOSS - timedelta(days=5 * number)
        claim_at(ClaimState.RECEIVED, policy=policy, lost_at=lost_at, is_another_loss=True)
    client = signed_in(handler())

    with django_assert_num_queries(4):
        page = client.get("/claims/?view=open")

    assert len(page.context["page"]) == count


def test_a_saved_view_shows_what_waits_for_ones_own_department():
    claim = claim_at(ClaimState.RECEIVED)

    seen = [
        claim.number in _text(signed_in(user).get("/claims/?view=my_turn"))
        for user in (service_agent(), handler())
    ]

    assert seen == [True, False]


def test_filters_stand_in_the_address():
    claim = claim_at(ClaimState.RECEIVED)
    client = signed_in(handler())

    seen = [
        claim.number in _text(client.get(f"/claims/?view=open&{query}"))
        for query in (f"q={claim.number.lower()}", "q=CL-1999-1", "state=offered", "line=property")
    ]

    assert seen == [True, False, False, True]


def test_the_list_is_exported_as_it_is_filtered():
    claim = claim_at(ClaimState.RECEIVED)

    answer = signed_in(handler()).get("/claims/?view=open&format=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()

    assert len(lines) == 2
    assert claim.number in lines[1]


def test_without_the_grant_there_is_no_list():
    assert signed_in(holding()).get("/claims/").status_code == 403


# The record


def test_the_record_says_what_happened_and_offers_the_next_legal_act():
    claim = claim_at(ClaimState.RECEIVED)

    page = signed_in(service_agent()).get(f"/claims/{claim.number}/")

    assert "A pan caught fire and the kitchen burned." in _text(page)
    assert [act["href"] for act in page.context["acts"] if act["primary"]] == [
        f"/claims/{claim.number}/triage/"
    ]


def test_a_record_that_is_not_there_is_not_found():
    assert signed_in(handler()).get("/claims/CL-2026-999999/").status_code == 404


@pytest.mark.parametrize("state", [s for s in ClaimState if s != ClaimState.WITH_CARRIER])
def test_every_act_that_is_open_has_a_page_that_opens(state):
    claim = claim_at(state)
    people = [service_agent(), handler(), scenes.supervisor(), scenes.adjuster()]
    people += [scenes.underwriter(), scenes.accountant()]

    opened = {
        act["href"]: client.get(act["href"]).status_code
        for client in map(signed_in, people)
        for act in client.get(f"/claims/{claim.number}/").context["acts"]
    }

    assert opened or state == ClaimState.WITHDRAWN
    assert set(opened.values()) <= {200}


def test_reserve_history_and_who_could_decide():
    claim = claim_at(ClaimState.COVERAGE_REVIEW)
    client = signed_in(handler())

    history = _text(client.get(f"/claims/{claim.number}/reserves/"))
    able = _text(client.get(f"/claims/{claim.number}/authority/"))

    assert "First look" in history
    assert "Hugo Brandt" in able


def test_the_reserve_history_is_offered_to_those_who_may_open_it():
    claim = claim_at(ClaimState.COVERAGE_REVIEW)
    page = _text(signed_in(service_agent()).get(f"/claims/{claim.number}/"))

    assert "/reserves/" in _text(signed_in(handler()).get(f"/claims/{claim.number}/"))
    assert "/reserves/" not in page
    assert "/authority/" not in page


def test_an_act_whose_time_has_passed_says_so_on_a_page_of_its_own():
    claim = claim_at(ClaimState.DOCUMENTING)

    page = signed_in(service_agent()).get(f"/claims/{claim.number}/triage/")

    assert page.status_code == 409
    assert f"{claim.number} is “Collecting documents” now, so “Triage” is not possible." in _text(
        page
    )


# Acts


def test_an_act_is_done_by_its_page():
    claim = claim_at(ClaimState.RECEIVED)

    answer = signed_in(service_agent()).post(f"/claims/{claim.number}/triage/", {"note": "Seen."})

    assert answer.headers["Location"] == f"/claims/{claim.number}/"
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.DOCUMENTING


def test_a_double_click_gets_a_sentence_and_has_no_second_effect():
    claim = claim_at(ClaimState.RECEIVED)
    client = signed_in(service_agent())
    address = f"/claims/{claim.number}/triage/"
    client.post(address, {"note": ""})

    second = client.post(address, {"note": "I typed this."})

    assert "“Triage” is not possible" in _text(second)
    assert "I typed this." in _text(second)
    assert claim.events.filter(kind="triage").count() == 1


def test_an_act_of_another_department_is_forbidden():
    claim = claim_at(ClaimState.RECEIVED)
    client = signed_in(handler())
    address = f"/claims/{claim.number}/triage/"

    assert [client.get(address).status_code, client.post(address, {}).status_code] == [403, 403]


def test_a_refusal_stands_next_to_its_field_and_keeps_what_was_typed():
    claim = claim_at(ClaimState.INVESTIGATING)
    exposure = claim.exposures.get()
    typed = {
        "exposure": exposure.pk,
        "kind": "indemnity",
        "amount": "99999999.00",
        "reason": "All of it",
    }

    page = signed_in(scenes.adjuster()).post(f"/claims/{claim.number}/set_reserve/", typed)

    assert page.status_code == 200
    assert "99999999.00" in _text(page)
    assert page.context["form"].errors


@pytest.mark.parametrize("amount", ["12.345", "twelve", "-1"])
def test_an_amount_that_is_none_is_refused_next_to_the_field(amount):
    claim = claim_at(ClaimState.INVESTIGATING)
    typed = {
        "exposure": claim.exposures.get().pk,
        "kind": "indemnity",
        "amount": amount,
        "reason": "x",
    }

    page = signed_in(scenes.adjuster()).post(f"/claims/{claim.number}/set_reserve/", typed)

    assert list(page.context["form"].errors) == ["amount"]
    assert not claim.exposures.get().reserve_lines.exists()


def test_an_address_that_is_no_act_is_not_found():
    claim = claim_at(ClaimState.RECEIVED)

    assert signed_in(handler()).get(f"/claims/{claim.number}/escalate/").status_code == 404


# Reporting a loss


def _notice(**changes):
    return {
        "lost_on": "2026-03-10",
        "lost_time": "22:30",
        "cause": "fire",
        "place": "12 Alder Street",
        "description": "The kitchen burned.",
        "reported_by": "Elena Vargas",
        "reporter_kind": "policyholder",
        "estimate": "9,000.00",
        **changes,
    }


def test_a_loss_is_reported_in_two_steps_with_a_photo():
    policy = policy_in_force()
    client = signed_in(service_agent())

    first = client.get("/claims/report/", {"policy": policy.number})
    with scenes.clock.travel(scenes.NOTICE):
        answer = client.post(
            f"/claims/report/?policy={policy.number}", _notice(uploads=[_png("kitchen.png")])
        )

    claim = Claim.objects.get()
    assert "Fire or smoke" in _text(first)
    assert answer.headers["Location"] == f"/claims/{claim.number}/"
    assert claim.attachments.get().upload.name == "kitchen.png"
    assert str(claim.estimate) == "9000.00"


def test_an_unknown_policy_is_named_next_to_its_field():
    page = signed_in(service_agent()).get("/claims/report/", {"policy": "HO-1"})

    assert page.context["form"].errors["policy"] == ["There is no policy with this number."]


@pytest.mark.parametrize(
    ("lost_on", "sentence"),
    [("2025-12-31", "outside the policy period"), ("2026-03-20", "cannot lie in the future")],
)
def test_a_loss_outside_the_cover_is_refused_next_to_its_day(lost_on, sentence):
    policy = policy_in_force()
    client = signed_in(service_agent())

    with scenes.clock.travel(scenes.NOTICE):
        page = client.post(f"/claims/report/?policy={policy.number}", _notice(lost_on=lost_on))

    assert sentence in page.context["form"].errors["lost_on"][0]
    assert "The kitchen burned." in _text(page)


def test_the_same_notice_twice_is_refused_with_the_first_ones_number():
    claim = claim_at(ClaimState.RECEIVED)
    client = signed_in(service_agent())

    with scenes.clock.travel(scenes.NOTICE):
        page = client.post(f"/claims/report/?policy={claim.policy.number}", _notice())

    assert claim.number in str(page.context["form"].errors)
    assert Claim.objects.count() == 1


def test_a_hostile_file_is_refused_by_name_and_nothing_is_filed():
    policy = policy_in_force()
    page_in_disguise = SimpleUploadedFile("photo.png", b"<script>alert(1)</script>")
    client = signed_in(service_agent())

    with scenes.clock.travel(scenes.NOTICE):
        page = client.post(
            f"/claims/report/?policy={policy.number}", _notice(uploads=[page_in_disguise])
        )

    assert page.context["form"].errors["uploads"][0].startswith("photo.png: ")
    assert not Claim.objects.exists()
