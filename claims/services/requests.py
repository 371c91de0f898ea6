"""Asking for papers: one row for each, and one letter that names them all."""

from collections.abc import Sequence
from datetime import date

from claims.enums import DocumentState, LetterKind
from claims.models import Claim, DocumentRequest
from claims.services.letters import write_letter
from office import clock
from office.models import User


def ask_for(*, claim: Claim, wanted: Sequence[tuple[str, dict, str]], by: User) -> None:
    """`wanted`: (document, its names, why). One that was asked for before is asked for again."""
    if not wanted:
        return
    at = clock.now()
    DocumentRequest.objects.bulk_create(
        [
            DocumentRequest(
                claim=claim,
                kind=kind,
                names=names,
                because=because,
                state=DocumentState.REQUESTED,
                requested_at=at,
                requested_by=by,
            )
            for kind, names, because in wanted
        ],
        update_conflicts=True,
        unique_fields=["claim", "kind"],
        update_fields=["names", "because", "state", "requested_at", "requested_by"],
    )
    write_letter(
        claim=claim,
        kind=LetterKind.DOCUMENT_REQUEST,
        customer=claim.customer,
        facts={
            "documents": [kind for kind, _names, _because in wanted],
            "due_on": answer_by(claim).isoformat(),
        },
        by=by,
    )


def answer_by(claim: Claim) -> date:
    """The day that this step of the claim is due: the papers are wanted by then."""
    return next(due.due_on for due in claim.dues if due.what == "turn" and due.due_on)
