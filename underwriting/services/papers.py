"""The papers of underwriting that are kept with the policy: the offer of its renewal, its end."""

from django.db import transaction
from django.utils import translation

from office.models import Document, User
from policies.enums import DocumentKind
from policies.selectors import letters
from policies.services import send_letter
from underwriting import selectors
from underwriting.enums import RenewalState
from underwriting.models import Renewal


@transaction.atomic
def issue_renewal_offer(*, renewal: Renewal, by: User) -> Document | None:
    """The offer with its price and why it changed, in the customer's language, while it stands.

    An offer that was taken back and made again is a letter of its own.
    """
    if renewal.state != RenewalState.OFFERED:
        return None
    policy, offers = renewal.policy, renewal.events.filter(kind="offer").count()
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
            key=f"renewal:{renewal.number}:offer:{offers}",
            by=by,
        )


@transaction.atomic
def issue_renewal_lapse(*, renewal: Renewal, by: User) -> Document:
    """The word that the cover is over, since the offer was neither paid nor accepted in time."""
    policy = renewal.policy
    with translation.override(policy.customer.language):
        return send_letter(
            policy=policy,
            term=policy.terms.get(sequence=renewal.sequence - 1),
            kind=DocumentKind.RENEWAL_LAPSE,
            data=selectors.lapse_data(renewal),
            context={"valid_from": renewal.valid_from, "link": letters.link_to(policy)},
            key=f"renewal:{renewal.number}:lapse",
            by=by,
        )
