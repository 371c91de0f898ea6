"""Certificates of inspection: boilers, sprinklers, elevators and the like, each with its end."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from office.history import Kept
from underwriting import rules
from underwriting.enums import CertificateKind
from underwriting.models.stamps import actor, is_pair


class CertificateQuerySet(models.QuerySet):
    def for_user(self, user):
        """With the grant all; an agent those of policies they sold; a policyholder their own."""
        if rules.may_view_every_survey(user):
            return self
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(policy__agent__user=user) | Q(policy__customer__login=user))

    def standing(self):
        """Neither taken back nor replaced by one of the same thing that ends later."""
        later = self.model.objects.filter(
            policy=OuterRef("policy"),
            kind=OuterRef("kind"),
            subject=OuterRef("subject"),
            valid_to__gt=OuterRef("valid_to"),
            withdrawn_at=None,
        )
        return self.filter(~Exists(later), withdrawn_at=None)

    def expired(self, *, on):
        """Ended by `on`; the last day counts as valid."""
        return self.standing().filter(valid_to__lt=on)

    def ending(self, *, on, until):
        return self.standing().filter(valid_to__gte=on, valid_to__lte=until)


class Certificate(models.Model):
    """One certificate of one piece of equipment (`subject`). `valid_to` is its last day."""

    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=16, choices=CertificateKind.choices)
    subject = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField()
    upload = models.OneToOneField("office.Upload", models.PROTECT, related_name="certificate")
    recorded_at = models.DateTimeField()
    recorded_by = actor()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = actor(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    objects = CertificateQuerySet.as_manager()
    row_history = Kept()

    class Meta:
        permissions = [("record_certificate", "Can record and take back certificates")]
        constraints = [
            models.CheckConstraint(
                name="certificate_ends_after_it_begins", condition=Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="certificate_withdrawn_at_and_by",
                condition=is_pair("withdrawn_at", "withdrawn_by"),
            ),
            models.CheckConstraint(
                name="certificate_withdrawn_says_why",
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
            ),
            models.UniqueConstraint(
                fields=["policy", "kind", "issuer", "number"],
                condition=Q(withdrawn_at=None),
                name="certificate_is_recorded_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_to"], name="certificate_ends", condition=Q(withdrawn_at=None)
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self):
        return reverse("underwriting:certificate", args=[self.pk])
