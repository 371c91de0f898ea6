"""The papers of a policy: rendered in the customer's language, kept as they were issued."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from office import documents
from office.models import Document, User
from policies import selectors
from policies.enums import DocumentKind
from policies.models import PolicyDocument
from policies.selectors.issuing import PaperFile


@dataclass(frozen=True)
class Paper:
    """A paper to set: its template bears the name of its kind. `part`: the item it is about."""

    kind: DocumentKind
    data: Mapping[str, Any]
    title: str
    part: str = ""


def papers_of_term(file: PaperFile) -> Iterator[Paper]:
    """The declarations of a term that begins, and a card for each vehicle."""
    language = file.policy.customer.language
    yield Paper(
        DocumentKind.DECLARATIONS,
        file.data(language),
        selectors.declarations_title(file.policy, language=language),
    )
    yield from _cards(file, language)


def papers_of_change(file: PaperFile) -> Iterator[Paper]:
    """The endorsement, and a card for each vehicle that needs a new one."""
    language = file.policy.customer.language
    yield Paper(
        DocumentKind.ENDORSEMENT,
        file.data(language),
        selectors.endorsement_title(file.change, language=language),
    )
    yield from _cards(file, language)


def _cards(file: PaperFile, language: str) -> Iterator[Paper]:
    for vehicle in selectors.vehicles_changed(file.change):
        yield Paper(
            DocumentKind.ID_CARD,
            selectors.id_card(file.change, vehicle, language=language),
            selectors.id_card_title(vehicle, language=language),
            vehicle["key"],
        )


def keep_paper(
    file: PaperFile,
    paper: Paper,
    *,
    by: User,
    replaces: Document | None = None,
    because: str = "",
) -> Document:
    """Set a paper in the customer's language and keep it with the term and the issue."""
    policy = file.policy
    document = documents.issue(
        template=paper.kind.value,
        data=paper.data,
        language=policy.customer.language,
        kind=paper.kind,
        title=paper.title,
        source=f"policy:{policy.number}",
        by=by,
        replaces=replaces,
        because=because,
    )
    PolicyDocument.objects.create(
        policy=policy,
        term=file.term,
        document=document,
        issuance=file.issuance,
        part=paper.part,
    )
    return document
