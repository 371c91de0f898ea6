"""The way into the portal: an invitation by e-mail, good once, for a fortnight."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer, Invitation
from customers.selectors import mailbox_of
from customers.services.messages import queue_message
from office import clock, workflow
from office.enums import Channel
from office.exceptions import Refused
from office.models import Role, User

VALID_FOR = timedelta(days=14)
ROLE = "policyholder"


@transaction.atomic(savepoint=False)
def invite_to_portal(*, customer: Customer, by: User) -> Invitation:
    """Send a link with which the customer chooses a password; earlier links stop working."""
    customer = workflow.move(customer, "invite", by=by)
    if mailbox_of(customer) is None:
        raise Refused(_("The customer has no e-mail address to invite."), field="email")
    now, token = clock.now(), secrets.token_urlsafe(32)
    customer.invitations.filter(accepted_at=None, expires_at__gt=now).update(expires_at=now)
    invitation = Invitation.objects.create(
        customer=customer,
        token_hash=_hash(token),
        expires_at=now + VALID_FOR,
        created_at=now,
        created_by=by,
    )
    queue_message(
        customer=customer,
        template="invitation",
        context={"expires_on": clock.day_of(invitation.expires_at)},
        secret_link=settings.OFFICE_URL.rstrip("/")
        + reverse("customers:accept_invitation", args=[token]),
        reference=f"customer:{customer.number}",
        idempotency_key=f"invitation:{invitation.pk}",
        channel=Channel.EMAIL,
        by=by,
    )
    return invitation


def open_invitation(token: str) -> Invitation:
    """The invitation that this token opens now; refuses a wrong, used or expired one."""
    rows = Invitation.objects.select_related("customer")
    return _demand_open(rows.filter(token_hash=_hash(token)).first())


@transaction.atomic
def accept_invitation(*, token: str, password: str, by: Any) -> User:
    """Make the customer's login with the password they chose. The token is used up.

    `by` is whoever is signed in on this browser: nobody. From here on it is the new user.
    """
    if by.is_authenticated:
        raise Refused(_("You are signed in already. Sign out first to accept an invitation."))
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    invitation = _demand_open(rows.filter(token_hash=_hash(token)).first())
    customer = invitation.customer
    mailbox = mailbox_of(customer)
    if mailbox is None or User.objects.filter(email__iexact=mailbox.value).exists():
        raise Refused(_("This e-mail address cannot be used to sign in. Please call the office."))
    user = _new_login(customer, mailbox.value, password)
    invitation.accepted_at, invitation.accepted_by = clock.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    workflow.move(customer, "join_portal", by=user)
    return user


def _demand_open(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise Refused(
            _("We do not know this link. Please open the whole address from your e-mail.")
        )
    if invitation.accepted_at:
        raise Refused(_("This invitation was already used. Please sign in."))
    if invitation.expires_at <= clock.now():
        raise Refused(_("This invitation has expired. Please ask the office for a new one."))
    return invitation


def _new_login(customer: Customer, email: str, password: str) -> User:
    address = customer.addresses.filter(is_current=True).first()
    user = User(email=email.lower(), name=customer.display_name[:120], language=customer.language)
    if address:
        user.time_zone = address.time_zone
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(force_insert=True)
    user.roles.set(Role.objects.filter(code=ROLE))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
