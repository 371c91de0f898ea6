"""Drafts of product versions: what they say, what is wrong in them, what they change."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from office.workflow import label_of
from policies import catalogue
from policies.catalogue import Problem, ProductDefinition
from policies.models import ProductDraft, ProductVersion

KEPT = ("code", "kind", "carrier", "line")  # what makes it the same product


@dataclass(frozen=True)
class DraftReading:
    """A draft read and checked. Without problems there is a definition."""

    definition: ProductDefinition | None
    problems: list[Problem]


def read_draft(draft: ProductDraft, text: str | None = None) -> DraftReading:
    """The draft's last text, or another one for it, through the checks that files pass."""
    name = f"{draft.product_id}.yaml"
    definition, problems = catalogue.check_text(draft.text if text is None else text, name)
    if definition is not None:
        problems = list(_foreign(draft, definition, name))
    return DraftReading(None if problems else definition, problems)


def _foreign(draft: ProductDraft, definition: ProductDefinition, name: str) -> Iterator[Problem]:
    """A draft stays with its product: policies are renewed on it."""
    before = draft.based_on.definition
    for field in KEPT:
        if definition.document[field] != before[field]:
            reason = _("this stays as it is: a draft is a version of the same product")
            yield Problem(name, 1, field, reason)


def next_version(version: ProductVersion) -> int:
    """The number that the next version of the product will have."""
    last = ProductVersion.objects.filter(product_id=version.product_id).order_by("-version")
    return last.values_list("version", flat=True)[0] + 1


def changed_lines(before: str, after: str) -> list[str]:
    """What an edit changed, line by line, with two lines around."""
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm=""))[2:]


def draft_history(draft: ProductDraft) -> list[dict[str, Any]]:
    """Who did what to a draft, newest first, each edit with the lines that it changed."""
    texts = {edit.revision: edit.text for edit in draft.edits.all()}
    history, revision = [], draft.revision
    for event in draft.events.select_related("by").order_by("-seq"):
        lines = []
        if event.kind == "edit":
            lines = changed_lines(texts[revision - 1], texts[revision])
            revision -= 1
        history.append({"event": event, "label": label_of(draft, event.kind), "lines": lines})
    return history
