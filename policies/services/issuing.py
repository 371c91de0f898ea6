"""Issuing: an application becomes a policy with its first term, posted, billed and documented."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Address, Agent, Customer
from office import clock, numbering, outbox, workflow
from office.exceptions import Refused
from office.models import User
from policies import catalogue, segments, selectors
from policies.catalogue.application import coverage_errors, risk_errors
from policies.enums import TransactionKind
from policies.models import Policy, ProductVersion, Term
from policies.services.booking import bill_term
from policies.services.transactions import begin_term


@transaction.atomic(savepoint=False)
def issue_policy(
    *,
    version: ProductVersion,
    customer: Customer,
    agent: Agent | None,
    risk: dict[str, Any],
    coverages: list[dict[str, Any]],
    valid_from: date,
    jurisdiction: str,
    address: Address,
    pay_plan: str,
    by: User,
    agreed: Decimal | None = None,
) -> Policy:
    """Write the policy with its first term, post and bill the premium, and have it documented.

    agreed: the total that the customer was quoted; at any other price nothing is issued.
    """
    definition = selectors.product_definition(version)
    refuse_unsellable(definition, version, jurisdiction, valid_from)
    refuse_errors(definition, risk, coverages, jurisdiction)
    policy = Policy(
        product=version.product,
        customer=customer,
        agent=agent,
        address=address,
        jurisdiction=jurisdiction,
        time_zone=address.time_zone,
    )
    numbering.number_record(policy, prefix=definition.number_prefix)
    facts = {"product": definition.code, "version": definition.version, "from": valid_from}
    workflow.begin(policy, "issue", by=by, facts=facts)
    term = Term(
        policy=policy,
        version=version,
        sequence=1,
        valid_from=valid_from,
        valid_to=clock.add_months(valid_from, definition.term_months),
    )
    written = begin_term(
        term=term,
        kind=TransactionKind.NEW_BUSINESS,
        patch=segments.whole({"risk": risk, "coverages": coverages}),
        by=by,
    )
    if agreed is not None and term.total != agreed:
        raise Refused(_("The price has changed since this quote. Ask the carrier again."))
    bill_term(written, pay_plan=pay_plan, by=by)
    outbox.put("policies.issue_declarations", policy_id=policy.pk)
    return policy


def refuse_unsellable(
    definition: catalogue.ProductDefinition,
    version: ProductVersion,
    jurisdiction: str,
    valid_from: date,
) -> None:
    """A term begins on the version in force on its first day, where the product is sold."""
    if jurisdiction not in definition.jurisdictions:
        raise Refused(
            _("%(product)s is not sold in %(jurisdiction)s.")
            % {"product": catalogue.label(definition.names), "jurisdiction": jurisdiction},
            field="jurisdiction",
        )
    in_force = selectors.version_in_force(product=version.product_id, on=valid_from)
    if in_force is None or in_force.pk != version.pk:
        raise Refused(
            _("This version of %(product)s is not the one in force on the first day of cover.")
            % {"product": catalogue.label(definition.names)},
            field="effective_on",
        )


def refuse_errors(
    definition: catalogue.ProductDefinition,
    risk: dict[str, Any],
    coverages: list[dict[str, Any]],
    jurisdiction: str,
) -> None:
    """Risk and coverages are what the product takes there, field by field."""
    errors = risk_errors(definition, risk) or coverage_errors(
        definition, risk, coverages, jurisdiction
    )
    if errors:
        raise Refused(errors[0].message, field=errors[0].path)
