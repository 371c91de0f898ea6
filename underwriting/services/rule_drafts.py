"""Drafts of rules: an edition copied, edited, tried, published by somebody else from a day on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from office import clock, workflow
from office.exceptions import Refused
from office.models import User
from underwriting import rules, selectors
from underwriting.models import RuleSetDraft, RuleSetDraftEdit, RuleSetVersion
from underwriting.services.rule_sets import publish_rule_set

Rules = Sequence[Mapping[str, Any]]


@transaction.atomic
def draft_rule_set(*, version: RuleSetVersion, by: User, note: str = "") -> RuleSetDraft:
    """Copy a published edition into a draft of the next one."""
    draft = RuleSetDraft(rule_set=version.rule_set, based_on=version)
    facts = {"rule_set": version.rule_set_id, "based_on": version.version}
    draft = workflow.begin(draft, "draft", by=by, note=note, facts=facts)
    _keep(draft, version.rules, version.quote_days, by=by)
    return draft


@transaction.atomic
def edit_rule_draft(
    *,
    draft: RuleSetDraft,
    rules_: Rules,
    quote_days: int,
    revision: int,
    by: User,
    note: str = "",
) -> RuleSetDraft:
    """Save the whole set. It may still have faults: only publishing asks for none."""
    before = draft.content
    rules_ = [dict(rule) for rule in rules_]
    is_same = (rules_, quote_days) == (before.rules, before.quote_days)
    if is_same and revision == draft.revision:
        return draft
    facts = {"changes": len(selectors.changed_rules(before.rules, rules_))}
    draft = workflow.move(draft, "edit", by=by, note=note, facts=facts, revision=revision)
    _keep(draft, rules_, quote_days, by=by)
    return draft


def _keep(draft: RuleSetDraft, rules_: Rules, quote_days: int, *, by: User) -> None:
    RuleSetDraftEdit.objects.create(
        draft=draft,
        revision=draft.revision,
        quote_days=quote_days,
        rules=list(rules_),
        saved_at=draft.edited_at,
        saved_by=by,
    )


@transaction.atomic
def publish_rule_draft(
    *, draft: RuleSetDraft, effective_from: date, by: User, note: str = ""
) -> RuleSetDraft:
    """Make the draft the edition that applications are asked about from a day on.

    Four eyes: who edited it last does not publish it. A rule that reads what is no fact, that
    compares what cannot be compared or that the law forbids keeps all of them back.
    """
    if not rules.may_publish_draft(draft, by):
        raise PermissionDenied(_("You may not publish underwriting rules."))
    workflow.demand_open(draft, "publish", by=by)
    content = draft.content
    if found := selectors.rules_faults(draft.rule_set_id, content.rules):
        raise Refused(" ".join(map(str, found)))
    _refuse_day(draft, effective_from)
    version = publish_rule_set(
        code=draft.rule_set_id,
        name=draft.rule_set.name,
        effective_from=effective_from,
        quote_days=content.quote_days,
        rules_=content.rules,
        by=by,
    )
    if version is None:
        raise Refused(_("The draft says what the last edition says."))
    facts = {"version": version.version, "from": effective_from}
    return workflow.move(draft, "publish", by=by, note=note, facts=facts, version=version)


def _refuse_day(draft: RuleSetDraft, effective_from: date) -> None:
    if effective_from < clock.today():
        raise Refused(
            _("An edition begins today or later: quotes keep the one that they met."),
            field="effective_from",
        )
    editions = RuleSetVersion.objects.filter(rule_set_id=draft.rule_set_id)
    taken = editions.filter(effective_from=effective_from).first()
    if taken is not None:
        raise Refused(
            _("Version %(version)s begins on that day already.") % {"version": taken.version},
            field="effective_from",
        )


def discard_rule_draft(*, draft: RuleSetDraft, by: User, note: str = "") -> RuleSetDraft:
    """Put a draft aside for good; its rules stay to be read."""
    return workflow.move(draft, "discard", by=by, note=note)
