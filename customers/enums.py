from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CustomerKind(TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class CustomerState(TextChoices):
    ACTIVE = "active", _("Active")
    MERGED = "merged", _("Merged into another record")


class ContactKind(TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")


class BankAccountKind(TextChoices):
    US = "us", _("US account")
    IBAN = "iban", _("IBAN")


class MessageState(TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    BOUNCED = "bounced", _("Returned")
    FAILED = "failed", _("Failed")


OPEN = (CustomerState.ACTIVE,)
WITHOUT_PROVIDER = {"post", "phone", "sms"}  # a person carries these out and confirms them
