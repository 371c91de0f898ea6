"""What the policy says about a loss, and who may be paid for it."""

from typing import Any

from django.utils.translation import gettext as _

from claims import adjudication
from claims.models import Claim, limits
from claims.models.cover import at_notice, decisive, definition_of
from customers.models import Customer
from office.exceptions import Refused
from policies import wording
from policies.catalogue import label
from policies.models import Policy
from policies.selectors import Cover, product_definition


def policy_for_notice(*, number: str, user) -> Policy:
    """The policy that a notice names, among those that this person may report for."""
    policy = Policy.objects.for_user(user).filter(number=number.strip().upper()).first()
    if policy is None:
        raise Refused(_("There is no policy with this number."), field="policy")
    return policy


def causes_of(policy: Policy) -> list[tuple[str, str]]:
    """(code, name) of the causes that the policy's product knows, for a form."""
    latest = policy.terms.select_related("version").order_by("-sequence").first()
    if latest is None:
        return []
    causes = product_definition(latest.version).causes
    return [(cause.code, label(cause.names)) for cause in causes]


def cause_name(claim: Claim) -> str:
    return label(definition_of(claim).cause(claim.cause).names)


def clauses_of(claim: Claim) -> dict[str, tuple[str, str]]:
    """Every exclusion of the product: code → (clause, its text in the reader's language).

    Where several coverages share a code, the clause is that of a coverage the claim is about.
    """
    concerned = set(claim.exposures.values_list("coverage", flat=True))
    found: dict[str, tuple[str, str]] = {}
    for coverage in sorted(definition_of(claim).coverages, key=lambda c: c.code not in concerned):
        for exclusion in coverage.exclusions:
            found.setdefault(exclusion.code, (exclusion.clause, label(exclusion.texts)))
    return found


def coverage_readings(
    claim: Claim, *, counts_later_change: bool | None = None
) -> list[dict[str, Any]]:
    """What the engine reads for each open exposure: plain values, kept with the opinion."""
    cover = decisive(claim, counts_later_change=counts_later_change)
    return [_reading(claim, cover, exposure) for exposure in claim.open_exposures()]


def _reading(claim: Claim, cover: Cover | None, exposure) -> dict[str, Any]:
    terms = cover.terms_for(exposure.coverage, exposure.item) if cover else None
    if cover is None or terms is None:
        return _not_insured(exposure)
    cause = cover.definition.cause(claim.cause)
    raised = tuple(
        adjudication.Exclusion(one.code, one.clause, label(one.texts))
        for one in terms.exclusions
        if one.code in cause.exclusions
    )
    reading = adjudication.read(
        terms=adjudication.Terms(
            exposure.coverage,
            terms.each_person if terms.each_person is not None else terms.limit,
            terms.deductible,
            terms.coinsurance_percent,
        ),
        name=label(terms.names),
        insures_cause=exposure.coverage in cause.coverages,
        exclusions=raised,
        lost_on=claim.lost_on,
        waits_until=adjudication.end_of_waiting(cover.term.valid_from, terms.waiting_days),
    )
    found = reading.to_json() | {
        "exposure": exposure.pk,
        "item": exposure.item,
        "shared": limits.shared_by(terms, cover.term),
    }
    if raised and not reading.responds:
        return found | {"because": raised[0].text, "clause": raised[0].clause}
    return found | {"clause": _("Insuring agreement")}


def _not_insured(exposure) -> dict[str, Any]:
    return {
        "exposure": exposure.pk,
        "coverage": exposure.coverage,
        "item": exposure.item,
        "name": exposure.name,
        "responds": False,
        "limit": "0.00",
        "deductible": "0.00",
        "coinsurance_percent": "0",
        "shared": [],
        "waits_until": None,
        "because": _("The policy did not have this coverage at the loss."),
        "clause": _("Insuring agreement"),
        "exclusions": [],
    }


def proposed_exposures(claim: Claim) -> list[dict[str, Any]]:
    """The coverages of the policy that the cause may hit and that are not on the claim yet."""
    cover = at_notice(claim)
    codes = cover.definition.cause(claim.cause).coverages
    known = set(claim.exposures.values_list("coverage", "item"))
    titles = wording.titles_of(cover.definition.risk_schema, cover.risk)
    return [
        {
            "coverage": terms.coverage,
            "item": terms.item,
            "name": " · ".join(filter(None, [label(terms.names), titles.get(terms.item, "")])),
            "limit": terms.limit,
            "deductible": terms.deductible,
        }
        for terms in cover.coverages
        if terms.coverage in codes and (terms.coverage, terms.item) not in known
    ]


def claimants_of(claim: Claim) -> list[Customer]:
    """Those with open exposures, the policyholder first."""
    found = Customer.objects.filter(exposures__in=claim.open_exposures()).distinct()
    return sorted(found, key=lambda one: (one.pk != claim.customer_id, one.display_name))
