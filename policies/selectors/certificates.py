"""What a certificate of insurance says, and the register of those that are out."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Customer
from office import clock
from office.exceptions import Refused
from policies.catalogue import label
from policies.enums import CertificateState
from policies.models import Certificate, Policy, Term
from policies.selectors.cover import Cover, as_of
from policies.selectors.products import product_definition
from policies.selectors.sheet import sheet_of

# The list of a risk that names additional insureds, and the coverage without which it is empty.
ADDITIONAL_INSUREDS = "additional_insureds"


def cover_to_certify(policy: Policy) -> Cover:
    """The cover today, or on the first day of a term that has not begun; `Refused` without."""
    today = clock.today(policy.time_zone)
    term = policy.terms.filter(valid_to__gt=today).order_by("sequence").first()
    cover = as_of(policy, max(today, term.valid_from), clock.now()) if term else None
    if cover is None:
        raise Refused(_("The policy covers nothing now, so there is nothing to certify."))
    return cover


def is_additional_insured(cover: Cover, name: str) -> bool:
    """The policy itself names this holder as an additional insured."""
    named = [one["name"] for one in cover.risk.get(ADDITIONAL_INSUREDS, ())]
    return name.strip().casefold() in {one.strip().casefold() for one in named}


def certificate_data(certificate: Certificate, cover: Cover, *, language: str) -> dict[str, Any]:
    """The data of `templates/documents/certificate.typ`."""
    policy, term, holder = certificate.policy, cover.term, certificate.holder
    with translation.override(language):
        return {
            "title": _("Certificate of insurance"),
            "number": certificate.number,
            "issued": clock.today(policy.time_zone),
            "insured": policy.customer.display_name,
            "address": _lines(policy.address),
            "holder": holder.display_name,
            "holder_address": _lines(holder.addresses.get(is_current=True)),
            "carrier": policy.product.carrier.name,
            "product": label(product_definition(term.version).names),
            "policy": policy.number,
            "from": term.valid_from,
            "to": term.valid_to,
            "rows": _limits(cover),
            "is_additional_insured": certificate.is_additional_insured,
            "operations": certificate.operations,
            "copies_notice": certificate.notice == "copy",
            "agent": policy.agent.name if policy.agent else "",
            "replaces": certificate.replaces.number if certificate.replaces else "",
        }


def _lines(address: Any) -> list[str]:
    return [address.street, f"{address.city}, {address.place} {address.postal_code}"]


def _limits(cover: Cover) -> list[list[str]]:
    """Each coverage with its limit and deductible; one that several items have stands once."""
    rows: dict[tuple[str, str, str], None] = {}
    for group in sheet_of(cover):
        for row in group.rows:
            rows[row.name, row.limit, row.deductible] = None
    return [list(row) for row in rows]


def certificate_title(policy: Policy, holder: Customer, *, language: str) -> str:
    with translation.override(language):
        title = _("Certificate of insurance for %(holder)s") % {"holder": holder.display_name}
        return title[:160]


def certificates_to_expire(on: date) -> QuerySet[Certificate]:
    """Those whose term is over."""
    return Certificate.objects.in_force().filter(valid_to__lte=on)


def certificates_to_renew(term: Term) -> QuerySet[Certificate]:
    """Those of the term before, for whom this one needs a new certificate."""
    rows = Certificate.objects.filter(
        policy=term.policy, term__sequence=term.sequence - 1, replaced_by=None
    ).exclude(state__in=[CertificateState.REQUESTED, CertificateState.DECLINED])
    return rows.exclude(ended_because="cancelled").exclude(ended_because="withdrawn")
