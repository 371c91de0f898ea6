"""What the rules say about a change of a policy in force."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies import segments
from policies.catalogue import label
from policies.selectors import Change, product_definition
from underwriting import appetite
from underwriting.enums import Blocks
from underwriting.models import RuleSetVersion


@dataclass(frozen=True)
class ChangeReview:
    """`raised` are the rules that fire because of the change: they did not before it."""

    version: RuleSetVersion
    raised: tuple[appetite.Finding, ...]

    @property
    def blocks(self) -> str:
        return appetite.worst(self.raised)

    @property
    def is_held(self) -> bool:
        return self.blocks != Blocks.INFO

    @property
    def said(self) -> list[str]:
        return [label(finding.messages) for finding in self.raised]

    def as_facts(self) -> dict[str, Any]:
        return {
            "rules": str(self.version),
            "raised": [finding.rule for finding in self.raised],
        }


def review_change(change: Change) -> ChangeReview:
    """Ask the rule set in force on the day of the change about every state that it makes."""
    code = product_definition(change.term.version).underwriting_rule_set
    version = RuleSetVersion.objects.in_force(code=code, on=change.effective_on)
    if version is None:
        raise Refused(_("There are no underwriting rules for this product on that day."))
    known = {
        finding.rule
        for segment in change.before.segments
        for finding in _fired(version, change, segment)
    }
    raised = {
        finding.rule: finding
        for segment in change.after.segments
        if segment not in change.before.segments
        for finding in _fired(version, change, segment)
        if finding.rule not in known
    }
    return ChangeReview(version, tuple(raised.values()))


def _fired(
    version: RuleSetVersion, change: Change, segment: segments.Segment
) -> list[appetite.Finding]:
    facts = appetite.facts(
        risk=segment.state["risk"],
        coverages=segment.state["coverages"],
        jurisdiction=change.term.policy.jurisdiction,
        on=change.effective_on,
    )
    return [finding for finding in appetite.evaluate(version.rules, facts) if finding.fired]
