"""States of submissions and quotes, and what a rule can hold up."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SubmissionState(TextChoices):
    OPEN = "open", pgettext_lazy("submission", "Open")
    BOUND = "bound", _("Bound")
    CLOSED = "closed", pgettext_lazy("submission", "Closed")


class QuoteState(TextChoices):
    PENDING = "pending", _("Being quoted")
    RATED = "rated", _("Ready to bind")
    REFERRED = "referred", _("Referred")
    APPROVED = "approved", pgettext_lazy("quote", "Approved")
    BOUND = "bound", _("Bound")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("quote", "Withdrawn")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Carrier did not answer")


BINDABLE = frozenset({QuoteState.RATED, QuoteState.APPROVED})
PRICED = frozenset({QuoteState.RATED, QuoteState.REFERRED, QuoteState.APPROVED})
NEGOTIABLE = PRICED | {QuoteState.DECLINED}
WITHDRAWABLE = PRICED | {QuoteState.PENDING, QuoteState.FAILED}
REQUOTABLE = WITHDRAWABLE | {QuoteState.DECLINED, QuoteState.EXPIRED}
ASK_AGAIN = frozenset({QuoteState.FAILED, QuoteState.EXPIRED})
FINAL = frozenset({QuoteState.BOUND, QuoteState.WITHDRAWN})


class RenewalState(TextChoices):
    WORKING = "working", _("In work")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Renewed")
    DECLINED = "declined", _("Not wanted")
    LAPSED = "lapsed", _("Not taken up")
    MOVED = "moved", _("Moved to another carrier")


RENEWAL_OPEN = frozenset({RenewalState.WORKING, RenewalState.OFFERED})
RENEWAL_UNTAKEN = frozenset({RenewalState.DECLINED, RenewalState.LAPSED, RenewalState.MOVED})


class Blocks(TextChoices):
    """What a rule that fires holds up, mildest first."""

    INFO = "info", _("Nothing")
    ISSUANCE = "issuance", pgettext_lazy("what a rule blocks", "Issue")
    BIND = "bind", _("Binding")
    QUOTE = "quote", _("Release of the price")
    REJECT = "reject", _("Rejected")


SEVERITY = tuple(Blocks.values)

# What a rule may ask of loss control, each a number (docs/underwriting.md).
LOSS_CONTROL_FACTS = (
    "open",
    "overdue",
    "open_critical",
    "overdue_critical",
    "refused",
    "expired_certificates",
)


class ReferralKind(TextChoices):
    """What is referred to an underwriter."""

    QUOTE = "quote", pgettext_lazy("referral", "Quote")
    CHANGE = "change", pgettext_lazy("referral", "Change of a policy")
    RENEWAL = "renewal", pgettext_lazy("referral", "Renewal")


class ReferralState(TextChoices):
    WAITING = "waiting", pgettext_lazy("referral", "Waiting")
    ASKED = "asked", pgettext_lazy("referral", "Information asked")
    APPROVED = "approved", pgettext_lazy("referral", "Approved")
    DECLINED = "declined", pgettext_lazy("referral", "Declined")
    VOIDED = "voided", pgettext_lazy("referral", "Void")


REFERRAL_OPEN = frozenset({ReferralState.WAITING, ReferralState.ASKED})
REFERRAL_STANDING = REFERRAL_OPEN | {ReferralState.APPROVED}
