"""Letters: written down with the act that calls for them, issued and sent by the outbox."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import translation

from claims.enums import WITHOUT_PDF, LetterKind
from claims.models import Claim, Letter
from claims.selectors import letters as correspondence
from customers.models import Customer
from customers.services import queue_message
from office import clock, documents, outbox
from office.models import User
from office.workflow import move


def write_letter(
    *, claim: Claim, kind: str, customer: Customer, facts: Mapping[str, Any], by: User
) -> Letter:
    """Keep what the letter is to say, in this transaction; the outbox makes and sends it."""
    letter = Letter.objects.create(
        claim=claim,
        customer=customer,
        kind=kind,
        language=customer.language,
        facts=dict(facts),
        written_at=clock.now(),
        written_by=by,
    )
    outbox.put("claims.issue_letter", letter_id=letter.pk)
    return letter


@transaction.atomic
def issue_letter(*, letter: Letter, by: User) -> Letter:
    """Render, store and send it; safe to call again, the second time changes nothing."""
    letter = (
        Letter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("claim__policy", "customer")
        .get(pk=letter.pk)
    )
    if letter.message_id:
        return letter
    with translation.override(letter.language):
        if letter.kind not in WITHOUT_PDF:
            letter.document = documents.issue(
                template=correspondence.template_of(letter),
                data=correspondence.letter_data(letter),
                language=letter.language,
                kind=f"letter_{letter.kind}",
                title=correspondence.title_of(letter),
                source=letter.claim.source,
                by=by,
            )
        letter.message = queue_message(
            customer=letter.customer,
            template=correspondence.message_template_of(letter),
            context=correspondence.message_context(letter),
            reference=letter.claim.source,
            documents=[letter.document] if letter.document else [],
            idempotency_key=f"{letter.claim.source}:letter:{letter.pk}",
            by=by,
        )
    letter.save(update_fields=["document", "message"])
    if letter.kind == LetterKind.ACKNOWLEDGEMENT:
        move(letter.claim, "acknowledge", by=by)
    return letter
