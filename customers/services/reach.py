"""Addresses and contact points."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from customers import names, places
from customers.enums import ContactKind
from customers.models import Address, ContactPoint, Customer
from office import clock, vault, workflow
from office.exceptions import Refused
from office.models import User

BLIND_FIELDS = {kind: f"customers_contactpoint.{kind}" for kind in ContactKind.values}


def change_address(*, customer: Customer, address: dict[str, str], by: User) -> Customer:
    """The customer moved: the new address takes the place of the old, which stays on file."""
    with transaction.atomic(savepoint=False):
        facts = {"jurisdiction": address["jurisdiction"]}
        customer = workflow.move(customer, "move_house", by=by, facts=facts)
        keep_address(customer, **address, by=by)
    return customer


def add_contact(*, customer: Customer, kind: str, value: str, by: User) -> ContactPoint:
    """Add an e-mail address or phone number; the first of its kind is the preferred one."""
    with transaction.atomic(savepoint=False):
        customer = workflow.move(customer, "change_contact", by=by, facts={"added": kind})
        has_one = customer.contact_points.filter(kind=kind, is_preferred=True).exists()
        return keep_contact(customer, kind, value, by=by, is_preferred=not has_one)


def prefer_contact(*, contact: ContactPoint, by: User) -> ContactPoint:
    with transaction.atomic(savepoint=False):
        facts = {"preferred": contact.kind, "contact": str(contact.pk)}
        customer = workflow.move(contact.customer, "change_contact", by=by, facts=facts)
        of_kind = customer.contact_points.filter(kind=contact.kind)
        of_kind.filter(is_preferred=True).update(is_preferred=False)
        of_kind.filter(pk=contact.pk, is_current=True).update(is_preferred=True)
        return ContactPoint.objects.get(pk=contact.pk)


def retire_contact(*, contact: ContactPoint, by: User) -> ContactPoint:
    """Take a contact point out of use; the next of its kind in use becomes the preferred one."""
    with transaction.atomic(savepoint=False):
        facts = {"retired": contact.kind, "contact": str(contact.pk)}
        customer = workflow.move(contact.customer, "change_contact", by=by, facts=facts)
        of_kind = customer.contact_points.filter(kind=contact.kind)
        of_kind.filter(pk=contact.pk).update(is_current=False, is_preferred=False)
        in_use = of_kind.filter(is_current=True)
        if not in_use.filter(is_preferred=True).exists():
            following = in_use.order_by("created_at").values("pk")[:1]
            of_kind.filter(pk__in=following).update(is_preferred=True)
        return ContactPoint.objects.get(pk=contact.pk)


def keep_address(
    customer: Customer,
    *,
    street: str,
    city: str,
    jurisdiction: str,
    postal_code: str,
    time_zone: str = "",
    by: User,
) -> Address:
    """Write the address in use. Part of an act that holds the customer's lock."""
    if not places.is_known(jurisdiction):
        raise Refused(_("Choose the state or province of this address."), field="jurisdiction")
    zone = time_zone or places.zone_of(jurisdiction, postal_code)
    if zone not in clock.zones():
        raise Refused(_("Choose the time zone of this address."), field="time_zone")
    customer.addresses.filter(is_current=True).update(is_current=False)
    return Address.objects.create(
        customer=customer,
        street=street.strip(),
        city=city.strip(),
        jurisdiction=jurisdiction,
        postal_code=postal_code.strip(),
        time_zone=zone,
        created_at=clock.now(),
        created_by=by,
    )


def keep_contact(
    customer: Customer, kind: str, value: str, *, by: User, is_preferred: bool
) -> ContactPoint:
    """Write a contact point, or bring a retired one back. Part of an act that holds the lock."""
    key = read_contact(kind, value)
    blind = vault.blind(key, field=BLIND_FIELDS[kind])
    known = customer.contact_points.filter(kind=kind, blind=blind).first()
    if known and known.is_current:
        raise Refused(_("This customer already has this contact."), field=kind)
    contact = known or ContactPoint(
        customer=customer, kind=kind, blind=blind, created_at=clock.now(), created_by=by
    )
    contact.value = key if kind == ContactKind.PHONE else value.strip()
    contact.last4 = key[-4:] if kind == ContactKind.PHONE else ""
    contact.is_current, contact.is_preferred, contact.bounced_on = True, is_preferred, None
    contact.save()
    return contact


def read_contact(kind: str, value: str) -> str:
    """The spelling under which a contact point is found again; refuses what cannot be one."""
    if kind == ContactKind.PHONE:
        key = names.phone_key(value)
        if not key:
            raise Refused(
                _("Write the phone number with its area code, or with + and the country code."),
                field="phone",
            )
        return key
    try:
        validate_email(value.strip())
    except ValidationError:
        sentence = _("Write the whole e-mail address: name@example.com.")
        raise Refused(sentence, field="email") from None
    return names.email_key(value)
