"""What a draft of rules would hold up in the book."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from office.enums import JobState
from policies import selectors as cover
from policies.models import Segment
from underwriting import appetite
from underwriting.enums import SEVERITY, Blocks
from underwriting.models import RuleTrial, RuleTrialLine
from underwriting.selectors.standing import standing_of_policy

WORST = 20


def segments_meeting(code: str, *, day: date) -> list[int]:
    """What is insured on a day, as believed now, of the products that meet a rule set."""
    versions = cover.versions_meeting(code)
    rows = Segment.objects.current().valid_on(day).filter(term__version__in=versions)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def facts_of_segments(
    segment_ids: Sequence[int], *, day: date
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Policy and facts, as if what is insured now were applied for on that day."""
    rows = Segment.objects.filter(pk__in=segment_ids).order_by("pk")
    for segment in rows.select_related("term__policy"):
        policy, insured = segment.term.policy, segment.insured
        yield (
            policy.pk,
            appetite.facts(
                risk=insured["risk"],
                coverages=insured["coverages"],
                jurisdiction=policy.jurisdiction,
                on=day,
                standing=standing_of_policy(policy),
            ),
        )


def rule_trial_page(trial: RuleTrial) -> dict[str, Any]:
    """Progress while it runs; then counts by blocking point and by rule, and the worst twenty."""
    runs = trial.job.state == JobState.RUNNING
    page = {"trial": trial, "job": trial.job, "runs": runs}
    if runs or not trial.result:
        return page
    return page | {
        "figures": _figures(trial.result),
        "points": list(_points(trial.result)),
        "rules": list(_rules(trial)),
        "worst": _worst(trial),
    }


def _held(found: Mapping[str, int], side: str) -> int:
    return sum(found.get(f"{side}:{blocks}", 0) for blocks in SEVERITY if blocks != Blocks.INFO)


def _figures(found: Mapping[str, int]) -> list[dict[str, Any]]:
    before, after = _held(found, "before"), _held(found, "after")
    return [
        {"label": _("Policies"), "value": f"{found['policies']:,}"},
        {"label": _("Held up now"), "value": f"{before:,}"},
        {"label": _("Held up by the draft"), "value": f"{after:,}"},
        {
            "label": _("Change"),
            "value": f"{after - before:+,}",
            "tone": "warn" if after > before else "good",
        },
    ]


def _points(found: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for blocks in SEVERITY:
        before, after = (found.get(f"{side}:{blocks}", 0) for side in ("before", "after"))
        yield {
            "name": Blocks(blocks).label,
            "before": before,
            "after": after,
            "change": f"{after - before:+,}",
        }


def _rules(trial: RuleTrial) -> Iterator[dict[str, Any]]:
    """Each rule of either edition, with how many policies it fires for."""
    draft = trial.draft.edits.get(revision=trial.revision).rules
    codes = dict.fromkeys(rule["code"] for rule in [*trial.against.rules, *draft])
    for code in codes:
        before, after = (trial.result.get(f"{side}:{code}", 0) for side in ("was", "is"))
        yield {
            "code": code,
            "before": before,
            "after": after,
            "change": f"{after - before:+,}",
            "errors": trial.result.get(f"error:{code}", 0),
        }


def _worst(trial: RuleTrial) -> QuerySet[RuleTrialLine]:
    """Those for whom the draft is stricter, the most first."""
    lines = trial.lines.filter(weight__gt=0).select_related("policy__customer")
    return lines.order_by("-weight", "-id")[:WORST]
