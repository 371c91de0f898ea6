"""Certificates of insurance: asked for, issued, renewed with the policy, ended with it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.services import add_customer, queue_message
from office import clock, documents, numbering, workflow
from office.exceptions import Refused
from office.models import Document, User
from policies import selectors
from policies.enums import CertificateEnd, DocumentKind
from policies.models import Cancellation, Certificate, Policy, PolicyDocument, Term
from policies.selectors.cover import Cover


@transaction.atomic
def request_certificate(
    *,
    policy: Policy,
    holder: Mapping[str, Any],
    operations: str,
    notice: str,
    by: User,
    is_additional_insured: bool = False,
    note: str = "",
) -> Certificate:
    """Ask for a certificate. holder: name, email and address of who relies on it.

    A holder who has one of this policy already is the same record of the address book.
    """
    cover = selectors.cover_to_certify(policy)
    _refuse_unnamed(cover, holder["name"], is_additional_insured)
    certificate = Certificate(
        policy=policy,
        term=cover.term,
        is_additional_insured=is_additional_insured,
        operations=operations.strip(),
        notice=notice,
        valid_to=cover.term.valid_to,
    )
    _number(certificate)
    workflow.demand_open(certificate, "request", by=by)
    certificate.holder = _holder(policy, holder)
    return workflow.begin(certificate, "request", by=by, note=note)


def _refuse_unnamed(cover: Cover, name: str, is_additional_insured: bool) -> None:
    """A certificate tells of the policy and never adds to it."""
    if is_additional_insured and not selectors.is_additional_insured(cover, name):
        raise Refused(
            _("The policy does not name %(name)s as an additional insured. Change it first.")
            % {"name": name},
            field="is_additional_insured",
        )


def _number(certificate: Certificate) -> None:
    certificate.pk = numbering.next_key(Certificate)
    certificate.number = f"CE-{clock.now().year}-{certificate.pk:06d}"


def _holder(policy: Policy, told: Mapping[str, Any]) -> Customer:
    name = told["name"].strip()
    known = Customer.objects.filter(certificates_held__policy=policy)
    for one in known.distinct():
        if one.display_name.casefold() == name.casefold():
            return one
    return add_customer(
        kind="organisation",
        organisation_name=name,
        email=told.get("email", ""),
        channel="email" if told.get("email") else "post",
        address={key: told[key] for key in ("street", "city", "jurisdiction", "postal_code")},
        by=User.objects.service(),
    )


@transaction.atomic
def issue_certificate(*, certificate: Certificate, by: User, note: str = "") -> Certificate:
    """Set the certificate, keep it with the policy, and send it to who relies on it."""
    workflow.demand_open(certificate, "issue", by=by)
    cover = selectors.cover_to_certify(certificate.policy)
    _refuse_unnamed(cover, certificate.holder.display_name, certificate.is_additional_insured)
    document = _set(certificate, cover, by=by)
    certificate = workflow.move(certificate, "issue", by=by, note=note, document=document)
    _send(certificate, by=by)
    return certificate


def decline_certificate(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    return workflow.move(certificate, "decline", by=by, note=reason, reason=reason)


def end_certificate(*, certificate: Certificate, by: User, note: str = "") -> Certificate:
    """Withdraw it before its time; the paper stays, and no longer speaks for the policy."""
    today = clock.today(certificate.policy.time_zone)
    return _end(certificate, today, CertificateEnd.WITHDRAWN, by=by, note=note)


def _end(
    certificate: Certificate, on: date, because: CertificateEnd, *, by: User, note: str = ""
) -> Certificate:
    facts = {"because": because, "on": on.isoformat()}
    return workflow.move(certificate, "end", by=by, note=note, facts=facts, on=on, because=because)


@transaction.atomic
def renew_certificates(*, term: Term, by: User) -> list[Certificate]:
    """A new certificate for each that was out for the term before; the old one ends with it."""
    renewed = []
    cover = selectors.as_of(term.policy, term.valid_from, clock.now())
    if cover is None:
        return []
    for old in selectors.certificates_to_renew(term).select_related("holder", "policy"):
        name = old.holder.display_name
        certificate = Certificate(
            policy=term.policy,
            term=term,
            holder=old.holder,
            is_additional_insured=old.is_additional_insured
            and selectors.is_additional_insured(cover, name),
            operations=old.operations,
            notice=old.notice,
            valid_to=term.valid_to,
            replaces=old,
        )
        _number(certificate)
        document = _set(certificate, cover, by=by)
        renewed.append(workflow.begin(certificate, "renew", by=by, document=document))
        _send(certificate, by=by)
    return renewed


def expire_certificates(*, on: date, by: User) -> int:
    """Let those end whose term is over."""
    rows = list(selectors.certificates_to_expire(on).order_by("pk"))
    for certificate in rows:
        _end(certificate, certificate.valid_to, CertificateEnd.EXPIRED, by=by)
    return len(rows)


@transaction.atomic
def notify_holders(*, cancellation: Cancellation, by: User) -> int:
    """Tell who holds a certificate that the policy ends, or that it does not after all.

    Each is told once of each; when the end has come, the certificates end with it.
    """
    policy, told = cancellation.policy, 0
    rows = policy.insurance_certificates.in_force().select_related("holder", "policy")
    for certificate in rows.order_by("pk"):
        step = _step_of(cancellation)
        queue_message(
            customer=certificate.holder,
            template="holder_notice",
            context={
                "insured": policy.customer.display_name,
                "policy_number": policy.number,
                "certificate_number": certificate.number,
                "carrier": policy.product.carrier.name,
                "effective_on": cancellation.effective_on,
                "is_over": step == "over",
                "is_rescinded": step == "rescinded",
                "link": settings.OFFICE_URL,
            },
            reference=f"policy:{policy.number}",
            idempotency_key=f"{cancellation.source}:{certificate.number}:{step}",
            by=by,
        )
        if step == "over":
            _end(certificate, cancellation.effective_on, CertificateEnd.CANCELLED, by=by)
        told += 1
    return told


def _step_of(cancellation: Cancellation) -> str:
    if cancellation.rescinded_at:
        return "rescinded"
    return "over" if cancellation.transaction_id else "announced"


def _set(certificate: Certificate, cover: Cover, *, by: User) -> Document:
    policy, holder = certificate.policy, certificate.holder
    document = documents.issue(
        template="certificate",
        data=selectors.certificate_data(certificate, cover, language=holder.language),
        language=holder.language,
        kind=DocumentKind.CERTIFICATE,
        title=selectors.certificate_title(policy, holder, language=holder.language),
        source=f"policy:{policy.number}",
        by=by,
    )
    PolicyDocument.objects.create(policy=policy, term=cover.term, document=document)
    return document


def _send(certificate: Certificate, *, by: User) -> None:
    policy, document = certificate.policy, certificate.document
    assert document is not None, "Only a certificate that is set is sent."
    queue_message(
        customer=certificate.holder,
        template="certificate",
        context={
            "insured": policy.customer.display_name,
            "policy_number": policy.number,
            "certificate_number": certificate.number,
            "carrier": policy.product.carrier.name,
            "valid_to": certificate.valid_to,
            "link": settings.OFFICE_URL,
        },
        reference=f"policy:{policy.number}",
        documents=[document],
        idempotency_key=f"certificate:{certificate.number}",
        by=by,
    )
