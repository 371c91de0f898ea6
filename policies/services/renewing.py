"""Renewal: a further term, on the version in force when it begins."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounting.instalments import add_months
from office import outbox, workflow
from office.exceptions import Refused
from office.models import User
from policies import segments, selectors
from policies.enums import TransactionKind
from policies.models import Policy, ProductVersion, Term
from policies.services.booking import bill_term
from policies.services.issuing import refuse_errors, refuse_unsellable
from policies.services.transactions import begin_term


@transaction.atomic(savepoint=False)
def renew_policy(
    *,
    policy: Policy,
    sequence: int,
    version: ProductVersion,
    risk: dict[str, Any],
    coverages: list[dict[str, Any]],
    pay_plan: str,
    by: User,
    agreed: Decimal | None = None,
    note: str = "",
) -> Term:
    """Write the next term of a policy, post and bill it, and have it documented; once a term.

    sequence: the number of the new term, so that whoever comes second is refused.
    agreed: the total that was offered; at any other price nothing is written.
    """
    facts = {"term": sequence, "version": version.version}
    policy = workflow.move(policy, "renew", by=by, note=note, facts=facts, sequence=sequence)
    definition = selectors.product_definition(version)
    valid_from = policy.terms.get(sequence=sequence - 1).valid_to
    refuse_unsellable(definition, version, policy.jurisdiction, valid_from)
    refuse_errors(definition, risk, coverages, policy.jurisdiction)
    term = Term(
        policy=policy,
        version=version,
        sequence=sequence,
        valid_from=valid_from,
        valid_to=add_months(valid_from, definition.term_months),
    )
    written = begin_term(
        term=term,
        kind=TransactionKind.RENEWAL,
        patch=segments.whole({"risk": risk, "coverages": coverages}),
        by=by,
    )
    if agreed is not None and term.total != agreed:
        raise Refused(_("The price has changed since the offer. Work it out again."))
    bill_term(written, pay_plan=pay_plan, by=by)
    outbox.put("policies.issue_declarations", policy_id=policy.pk)
    return term
