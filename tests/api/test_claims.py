"""Claims through the API: who sees what, notice, every act, files and letters."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.dateparse import parse_datetime

from claims import services
from claims.models import Claim
from claims.views import ACTS
from office import clock
from tests import factories
from tests.api.callers import is_problem, picture, program, session, stranger
from tests.claims import scenes
from tests.factories import claim_at

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 18, 0, tzinfo=UTC)
STAFF = {
    "service": scenes.service_agent,
    "handler": scenes.handler,
    "supervisor": scenes.supervisor,
    "adjuster": scenes.adjuster,
    "underwriter": scenes.underwriter,
    "accountant": scenes.accountant,
}
INSIDE = {"reserve_indemnity", "reserve_expense", "incurred", "adjuster", "exposures", "findings",
          "duplicates", "holds", "payouts", "due_on", "opinion"}  # fmt: skip
FILES = {"attach": {"caption": "x"}, "receive_document": {"document": "1"}}  # multipart
NOTICE = {
    "lost_on": "2026-03-10",
    "lost_time": "22:30",
    "cause": "fire",
    "place": "12 Alder Street, Sacramento",
    "description": "A pan caught fire.",
    "reported_by": "Elena Vargas",
    "reporter_kind": "policyholder",
    "estimate": "9000.00",
}


@pytest.fixture(autouse=True)
def noon():
    with clock.travel(NOW):
        yield


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_the_list_and_the_whole_file(role):
    claim = claim_at("investigating")
    caller = program(STAFF[role]())

    rows = caller.get("claims/").json()["results"]
    body = caller.get(f"claims/{claim.number}/").json()

    assert [row["number"] for row in rows] == [claim.number]
    assert rows[0]["policyholder"] == body["policyholder"] == "Elena Vargas"
    assert body["adjuster"] == scenes.adjuster().email
    assert set(body) >= INSIDE


def test_the_policyholder_sees_their_claim_and_nothing_of_the_inside():
    claim = claim_at("offered")
    caller = session(scenes.with_login(claim.customer))

    rows = caller.get("claims/").json()["results"]
    body = caller.get(f"claims/{claim.number}/").json()

    assert [set(row) for row in rows] == [{"number", "state", "line", "lost_on", "notified_at"}]
    assert not INSIDE & set(body)
    # Loss 10,000 less 1,500 wear less the deductible of the policy: the offer's own amount.
    assert [offer["amount"] for offer in body["offers"]] == [str(claim.open_offer().amount)]
    assert {"accept", "dispute", "withdraw"} <= {one["act"] for one in body["actions"]}


def test_a_claimant_sees_only_what_concerns_them():
    claim = claim_at("documenting")
    other = scenes.customer("Boris Quill")
    services.add_exposure(
        claim=claim, coverage="DWELL", item="dwelling", claimant=other, by=scenes.handler()
    )

    body = session(scenes.with_login(other)).get(f"claims/{claim.number}/").json()

    assert set(body) == {
        "number", "state", "line", "lost_on", "notified_at", "offers", "letters", "files", "actions"
    }  # fmt: skip
    assert body["letters"] == body["offers"] == body["files"] == []


@pytest.mark.parametrize("path", ["", "files/"])
def test_somebody_elses_claim_is_no_claim(path):
    claim = claim_at("received")
    neighbour = scenes.with_login(scenes.customer("Boris Quill"))

    answer = session(neighbour).get(f"claims/{claim.number}/{path}")

    assert is_problem(answer, 404)
    assert session(neighbour).get("claims/").json()["results"] == []


def test_no_act_is_open_to_strangers_or_on_foreign_claims():
    claim = claim_at("received")
    neighbour = session(scenes.with_login(scenes.customer("Boris Quill")))

    answers = {
        act: tuple(
            caller.post(f"claims/{claim.number}/{act}/", files=FILES.get(act)).status_code
            for caller in (stranger(), neighbour)
        )
        for act in ACTS
    }

    assert answers == dict.fromkeys(ACTS, (401, 404))
    assert Claim.objects.get().event_count == claim.event_count


def test_acts_that_are_not_open_are_refused_before_their_body_is_read():
    claim = claim_at("received")
    auditor = program(factories.person("compliance"))

    answers = [
        auditor.post(f"claims/{claim.number}/{act}/", {"nonsense": 1}, files=FILES.get(act))
        for act in ACTS
    ]

    assert {answer.status_code for answer in answers} == {403, 409}
    assert all(is_problem(answer, answer.status_code) for answer in answers)
    assert Claim.objects.get().event_count == claim.event_count


def test_every_act_has_its_address():
    paths = session(factories.person("compliance")).get("schema/", format="json")
    text = paths.content.decode()

    assert [act for act in ACTS if f"/api/claims/{{number}}/{act}/" not in text] == []


def test_a_notice_by_the_policyholder():
    policy = scenes.policy_in_force()
    holder = scenes.with_login(policy.customer)

    answer = session(holder).post("claims/", NOTICE | {"policy": policy.number})

    body = answer.json()
    assert answer.status_code == 201
    assert body["state"] == "received"
    # 22:30 in Sacramento, daylight saving since 8 March 2026: 7 hours behind UTC.
    assert parse_datetime(body["lost_at"]) == datetime(2026, 3, 11, 5, 30, tzinfo=UTC)
    assert Claim.objects.get().notified_by == holder


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"lost_on": "2027-01-01"}, 409, "lost_on"),
        ({"lost_on": "2025-12-31"}, 409, "lost_on"),
        ({"lost_on": "31.12.2025"}, 400, "lost_on"),
        ({"cause": "dragons"}, 400, "cause"),
        ({"estimate": "10.005"}, 400, "estimate"),
        ({"estimate": "-1.00"}, 400, "estimate"),
        ({"policy": "HO-1999-000001"}, 409, "policy"),
        ({"description": ""}, 400, "description"),
        ({"place": "a\u0000b"}, 400, None),
    ],
)
def test_a_bad_notice_is_refused_by_field(change, status, field):
    policy = scenes.policy_in_force()

    answer = program(scenes.service_agent()).post(
        "claims/", NOTICE | {"policy": policy.number} | change
    )

    assert is_problem(answer, status)
    assert list(answer.json().get("errors", {None: 0})) == [field]
    assert not Claim.objects.exists()


def test_an_offer_is_made_and_accepted_through_the_api():
    claim = claim_at("settlement_notice")
    person = scenes.with_login(claim.customer)
    holder = session(person)

    offered = program(scenes.service_agent()).post(
        f"claims/{claim.number}/offer/", {"reasons": "The repair less wear and your deductible."}
    )
    sha256 = holder.get(f"claims/{claim.number}/").json()["offers"][0]["sha256"]
    stale = holder.post(f"claims/{claim.number}/accept/", {"sha256": "0" * 64})
    accepted = holder.post(f"claims/{claim.number}/accept/", {"sha256": sha256})

    assert (offered.status_code, offered.json()["state"]) == (200, "offered")
    assert is_problem(stale, 409)
    assert (accepted.status_code, accepted.json()["state"]) == (200, "payable")
    assert Claim.objects.get().accepted_by == person


def test_staff_accept_only_with_evidence():
    claim = claim_at("offered")

    answer = program(scenes.service_agent()).post(
        f"claims/{claim.number}/accept/", {"sha256": claim.open_offer().sha256}
    )

    assert is_problem(answer, 409)
    assert Claim.objects.get().state == "offered"


def test_acts_name_people_by_what_they_are_known_by():
    claim = claim_at("documenting")
    handler = program(scenes.handler())

    answer = handler.post(
        f"claims/{claim.number}/assign_adjuster/", {"adjuster": scenes.adjuster().email}
    )
    unknown = handler.post(f"claims/{claim.number}/assign_adjuster/", {"adjuster": "x@y.example"})

    assert answer.json()["adjuster"] == scenes.adjuster().email
    assert is_problem(unknown, 400)
    assert list(unknown.json()["errors"]) == ["adjuster"]


def test_a_file_is_cleaned_kept_and_streamed_to_those_who_may():
    claim = claim_at("documenting")
    holder = session(scenes.with_login(claim.customer))

    answer = holder.post(
        f"claims/{claim.number}/files/", files={"file": picture(), "caption": "The stove"}
    )
    row = answer.json()
    address = row["href"].removeprefix("/api/")
    given = program(scenes.handler()).get(address)
    neighbour = scenes.with_login(scenes.customer("Boris Quill"))

    assert answer.status_code == 201
    assert holder.get(f"claims/{claim.number}/files/").json() == [row]
    assert given.status_code == 200
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert is_problem(session(neighbour).get(address), 404)
    assert is_problem(stranger().get(address), 401)


def test_what_is_no_file_is_refused_with_a_sentence():
    claim = claim_at("documenting")
    script = SimpleUploadedFile("virus.exe", b"MZ\x90\x00" * 20)

    answer = program(scenes.handler()).post(f"claims/{claim.number}/files/", files={"file": script})

    assert is_problem(answer, 409)
    assert not claim.attachments.exists()
