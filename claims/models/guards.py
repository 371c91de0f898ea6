"""What must be true before an act: each refusal says in a sentence what is missing.

Called by the transitions under the lock on the claim; nothing here writes.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims import evidence
from claims.enums import (
    AWAITED_DOCUMENTS,
    DOCUMENT_FROM,
    DONE_DOCUMENTS,
    HEARD,
    PATH,
    STEPS,
    DuplicateState,
    FindingKind,
    HoldKind,
    LetterKind,
    Opinion,
    ReserveKind,
)
from claims.models import clocks, cover
from office.exceptions import Refused
from policies.catalogue import label

DOCUMENTS = "documents"  # the reason for which clocks pause while papers are awaited


def demand_text(text, message, field):
    if not (text or "").strip():
        raise Refused(message, field=field)


# Notice


def stamp_imported(claim, state, by):
    """Give history from another system the stamps that its state demands."""
    done = STEPS[: PATH.index(state)] if state in PATH else STEPS[:3]
    for _state, _act, name in done:
        setattr(claim, f"{name}_at", claim.notified_at)
        setattr(claim, f"{name}_by", by)


def check_duplicate(claim, duplicate):
    if not claim.duplicates.filter(pk=duplicate.pk, state=DuplicateState.FOUND).exists():
        raise Refused(_("Somebody has already decided about this possible duplicate."))


def check_triage(claim):
    waiting = claim.duplicates.filter(state=DuplicateState.FOUND).count()
    if waiting:
        raise Refused(
            ngettext(
                "%(n)d other notice looks alike. Link or dismiss it first.",
                "%(n)d other notices look alike. Link or dismiss them first.",
                waiting,
            )
            % {"n": waiting}
        )
    if not claim.letters.filter(kind=LetterKind.ACKNOWLEDGEMENT).exists():
        raise Refused(_("The notice has not been acknowledged to the policyholder."))


# Documents


def demands_of(claim):
    """What the product demands for this cause and the largest amount known so far."""
    assessed = sum(claim.findings.values_list("loss", flat=True))
    return evidence.demands(
        cover.definition_of(claim),
        cause=claim.cause,
        amount=max(claim.estimate, assessed),
        is_injured=claim.is_injured,
    )


def check_new_document(claim, kind):
    if claim.documents.filter(kind=kind).exists():
        raise Refused(_("This document has already been asked for."), field="kind")


def check_requests(claim, kinds):
    if not kinds:
        raise Refused(_("Say which documents are needed."), field="kinds")


def check_document(claim, document, *, to):
    fresh = claim.documents.filter(pk=document.pk).first()
    if fresh is None:
        raise Refused(_("This document belongs to another claim."))
    if fresh.state not in DOCUMENT_FROM[to]:
        raise Refused(
            _("“%(document)s” is “%(state)s” now, so this is not possible.")
            % {"document": label(fresh.names), "state": fresh.get_state_display()}
        )


def note_document_in(claim, document, at):
    """A paper arrived or is no longer needed: note what that starts, and let clocks go on."""
    awaited = claim.documents.filter(state__in=AWAITED_DOCUMENTS).exclude(pk=document.pk)
    if not awaited.exists():
        note_all_items(claim, at)


def note_all_items(claim, at):
    """Nothing is awaited any more. What supports the claim is its proof (10 CCR 2695.2(s))."""
    on = clocks.day(claim, at)
    claim.all_items_on = claim.all_items_on or on
    claim.proof_of_loss_on = claim.proof_of_loss_on or on
    clocks.resume(claim, DOCUMENTS, on)


def check_documents(claim):
    demand_ours(claim)
    missing = evidence.missing(demands_of(claim), claim.documents.values_list("kind", flat=True))
    if missing:
        raise Refused(
            _("The product demands documents that nobody has asked for: %(names)s.")
            % {"names": ", ".join(demand.name for demand in missing)}
        )
    open_names = [
        label(names)
        for names in claim.documents.exclude(state__in=DONE_DOCUMENTS).values_list(
            "names", flat=True
        )
    ]
    if open_names:
        raise Refused(
            _("Not yet verified or waived: %(names)s.") % {"names": ", ".join(open_names)}
        )


def demand_ours(claim):
    """A claim of another carrier has no reserve, payment or ratio of ours."""
    if not claim.is_ours:
        raise Refused(
            _("The risk is with another carrier (%(carrier)s). Hand the claim over to it.")
            % {"carrier": claim.carrier}
        )


def check_hand_over(claim):
    if claim.is_ours:
        raise Refused(_("The risk is with our own carrier: we settle this claim ourselves."))


# Investigation


def check_adjuster(claim, user, at):
    """Licensed for this line and place today, with room for one more claim."""
    profile = getattr(user, "adjuster", None)
    if profile is None or not profile.is_active or not user.may("claims.investigate_claim"):
        raise Refused(_("%(name)s does not adjust claims.") % {"name": user}, field="adjuster")
    if claim.determined_by_id == user.pk or claim.policy.customer.login_id == user.pk:
        raise Refused(
            _("%(name)s has a part in this claim already and cannot adjust it.") % {"name": user},
            field="adjuster",
        )
    today = clocks.day(claim, at)
    licences = profile.licences.filter(jurisdiction=claim.jurisdiction, line=claim.line)
    if not licences.filter(valid_from__lte=today, valid_to__gt=today).exists():
        raise Refused(
            _("%(name)s holds no adjuster's licence for this line in %(jurisdiction)s today.")
            % {"name": user, "jurisdiction": claim.jurisdiction},
            field="adjuster",
        )
    type(profile).objects.select_for_update(no_key=True).get(pk=profile.pk)
    load = type(claim).objects.open().filter(adjuster=user).exclude(pk=claim.pk).count()
    if load >= profile.capacity:
        raise Refused(
            _("%(name)s already has %(load)d open claims, as many as fit.")
            % {"name": user, "load": load},
            field="adjuster",
        )


def check_exposure(claim, coverage, item, claimant):
    demand_ours(claim)
    if cover.at_notice(claim).terms_for(coverage, item) is None:
        raise Refused(_("The policy did not have this coverage at the loss."), field="coverage")
    if claim.exposures.filter(coverage=coverage, item=item, claimant=claimant).exists():
        raise Refused(_("This exposure is on the claim already."), field="coverage")


def check_finding(claim, finding):
    demand_text(finding.summary, _("Write down what was found."), "summary")
    if finding.kind not in FindingKind:
        raise Refused(_("Choose the kind of finding."), field="kind")
    amounts = [
        getattr(finding, name)
        for name in ("loss", "depreciation", "betterment", "salvage", "value")
    ]
    if min(amounts) < 0:
        raise Refused(_("An amount cannot be negative."), field="loss")
    if finding.depreciation + finding.betterment > finding.loss:
        raise Refused(
            _("Depreciation and betterment together are more than the loss."), field="depreciation"
        )
    if any(amounts) and finding.exposure is None:
        raise Refused(_("Say which exposure the amounts belong to."), field="exposure")
    if finding.exposure:
        demand_open_exposure(claim, finding.exposure)


def demand_open_exposure(claim, exposure):
    if not claim.open_exposures().filter(pk=exposure.pk).exists():
        raise Refused(_("This exposure is not open on this claim."), field="exposure")


def check_investigation(claim):
    exposures = list(claim.open_exposures().prefetch_related("findings", "reserve_lines"))
    if not exposures:
        raise Refused(_("Add at least one exposure: a coverage and its claimant."))
    for exposure in exposures:
        found = {finding.kind for finding in exposure.findings.all()}
        if FindingKind.DAMAGE not in found:
            raise Refused(
                _("The damage under “%(exposure)s” has not been assessed.") % {"exposure": exposure}
            )
        kinds = {line.kind for line in exposure.reserve_lines.all()}
        if ReserveKind.INDEMNITY not in kinds:
            raise Refused(_("“%(exposure)s” has no reserve yet.") % {"exposure": exposure})


def check_review(claim, review):
    if review.opinion not in Opinion:
        raise Refused(_("Choose an opinion."), field="opinion")
    demand_text(review.reasons, _("Write down the reasons for the opinion."), "reasons")
    if review.opinion != Opinion.COVERED and not review.excluded:
        raise Refused(
            _("Name the exclusion, with its clause, that stands against the cover."),
            field="excluded",
        )
    if review.opinion == Opinion.COVERED and review.excluded:
        raise Refused(_("A loss that is covered has no exclusion against it."), field="excluded")
    _check_later_change(claim, review)


def _check_later_change(claim, review):
    if cover.changed_after_loss(claim) and review.counts_later_change is None:
        raise Refused(
            _("The cover was changed after the loss and before its notice. Say whether it counts."),
            field="counts_later_change",
        )
    if review.counts_later_change and not review.no_loss_statement.strip():
        raise Refused(
            _("A change recorded after the loss counts only with a statement of no loss."),
            field="no_loss_statement",
        )


def check_heard(claim):
    """Nobody is denied before they were heard, in person or by phone."""
    if not claim.findings.filter(kind__in=HEARD).exists():
        raise Refused(_("Before a denial somebody must be heard: record an interview or a call."))


# Holds, letters, reopening


def demand_no_hold(claim):
    if claim.hold_count:
        kinds = claim.holds.filter(released_at=None).values_list("kind", flat=True)
        raise Refused(
            _("The claim is on hold (%(kinds)s). Nothing is settled or paid until it is released.")
            % {"kinds": ", ".join(str(HoldKind(kind).label) for kind in kinds)}
        )


def check_hold(claim, kind, reason):
    if kind not in HoldKind:
        raise Refused(_("Choose the kind of hold."), field="kind")
    demand_text(reason, _("Say why the claim is put on hold."), "reason")
    if claim.holds.filter(kind=kind, released_at=None).exists():
        raise Refused(_("The claim is on hold for this already."), field="kind")


def check_release(claim, hold, reason):
    demand_text(reason, _("Say why the hold is released."), "reason")
    if not claim.holds.filter(pk=hold.pk, released_at=None).exists():
        raise Refused(_("This hold has been released already."))


def check_reopening(claim, reason, exposures):
    demand_text(reason, _("Say why the claim is reopened."), "reason")
    if claim.verified_at is None:
        raise Refused(_("This claim was settled by another carrier; report the loss again."))
    if not exposures:
        raise Refused(_("Say which exposures are open again."), field="exposures")
    known = set(claim.exposures.values_list("pk", flat=True))
    if not {exposure.pk for exposure in exposures} <= known:
        raise Refused(_("These exposures belong to another claim."), field="exposures")
