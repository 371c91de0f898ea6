"""What the rules say about a change of a policy in force."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies import segments
from policies.catalogue import label
from policies.models import ProductVersion, Term
from policies.selectors import Change, product_definition
from underwriting import appetite
from underwriting.enums import Blocks
from underwriting.models import RuleSetVersion
from underwriting.selectors.standing import standing_of_policy


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


@dataclass(frozen=True)
class RenewalReview:
    """What the rules say of a next term beyond what they said of the risk when it was taken on.

    What the office has learnt since, such as losses, is asked about at each renewal anew.
    """

    version: RuleSetVersion | None = None
    raised: tuple[appetite.Finding, ...] = ()

    @property
    def blocks(self) -> str:
        return appetite.worst(self.raised)

    def as_columns(self) -> dict[str, Any]:
        return {
            "rule_version": self.version,
            "trace": [finding.as_json() for finding in self.raised],
            "blocks": self.blocks,
            "approved_at": None,
            "approved_by": None,
            "approved_under": None,
        }


NOT_REVIEWED = RenewalReview()


def review_renewal(
    term: Term,
    version: ProductVersion,
    *,
    state: dict[str, Any],
    risk: dict[str, Any],
    coverages: list[dict[str, Any]],
) -> RenewalReview:
    """Ask the rules in force on the first day of the next term. `state` is the last day's."""
    code = product_definition(version).underwriting_rule_set
    rule_set = RuleSetVersion.objects.in_force(code=code, on=term.valid_to)
    if rule_set is None:
        return NOT_REVIEWED
    place = term.policy.jurisdiction
    before = appetite.facts(
        risk=state["risk"], coverages=state["coverages"], jurisdiction=place, on=term.valid_from
    )
    after = appetite.facts(
        risk=risk,
        coverages=coverages,
        jurisdiction=place,
        on=term.valid_to,
        standing=standing_of_policy(term.policy),
    )
    known = {one.rule for one in appetite.evaluate(rule_set.rules, before) if one.fired}
    raised = (
        finding
        for finding in appetite.evaluate(rule_set.rules, after)
        if finding.fired and finding.rule not in known
    )
    return RenewalReview(rule_set, tuple(raised))


def review_change(change: Change) -> ChangeReview:
    """Ask the rule set in force on the day of the change about every state that it makes."""
    code = product_definition(change.term.version).underwriting_rule_set
    version = RuleSetVersion.objects.in_force(code=code, on=change.effective_on)
    if version is None:
        raise Refused(_("There are no underwriting rules for this product on that day."))
    standing = standing_of_policy(change.term.policy)
    known = {
        finding.rule
        for segment in change.before.segments
        for finding in _fired(version, change, segment, standing)
    }
    raised = {
        finding.rule: finding
        for segment in change.after.segments
        if segment not in change.before.segments
        for finding in _fired(version, change, segment, standing)
        if finding.rule not in known
    }
    return ChangeReview(version, tuple(raised.values()))


def _fired(
    version: RuleSetVersion, change: Change, segment: segments.Segment, standing: dict[str, Any]
) -> list[appetite.Finding]:
    facts = appetite.facts(
        risk=segment.state["risk"],
        coverages=segment.state["coverages"],
        jurisdiction=change.term.policy.jurisdiction,
        on=change.effective_on,
        standing=standing,
    )
    return [finding for finding in appetite.evaluate(version.rules, facts) if finding.fired]
