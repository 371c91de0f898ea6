"""The guards and the arithmetic of money acts, under the lock on the claim.

A transition changes only the claim's totals; the service then writes the same amounts to the
reserve lines, the payments and the ledger, all in one transaction.
"""

from decimal import Decimal

from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from accounting.enums import PaymentState
from claims import adjudication, wording
from claims.enums import ClaimState, Opinion, ReserveKind
from claims.models import clocks, cover, limits
from claims.models.guards import check_heard, demand_no_hold, demand_open_exposure, demand_text
from claims.models.offering import content_hash, offer_content
from customers.selectors import sanctions_matches
from office import authority, money
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.money import ZERO


def committed(claim) -> Decimal:
    """Everything approved or pending on the claim, by anybody."""
    standing = claim.payouts.standing().aggregate(sum=Sum("payment__amount"))
    return standing["sum"] or ZERO


def _require(claim, kind, amount, besides, *, by, at) -> str:
    limit = authority.require(
        by=by,
        kind=kind,
        amount=amount,
        on=clocks.day(claim, at),
        committed=besides,
        line=claim.line,
        product=claim.product,
        jurisdiction=claim.jurisdiction,
    )
    return str(limit)


# Reserves


def reserve_of(exposure, kind):
    """The reserve line of that kind, or None where none was ever set."""
    return exposure.reserve_lines.filter(kind=kind).first()


def check_reserve(claim, exposure, kind, amount, outcome, expected, *, by, at) -> Decimal:
    """Check a new reserve and return by how much the claim's total changes."""
    demand_open_exposure(claim, exposure)
    if kind not in ReserveKind:
        raise Refused(_("Choose indemnity or expense."), field="kind")
    amount = money.exact(amount)
    if amount < 0:
        raise Refused(
            _("A reserve is what is still expected to be paid: zero or more."), field="amount"
        )
    line = reserve_of(exposure, kind)
    before = line.reserve if line else ZERO
    if expected is not None and expected != before:
        raise Refused(
            _("The reserve was changed to %(amount)s meanwhile. Look at it again.")
            % {"amount": money.format(before)},
            field="amount",
        )
    if line and amount == before:
        raise Refused(
            _("The reserve already is %(amount)s.") % {"amount": money.format(before)},
            field="amount",
        )
    if amount < promised(line):
        raise Refused(
            _("%(amount)s of this reserve is promised in drafted payments.")
            % {"amount": money.format(promised(line))},
            field="amount",
        )
    outcome |= {"before": before, "after": amount}
    if amount > before:
        besides = claim.reserve_total - before + claim.paid_total
        outcome["rule"] = _require(claim, AuthorityKind.RESERVE, amount, besides, by=by, at=at)
    return amount - before


def promised(line) -> Decimal:
    """What drafted payments will take out of the line once they are approved."""
    if line is None:
        return ZERO
    return line.drafted_parts().aggregate(sum=Sum("amount"))["sum"] or ZERO


# Settlement


def worked_out(claim, claimant):
    """[(exposure, item)] for the claimant's open exposures: what the engine says is owed."""
    review = claim.reviews.first()
    if review is None:
        raise Refused(_("There is no opinion on the coverage yet."))
    exposures = (
        claim.open_exposures()
        .filter(claimant=claimant)
        .prefetch_related("findings", "reserve_lines")
    )
    pairs = [(exposure, _item(exposure, review)) for exposure in exposures]
    if not pairs:
        raise Refused(_("This claimant has no open exposure."), field="claimant")
    return pairs


def _item(exposure, review) -> adjudication.Item:
    reading = next((r for r in review.readings if r["exposure"] == exposure.pk), None)
    if reading is None:
        raise Refused(
            _("“%(exposure)s” has not been through the coverage review.") % {"exposure": exposure}
        )
    limit = reading["limit"]
    terms = adjudication.Terms(
        exposure.coverage,
        None if limit is None else Decimal(limit),
        Decimal(reading["deductible"]),
        Decimal(reading["coinsurance_percent"]),
        limits.drawn(exposure, reading["shared"]),
    )
    excluded = _exclusions(exposure, review, reading)
    return adjudication.settle(terms, _loss(exposure), prior=_prior(exposure), exclusions=excluded)


def _loss(exposure) -> adjudication.Loss:
    """The amounts of all findings together; what the property is worth, as last assessed."""
    findings = list(exposure.findings.all())
    amounts = {
        name: sum((getattr(finding, name) for finding in findings), ZERO)
        for name in ("loss", "depreciation", "betterment", "salvage")
    }
    worth = [finding.value for finding in findings if finding.value]
    return adjudication.Loss(**amounts, value=worth[-1] if worth else ZERO)


def _exclusions(exposure, review, reading):
    """The exclusions the opinion rests on; all of the loss where the coverage does not respond."""
    if not reading["responds"]:
        yield adjudication.Exclusion("not_insured", reading["clause"], reading["because"])
        return
    for plain in review.excluded:
        if plain["exposure"] in (None, exposure.pk):
            whole = plain["amount"] is None or review.opinion == Opinion.NOT_COVERED
            amount = None if whole else Decimal(plain["amount"])
            yield adjudication.Exclusion(plain["code"], plain["clause"], plain["text"], amount)


def _prior(exposure) -> Decimal:
    """Paid or promised before on the same exposure, for the loss itself."""
    lines = [line for line in exposure.reserve_lines.all() if line.kind == ReserveKind.INDEMNITY]
    return sum((line.paid + promised(line) for line in lines), ZERO)


def check_settlement(claim, claimant, outcome, *, by, at):
    """Work out and check what is owed; `outcome` (the event's facts) receives the figures."""
    demand_no_hold(claim)
    _hold_shared_limits(claim)
    with translation.override(claimant.language):  # the claimant reads the figures' reasons
        items = worked_out(claim, claimant)
    total = sum((item.amount for _exposure, item in items), ZERO)
    outcome |= {
        "cycle": claim.cycle,
        "amount": total,
        "rule": _require(claim, AuthorityKind.SETTLEMENT, total, committed(claim), by=by, at=at),
        "items": [
            {"exposure": exposure.pk, "figures": [figure.to_json() for figure in item.figures]}
            for exposure, item in items
        ],
    }
    return items


def _hold_shared_limits(claim):
    review = claim.reviews.first()
    limits.hold([one for reading in review.readings for one in reading["shared"]] if review else [])


def check_offer(claim, reasons, outcome):
    demand_no_hold(claim)
    settlement = claim.pending_settlement()
    demand_text(reasons, _("Tell the claimant how the amount came about."), "reasons")
    partial = settlement.is_partial or settlement.leaves_open()
    wording.require_lawful(reasons, is_partial=partial)
    outcome |= {
        "amount": settlement.amount,
        "sha256": content_hash(offer_content(claim, settlement, reasons)),
    }


def check_answer(claim, sha256, evidence, *, by):
    """An answer quotes the very offer that is open; staff say how they know it."""
    offer = claim.open_offer()
    if offer is None or offer.sha256 != sha256 or content_hash(offer.content) != sha256:
        raise Refused(
            _("This is not the offer that is open now. Read the current one, then answer it."),
            field="sha256",
        )
    if offer.claimant.login_id != by.pk:
        demand_text(
            evidence, _("Say how the claimant answered: a call, a letter, a visit."), "evidence"
        )


# Payments


def check_advance(claim, exposure, amount, outcome, *, by, at):
    demand_no_hold(claim)
    demand_open_exposure(claim, exposure)
    if claim.opinion == Opinion.NOT_COVERED:
        raise Refused(_("The opinion is that the loss is not covered: nothing is paid ahead."))
    amount = money.exact(amount)
    if amount <= 0:
        raise Refused(_("An advance is more than nothing."), field="amount")
    line = reserve_of(exposure, ReserveKind.INDEMNITY)
    left = line.reserve - promised(line) if line else ZERO
    if amount > left:
        raise Refused(
            _("Only %(left)s of the reserve is free. Raise the reserve first.")
            % {"left": money.format(left)},
            field="amount",
        )
    _demand_within_limit(claim, exposure, line, amount, by)
    outcome["amount"] = amount
    outcome["rule"] = _require(
        claim, AuthorityKind.ADVANCE, amount, committed(claim) + _undrafted(claim), by=by, at=at
    )


def _undrafted(claim) -> Decimal:
    """A settlement that is determined and, after a return, has no payment at the moment."""
    settlement = claim.pending_settlement()
    return settlement.amount if settlement and settlement.payout() is None else ZERO


def _demand_within_limit(claim, exposure, line, amount, by):
    if by.may("claims.pay_above_limit"):
        return
    known = cover.at_notice(claim)
    plain = limits.shared_by(known.terms_for(exposure.coverage, exposure.item), known.term)
    limits.hold(plain)
    left = [shared.left for shared in limits.drawn(exposure, plain)]
    left += [] if exposure.limit is None else [exposure.limit]
    total = line.paid + promised(line) + amount
    if left and total > min(left):
        raise Refused(
            _("This would pay %(total)s, above the limit of %(limit)s.")
            % {"total": money.format(total), "limit": money.format(min(left))},
            field="amount",
        )


def check_payout(claim, payout, *, by):
    """Held, listed, drafted by the same person, or above the reserve: then it is not paid."""
    demand_no_hold(claim)
    if payout is None or payout.payment.state != PaymentState.DRAFTED:
        raise Refused(_("There is no drafted payment to approve."))
    if payout.claim_id != claim.pk:
        raise Refused(_("This payment belongs to another claim."))
    if payout.payment.drafted_by_id == by.pk:
        raise Refused(_("You drafted this payment. Somebody else must approve it."))
    if sanctions_matches(payout.payment.payee_name):
        raise Refused(_("The payee's name is on a sanctions list. Compliance must look first."))
    for part in payout.parts.select_related("line"):
        if part.amount > part.line.reserve:
            raise Refused(
                _("The payment of %(amount)s is above the reserve of %(reserve)s.")
                % {
                    "amount": money.format(part.amount),
                    "reserve": money.format(part.line.reserve),
                }
            )


def book_payout(claim, payout):
    for part in payout.parts.select_related("line"):
        claim.book(part.line.kind, -part.amount)
        claim.paid_total += part.amount


def book_return(claim, payout):
    """The money is ours again: back into the reserve, unless nothing more is to be paid."""
    for part in payout.parts.select_related("line"):
        claim.paid_total -= part.amount
        if claim.state not in (ClaimState.DENIED, ClaimState.WITHDRAWN):
            claim.book(part.line.kind, part.amount)


def leftovers(exposures, payout=None):
    """[(line, what no payment will take)] of exposures that close, after `payout` took its part."""
    taken = {part.line_id: part.amount for part in payout.parts.all()} if payout else {}
    return [
        (line, line.reserve - taken.get(line.pk, ZERO))
        for exposure in exposures
        for line in exposure.reserve_lines.all()
    ]


def close_exposures(claim, exposures, payout=None):
    """Release what is left on them; the state that the claim goes on in."""
    _demand_no_drafts(exposures, payout)
    for line, left in leftovers(exposures, payout):
        claim.book(line.kind, -left)
    closing = [exposure.pk for exposure in exposures]
    if claim.open_exposures().exclude(pk__in=closing).exists():
        return ClaimState.INVESTIGATING
    return ClaimState.CLOSED


def _demand_no_drafts(exposures, payout):
    """An advance that was granted is part of what is owed: it is paid or cancelled first."""
    for exposure in exposures:
        waiting = exposure.drafted_parts()
        if payout:
            waiting = waiting.exclude(payout=payout)
        if waiting.exists():
            raise Refused(
                _("An advance on “%(exposure)s” still waits for approval. Approve or cancel it.")
                % {"exposure": exposure}
            )


def check_denial(claim, clauses, reasons, outcome, *, by, at):
    if not clauses:
        raise Refused(_("A denial cites at least one clause of the policy."), field="clauses")
    demand_text(reasons, _("Tell the policyholder why the claim is denied."), "reasons")
    wording.require_lawful(reasons, is_partial=True)
    check_heard(claim)
    amount = max(claim.reserve_total, claim.estimate)
    outcome["rule"] = _require(claim, AuthorityKind.DENIAL, amount, claim.paid_total, by=by, at=at)


def release_totals(claim):
    """Nothing more is expected to be paid."""
    claim.reserve_indemnity = claim.reserve_expense = ZERO


def check_status(reasons, letter_partial=True):
    demand_text(reasons, _("Write how the claim stands and what is still needed."), "reasons")
    wording.require_lawful(reasons, is_partial=letter_partial)
