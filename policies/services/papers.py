"""The papers of a policy: rendered in the customer's language, kept as they were issued."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from customers.services import queue_message
from office import documents
from office.models import Document, User
from policies import selectors
from policies.enums import DocumentKind
from policies.models import Policy, PolicyDocument, Term, TermTransaction


@transaction.atomic
def issue_declarations(*, policy: Policy, by: User) -> Document:
    """Render the declarations page of the latest term in the customer's language and keep it."""
    language = policy.customer.language
    term = policy.terms.latest("sequence")
    return _keep(
        term,
        template="declarations",
        data=selectors.declarations(term, language=language),
        kind=DocumentKind.DECLARATIONS,
        title=selectors.declarations_title(policy, language=language),
        by=by,
    )


@transaction.atomic
def issue_endorsement(*, first: TermTransaction, last: TermTransaction, by: User) -> list[Document]:
    """The papers of a change: the endorsement, a card for each vehicle that needs a new one.

    They go to the customer with a letter, and are kept with the term. `first` to `last` are the
    transactions of one act.
    """
    change = selectors.recorded_change(first, last)
    policy = change.term.policy
    language = policy.customer.language
    issued = [
        _keep(
            change.term,
            template="endorsement",
            data=selectors.endorsement(change, language=language),
            kind=DocumentKind.ENDORSEMENT,
            title=selectors.endorsement_title(change, language=language),
            by=by,
        ),
        *(_issue_id_card(change, vehicle, by=by) for vehicle in selectors.vehicles_changed(change)),
    ]
    queue_message(
        customer=policy.customer,
        template="endorsement",
        context=selectors.endorsement_letter(change),
        reference=f"policy:{policy.number}",
        documents=issued,
        idempotency_key=f"policy:{policy.number}:transaction:{first.pk}",
        by=by,
    )
    return issued


def _issue_id_card(change: selectors.Recorded, vehicle: Mapping[str, Any], *, by: User) -> Document:
    policy = change.term.policy
    language = policy.customer.language
    return _keep(
        change.term,
        template="id_card",
        data=selectors.id_card(change, vehicle, language=language),
        kind=DocumentKind.ID_CARD,
        title=selectors.id_card_title(vehicle, language=language),
        by=by,
    )


def _keep(
    term: Term, *, template: str, data: Mapping[str, Any], kind: DocumentKind, title: str, by: User
) -> Document:
    """Render a paper in the customer's language and keep it with the term."""
    policy = term.policy
    document = documents.issue(
        template=template,
        data=data,
        language=policy.customer.language,
        kind=kind,
        title=title,
        source=f"policy:{policy.number}",
        by=by,
    )
    PolicyDocument.objects.create(policy=policy, term=term, document=document)
    return document
