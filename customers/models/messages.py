"""What the office wrote to a customer, word for word, and whether it arrived."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.enums import MessageState
from customers.models.customer import Customer
from office.enums import Channel, Language
from office.models import Document
from office.vault import SealedTextField


class MessageQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those to the customers one may see; staff need the permission for messages as well."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.may("customers.view_message") and user.may("customers.view_every_customer"):
            return self
        if user.is_staff and not user.may("customers.view_message"):
            return self.none()
        return self.filter(customer__in=Customer.objects.for_user(user))


class Message(models.Model):
    """One message, rendered when it was queued. `idempotency_key` makes its Message-ID.

    A link that opens a door (an invitation) is not in the stored text: `secret` holds it, sealed,
    until the message has been sent, and then it is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="messages")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    template = models.CharField(_("template"), max_length=40)
    template_version = models.PositiveSmallIntegerField(_("version of the template"))
    language = models.CharField(_("language"), max_length=8, choices=Language)
    subject = models.CharField(_("subject"), max_length=200)
    body_text = models.TextField(_("text"))
    body_html = models.TextField(_("layout"))
    secret = SealedTextField(null=True)
    reference = models.CharField(_("about"), max_length=60, db_index=True)
    idempotency_key = models.CharField(max_length=120, unique=True)
    documents = models.ManyToManyField(
        Document, through="MessageDocument", related_name="messages", verbose_name=_("documents")
    )
    state = models.CharField(
        _("status"), max_length=8, choices=MessageState, default=MessageState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("what went wrong"), max_length=240, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name, verbose_name_plural = _("message"), _("messages")
        permissions = [
            ("send_message", _("Confirm letters posted and send failed messages again")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="messages_newest_first"),
            models.Index(fields=["customer", "-created_at"], name="messages_of_a_customer"),
            models.Index(fields=["state", "-created_at", "-id"], name="messages_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | Q(state__in=["queued", "failed"], sent_at=None)
                | Q(state="bounced"),
                name="message_sent_at_matches_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(secret__isnull=True),
                name="message_sent_keeps_no_secret",
            ),
        ]

    def __str__(self):
        return f"{self.template} {self.pk}"

    def get_absolute_url(self):
        return reverse("customers:message", args=[self.pk])


class MessageDocument(models.Model):
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "document"], name="message_carries_a_document_once"
            )
        ]

    def __str__(self):
        return f"{self.message_id} {self.document_id}"
