"""Step 3: an adjuster is assigned, looks, and puts figures to what is found."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from claims.enums import ReserveReason
from claims.models import Adjuster, AdjusterLicence, Claim, Exposure, Finding
from claims.models.cover import at_notice
from claims.services.reserves import change_reserve, line_of
from customers.models import Customer
from office import clock, money
from office.models import User
from office.workflow import move


@transaction.atomic
def assign_adjuster(*, claim: Claim, adjuster: User, by: User, note: str = "") -> Claim:
    facts = {"adjuster": adjuster.pk}
    return move(claim, "assign_adjuster", by=by, note=note, facts=facts, adjuster=adjuster)


@transaction.atomic
def add_exposure(
    *, claim: Claim, coverage: str, claimant: Customer, item: str = "", by: User, note: str = ""
) -> Exposure:
    """Open one coverage of one insured item towards one claimant, with its terms at the loss."""
    facts = {"coverage": coverage, "item": item, "claimant": claimant.number}
    claim = move(
        claim,
        "add_exposure",
        by=by,
        note=note,
        facts=facts,
        coverage=coverage,
        item=item,
        claimant=claimant,
    )
    terms = at_notice(claim).terms_for(coverage, item)
    return Exposure.objects.create(
        claim=claim,
        coverage=coverage,
        item=item,
        names=dict(terms.names),
        claimant=claimant,
        limit=limit_for_one_claimant(terms),
        deductible=terms.deductible,
        opened_at=clock.now(),
        opened_by=by,
    )


def limit_for_one_claimant(terms) -> Decimal | None:
    """A liability limit of 100/300 pays one person at most the first figure."""
    return terms.each_person if terms.each_person is not None else terms.limit


@transaction.atomic
def record_finding(
    *,
    claim: Claim,
    kind: str,
    summary: str,
    exposure: Exposure | None = None,
    loss: Decimal = money.ZERO,
    depreciation: Decimal = money.ZERO,
    betterment: Decimal = money.ZERO,
    salvage: Decimal = money.ZERO,
    value: Decimal = money.ZERO,
    by: User,
    note: str = "",
) -> Finding:
    finding = Finding(
        exposure=exposure,
        kind=kind,
        summary=summary.strip(),
        loss=money.exact(loss),
        depreciation=money.exact(depreciation),
        betterment=money.exact(betterment),
        salvage=money.exact(salvage),
        value=money.exact(value),
        recorded_by=by,
    )
    facts = {"kind": kind, "exposure": exposure and exposure.pk, "loss": finding.loss}
    finding.claim = move(claim, "record_finding", by=by, note=note, facts=facts, finding=finding)
    finding.recorded_at = clock.now()
    finding.save(force_insert=True)
    return finding


@transaction.atomic
def set_reserve(
    *,
    claim: Claim,
    exposure: Exposure,
    kind: str,
    amount: Decimal,
    reason: str,
    expected: Decimal | None = None,
    by: User,
) -> Claim:
    """Set what is still expected to be paid. `expected` is what the person saw before."""
    outcome: dict = {"exposure": exposure.pk, "kind": kind, "reason": reason}
    claim = move(
        claim,
        "set_reserve",
        by=by,
        note=reason,
        facts=outcome,
        exposure=exposure,
        kind=kind,
        amount=amount,
        expected=expected,
        outcome=outcome,
    )
    line = line_of(exposure, kind)
    change = outcome["after"] - outcome["before"]
    change_reserve(line=line, change=change, reason=ReserveReason.SET, note=reason, by=by)
    return claim


@transaction.atomic
def investigate_claim(*, claim: Claim, by: User, note: str = "") -> Claim:
    """End step 3: what happened and what it costs is known."""
    return move(claim, "investigate", by=by, note=note)


def register_adjuster(*, user: User, capacity: int, by: User) -> Adjuster:
    """Let somebody of the staff be given claims, up to `capacity` open ones at a time."""
    _demand_keeper(by)
    adjuster, _is_new = Adjuster.objects.update_or_create(
        user=user, defaults={"capacity": capacity, "is_active": True}
    )
    return adjuster


def license_adjuster(
    *,
    adjuster: Adjuster,
    jurisdiction: str,
    line: str,
    number: str,
    valid_from: date,
    valid_to: date,
    by: User,
) -> AdjusterLicence:
    _demand_keeper(by)
    return AdjusterLicence.objects.create(
        adjuster=adjuster,
        jurisdiction=jurisdiction,
        line=line,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _demand_keeper(by: User) -> None:
    if not by.may("claims.keep_adjusters"):
        raise PermissionDenied(_("You may not keep adjusters and their licences."))
