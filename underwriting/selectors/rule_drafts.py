"""Drafts of rules: what they say, what is wrong in them, how they answer about one risk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from office import clock
from office.exceptions import Refused
from office.models import User
from office.workflow import label_of
from policies import selectors as cover
from policies.catalogue import ProductDefinition, label
from policies.catalogue.loading import load_prohibited
from policies.catalogue.prohibited import breaches_of_condition
from policies.models import Policy
from underwriting import appetite, conditions
from underwriting.enums import SEVERITY, Blocks
from underwriting.models import Quote, RuleSetDraft, RuleSetVersion, Submission
from underwriting.selectors.standing import standing_of_policy, standing_of_submission

Rules = Sequence[Mapping[str, Any]]


def product_of_rules(code: str) -> ProductDefinition:
    """The newest version of the product that meets a rule set: its risk is what rules read."""
    found = cover.versions_meeting(code)
    if not found:
        raise Refused(_("No product meets this rule set."))
    return cover.product_definition(found[0])


def rules_faults(code: str, rules: Rules) -> list[appetite.Fault]:
    """What keeps these rules from being published, each at its rule and field."""
    product = product_of_rules(code)
    return [*appetite.faults(rules, product.risk_schema), *_unlawful(product, rules)]


def condition_faults(code: str, condition: str) -> list[str]:
    """What is wrong in one condition as it is typed."""
    product = product_of_rules(code)
    found = appetite.condition_faults(condition, product.risk_schema)
    rule = {"code": "typed", "when": condition}
    return found or [fault.reason for fault in _unlawful(product, [rule])]


def _unlawful(product: ProductDefinition, rules: Rules) -> Iterator[appetite.Fault]:
    """Rules that name what the law keeps out of the decision who is insured."""
    reason = _("%(variable)s must not decide who is insured in %(place)s: %(law)s")
    places, table = list(product.jurisdictions), load_prohibited()
    for place, rule in enumerate(rules):
        for breach in breaches_of_condition(rule.get("when", ""), places, product.kind, table):
            facts = {"variable": breach.variable, "place": breach.jurisdiction, "law": breach.law}
            yield appetite.Fault(place, str(rule.get("code")), "when", reason % facts)


def readable_facts(code: str) -> list[dict[str, str]]:
    """Every fact that a condition of this rule set may read, in the reader's words."""
    schema = product_of_rules(code).risk_schema
    return [
        {"path": fact.path, "kind": fact.kind, "name": label(fact.names) if fact.names else ""}
        for fact in appetite.readable(schema)
    ]


# What a draft changes


def changed_rules(before: Rules, after: Rules) -> list[str]:
    """One sentence for each rule that is new, gone, or reads differently."""
    old = {rule["code"]: rule for rule in before if rule.get("code")}
    new = {rule["code"]: rule for rule in after if rule.get("code")}
    gone = [_("%(rule)s is taken out.") % {"rule": code} for code in old if code not in new]
    return [*gone, *(told for code, rule in new.items() for told in _change(old.get(code), rule))]


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Iterator[str]:
    if old is None:
        yield _("%(rule)s is new: %(when)s") % {"rule": new["code"], "when": new["when"]}
        return
    parts = {"when": _("condition"), "blocks": _("what it blocks")}
    for field, name in parts.items():
        if old[field] != new[field]:
            yield _("%(rule)s, %(part)s: %(before)s → %(after)s") % {
                "rule": new["code"],
                "part": name,
                "before": _value(field, old),
                "after": _value(field, new),
            }
    if old["messages"] != new["messages"]:
        yield _("%(rule)s: the message is written anew.") % {"rule": new["code"]}


def _value(field: str, rule: Mapping[str, Any]) -> str:
    value = rule[field]
    return str(Blocks(value).label) if field == "blocks" and value in SEVERITY else str(value)


def rule_draft_history(draft: RuleSetDraft) -> list[dict[str, Any]]:
    """Who did what to a draft, newest first, each edit with the rules that it changed."""
    edits = {edit.revision: edit.rules for edit in draft.edits.all()}
    history, revision = [], draft.revision
    for event in draft.events.select_related("by").order_by("-seq"):
        lines = []
        if event.kind == "edit":
            lines = changed_rules(edits[revision - 1], edits[revision])
            revision -= 1
        history.append({"event": event, "label": label_of(draft, event.kind), "lines": lines})
    return history


def told_rules(rules: Rules) -> list[dict[str, Any]]:
    """The rules of an edition in the reader's words."""
    return [
        {
            **rule,
            "text": label(rule["messages"]),
            "holds": Blocks(rule["blocks"]).label,
        }
        for rule in rules
    ]


# Trying them


@dataclass(frozen=True)
class Tried:
    """What a set of rules says of one risk."""

    known: Mapping[str, Any]
    rows: list[dict[str, Any]]
    blocks: str

    @property
    def verdict(self) -> str:
        return str(Blocks(self.blocks).label)


def try_rules(rules: Rules, known: Mapping[str, Any]) -> Tried:
    """Ask every rule about these facts: which fire, and what they read."""
    findings = appetite.evaluate(rules, known)
    rows = [
        {
            "rule": found.rule,
            "text": label(found.messages),
            "when": found.when,
            "holds": Blocks(found.blocks).label,
            "fired": found.fired,
            "error": found.error,
            "read": conditions.read_by(found.when, known),
        }
        for found in findings
    ]
    return Tried(known, rows, appetite.worst(findings))


def facts_of_number(number: str, user: User) -> Mapping[str, Any]:
    """The facts of a stored submission, quote or policy that this person may see."""
    number = number.strip().upper()
    quote = Quote.objects.for_user(user).filter(number=number).select_related("submission").first()
    submission = quote.submission if quote else None
    if submission is None:
        submission = Submission.objects.for_user(user).filter(number=number).first()
    if submission is not None:
        return appetite.facts(
            risk=submission.application,
            coverages=(quote.coverages if quote else None) or submission.coverages,
            jurisdiction=submission.jurisdiction,
            on=submission.effective_on,
            standing=standing_of_submission(submission),
        )
    return _facts_of_policy(number, user)


def _facts_of_policy(number: str, user: User) -> Mapping[str, Any]:
    policy = Policy.objects.for_user(user).filter(number=number).first()
    held = cover.as_of(policy, cover.day_to_show(policy), clock.now()) if policy else None
    if policy is None or held is None:
        raise Refused(
            _("There is no submission, quote or policy in force with this number."),
            field="number",
        )
    return appetite.facts(
        risk=held.risk,
        coverages=held.segment.insured["coverages"],
        jurisdiction=policy.jurisdiction,
        on=held.term.valid_from,
        standing=standing_of_policy(policy),
    )


def editions_of(code: str) -> list[RuleSetVersion]:
    """Every edition of a rule set, newest first, with who drafted and who published it."""
    rows = RuleSetVersion.objects.filter(rule_set_id=code).select_related(
        "published_by", "draft__edited_by"
    )
    return list(rows.order_by("-version"))
