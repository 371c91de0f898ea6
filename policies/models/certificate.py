"""Certificates of insurance: proof for a third party, who holds it, until when it speaks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office.exceptions import Refused
from office.models import Document, Event, Recorded
from policies import rules
from policies.enums import CertificateEnd, CertificateNotice, CertificateState
from policies.models.policy import Policy
from policies.models.term import Term


def _actor(**options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


class CertificateQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of the policies that one may see."""
        if rules.may_view_every_policy(user):
            return self
        return self.filter(policy__in=Policy.objects.for_user(user).values("pk"))

    def in_force(self):
        return self.filter(state=CertificateState.ISSUED)


class Certificate(Recorded):
    """What somebody else may rely on about a policy. It never adds to the cover it tells of.

    `valid_to`: the end of the term that it speaks of. `replaces`: that of the term before.
    """

    number = models.CharField(max_length=24, unique=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="insurance_certificates")
    term = models.ForeignKey(Term, models.PROTECT, related_name="certificates")
    holder = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="certificates_held"
    )
    is_additional_insured = models.BooleanField(gettext_lazy("additional insured"), default=False)
    operations = models.CharField(gettext_lazy("description of operations"), max_length=500)
    notice = models.CharField(
        gettext_lazy("notice of cancellation"), max_length=12, choices=CertificateNotice.choices
    )
    valid_to = models.DateField(gettext_lazy("until"))
    document = models.OneToOneField(
        Document, models.PROTECT, null=True, blank=True, related_name="certificate"
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = _actor(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=12, choices=CertificateEnd.choices, blank=True)
    state = FSMField(
        default="", choices=CertificateState.choices, protected=True, max_length=24, editable=False
    )

    objects = CertificateQuerySet.as_manager()
    read_with_lock = ("policy__agent", "policy__customer")

    class Meta:
        ordering = ["-pk"]
        verbose_name = gettext_lazy("certificate of insurance")
        verbose_name_plural = gettext_lazy("certificates of insurance")
        permissions = [("issue_certificate", "Can issue certificates of insurance")]
        indexes = [models.Index(fields=["state", "valid_to", "id"], name="certificate_expiring")]
        constraints = [
            models.CheckConstraint(
                name="certificate_issue_matches_state",
                condition=Q(
                    state__in=[CertificateState.ISSUED, CertificateState.ENDED],
                    issued_at__isnull=False,
                    issued_by__isnull=False,
                    document__isnull=False,
                )
                | Q(
                    state__in=[CertificateState.REQUESTED, CertificateState.DECLINED],
                    issued_at=None,
                    issued_by=None,
                    document=None,
                ),
            ),
            models.CheckConstraint(
                name="certificate_end_matches_state",
                condition=Q(
                    state=CertificateState.ENDED, ended_on__isnull=False, ended_because__gt=""
                )
                | (~Q(state=CertificateState.ENDED) & Q(ended_on=None, ended_because="")),
            ),
            models.CheckConstraint(
                name="certificate_is_declined_with_a_reason",
                condition=~Q(state=CertificateState.DECLINED) | Q(reason__gt=""),
            ),
            models.CheckConstraint(
                name="certificate_does_not_replace_itself",
                condition=Q(replaces=None) | ~Q(replaces=F("id")),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("policies:certificate", args=[self.number])

    @transition(
        state,
        source=[""],
        target=CertificateState.REQUESTED,
        permission=rules.may_request_certificate,
        custom={"label": gettext_lazy("Ask for a certificate"), "icon": "file-badge"},
    )
    def request(self, *, by, at):
        """The policyholder, or whoever serves them."""

    @transition(
        state,
        source=[CertificateState.REQUESTED],
        target=CertificateState.ISSUED,
        permission=rules.may_issue_certificate,
        custom={"label": gettext_lazy("Issue"), "icon": "send", "primary": True},
    )
    def issue(self, *, by, at, document):
        self.document, self.issued_at, self.issued_by = document, at, by

    @transition(
        state,
        source=[""],
        target=CertificateState.ISSUED,
        permission=rules.is_office,
        custom={"label": gettext_lazy("Renew")},
    )
    def renew(self, *, by, at, document):
        """With the policy, for its new term."""
        self.document, self.issued_at, self.issued_by = document, at, by

    @transition(
        state,
        source=[CertificateState.REQUESTED],
        target=CertificateState.DECLINED,
        permission=rules.may_issue_certificate,
        custom={"label": gettext_lazy("Decline"), "icon": "circle-x"},
    )
    def decline(self, *, by, at, reason):
        if not reason.strip():
            raise Refused(_("Write down why not."), field="reason")
        self.reason = reason.strip()

    @transition(
        state,
        source=[CertificateState.ISSUED],
        target=CertificateState.ENDED,
        permission=rules.may_end_certificate,
        custom={"label": gettext_lazy("Withdraw"), "icon": "ban"},
    )
    def end(self, *, by, at, on, because):
        self.ended_on, self.ended_because = on, because


class CertificateEvent(Event):
    record = models.ForeignKey(Certificate, models.PROTECT, related_name="events")
