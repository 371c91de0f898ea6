"""The papers of underwriting that are kept with the policy: the offer of its renewal."""

from django.db import transaction
from django.utils import translation

from office.models import Document, User
from policies.enums import DocumentKind
from policies.services import send_letter
from underwriting import selectors
from underwriting.enums import RenewalState
from underwriting.models import Renewal


@transaction.atomic
def issue_renewal_offer(*, renewal: Renewal, by: User) -> Document | None:
    """The offer with its price and why it changed, in the customer's language, while it stands."""
    if renewal.state != RenewalState.OFFERED:
        return None
    policy = renewal.policy
    with translation.override(policy.customer.language):
        return send_letter(
            policy=policy,
            term=policy.terms.get(sequence=renewal.sequence - 1),
            kind=DocumentKind.RENEWAL_OFFER,
            data=selectors.offer_data(renewal),
            context={
                "valid_from": renewal.valid_from,
                "total": renewal.total,
                "link": selectors.link_to_offer(renewal),
            },
            key=f"renewal:{renewal.number}:offer",
            by=by,
        )
