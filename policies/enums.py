"""States and kinds of policies and their transactions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PolicyState(TextChoices):
    IN_FORCE = "in_force", _("In force")
    EXPIRED = "expired", _("Expired")


OPEN = frozenset({PolicyState.IN_FORCE})
FINAL = frozenset({PolicyState.EXPIRED})


class TransactionKind(TextChoices):
    NEW_BUSINESS = "new_business", _("New business")
    ENDORSEMENT = "endorsement", _("Endorsement")
    CANCELLATION = "cancellation", _("Cancellation")
    REINSTATEMENT = "reinstatement", _("Reinstatement")
    RENEWAL = "renewal", _("Renewal")
    PREMIUM_AUDIT = "premium_audit", _("Premium audit")
    REVERSAL = "reversal", _("Reversal")


class DocumentKind(TextChoices):
    DECLARATIONS = "declarations", _("Declarations")
