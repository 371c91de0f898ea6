"""Step 2: papers are asked for, come in, and are verified, refused or waived."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from claims.enums import DocumentState
from claims.models import Claim, DocumentRequest
from claims.selectors.file import document_names
from claims.services.files import attach_uploads
from claims.services.requests import ask_for
from office import clock
from office.models import Upload, User
from office.workflow import move


@transaction.atomic
def require_document(
    *, claim: Claim, kind: str, because: str = "", by: User, note: str = ""
) -> Claim:
    """Ask for one more paper than the product demands. `kind` is its code or its plain name."""
    claim = move(claim, "require_document", by=by, note=note, facts={"kind": kind}, kind=kind)
    ask_for(claim=claim, wanted=[(kind, document_names(claim, kind), because)], by=by)
    return claim


@transaction.atomic
def request_documents(
    *, claim: Claim, kinds: Sequence[str], reason: str = "", by: User, note: str = ""
) -> Claim:
    """Send the claim back to step 2 for these papers; what was done since is done again."""
    kinds = [kind.strip() for kind in kinds if kind.strip()]
    claim = move(
        claim, "request_documents", by=by, note=note or reason, facts={"kinds": kinds}, kinds=kinds
    )
    wanted = [(kind, document_names(claim, kind), reason) for kind in kinds]
    ask_for(claim=claim, wanted=wanted, by=by)
    return claim


@transaction.atomic
def receive_document(
    *,
    claim: Claim,
    document: DocumentRequest,
    uploads: Iterable[Upload] = (),
    by: User,
    note: str = "",
) -> Claim:
    claim = _move(claim, "receive_document", document, by, note)
    attach_uploads(claim=claim, uploads=uploads, by=by, request=document)
    _mark(document, DocumentState.RECEIVED, by)
    return claim


@transaction.atomic
def verify_document(*, claim: Claim, document: DocumentRequest, by: User, note: str = "") -> Claim:
    claim = _move(claim, "verify_document", document, by, note)
    _mark(document, DocumentState.VERIFIED, by)
    return claim


@transaction.atomic
def refuse_document(
    *, claim: Claim, document: DocumentRequest, reason: str, by: User, note: str = ""
) -> Claim:
    """Say what is wrong with it and ask for it again."""
    claim = _move(claim, "refuse_document", document, by, note or reason, reason=reason)
    _mark(document, DocumentState.REFUSED, by, reason)
    return claim


@transaction.atomic
def waive_document(
    *, claim: Claim, document: DocumentRequest, reason: str, by: User, note: str = ""
) -> Claim:
    claim = _move(claim, "waive_document", document, by, note or reason, reason=reason)
    _mark(document, DocumentState.WAIVED, by, reason)
    return claim


@transaction.atomic
def verify_claim(*, claim: Claim, by: User, note: str = "") -> Claim:
    """End step 2: the file is complete."""
    return move(claim, "verify", by=by, note=note)


def _move(
    claim: Claim, act: str, document: DocumentRequest, by: User, note: str, **extra: str
) -> Claim:
    facts = {"document": document.kind}
    return move(claim, act, by=by, note=note, facts=facts, document=document, **extra)


def _mark(document: DocumentRequest, state: DocumentState, by: User, reason: str = "") -> None:
    DocumentRequest.objects.filter(pk=document.pk).update(
        state=state,
        reason=reason,
        **{f"{state.value}_at": clock.now(), f"{state.value}_by": by},
    )
