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


class SurveyKind(TextChoices):
    INITIAL = "initial", _("Before or soon after binding")
    ROUTINE = "routine", _("Routine")
    AFTER_LOSS = "after_loss", _("After a loss")
    FOLLOW_UP = "follow_up", _("To verify recommendations")


class SurveyState(TextChoices):
    ORDERED = "ordered", pgettext_lazy("survey", "Ordered")
    SCHEDULED = "scheduled", pgettext_lazy("survey", "Scheduled")
    VISITED = "visited", pgettext_lazy("survey", "Visited")
    REPORTED = "reported", pgettext_lazy("survey", "Reported")
    CANCELLED = "cancelled", pgettext_lazy("survey", "Cancelled")


SURVEY_AHEAD = frozenset({SurveyState.ORDERED, SurveyState.SCHEDULED})
SURVEY_SEEN = frozenset({SurveyState.VISITED, SurveyState.REPORTED})
SURVEY_OPEN = SURVEY_AHEAD | {SurveyState.VISITED}


class Hazard(TextChoices):
    CONSTRUCTION = "construction", _("Construction and roof")
    ELECTRICAL = "electrical", _("Electrical installation")
    HEATING = "heating", _("Heating and cooking")
    FIRE_PROTECTION = "fire_protection", _("Fire protection")
    WATER = "water", _("Water and plumbing")
    STORM = "storm", _("Wind, hail and flood")
    SECURITY = "security", _("Security against theft")
    HOUSEKEEPING = "housekeeping", _("Housekeeping and storage")
    MACHINERY = "machinery", _("Machinery and pressure equipment")
    PREMISES = "premises", _("Falls and other dangers to visitors")
    WORK_SAFETY = "work_safety", _("Safety at work")
    VEHICLES = "vehicles", _("Vehicles and drivers")


class HazardGrade(TextChoices):
    """How well a hazard is controlled, best first."""

    GOOD = "good", pgettext_lazy("hazard", "Good")
    FAIR = "fair", pgettext_lazy("hazard", "Fair")
    POOR = "poor", pgettext_lazy("hazard", "Poor")
    UNACCEPTABLE = "unacceptable", pgettext_lazy("hazard", "Unacceptable")


class RecommendationGrade(TextChoices):
    ADVISORY = "advisory", _("Advisory")
    IMPORTANT = "important", _("Important")
    CRITICAL = "critical", _("Critical")


class RecommendationState(TextChoices):
    OPEN = "open", pgettext_lazy("recommendation", "Open")
    PLANNED = "planned", pgettext_lazy("recommendation", "Planned")
    DONE = "done", pgettext_lazy("recommendation", "Done, to be verified")
    REFUSED = "refused", pgettext_lazy("recommendation", "Refused")
    VERIFIED = "verified", pgettext_lazy("recommendation", "Verified")
    WAIVED = "waived", pgettext_lazy("recommendation", "Waived")


OUTSTANDING = frozenset(
    {RecommendationState.OPEN, RecommendationState.PLANNED, RecommendationState.REFUSED}
)
ANSWERABLE = frozenset({RecommendationState.OPEN, RecommendationState.PLANNED})
WAIVABLE = OUTSTANDING | {RecommendationState.DONE}


class CertificateKind(TextChoices):
    BOILER = "boiler", _("Boiler")
    PRESSURE_VESSEL = "pressure_vessel", _("Pressure vessel")
    SPRINKLER = "sprinkler", _("Fire sprinklers")
    FIRE_ALARM = "fire_alarm", _("Fire alarm")
    ELEVATOR = "elevator", _("Elevator")
    ELECTRICAL = "electrical", _("Electrical installation")
    HOOD = "hood", _("Kitchen hood and duct")
    BACKFLOW = "backflow", _("Backflow preventer")
