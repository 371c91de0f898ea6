"""Taking applications, editing them, closing them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Address, Agent, Customer
from office import numbering, workflow
from office.exceptions import Refused
from office.models import User
from policies import selectors as cover
from policies.catalogue.application import judged_fields, risk_errors, stamped
from policies.models import ProductVersion
from underwriting.models import Submission
from underwriting.services.quotes import (
    lock_quotes,
    request_quotes,
    requote,
    versions_sold_to,
    withdraw_open,
)


@transaction.atomic
def take_application(*, by: User, **application: Any) -> Submission:
    """Open a submission and put it to the carriers in one act."""
    return request_quotes(submission=open_submission(by=by, **application), by=by)


@transaction.atomic(savepoint=False)
def open_submission(
    *,
    customer: Customer,
    agent: Agent,
    product_kind: str,
    effective_on: date,
    application: dict[str, Any],
    coverages: list[dict[str, Any]],
    by: User,
    address: Address | None = None,
) -> Submission:
    """Take an application. The address in use decides whose law, tax and time zone apply."""
    address = address or customer.addresses.filter(is_current=True).first()
    if address is None:
        raise Refused(_("This customer has no address, so nothing says where the risk lies."))
    sold = versions_sold_to(product_kind, address.jurisdiction, effective_on)
    application = _sound(sold[0], application, effective_on)
    submission = Submission(
        customer=customer,
        agent=agent,
        address=address,
        line=sold[0].product.line,
        product_kind=product_kind,
        jurisdiction=address.jurisdiction,
        effective_on=effective_on,
        application=application,
        coverages=coverages,
    )
    numbering.number_record(submission)
    return workflow.begin(submission, "open", by=by)


def _sound(version: ProductVersion, application: dict[str, Any], on: date) -> dict[str, Any]:
    """The application with what the office fills in.

    Products of one kind share one risk schema, so any of them can judge the application.
    """
    definition = cover.product_definition(version)
    for field in judged_fields(definition):
        if application.get(field):
            raise Refused(_("This is decided by an underwriter, not applied for."), field=field)
    application = stamped(definition, application, on)
    errors = risk_errors(definition, application)
    if errors:
        raise Refused(errors[0].message, field=errors[0].path)
    return application


@transaction.atomic
def edit_application(
    *,
    submission: Submission,
    application: dict[str, Any],
    coverages: list[dict[str, Any]],
    effective_on: date,
    revision: int,
    by: User,
    note: str = "",
) -> Submission:
    """Change the application. Its quotes go back to be rated and their approvals are void."""
    sold = versions_sold_to(submission.product_kind, submission.jurisdiction, effective_on)
    application = _sound(sold[0], application, effective_on)
    submission = workflow.move(
        submission,
        "edit",
        by=by,
        note=note,
        application=application,
        coverages=coverages,
        effective_on=effective_on,
        revision=revision,
    )
    return requote(submission, sold, by=by)


@transaction.atomic
def close_submission(*, submission: Submission, by: User, note: str) -> Submission:
    """The customer does not want the cover: nothing of it can be bound any more."""
    submission = workflow.move(submission, "close", by=by, note=note)
    withdraw_open(submission, lock_quotes(submission), by=by, reason=note)
    return submission
