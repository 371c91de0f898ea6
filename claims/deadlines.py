"""When each duty of a claim falls due, and why: pure, by jurisdiction and line.

A statute says what starts a clock (notice, proof of loss, all items, decision, agreement, letter
of delay), how many days it gives and which days count. Where no statute is on file the house's
own standard stands in, marked as such. Every due date carries its rule, citation, start and
pauses, so that the page can say how it came about. The table is `deadlines.yaml`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from office.clock import DayKind, add_days
from office.money import round as to_cents

TABLE = Path(__file__).with_name("deadlines.yaml")
DAYS_OF_INTEREST_YEAR = 365

# What ends a clock. `turn` ends when the claim leaves its state.
ENDED_BY = {
    "acknowledge": "acknowledgement",
    "begin_investigation": "investigation",
    "decide": "decision",
    "decide_after_extension": "decision",
    "status_letter": "decision",
    "offer_undisputed_part": "offer",
    "pay": "payment",
    "pay_at_the_latest": "payment",
    "answer_regulator": "answer_to_regulator",
}

# 10 CCR 2695.5(a) counts from the regulator's inquiry, not from the notice of the loss.
_STARTS_INSTEAD = {"answer_regulator": "regulator_inquiry"}

WHAT = {
    "acknowledge": gettext_lazy("Acknowledge the notice"),
    "begin_investigation": gettext_lazy("Begin the investigation"),
    "decide": gettext_lazy("Accept or deny"),
    "decide_after_extension": gettext_lazy("Accept or deny after the letter of delay"),
    "status_letter": gettext_lazy("Write how the claim stands"),
    "offer_undisputed_part": gettext_lazy("Offer what is not disputed"),
    "pay": gettext_lazy("Pay"),
    "pay_at_the_latest": gettext_lazy("Pay at the latest"),
    "answer_regulator": gettext_lazy("Answer the regulator"),
    "turn": gettext_lazy("Finish this step"),
}
START = {
    "notice": gettext_lazy("the notice of loss"),
    "proof_of_loss": gettext_lazy("the proof of loss"),
    "all_items": gettext_lazy("the last document asked for"),
    "decision": gettext_lazy("the decision"),
    "agreement": gettext_lazy("the agreement"),
    "delay_letter": gettext_lazy("the letter of delay"),
    "regulator_inquiry": gettext_lazy("the regulator's inquiry"),
    "last_letter": gettext_lazy("the last status letter"),
    "turn": gettext_lazy("the start of this step"),
}


@dataclass(frozen=True)
class Rule:
    """One duty of one statute (or of the house). `days` counts days of the kind `day`."""

    what: str
    starts: str
    day: DayKind
    citation: str
    days: int = 0
    first: int = 0
    every: int = 0
    interest_percent: Decimal = Decimal(0)
    when_fraud_suspected: int = 0
    pauses: tuple[str, ...] = ()
    is_house: bool = False


@dataclass(frozen=True)
class Pause:
    """A stretch `[from_on, to_on)` in which a clock that knows this reason stands still."""

    reason: str
    from_on: date
    to_on: date | None = None

    def stops(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True)
class Facts:
    """What a claim's clocks depend on. `starts` and `ends` hold only what has happened."""

    jurisdiction: str
    line: str
    noticed_on: date
    state: str
    entered_on: date
    starts: Mapping[str, date] = field(default_factory=dict)
    ends: Mapping[str, date] = field(default_factory=dict)
    last_letter_on: date | None = None
    is_fraud_suspected: bool = False
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Due:
    """A clock that runs. `due_on` is None while it stands still."""

    what: str
    due_on: date | None
    start: str
    start_on: date
    days: int
    day: DayKind
    citation: str
    is_house: bool
    paused_days: int = 0
    interest_percent: Decimal = Decimal(0)

    def to_json(self) -> dict[str, Any]:
        """Plain values: dates as ISO text, the percentage as text."""
        plain = asdict(self)
        plain["due_on"] = self.due_on.isoformat() if self.due_on else None
        plain["start_on"] = self.start_on.isoformat()
        plain["interest_percent"] = str(self.interest_percent)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Due":
        due_on = plain["due_on"]
        return cls(
            **{
                **plain,
                "due_on": date.fromisoformat(due_on) if due_on else None,
                "start_on": date.fromisoformat(plain["start_on"]),
                "interest_percent": Decimal(plain["interest_percent"]),
            }
        )


@cache
def _table() -> dict[str, Any]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def rules_for(*, jurisdiction: str, line: str, on: date) -> tuple[Rule, ...]:
    """The duties in force on `on`: the statute's, and the house's for what it leaves open."""
    statute = _statute(jurisdiction, line, on)
    named = {rule.what for rule in statute}
    return statute + tuple(rule for rule in _house_rules() if rule.what not in named)


@cache
def _statute(jurisdiction: str, line: str, on: date) -> tuple[Rule, ...]:
    rows = [
        row
        for row in _table()["statutes"]
        if row["jurisdiction"] == jurisdiction
        and row["line"] in ("*", line)
        and row["effective_from"] <= on
    ]
    if not rows:
        return ()
    row = max(rows, key=lambda row: (row["line"] == line, row["effective_from"]))
    return tuple(_rule(plain, row["citation"]) for plain in row["rules"])


@cache
def _house_rules() -> tuple[Rule, ...]:
    house = _table()["house"]
    return tuple(_rule(plain, house["citation"], is_house=True) for plain in house["rules"])


def _rule(plain: Mapping[str, Any], citation: str, *, is_house: bool = False) -> Rule:
    return Rule(
        citation=citation,
        is_house=is_house,
        **{
            **plain,
            "interest_percent": Decimal(plain.get("interest_percent", 0)),
            "pauses": tuple(plain.get("pauses", ())),
        },
    )


def has_statute(*, jurisdiction: str, line: str, on: date) -> bool:
    return bool(_statute(jurisdiction, line, on))


def schedule(facts: Facts, holidays: frozenset[date]) -> list[Due]:
    """Every clock that runs now, the earliest first, standing ones last."""
    rules = rules_for(jurisdiction=facts.jurisdiction, line=facts.line, on=facts.noticed_on)
    dues = [_due(rule, facts, holidays) for rule in rules if _runs(rule, facts)]
    turn = _turn(facts, holidays)
    if turn:
        dues.append(turn)
    return sorted(dues, key=lambda due: (due.due_on is None, due.due_on or date.max, due.what))


def _runs(rule: Rule, facts: Facts) -> bool:
    start = _STARTS_INSTEAD.get(rule.what, rule.starts)
    if start not in facts.starts or ENDED_BY[rule.what] in facts.ends:
        return False
    # A letter of delay takes the place of the first term (Tex. Ins. Code 542.056(d)).
    return not (rule.what == "decide" and "delay_letter" in facts.starts)


def _due(rule: Rule, facts: Facts, holidays: frozenset[date]) -> Due:
    start = _STARTS_INSTEAD.get(rule.what, rule.starts)
    start_on, days = facts.starts[start], rule.days
    if rule.every and facts.last_letter_on and facts.last_letter_on >= start_on:
        start, start_on, days = "last_letter", facts.last_letter_on, rule.every
    elif rule.every:
        days = rule.first or rule.every
    if rule.when_fraud_suspected and facts.is_fraud_suspected:
        days = rule.when_fraud_suspected
    pauses = [pause for pause in facts.pauses if pause.reason in rule.pauses]
    due_on, paused = count(start_on, days, rule.day, holidays, pauses)
    return Due(
        what=rule.what,
        due_on=due_on,
        start=start,
        start_on=start_on,
        days=days,
        day=rule.day,
        citation=rule.citation,
        is_house=rule.is_house,
        paused_days=paused,
        interest_percent=rule.interest_percent,
    )


def _turn(facts: Facts, holidays: frozenset[date]) -> Due | None:
    turn = _table()["turns"].get(facts.state)
    if turn is None:
        return None
    return Due(
        what="turn",
        due_on=add_days(facts.entered_on, turn["days"], turn["day"], holidays),
        start="turn",
        start_on=facts.entered_on,
        days=turn["days"],
        day=turn["day"],
        citation=_table()["house"]["citation"],
        is_house=True,
    )


def count(
    start_on: date,
    days: int,
    kind: DayKind,
    holidays: frozenset[date],
    pauses: Iterable[Pause] = (),
) -> tuple[date | None, int]:
    """The last of `days` days after `start_on`, and how many days did not count for a pause.

    None when a pause that is still open stops the clock before it runs out.
    """
    pauses = tuple(pauses)
    if not pauses:
        return add_days(start_on, days, kind, holidays), 0
    day, left, skipped = start_on, days, 0
    while left:
        day = add_days(day, 1, kind, holidays)
        stopping = [pause for pause in pauses if pause.stops(day)]
        if any(pause.to_on is None for pause in stopping):
            return None, skipped
        if stopping:
            skipped += 1
        else:
            left -= 1
    return day, skipped


def ladder() -> tuple[tuple[str, int], ...]:
    """(rung, calendar days before the due date), from the first told to the last."""
    return tuple((step["rung"], step["days_before"]) for step in _table()["ladder"])


def rungs_reached(due_on: date, today: date) -> list[str]:
    """The rungs that must have been told by `today`; compliance only once the date is missed."""
    left = (due_on - today).days
    return [rung for rung, days_before in ladder() if left <= days_before]


def late_interest(amount: Decimal, percent: Decimal, due_on: date, paid_on: date) -> Decimal:
    """Simple interest for days after `due_on`: amount × percent ÷ 100 × days ÷ 365."""
    days = max((paid_on - due_on).days, 0)
    return to_cents(amount * percent * days / (100 * DAYS_OF_INTEREST_YEAR))


def explain(due: Due) -> str:
    """How this date came about, as sentences for the person who reads the page."""
    sentences = [_span(due)]
    if due.paused_days:
        sentences.append(
            ngettext(
                "The clock stood still for %(days)d day.",
                "The clock stood still for %(days)d days.",
                due.paused_days,
            )
            % {"days": due.paused_days}
        )
    if due.due_on is None:
        sentences.append(_("It stands still while documents are awaited."))
    sentences.append(due.citation if not due.is_house else _("This is the house's standard."))
    return " ".join(sentences)


def _span(due: Due) -> str:
    kinds = {
        "calendar": ngettext("%(n)d calendar day", "%(n)d calendar days", due.days),
        "business": ngettext("%(n)d business day", "%(n)d business days", due.days),
        "working": ngettext("%(n)d working day", "%(n)d working days", due.days),
    }
    return _("%(what)s: %(span)s from %(start)s (%(start_on)s).") % {
        "what": WHAT[due.what],
        "span": kinds[due.day] % {"n": due.days},
        "start": START[due.start],
        "start_on": date_format(due.start_on, "DATE_FORMAT"),
    }
