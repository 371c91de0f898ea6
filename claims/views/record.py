"""The page of a claim: what happened, whose turn it is, what is at stake, what was done."""

from decimal import Decimal

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from claims import deadlines, rules, selectors
from claims.enums import DOCUMENT_FROM, ClaimState, DocumentState, DuplicateState
from claims.models import ReserveChange
from claims.views.acts import ACTS, claim_of
from claims.views.lists import TONES, place_in_list
from customers import places
from office import authority, clock, money, workflow
from office.doors import permission_required
from office.enums import AuthorityKind, DepartmentCode
from policies.catalogue import label

DOCUMENT_TONES = {
    DocumentState.REQUESTED: "warn",
    DocumentState.RECEIVED: "info",
    DocumentState.VERIFIED: "good",
    DocumentState.REFUSED: "bad",
    DocumentState.WAIVED: "",
}
ICONS = {
    "notify": "siren",
    "pay": "banknote",
    "advance": "hand-coins",
    "deny": "ban",
    "offer": "send",
    "accept": "handshake",
    "acknowledge": "mail-check",
    "set_reserve": "piggy-bank",
    "record_finding": "clipboard-pen",
    "assign_adjuster": "user-check",
    "escalate": "bell-ring",
    "place_hold": "hand",
}
EVENT_TONES = {"pay": "good", "confirm_payment": "good", "accept": "good", "deny": "bad"}


@permission_required("claims.view_claim")
@require_GET
def detail(request, number):
    claim = claim_of(request, number)
    beside_the_point = _without_object(claim)
    moves = [
        move
        for move in workflow.moves_open_to(request.user, claim)
        if move.act in ACTS and move.act not in beside_the_point
    ]
    today = clock.today(claim.time_zone)
    context = {
        "claim": claim,
        "cause": selectors.cause_name(claim),
        "place": places.name_of(claim.jurisdiction),
        "tone": TONES.get(claim.state, "info"),
        "acts": [_button(claim, move) for move in moves],
        "steps": _steps(claim),
        "dues": [_due(due, today) for due in claim.dues],
        "is_late": bool(claim.due_on and claim.due_on < today),
        "may_view_internals": rules.may_view_internals(claim, request.user),
        "figures": _figures(claim),
        "exposures": _exposures(claim),
        "documents": _documents(claim),
        "attachments": claim.attachments.select_related("upload", "attached_by"),
        "findings": claim.findings.select_related("exposure", "recorded_by"),
        "holds": claim.holds.filter(released_at=None).select_related("placed_by"),
        "duplicates": claim.duplicates.filter(state=DuplicateState.FOUND).select_related("other"),
        "review": claim.reviews.select_related("confirmed_by").first(),
        "settlement": claim.latest_settlement(),
        "letters": claim.letters.select_related("document", "message"),
        "handover": claim.handovers.select_related("carrier").prefetch_related("notes").first(),
        "events": _events(claim),
        **place_in_list(request, claim),
    }
    return render(request, "claims/detail.html", context)


@permission_required("claims.view_claim")
@require_GET
def reserves(request, number):
    """How the reserve of a claim came to be: every change, its reason and its author."""
    claim = _from_within(request, number)
    changes = ReserveChange.objects.filter(line__exposure__claim=claim)
    context = {
        "claim": claim,
        "changes": changes.select_related("line__exposure__claim", "recorded_by").order_by("-id"),
        "crumbs": [
            {"label": _("Claims"), "href": reverse("claims:list")},
            {"label": claim.number, "href": claim.get_absolute_url()},
            {"label": _("Reserve history")},
        ],
    }
    return render(request, "claims/reserves.html", context)


@permission_required("claims.view_claim")
@require_GET
def who_could(request, number):
    """Who could decide this? By the authority that each person holds for the amount at stake."""
    claim = _from_within(request, number)
    at_stake = claim.reserve_total + claim.paid_total
    scope = {"line": claim.line, "product": claim.product, "jurisdiction": claim.jurisdiction}
    kinds = [AuthorityKind.SETTLEMENT, AuthorityKind.DENIAL, AuthorityKind.PAYMENT]
    able = [
        {
            "kind": kind.label,
            "people": authority.who_could(
                kind=kind, amount=at_stake, on=clock.today(claim.time_zone), **scope
            ),
        }
        for kind in kinds
    ]
    context = {
        "claim": claim,
        "able": able,
        "at_stake": at_stake,
        "crumbs": [
            {"label": _("Claims"), "href": reverse("claims:list")},
            {"label": claim.number, "href": claim.get_absolute_url()},
            {"label": _("Who could decide this?")},
        ],
    }
    return render(request, "claims/who_could.html", context)


def _from_within(request, number):
    """The claim, for those who may see what the office thinks of it: no agent, no outsider."""
    claim = claim_of(request, number)
    if not rules.may_view_internals(claim, request.user):
        raise Http404
    return claim


def _without_object(claim):
    """Acts on something of which the claim has none: a hold, a duplicate, an advance, a paper."""
    states = set(claim.documents.values_list("state", flat=True))
    looks_alike = claim.duplicates.filter(state=DuplicateState.FOUND).exists()
    has = {
        "release_hold": claim.hold_count,
        "link_duplicate": looks_alike,
        "dismiss_duplicate": looks_alike,
        "pay_advance": claim.payouts.drafted().filter(settlement=None).exists(),
        "receive_document": states & DOCUMENT_FROM[DocumentState.RECEIVED],
        "verify_document": states & DOCUMENT_FROM[DocumentState.VERIFIED],
        "refuse_document": states & DOCUMENT_FROM[DocumentState.REFUSED],
        "waive_document": states & DOCUMENT_FROM[DocumentState.WAIVED],
    }
    return {act for act, found in has.items() if not found}


def _button(claim, move):
    return {
        "label": move.label,
        "icon": move.icon,
        "primary": move.primary,
        "href": reverse("claims:act", args=[claim.number, move.act]),
    }


def _steps(claim):
    """The stepper: done with its date, now with its due date, ahead with its department."""
    steps = []
    for step in selectors.steps_of(claim):
        state = "done" if step["done_at"] else "now" if step["is_current"] else "todo"
        when = ""
        if step["done_at"]:
            when = date_format(timezone.localtime(step["done_at"]), "SHORT_DATETIME_FORMAT")
        elif step["is_current"] and claim.due_on:
            due = date_format(claim.due_on, "SHORT_DATE_FORMAT")
            when = _("Due %(day)s") % {"day": due}
        steps.append(
            {
                "n": step["number"],
                "name": ClaimState(step["state"]).label,
                "who": DepartmentCode(step["department"]).label,
                "when": when,
                "state": state,
            }
        )
    return steps


def _due(due, today):
    return {
        "what": deadlines.WHAT[due.what],
        "due_on": due.due_on,
        "is_late": bool(due.due_on and due.due_on < today),
        "why": deadlines.explain(due),
        "because": capfirst(deadlines.explain(due).removeprefix(f"{deadlines.WHAT[due.what]}: ")),
    }


def _figures(claim):
    found = selectors.money_of(claim)
    figures = [
        {"label": _("Incurred"), "value": money.format(found["incurred"])},
        {"label": _("Outstanding reserve"), "value": money.format(found["reserve"])},
        {"label": _("Paid"), "value": money.format(found["paid"])},
    ]
    if found["drafted"]:
        drafted = money.format(found["drafted"])
        return [*figures, {"label": _("Waiting for payment"), "value": drafted, "tone": "warn"}]
    return [*figures, {"label": _("Estimate at notice"), "value": money.format(claim.estimate)}]


def _exposures(claim):
    rows = []
    for exposure in claim.exposures.select_related("claimant").prefetch_related("reserve_lines"):
        lines = list(exposure.reserve_lines.all())
        rows.append(
            {
                "name": str(exposure),
                "claimant": exposure.claimant.display_name,
                "is_open": exposure.is_open,
                "limit": exposure.limit,
                "deductible": exposure.deductible,
                "reserve": sum((line.reserve for line in lines), Decimal(0)),
                "paid": sum((line.paid for line in lines), Decimal(0)),
                "incurred": sum((line.incurred for line in lines), Decimal(0)),
            }
        )
    return rows


def _documents(claim):
    """The reasons are kept in the policyholder's language; here they are in the reader's."""
    reasons = {one.document: one.because for one in selectors.documents_demanded(claim)}
    return [
        {
            "name": label(row.names),
            "because": reasons.get(row.kind, row.because),
            "reason": row.reason,
            "state": row.get_state_display(),
            "tone": DOCUMENT_TONES[row.state],
            "files": [one.upload for one in row.attachments.all()],
        }
        for row in claim.documents.prefetch_related("attachments__upload")
    ]


def _events(claim):
    labels = {}
    return [
        {
            "title": labels.setdefault(event.kind, workflow.label_of(claim, event.kind)),
            "when": date_format(timezone.localtime(event.at), "SHORT_DATETIME_FORMAT"),
            "by": event.by,
            "note": event.note,
            "icon": ICONS.get(event.kind, "check"),
            "tone": EVENT_TONES.get(event.kind, ""),
        }
        for event in claim.events.select_related("by").order_by("-seq")
    ]
