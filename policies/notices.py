"""What notice must be given before a policy ends, and for what reasons a carrier may end it.

Pure, by jurisdiction, line and kind of product, who cancels, why and how long the policy has
been in force. The table is `notices.yaml`; where it has no row nothing is ended by the carrier.

    earliest end            = day the notice is given + days demanded
    last day to not renew   = end of the term − days demanded
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.places import name_of
from office.exceptions import Refused
from policies.enums import CancellationReason, CancelledBy

TABLE = Path(__file__).with_name("notices.yaml")
ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Place:
    """Where and what is insured: which statute speaks."""

    jurisdiction: str
    line: str
    kind: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What one statute demands. Days are calendar days; None: not permitted at all."""

    jurisdiction: str
    citation: str
    midterm: int | None
    nonpayment: int | None
    nonrenewal: int | None
    new_for: int
    new: int
    reasons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """How much notice an end needs, why, and the first day on which it may take effect."""

    days: int
    earliest_on: date
    citation: str


@cache
def _table() -> dict[str, Any]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


@cache
def rule_for(place: Place, on: date) -> Rule:
    """The statute in force on `on`: one for the kind before one for the line, the latest first."""
    rows = [row for row in _table()["statutes"] if _speaks_of(row, place, on)]
    if not rows:
        raise Refused(
            _("There is no rule on file for ending a policy in %(place)s, so it cannot be done.")
            % {"place": name_of(place.jurisdiction)}
        )
    row = max(rows, key=lambda row: ("kinds" in row, row["effective_from"]))
    return Rule(
        jurisdiction=place.jurisdiction,
        citation=row["citation"],
        midterm=row["midterm"],
        nonpayment=row["nonpayment"],
        nonrenewal=row["nonrenewal"],
        new_for=row["new_for"],
        new=row["new"],
        reasons=frozenset(row["reasons"]),
    )


def _speaks_of(row: Mapping[str, Any], place: Place, on: date) -> bool:
    return (
        row["jurisdiction"] in (place.jurisdiction, ANYWHERE)
        and row["line"] == place.line
        and place.kind in row.get("kinds", (place.kind,))
        and row["effective_from"] <= on
    )


def check_cancellation(
    place: Place,
    *,
    side: str,
    reason: str,
    noticed_on: date,
    effective_on: date,
    in_force_since: date,
    has_proof: bool = False,
) -> Notice:
    """The notice that this end needs; refused, with the citation, where it falls short.

    `in_force_since` is the first day of the policy, not of the term: a policy that was renewed
    is not new. `has_proof` is that somebody showed why the end lies in the past.
    """
    if side == CancelledBy.INSURED:
        return _check_wish(reason, noticed_on, effective_on, has_proof)
    rule = rule_for(place, noticed_on)
    notice = notice_of_carrier(
        rule, reason=reason, noticed_on=noticed_on, in_force_since=in_force_since
    )
    if effective_on < notice.earliest_on:
        raise Refused(_falls_short(rule, notice), field="effective_on")
    return notice


def notice_of_carrier(rule: Rule, *, reason: str, noticed_on: date, in_force_since: date) -> Notice:
    """The notice that a carrier owes for this reason; refused where the law does not know it."""
    is_new = (noticed_on - in_force_since).days < rule.new_for
    if reason not in rule.reasons and not is_new:
        raise Refused(_not_permitted(rule), field="reason")
    days = rule.nonpayment if reason == CancellationReason.NONPAYMENT else rule.midterm
    if is_new and reason != CancellationReason.NONPAYMENT:
        days = rule.new
    if days is None:
        raise Refused(_not_permitted(rule), field="reason")
    return Notice(days, noticed_on + timedelta(days=days), rule.citation)


def _check_wish(reason: str, wished_on: date, effective_on: date, has_proof: bool) -> Notice:
    """A policyholder may leave on any day from that of the wish, and earlier with proof."""
    if effective_on < wished_on:
        if reason not in _table()["insured"]["backdated_for"]:
            raise Refused(
                _("An end before the day of the wish is only for cover that was replaced, "
                  "property that was sold, or a policy that was not taken up."),
                field="effective_on",
            )  # fmt: skip
        if not has_proof:
            raise Refused(
                _("An end before the day of the wish needs proof: say what shows it."),
                field="proof",
            )
    return Notice(0, wished_on, "")


def last_day_for_nonrenewal(rule: Rule, ends_on: date) -> date | None:
    """The last day on which the carrier may still say that it will not renew; None: never."""
    return None if rule.nonrenewal is None else ends_on - timedelta(days=rule.nonrenewal)


def check_nonrenewal(place: Place, *, noticed_on: date, ends_on: date) -> Notice:
    """The notice that a carrier owes before it does not renew; refused once the day has passed."""
    rule = rule_for(place, noticed_on)
    last_on = last_day_for_nonrenewal(rule, ends_on)
    facts = {"place": name_of(rule.jurisdiction), "citation": rule.citation}
    if last_on is None or rule.nonrenewal is None:
        raise Refused(_("In %(place)s the carrier must renew this policy (%(citation)s).") % facts)
    if noticed_on > last_on:
        raise Refused(
            ngettext(
                "%(place)s demands %(days)d day of notice before a policy is not renewed; "
                "the last day for it was %(last)s (%(citation)s).",
                "%(place)s demands %(days)d days of notice before a policy is not renewed; "
                "the last day for it was %(last)s (%(citation)s).",
                rule.nonrenewal,
            )
            % {**facts, "days": rule.nonrenewal, "last": date_format(last_on)}
        )
    return Notice(rule.nonrenewal, last_on, rule.citation)


def _falls_short(rule: Rule, notice: Notice) -> str:
    return ngettext(
        "%(place)s demands %(days)d day of notice, so the policy can end on %(earliest)s "
        "at the earliest (%(citation)s).",
        "%(place)s demands %(days)d days of notice, so the policy can end on %(earliest)s "
        "at the earliest (%(citation)s).",
        notice.days,
    ) % {
        "place": name_of(rule.jurisdiction),
        "days": notice.days,
        "earliest": date_format(notice.earliest_on),
        "citation": notice.citation,
    }


def _not_permitted(rule: Rule) -> str:
    return _(
        "%(place)s does not let a carrier end this policy for that reason in mid-term. "
        "It permits: %(reasons)s (%(citation)s)."
    ) % {
        "place": name_of(rule.jurisdiction),
        "reasons": "; ".join(labels_of(rule.reasons)),
        "citation": rule.citation,
    }


def labels_of(reasons: Iterable[str]) -> list[str]:
    """Reasons in the reader's words, in the order in which the office lists them."""
    return [str(one.label) for one in CancellationReason if one in reasons]
