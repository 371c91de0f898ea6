"""Step 4: underwriting reads the policy against the loss and gives an opinion."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from claims.models import Claim, CoverageReview
from claims.selectors.cover import clauses_of, coverage_readings
from office import clock, money
from office.exceptions import Refused
from office.models import User
from office.workflow import move


@transaction.atomic
def confirm_coverage(
    *,
    claim: Claim,
    opinion: str,
    reasons: str,
    excluded: Sequence[Mapping[str, Any]] = (),
    reserves_rights: bool = False,
    counts_later_change: bool | None = None,
    no_loss_statement: str = "",
    by: User,
    note: str = "",
) -> Claim:
    """End step 4. `excluded`: [{"code", "exposure": id or None, "amount": Decimal or None}].

    Each code is an exclusion of the product; its clause and text are written into the opinion.
    `counts_later_change` decides about cover that was changed between the loss and its notice.
    """
    review = CoverageReview(
        opinion=opinion,
        reasons=reasons.strip(),
        reserves_rights=reserves_rights,
        counts_later_change=counts_later_change,
        no_loss_statement=no_loss_statement.strip(),
        readings=coverage_readings(claim, counts_later_change=counts_later_change),
        excluded=_excluded(claim, excluded),
        confirmed_by=by,
    )
    facts = {"opinion": opinion, "clauses": [one["clause"] for one in review.excluded]}
    claim = move(claim, "confirm_coverage", by=by, note=note, facts=facts, review=review)
    review.claim, review.cycle, review.confirmed_at = claim, claim.cycle, clock.now()
    review.save(force_insert=True)
    return claim


def _excluded(claim: Claim, excluded: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not excluded:
        return []
    clauses = clauses_of(claim)
    mine = set(claim.exposures.values_list("pk", flat=True))
    found = []
    for one in excluded:
        if one["code"] not in clauses:
            raise Refused(_("The policy has no such exclusion."), field="excluded")
        exposure_id = one.get("exposure")
        if exposure_id is not None and exposure_id not in mine:
            raise Refused(_("This exposure belongs to another claim."), field="excluded")
        clause, text = clauses[one["code"]]
        found.append(
            {
                "code": one["code"],
                "exposure": exposure_id,
                "amount": _amount(one.get("amount")),
                "clause": clause,
                "text": text,
            }
        )
    return found


def _amount(amount: Decimal | None) -> str | None:
    if amount is None:
        return None
    if money.exact(amount) <= 0:
        raise Refused(_("What is excluded is more than nothing."), field="excluded")
    return str(money.exact(amount))
