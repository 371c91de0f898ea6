"""An item to add to a policy in force, with the packages of cover that it can have, priced."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies import segments
from policies.catalogue import label
from policies.catalogue.application import (
    CoverageTerms,
    Selection,
    coverage_terms,
    default_coverages,
)
from policies.catalogue.packages import package_coverages, packages_for
from policies.models import Policy, Segment, Term
from policies.selectors.beliefs import as_change, history
from policies.selectors.changes import Change, plan_change, term_on
from policies.selectors.products import product_definition

USUAL = "usual"  # the one option of a product without packages


@dataclass(frozen=True)
class ItemOption:
    """A package for a new item: its coverages in money, and the change that adds it."""

    code: str
    name: str
    terms: tuple[CoverageTerms, ...]
    change: Change
    patch: tuple[segments.Operation, ...]


def state_of(policy: Policy, day: date) -> tuple[Term, dict[str, Any]]:
    """The term that holds a day and what is insured on it, as known now."""
    term = term_on(policy, day)
    derived = segments.derive(term.valid_from, term.valid_to, map(as_change, history(term)))
    state = segments.state_on(derived, day)
    if state is None:
        raise Refused(_("The policy is not in force on that day."), field="effective_on")
    return term, state


def next_item_key(policy: Policy, name: str) -> str:
    """A key that no item of the list has or ever had: history tells items by their keys."""
    states = Segment.objects.filter(term__policy=policy).values_list("insured", flat=True)
    known = {item["key"] for state in states for item in state["risk"].get(name, [])}
    letters = {key.rstrip("0123456789") for key in known} or {name[:1]}
    letter = sorted(letters)[0]
    tails = [key.removeprefix(letter) for key in known]
    return f"{letter}{max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1}"


def options_for_item(
    policy: Policy, *, name: str, item: Mapping[str, Any], effective_on: date
) -> list[ItemOption]:
    """What adding an item to a list of the risk would cost, package by package.

    name: the list, such as "vehicles". item: its fields, with a key that is not taken.
    """
    term, state = state_of(policy, effective_on)
    definition = product_definition(term.version)
    risk = {**state["risk"], name: [*state["risk"].get(name, []), dict(item)]}
    place = policy.jurisdiction
    packages = packages_for(definition, name)
    chosen = [
        (one.code, label(one.names), package_coverages(definition, risk, one, item["key"], place))
        for one in packages
    ]
    usual = [
        row for row in default_coverages(definition, risk, place) if row["item"] == item["key"]
    ]
    add = {"op": "add", "path": f"risk.{name}", "value": dict(item)}
    return [
        _option(policy, effective_on, risk, add, code, title, rows)
        for code, title, rows in chosen or [(USUAL, _("The usual cover"), usual)]
    ]


def _option(
    policy: Policy,
    effective_on: date,
    risk: Mapping[str, Any],
    add: segments.Operation,
    code: str,
    title: str,
    rows: list[Selection],
) -> ItemOption:
    covers = [{"op": "add", "path": "coverages", "value": row} for row in rows]
    patch = (add, *covers)
    change = plan_change(policy, effective_on=effective_on, patch=patch)
    definition = product_definition(change.term.version)
    terms = tuple(coverage_terms(definition, dict(risk), row) for row in rows)
    return ItemOption(code, title, terms, change, patch)
