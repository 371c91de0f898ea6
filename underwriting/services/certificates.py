"""Certificates of inspection: recorded with their paper, taken back, asked for before they end."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.services import queue_message
from office import clock
from office.exceptions import Refused
from office.models import Upload, User
from policies.models import Policy
from underwriting import rules, selectors
from underwriting.models import Certificate
from underwriting.practice import practice


@transaction.atomic
def record_certificate(
    *,
    policy: Policy,
    kind: str,
    subject: str,
    number: str,
    issuer: str,
    valid_from: date,
    valid_to: date,
    upload: Upload,
    by: User,
) -> Certificate:
    """Keep a certificate with its paper. A later one of the same thing takes its place."""
    _demand(by)
    if valid_to <= valid_from:
        raise Refused(_("It has to end after it begins."), field="valid_to")
    given = {"kind": kind, "subject": subject, "number": number, "issuer": issuer}
    try:
        with transaction.atomic():
            return Certificate.objects.create(
                policy=policy,
                **given,
                valid_from=valid_from,
                valid_to=valid_to,
                upload=upload,
                recorded_at=clock.now(),
                recorded_by=by,
            )
    except IntegrityError as error:
        if "certificate_is_recorded_once" not in str(error):
            raise
        raise Refused(_("This certificate is recorded already."), field="number") from error


@transaction.atomic
def withdraw_certificate(*, certificate: Certificate, by: User, note: str) -> Certificate:
    """Take back what was recorded by mistake, or what its issuer took back; it stays readable."""
    _demand(by)
    row = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    if row.withdrawn_at:
        raise Refused(_("This certificate was taken back already."))
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = clock.now(), by, note[:300]
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    return row


def ask_for_certificates(*, on: date, by: User) -> int:
    """The daily run: ask for what ends soon or has ended; once a certificate and warning."""
    warnings = sorted(practice().certificate_warnings)
    ending = selectors.certificates_to_ask_for(on, within=warnings[-1])
    for certificate in ending:
        left = (certificate.valid_to - on).days
        stage = next(days for days in warnings if left <= days)
        customer = certificate.policy.customer
        with translation.override(customer.language):
            what = f"{certificate.get_kind_display()}: {certificate.subject}"
        queue_message(
            customer=customer,
            template="certificate_ends",
            context={
                "certificate": what,
                "policy_number": certificate.policy.number,
                "ends_on": certificate.valid_to,
                "link": selectors.link_to_recommendations(),
            },
            reference=f"policy:{certificate.policy.number}",
            idempotency_key=f"certificate:{certificate.pk}:{stage}",
            by=by,
        )
    return len(ending)


def _demand(by: User) -> None:
    if not rules.may_record_certificate(by):
        raise PermissionDenied(_("You may not record certificates."))
