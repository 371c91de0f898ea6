"""Step 1: a loss is reported, compared with other notices, and triaged."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from claims import evidence
from claims.enums import ClaimState, DuplicateState, LetterKind, ReporterKind
from claims.models import Claim, Duplicate
from claims.models.guards import demand_text, demands_of
from claims.services.files import attach_uploads
from claims.services.letters import write_letter
from claims.services.requests import ask_for
from customers.names import fold
from office import clock, money
from office.exceptions import Refused
from office.models import Upload, User
from office.numbering import number_record
from office.workflow import begin, move
from policies import wording
from policies.models import Policy
from policies.selectors import Cover, cover_at

LOOK_AROUND = timedelta(days=1)  # people remember a loss a day off


@transaction.atomic
def notify_claim(
    *,
    policy: Policy,
    lost_at: datetime,
    cause: str,
    description: str,
    place: str,
    reported_by: str,
    reporter_kind: str = ReporterKind.POLICYHOLDER,
    estimate: Decimal = money.ZERO,
    is_injured: bool = False,
    injuries: str = "",
    other_parties: str = "",
    witnesses: str = "",
    police_report: str = "",
    catastrophe: str = "",
    uploads: Iterable[Upload] = (),
    is_another_loss: bool = False,
    by: User,
    note: str = "",
) -> Claim:
    """Take a notice of loss: the policy must have been in force then, as it is known now.

    A notice of the same loss (policy, date, cause, reporter) is refused with the number of the
    claim that it repeats, unless the caller says that it is another loss.
    """
    policy = _locked(policy)
    _demand_notice(description, place, reported_by, reporter_kind, estimate)
    cover = demand_cover(policy, lost_at, cause)
    claim = file_for(
        policy=policy,
        cover=cover,
        lost_at=lost_at,
        cause=cause,
        reporter_kind=reporter_kind,
        estimate=estimate,
        is_injured=is_injured,
        place=place.strip(),
        description=description.strip(),
        reporter=reported_by.strip(),
        injuries=injuries.strip(),
        other_parties=other_parties.strip(),
        witnesses=witnesses.strip(),
        police_report=police_report.strip(),
        catastrophe=catastrophe.strip(),
    )
    return _open(claim, is_another_loss, uploads, by, note)


def _open(
    claim: Claim, is_another_loss: bool, uploads: Iterable[Upload], by: User, note: str
) -> Claim:
    """The claim with its first event, its files, its look-alikes, and the acknowledgement."""
    alike = _notices_alike(claim)
    if not is_another_loss:
        _refuse_repetition(claim, alike)
    facts = {
        "policy": claim.policy.number,
        "lost_at": claim.lost_at.isoformat(),
        "cause": claim.cause,
    }
    claim = begin(claim, "notify", by=by, note=note, facts=facts)
    _keep_duplicates(claim, alike)
    attach_uploads(claim=claim, uploads=uploads, by=by)
    write_letter(
        claim=claim,
        kind=LetterKind.ACKNOWLEDGEMENT,
        customer=claim.policy.customer,
        facts={},
        by=by,
    )
    return claim


def file_for(*, policy: Policy, cover: Cover, lost_at: datetime, **told: Any) -> Claim:
    """An unsaved claim on this policy, with what its cover says stamped on it."""
    definition = cover.definition
    claim = Claim(
        policy=policy,
        customer_id=policy.customer_id,
        carrier=definition.carrier,
        is_ours=definition.carrier_is_own,
        product=definition.code,
        line=definition.line,
        jurisdiction=policy.jurisdiction,
        time_zone=policy.time_zone,
        lost_at=lost_at,
        lost_on=cover.day,
        cover_at_notice=_cover_facts(cover),
        reporter_folded=fold(told["reporter"])[:120],
        **told,
    )
    number_record(claim)
    return claim


def _locked(policy: Policy) -> Policy:
    """Two notices of one loss at once: the second waits and then sees the first."""
    Policy._base_manager.select_for_update(of=("self",), no_key=True).get(pk=policy.pk)
    return Policy.objects.select_related("customer", "agent").get(pk=policy.pk)


def _demand_notice(
    description: str, place: str, reporter: str, reporter_kind: str, estimate: Decimal
) -> None:
    demand_text(description, _("Tell what happened."), "description")
    demand_text(place, _("Say where it happened."), "place")
    demand_text(reporter, _("Say who reports the loss."), "reported_by")
    if reporter_kind not in ReporterKind:
        raise Refused(_("Say who reports the loss."), field="reporter_kind")
    if money.exact(estimate) < 0:
        raise Refused(_("An amount cannot be negative."), field="estimate")


def demand_cover(policy: Policy, lost_at: datetime, cause: str) -> Cover:
    """The cover of the loss as it is known now; the product must know the cause."""
    now = clock.now()
    if lost_at > now:
        raise Refused(_("The loss cannot lie in the future."), field="lost_at")
    cover = cover_at(policy, lost_at, now)
    if cover is None:
        raise Refused(_("The loss fell outside the policy period."), field="lost_at")
    if cause not in {known.code for known in cover.definition.causes}:
        raise Refused(_("Choose a cause of loss that the product knows."), field="cause")
    return cover


def _cover_facts(cover: Cover) -> dict:
    """What was insured, as plain values, so that the file tells it even after later changes."""
    return {
        "version": cover.term.version_id,
        "term": [cover.term.valid_from.isoformat(), cover.term.valid_to.isoformat()],
        "coverages": [
            {
                "coverage": terms.coverage,
                "item": terms.item,
                "limit": None if terms.limit is None else str(terms.limit),
                "deductible": str(terms.deductible),
            }
            for terms in cover.coverages
        ],
        "items": _titles_of_items(cover),
    }


def _titles_of_items(cover: Cover) -> dict[str, str]:
    """What each insured thing is called, so that nobody reads its key."""
    titles = wording.titles_of(cover.definition.risk_schema, cover.risk)
    return {terms.item: titles.get(terms.item, terms.item) for terms in cover.coverages}


def _notices_alike(claim: Claim) -> list[tuple[Claim, list[str]]]:
    """Other claims on the policy from about that day that share the cause or the reporter."""
    others = Claim.objects.filter(
        policy=claim.policy,
        lost_on__range=(claim.lost_on - LOOK_AROUND, claim.lost_on + LOOK_AROUND),
    ).exclude(state=ClaimState.WITHDRAWN)
    found = []
    for other in others:
        alike = ["policy"]
        alike += ["date"] if other.lost_on == claim.lost_on else []
        alike += ["cause"] if other.cause == claim.cause else []
        alike += ["reporter"] if other.reporter_folded == claim.reporter_folded else []
        if {"cause", "reporter"} & set(alike):
            found.append((other, alike))
    return found


def _refuse_repetition(claim: Claim, alike: list[tuple[Claim, list[str]]]) -> None:
    for other, traits in alike:
        if len(traits) == 4:
            raise Refused(
                _(
                    "This loss has been reported already: claim %(number)s. "
                    "If it is another loss, say so."
                )
                % {"number": other.number},
                field="lost_at",
            )


def _keep_duplicates(claim: Claim, alike: list[tuple[Claim, list[str]]]) -> None:
    Duplicate.objects.bulk_create(
        Duplicate(claim=claim, other=other, alike=traits) for other, traits in alike
    )


@transaction.atomic
def link_duplicate(*, claim: Claim, duplicate: Duplicate, by: User, note: str = "") -> Claim:
    """The other claim tells of the same loss; withdraw one of the two afterwards."""
    return _decide(claim, duplicate, "link_duplicate", DuplicateState.LINKED, by, note)


@transaction.atomic
def dismiss_duplicate(*, claim: Claim, duplicate: Duplicate, by: User, note: str = "") -> Claim:
    return _decide(claim, duplicate, "dismiss_duplicate", DuplicateState.DISMISSED, by, note)


def _decide(claim: Claim, duplicate: Duplicate, act: str, state: str, by: User, note: str) -> Claim:
    facts = {"other": duplicate.other.number}
    claim = move(claim, act, by=by, note=note, facts=facts, duplicate=duplicate)
    claim.duplicates.filter(pk=duplicate.pk).update(
        state=state, decided_at=clock.now(), decided_by=by
    )
    return claim


@transaction.atomic
def triage_claim(*, claim: Claim, by: User, note: str = "") -> Claim:
    """End step 1 and ask for what the product demands for this cause and amount."""
    claim = move(claim, "triage", by=by, note=note)
    if claim.is_ours:
        with translation.override(claim.customer.language):  # who reads why they are needed
            demanded = demands_of(claim)
        wanted = evidence.missing(demanded, claim.documents.values_list("kind", flat=True))
        ask_for(
            claim=claim,
            wanted=[(one.document, dict(one.names), one.because) for one in wanted],
            by=by,
        )
    return claim
