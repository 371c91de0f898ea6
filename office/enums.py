from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DepartmentCode(TextChoices):
    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    CLAIMS = "claims", _("Claims")
    ADJUSTING = "adjusting", _("Claims adjusting")
    UNDERWRITING = "underwriting", _("Underwriting")
    POLICY_ADMINISTRATION = "policy_administration", _("Policy administration")
    ACCOUNTING = "accounting", _("Accounting")
    COMPLIANCE = "compliance", _("Compliance")
    AGENCY = "agency", _("Agency")
    LEGAL = "legal", _("Legal")
    ACTUARIAL = "actuarial", _("Actuarial")
    INVESTMENT = "investment", _("Investment")
    MARKETING = "marketing", _("Marketing")
    LOSS_CONTROL = "loss_control", _("Loss control")
    AUDIT = "audit", _("Audit")


class Language(TextChoices):
    ENGLISH = "en", "English"
    SPANISH = "es", "Español"


class Channel(TextChoices):
    EMAIL = "email", _("E-mail")
    PORTAL = "portal", _("Portal")
    POST = "post", _("Post")
    PHONE = "phone", _("Phone")
    SMS = "sms", _("Text message")


class Line(TextChoices):
    PROPERTY = "property", _("Property")
    CASUALTY = "casualty", _("Casualty")
    LIFE = "life", _("Life")
    HEALTH = "health", _("Health")


class AuthorityKind(TextChoices):
    """The kinds of decision that a person may take up to an amount."""

    SETTLEMENT = "settlement", _("Settle a claim")
    DENIAL = "denial", _("Deny a claim")
    RESERVE = "reserve", _("Set a reserve")
    ADVANCE = "advance", _("Pay an advance")
    PAYMENT = "payment", _("Approve a payment")
    REFUND = "refund", _("Refund a premium")
    WRITE_OFF = "write_off", _("Write off a debt")
    UNDERWRITING = "underwriting", _("Approve a referred quote")
    JUDGMENT = "judgment", _("Judgment rating")
    BACKDATING = "backdating", _("Change a policy back in time")


# Decisions whose limit counts days rather than money.
IN_DAYS = frozenset({AuthorityKind.BACKDATING})


class JobState(TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class UploadState(TextChoices):
    QUARANTINED = "quarantined", _("Being checked")
    RELEASED = "released", _("Checked")
    REFUSED = "refused", _("Refused")


class Theme(TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")
