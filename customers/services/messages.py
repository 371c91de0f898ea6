"""Messages to customers: written once, delivered at least once to the provider, and once to them.

The row's lock lets one worker at a time hand a message over, and its state lets it happen once.
Should a worker die between the provider's answer and the commit, the message goes out again under
the same Message-ID, made from the idempotency key, by which mailboxes drop the second copy.
"""

from collections.abc import Iterable, Mapping
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import rules
from customers.enums import WITHOUT_PROVIDER, MessageState
from customers.models import ContactPoint, Customer, Message, MessageDocument
from customers.selectors import mailbox_of
from customers.services.rendering import SECRET_LINK, render, reveal
from office import clock, documents, outbox
from office.enums import Channel
from office.exceptions import Refused
from office.models import Document, User

ATTEMPTS_AT_MOST = 8
NO_ADDRESS = gettext_lazy("The customer has no e-mail address in use.")
UNREACHABLE = gettext_lazy("The mail server could not be reached; we try again by ourselves.")
GIVEN_UP = gettext_lazy("The mail server could not be reached in %(attempts)d attempts.")
REFUSED = gettext_lazy("The mail server refused the message (%(code)s).")
NO_MAILBOX = gettext_lazy("The receiving mail server says that there is no such mailbox.")


class NotDelivered(Exception):
    """The provider did not take the message now; the outbox tries again."""


def queue_message(
    *,
    customer: Customer,
    template: str,
    context: Mapping[str, Any],
    reference: str,
    documents: Iterable[Document] = (),
    idempotency_key: str,
    by: User,
    secret_link: str = "",
    channel: str = "",
) -> Message:
    """Write a message in the customer's language and leave it to the outbox; once per key.

    `context` holds what the template names (dates and Decimals as such); `name` is added. The
    customer's preferred channel is used unless `channel` is given. `secret_link` is an address
    that only the sent message may show.
    """
    known = Message.objects.filter(idempotency_key=idempotency_key).first()
    if known:
        return known
    values = {"name": customer.display_name, **context}
    if secret_link:
        values["link"] = SECRET_LINK
    rendered = render(template, values, language=customer.language)
    with transaction.atomic():
        message, is_new = Message.objects.get_or_create(
            idempotency_key=idempotency_key,
            defaults={
                "customer": customer,
                "channel": channel or customer.channel,
                "template": template,
                "template_version": rendered.version,
                "language": customer.language,
                "subject": rendered.subject,
                "body_text": rendered.text,
                "body_html": rendered.html,
                "secret": secret_link or None,
                "reference": reference,
                "created_at": clock.now(),
                "created_by": by,
            },
        )
        if is_new:
            MessageDocument.objects.bulk_create(
                MessageDocument(message=message, document=document) for document in documents
            )
            outbox.put("customers.deliver", message_id=str(message.pk))
    return message


def deliver_message(*, message_id: UUID | str) -> Message:
    """Hand a waiting message to its channel. Safe to call any number of times, also at once.

    Raises `NotDelivered` when the provider may take it later, after the attempt is on record.
    """
    with transaction.atomic():
        message = _locked(message_id)
        if message.state != MessageState.QUEUED or message.channel in WITHOUT_PROVIDER:
            return message
        message.attempts += 1
        message.problem = ""
        with translation.override(message.language):
            waits = not _hand_over(message)
        message.save()
    if waits:
        raise NotDelivered(str(message.pk))
    return message


def confirm_message(*, message: Message, by: User) -> Message:
    """A letter was posted, a call was made: somebody says so."""
    with transaction.atomic():
        message = _locked_for(message, by)
        if message.state != MessageState.QUEUED or message.channel not in WITHOUT_PROVIDER:
            raise Refused(_("This message does not wait for a person."))
        _mark_sent(message)
        message.save()
    return message


def send_again(*, message: Message, by: User) -> Message:
    """Try a failed or returned message once more, under the same Message-ID."""
    with transaction.atomic():
        message = _locked_for(message, by)
        if message.state not in {MessageState.FAILED, MessageState.BOUNCED}:
            raise Refused(_("Only a message that failed or came back can be sent again."))
        if SECRET_LINK in message.body_text and not message.secret:
            raise Refused(_("The link of this message was used up. Write a new one."))
        message.state, message.sent_at = MessageState.QUEUED, None
        message.attempts, message.problem = 0, ""
        message.save()
        outbox.put("customers.deliver", message_id=str(message.pk))
    return message


def record_bounce(*, message: Message, reason: str, by: User) -> Message:
    """The provider reports that a sent message came back; its address is marked."""
    with transaction.atomic():
        message = _locked_for(message, by)
        if message.state != MessageState.SENT:
            raise Refused(_("Only a message that was sent can come back."))
        _mark_bounced(message, reason)
        message.save()
    return message


def _locked(message_id: UUID | str) -> Message:
    rows = Message.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("customer").get(pk=message_id)


def _locked_for(message: Message, by: User) -> Message:
    if not rules.may_send_message(message, by):
        raise PermissionDenied(_("Your roles do not include sending messages."))
    return _locked(message.pk)


def _hand_over(message: Message) -> bool:
    """True when there is nothing left to try. Sets the state and what went wrong."""
    if message.channel == Channel.PORTAL:
        _mark_sent(message)
        return True
    contact = mailbox_of(message.customer)
    if contact is None:
        _mark_failed(message, NO_ADDRESS)
        return True
    try:
        _mail(message, contact.value).send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        return _judge(message, max(codes, default=0), contact)
    except SMTPResponseException as error:
        return _judge(message, error.smtp_code, None)
    except (SMTPException, OSError):
        return _judge(message, 0, None)
    _mark_sent(message)
    return True


def _judge(message: Message, code: int, contact: ContactPoint | None) -> bool:
    """RFC 5321 4.2.1: a reply of 5xx is final, any other failure may pass."""
    if 500 <= code < 600:
        if contact:
            _mark_bounced(message, NO_MAILBOX)
        else:
            _mark_failed(message, REFUSED % {"code": code})
        return True
    if message.attempts >= ATTEMPTS_AT_MOST:
        _mark_failed(message, GIVEN_UP % {"attempts": message.attempts})
        return True
    message.problem = str(UNREACHABLE)
    return False


def _mail(message: Message, address: str) -> EmailMultiAlternatives:
    sender = settings.DEFAULT_FROM_EMAIL
    domain = sender.rpartition("@")[2].strip(">")
    secret = message.secret or ""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=reveal(message.body_text, secret),
        from_email=sender,
        to=[address],
        headers={
            "Message-ID": f"<{quote(message.idempotency_key, safe='')}@{domain}>",
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies to us
        },
    )
    mail.attach_alternative(reveal(message.body_html, secret), "text/html")
    for document in message.documents.all():
        with documents.open(document) as file:
            mail.attach(f"{document.title}.pdf", file.read(), document.media_type)
    return mail


def _mark_sent(message: Message) -> None:
    message.state, message.sent_at, message.secret = MessageState.SENT, clock.now(), None


def _mark_failed(message: Message, why: object) -> None:
    message.state, message.problem = MessageState.FAILED, str(why)[:240]


def _mark_bounced(message: Message, why: object) -> None:
    message.state, message.problem = MessageState.BOUNCED, str(why)[:240]
    contact = mailbox_of(message.customer)
    if contact:
        ContactPoint.objects.filter(pk=contact.pk).update(bounced_on=clock.today())
