"""A customer's own record: add, edit, merge."""

from datetime import date
from typing import Any

from django.db import transaction

from customers.enums import ContactKind
from customers.models import Agent, Customer
from customers.personal import sealed_facts, sealed_key
from customers.services.reach import keep_address, keep_contact
from office import workflow
from office.models import User
from office.numbering import number_record

EDITABLE = (
    "kind",
    "given_name",
    "family_name",
    "organisation_name",
    "born_on",
    "language",
    "channel",
    "agent",
)
PLAIN_FACTS = ("kind", "language", "channel")  # what an event may say in clear


@transaction.atomic(savepoint=False)
def add_customer(
    *,
    kind: str,
    given_name: str = "",
    family_name: str = "",
    organisation_name: str = "",
    email: str = "",
    phone: str = "",
    address: dict[str, str],
    language: str = "en",
    channel: str = "email",
    born_on: date | None = None,
    agent: Agent | None = None,
    by: User,
) -> Customer:
    """Enter a customer with an address and at least the contact points that are known.

    An agent who enters one becomes its agent. Raises `Refused` with the field it speaks of.
    """
    customer = Customer(
        kind=kind,
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        organisation_name=organisation_name.strip(),
        born_on=born_on.isoformat() if born_on else "",
        language=language,
        channel=channel,
        agent=agent or getattr(by, "agent", None),
    )
    number_record(customer)
    customer.file_key = sealed_key(customer.number)
    customer = workflow.begin(customer, "add", by=by)
    keep_address(customer, **address, by=by)
    if email:
        keep_contact(customer, ContactKind.EMAIL, email, by=by, is_preferred=True)
    if phone:
        keep_contact(customer, ContactKind.PHONE, phone, by=by, is_preferred=True)
    return customer


def edit_customer(*, customer: Customer, by: User, note: str = "", **fields: Any) -> Customer:
    """Change what `fields` names; the event says which fields, and sealed, from what to what."""
    if "born_on" in fields:
        fields["born_on"] = fields["born_on"].isoformat() if fields["born_on"] else ""
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"A customer has no {', '.join(sorted(unknown))} to edit.")
    with transaction.atomic(savepoint=False):
        locked = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer.pk)
        changed = {
            name: (getattr(locked, name), value)
            for name, value in fields.items()
            if getattr(locked, name) != value
        }
        if not changed:
            return locked
        return workflow.move(
            locked,
            "edit",
            by=by,
            note=note,
            facts={"fields": sorted(changed), **_facts_of(locked, changed)},
            **{name: value for name, (_before, value) in changed.items()},
        )


def merge_customer(*, customer: Customer, into: Customer, by: User, note: str = "") -> Customer:
    """Leave `customer` as a tombstone that points to `into`; nothing is moved or deleted."""
    facts = {"into": into.number}
    return workflow.move(customer, "merge", by=by, note=note, facts=facts, into=into)


def unmerge_customer(*, customer: Customer, by: User, note: str = "") -> Customer:
    return workflow.move(customer, "unmerge", by=by, note=note)


def _facts_of(customer: Customer, changed: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Choices in clear; what identifies the person sealed with the person's own key."""
    words = {name: [str(old or ""), str(new or "")] for name, (old, new) in changed.items()}
    plain = {name: words.pop(name) for name in PLAIN_FACTS if name in words}
    sealed = {"sealed": sealed_facts(customer, words)} if words else {}
    return {**({"choices": plain} if plain else {}), **sealed}
