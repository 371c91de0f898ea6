"""Drafts: a version copied, edited, checked, and published by somebody else from a day on."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from office import clock, outbox, workflow
from office.exceptions import Refused
from office.models import User
from policies import rules, selectors
from policies.catalogue import CatalogueError, ProductDefinition, write_text
from policies.models import ProductDraft, ProductDraftEdit, ProductVersion
from policies.services.publishing import publish_definition


@transaction.atomic
def draft_version(*, version: ProductVersion, by: User, note: str = "") -> ProductDraft:
    """Copy a published version into a draft of the next one."""
    document = dict(version.definition) | {"version": selectors.next_version(version)}
    draft = ProductDraft(product=version.product, based_on=version)
    facts = {"product": version.product_id, "based_on": version.version}
    draft = workflow.begin(draft, "draft", by=by, note=note, facts=facts)
    _keep(draft, write_text(document), by=by)
    return draft


@transaction.atomic
def edit_draft(
    *, draft: ProductDraft, text: str, revision: int, by: User, note: str = ""
) -> ProductDraft:
    """Save a whole new text. It may still have problems: only publishing asks for none."""
    text = text.replace("\r\n", "\n")
    if text == draft.text and revision == draft.revision:
        return draft
    before = draft.text
    changed = selectors.changed_lines(before, text)
    facts = {"lines": sum(line[:1] in "+-" for line in changed)}
    draft = workflow.move(draft, "edit", by=by, note=note, facts=facts, revision=revision)
    _keep(draft, text, by=by)
    return draft


def _keep(draft: ProductDraft, text: str, *, by: User) -> None:
    ProductDraftEdit.objects.create(
        draft=draft, revision=draft.revision, text=text, saved_at=draft.edited_at, saved_by=by
    )


@transaction.atomic
def publish_draft(
    *, draft: ProductDraft, effective_from: date, by: User, note: str = ""
) -> ProductDraft:
    """Make the draft a version that new terms are rated on from a day on.

    Four eyes: who edited it last does not publish it. What the loader refuses of a file is
    refused here, with line and reason; so is a day that is past or already has a version.
    """
    if not rules.may_publish(draft, by):
        raise PermissionDenied(_("You may not publish products."))
    workflow.demand_open(draft, "publish", by=by)
    definition = _definition(draft)
    _refuse_day(draft, effective_from)
    document = definition.to_json() | {
        "version": selectors.next_version(draft.based_on),
        "effective_from": effective_from.isoformat(),
    }
    version = publish_definition(ProductDefinition.from_json(document), by=by)
    assert version is not None
    facts = {"version": version.version, "from": effective_from}
    draft = workflow.move(draft, "publish", by=by, note=note, facts=facts, version=version)
    outbox.put("underwriting.load_rule_sets", version_id=version.pk)
    return draft


def _definition(draft: ProductDraft) -> ProductDefinition:
    read = selectors.read_draft(draft)
    if read.definition is None:
        raise CatalogueError(read.problems)
    return read.definition


def _refuse_day(draft: ProductDraft, effective_from: date) -> None:
    if effective_from < clock.today():
        raise Refused(
            _("A version begins today or later: terms that have begun keep their own."),
            field="effective_from",
        )
    taken = ProductVersion.objects.filter(
        product_id=draft.product_id, effective_from=effective_from
    ).first()
    if taken is not None:
        raise Refused(
            _("Version %(version)s begins on that day already.") % {"version": taken.version},
            field="effective_from",
        )


def discard_draft(*, draft: ProductDraft, by: User, note: str = "") -> ProductDraft:
    """Put a draft aside for good; its texts stay to be read."""
    return workflow.move(draft, "discard", by=by, note=note)
