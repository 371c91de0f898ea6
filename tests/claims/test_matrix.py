"""Every act in every state for every kind of person: the table the claims department works by."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from claims.enums import ClaimState
from claims.models import Claim
from office.exceptions import Refused
from office.workflow import move, moves_open_to
from tests.claims import scenes

PAPERS = "require_document receive_document verify_document refuse_document"
OFFICE = "acknowledge confirm_payment"

# state → person → the acts open to them. Whoever is not named may do nothing.
TABLE = {
    "received": {
        "customer_service": "link_duplicate dismiss_duplicate triage receive_document attach"
        " withdraw",
        "handler": "link_duplicate dismiss_duplicate receive_document attach place_hold"
        " write_status",
        "supervisor": "link_duplicate dismiss_duplicate receive_document attach place_hold"
        " write_status release_hold",
        "adjuster": "receive_document attach",
        "other_adjuster": "receive_document attach",
        "underwriter": "receive_document attach",
        "policyholder": "receive_document attach withdraw",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "documenting": {
        "customer_service": "receive_document attach withdraw",
        "handler": f"{PAPERS} waive_document attach verify assign_adjuster add_exposure"
        " record_finding place_hold write_status hand_over",
        "supervisor": f"{PAPERS} waive_document attach verify assign_adjuster add_exposure"
        " record_finding place_hold write_status hand_over release_hold",
        "adjuster": f"{PAPERS} attach add_exposure record_finding",
        "other_adjuster": f"{PAPERS} attach add_exposure record_finding",
        "underwriter": f"{PAPERS} attach",
        "accountant": "pay_advance",
        "policyholder": "receive_document attach withdraw",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "investigating": {
        "customer_service": "receive_document attach withdraw",
        "handler": f"{PAPERS} waive_document attach request_documents assign_adjuster"
        " add_exposure record_finding set_reserve place_hold write_status",
        "supervisor": f"{PAPERS} waive_document attach request_documents assign_adjuster"
        " add_exposure record_finding set_reserve place_hold write_status release_hold advance",
        "adjuster": f"{PAPERS} attach request_documents add_exposure record_finding set_reserve"
        " advance investigate",
        "other_adjuster": f"{PAPERS} attach request_documents add_exposure record_finding"
        " set_reserve advance",
        "underwriter": f"{PAPERS} attach",
        "accountant": "pay_advance",
        "policyholder": "receive_document attach withdraw",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "coverage_review": {
        "customer_service": "receive_document attach withdraw",
        "handler": f"{PAPERS} waive_document attach request_documents assign_adjuster"
        " record_finding set_reserve place_hold write_status deny",
        "supervisor": f"{PAPERS} waive_document attach request_documents assign_adjuster"
        " record_finding set_reserve place_hold write_status deny release_hold advance",
        "adjuster": f"{PAPERS} attach record_finding set_reserve advance",
        "other_adjuster": f"{PAPERS} attach record_finding set_reserve advance",
        "underwriter": f"{PAPERS} attach request_documents confirm_coverage",
        "accountant": "pay_advance",
        "policyholder": "receive_document attach withdraw",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "evaluating": {
        "customer_service": "receive_document attach withdraw",
        "handler": f"{PAPERS} waive_document attach request_documents assign_adjuster"
        " record_finding set_reserve place_hold write_status deny determine",
        "supervisor": f"{PAPERS} waive_document attach request_documents assign_adjuster"
        " record_finding set_reserve place_hold write_status deny determine release_hold advance",
        "adjuster": f"{PAPERS} attach record_finding set_reserve advance",
        "other_adjuster": f"{PAPERS} attach record_finding set_reserve advance",
        "underwriter": f"{PAPERS} attach",
        "accountant": "pay_advance",
        "policyholder": "receive_document attach withdraw",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "settlement_notice": {
        "customer_service": "attach withdraw offer",
        "handler": "attach set_reserve place_hold write_status",
        "supervisor": "attach set_reserve place_hold write_status release_hold advance",
        "adjuster": "attach set_reserve advance",
        "other_adjuster": "attach set_reserve advance",
        "underwriter": "attach",
        "accountant": "pay_advance",
        "policyholder": "attach withdraw",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "offered": {
        "customer_service": "attach withdraw accept dispute",
        "handler": "attach set_reserve place_hold write_status",
        "supervisor": "attach set_reserve place_hold write_status release_hold advance",
        "adjuster": "attach set_reserve advance",
        "other_adjuster": "attach set_reserve advance",
        "underwriter": "attach",
        "accountant": "pay_advance",
        "policyholder": "attach withdraw accept dispute",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "payable": {
        "customer_service": "attach",
        "handler": "attach set_reserve place_hold write_status",
        "supervisor": "attach set_reserve place_hold write_status release_hold",
        "adjuster": "attach set_reserve",
        "other_adjuster": "attach set_reserve",
        "underwriter": "attach",
        "accountant": "pay pay_advance",
        "policyholder": "attach",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
    "closed": {
        "handler": "reopen",
        "supervisor": "reopen release_hold",
        "office": f"{OFFICE} reopen_payment",
    },
    "denied": {
        "handler": "reopen",
        "supervisor": "reopen release_hold",
        "office": f"{OFFICE} return_payment",
    },
    "withdrawn": {
        "supervisor": "release_hold",
        "office": f"{OFFICE} return_payment",
    },
    "with_carrier": {
        "customer_service": "attach withdraw",
        "handler": "attach note_negotiation take_back conclude place_hold",
        "supervisor": "attach note_negotiation take_back conclude place_hold release_hold",
        "adjuster": "attach",
        "other_adjuster": "attach",
        "underwriter": "attach",
        "policyholder": "attach withdraw",
        "office": f"{OFFICE} return_payment escalate place_hold",
    },
}
TRIED = {"handler", "accountant", "policyholder", "stranger"}  # who also try what is not theirs
ACTS = frozenset(
    transition.name for transition in Claim._meta.get_field("state").get_all_transitions(Claim)
)


def everybody(claim):
    return {
        "customer_service": scenes.service_agent(),
        "handler": scenes.handler(2),
        "supervisor": scenes.supervisor(),
        "adjuster": scenes.adjuster(),
        "other_adjuster": scenes.adjuster(2),
        "underwriter": scenes.underwriter(),
        "accountant": scenes.accountant(),
        "office": scenes.office(),
        "policyholder": scenes.with_login(claim.customer),
        "stranger": scenes.with_login(scenes.customer("Otto Baumann")),
        "agent": scenes.staff("agent", "agency", "Alex Moreno"),
        "compliance": scenes.staff("compliance", "compliance", "Cora Lind"),
        "policy_administrator": scenes.staff(
            "policy_administrator", "policy_administration", "Pia Stone"
        ),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(ClaimState.values))
def test_acts_open_to_everybody_and_refused_to_the_others(state):
    claim = scenes.claim_at(state)
    people = everybody(claim)
    claim = Claim.objects.get(pk=claim.pk)

    for role, user in people.items():
        allowed = set(TABLE[state].get(role, "").split())
        assert {one.act for one in moves_open_to(user, claim)} == allowed, role
        for act in sorted(ACTS - allowed) if role in TRIED else ():
            with pytest.raises((Refused, PermissionDenied)), transaction.atomic():
                move(claim, act, by=user)
    assert Claim.objects.get(pk=claim.pk).event_count == claim.event_count


def test_table_names_every_state_and_every_act():
    named = {act for people in TABLE.values() for acts in people.values() for act in acts.split()}

    assert set(TABLE) == set(ClaimState.values)
    assert ACTS - named == {"notify", "import_claim"}  # these begin a claim
