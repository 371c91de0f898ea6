"""Letters on a policy: rendered, kept with the policy, and sent in the customer's language."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import translation

from customers.services import queue_message
from office import documents
from office.models import Document, User
from policies.enums import DocumentKind
from policies.models import Cancellation, NonRenewal, Policy, PolicyDocument, Term, TermTransaction
from policies.selectors import letters


def send_letter(
    *,
    policy: Policy,
    term: Term,
    kind: DocumentKind,
    data: Mapping[str, Any],
    context: Mapping[str, Any],
    key: str,
    by: User,
) -> Document:
    """Set a letter, keep it with the term, and send it; once per key.

    Template of the letter and of its message bear the name of the kind. Call it with the
    customer's language active: `data` and `context` are words already.
    """
    language = policy.customer.language
    document = documents.issue(
        template=kind.value,
        data=data,
        language=language,
        kind=kind,
        title=f"{kind.label} {policy.number}",
        source=f"policy:{policy.number}",
        by=by,
    )
    PolicyDocument.objects.create(policy=policy, term=term, document=document)
    queue_message(
        customer=policy.customer,
        template=kind.value,
        context={**letters.message_context(policy), **context},
        reference=f"policy:{policy.number}",
        documents=[document],
        idempotency_key=key,
        by=by,
    )
    return document


@transaction.atomic
def issue_cancellation(*, cancellation: Cancellation, by: User) -> Document | None:
    """The notice while the end lies ahead, the confirmation once it has come."""
    policy = cancellation.policy
    if cancellation.rescinded_at:
        return None
    is_over = cancellation.transaction_id is not None
    kind = DocumentKind.CANCELLATION if is_over else DocumentKind.CANCELLATION_NOTICE
    with translation.override(policy.customer.language):
        data = (letters.confirmation_data if is_over else letters.notice_data)(cancellation)
        return send_letter(
            policy=policy,
            term=cancellation.term,
            kind=kind,
            data=data,
            context={
                "effective_on": cancellation.effective_on,
                "reason": str(cancellation.get_reason_display()),
                "returned": data["returned"],
            },
            key=f"{cancellation.source}:{kind}",
            by=by,
        )


@transaction.atomic
def issue_rescission(*, cancellation: Cancellation, by: User) -> Document:
    """The notice is withdrawn."""
    policy = cancellation.policy
    with translation.override(policy.customer.language):
        return send_letter(
            policy=policy,
            term=cancellation.term,
            kind=DocumentKind.RESCISSION,
            data=letters.rescission_data(cancellation),
            context={"effective_on": cancellation.effective_on},
            key=f"{cancellation.source}:rescission",
            by=by,
        )


@transaction.atomic
def issue_reinstatement(*, written: TermTransaction, by: User) -> Document:
    """The policy covers again, from when on, and where the gap is."""
    term, policy = written.term, written.term.policy
    with translation.override(policy.customer.language):
        return send_letter(
            policy=policy,
            term=term,
            kind=DocumentKind.REINSTATEMENT,
            data=letters.reinstatement_data(written),
            context={"from_on": written.effective_on, "to_on": term.valid_to},
            key=f"policy:{policy.number}:reinstatement:{written.pk}",
            by=by,
        )


@transaction.atomic
def issue_nonrenewal(*, decided: NonRenewal, by: User) -> Document:
    """The policy ends with its term."""
    policy = decided.policy
    with translation.override(policy.customer.language):
        return send_letter(
            policy=policy,
            term=decided.term,
            kind=DocumentKind.NONRENEWAL,
            data=letters.nonrenewal_data(decided),
            context={"ends_on": decided.term.valid_to, "reason": decided.reason},
            key=f"policy:{policy.number}:nonrenewal:{decided.pk}",
            by=by,
        )
