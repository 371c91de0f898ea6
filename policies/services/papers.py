"""The papers of a policy: rendered in the customer's language, kept as they were issued."""

from django.db import transaction

from office import documents
from office.models import Document, User
from policies import selectors
from policies.enums import DocumentKind
from policies.models import Policy, PolicyDocument


@transaction.atomic
def issue_declarations(*, policy: Policy, by: User) -> Document:
    """Render the declarations page of the latest term in the customer's language and keep it."""
    language = policy.customer.language
    term = policy.terms.latest("sequence")
    document = documents.issue(
        template="declarations",
        data=selectors.declarations(term, language=language),
        language=language,
        kind=DocumentKind.DECLARATIONS,
        title=selectors.declarations_title(policy, language=language),
        source=f"policy:{policy.number}",
        by=by,
    )
    PolicyDocument.objects.create(policy=policy, term=term, document=document)
    return document
