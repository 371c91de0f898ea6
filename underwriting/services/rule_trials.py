"""Trying a draft of rules on the whole book: a job in chunks, nothing of the book is changed."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from office import clock, jobs, outbox
from office.exceptions import Refused
from office.models import Job, User
from underwriting import appetite, rules, selectors
from underwriting.enums import SEVERITY, Blocks
from underwriting.models import RuleSetDraft, RuleSetVersion, RuleTrial, RuleTrialLine

CHUNK = 500  # policies that one message asks about


@transaction.atomic
def try_rules_on_book(*, draft: RuleSetDraft, day: date, by: User) -> RuleTrial:
    """Begin to ask a draft about every policy in force on a day, beside the edition of that day."""
    if not (rules.may_draft_rules(draft, by) or rules.may_publish_draft(draft, by)):
        raise PermissionDenied(_("You may not try rules on the book."))
    if found := selectors.rules_faults(draft.rule_set_id, draft.content.rules):
        raise Refused(" ".join(map(str, found)))
    against = RuleSetVersion.objects.in_force(code=draft.rule_set_id, on=day)
    if against is None:
        raise Refused(_("No edition is in force on that day."), field="day")
    title = _("Rules on the book: %(rules)s") % {"rules": draft}
    trial = RuleTrial.objects.create(
        draft=draft,
        revision=draft.revision,
        against=against,
        day=day,
        job=jobs.start(kind="underwriting.rule_trial", title=title, total=0, by=by),
        created_at=clock.now(),
        created_by=by,
    )
    outbox.put("underwriting.prepare_rule_trial", trial_id=trial.pk)
    return trial


def prepare_rule_trial(*, trial: RuleTrial, by: User) -> None:
    """One message for each chunk of the book."""
    found = selectors.segments_meeting(trial.draft.rule_set_id, day=trial.day)
    Job.objects.filter(pk=trial.job_id).update(total=len(found))
    for start in range(0, len(found), CHUNK):
        outbox.put(
            "underwriting.try_rules_on_policies",
            trial_id=trial.pk,
            segment_ids=found[start : start + CHUNK],
        )
    if not found:
        jobs.finish(trial.job_id)


@transaction.atomic
def try_rules_on_policies(*, trial: RuleTrial, segment_ids: Sequence[int], by: User) -> None:
    """Ask both editions about one chunk; keep its lines and counts."""
    draft = trial.draft.edits.get(revision=trial.revision)
    lines, tally = [], Counter[str]()
    for policy, known in selectors.facts_of_segments(segment_ids, day=trial.day):
        old = appetite.evaluate(trial.against.rules, known)
        new = appetite.evaluate(draft.rules, known)
        line = _line(trial, policy, old, new)
        tally += _counted(line, old, new)
        if line.before != Blocks.INFO or line.after != Blocks.INFO or line.weight:
            lines.append(line)
    RuleTrialLine.objects.bulk_create(lines)
    locked = RuleTrial.objects.select_for_update(of=("self",), no_key=True).get(pk=trial.pk)
    locked.result = dict(Counter(locked.result) + tally)
    locked.save(update_fields=["result"])
    jobs.advance(trial.job_id, by=len(segment_ids))
    job = Job.objects.get(pk=trial.job_id)
    if job.done >= job.total:
        jobs.finish(job.pk, {"trial": trial.pk})


def _line(
    trial: RuleTrial,
    policy: int,
    old: Sequence[appetite.Finding],
    new: Sequence[appetite.Finding],
) -> RuleTrialLine:
    before, after = appetite.worst(old), appetite.worst(new)
    return RuleTrialLine(
        trial=trial,
        policy_id=policy,
        before=before,
        after=after,
        fired=[found.rule for found in new if found.fired],
        weight=SEVERITY.index(after) - SEVERITY.index(before),
    )


def _counted(
    line: RuleTrialLine, old: Sequence[appetite.Finding], new: Sequence[appetite.Finding]
) -> Counter[str]:
    """Keys: `policies`; `before:bind`, `after:bind`; `was:rule`, `is:rule`; `error:rule`."""
    names = ["policies", f"before:{line.before}", f"after:{line.after}"]
    names += [f"was:{found.rule}" for found in old if found.fired]
    names += [f"is:{found.rule}" for found in new if found.fired]
    names += [f"error:{found.rule}" for found in new if found.error]
    return Counter(names)
