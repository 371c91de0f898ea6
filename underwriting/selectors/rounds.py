"""The rounds of a quote: what a carrier was asked, what it answered, and how the price moved."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.models import User
from policies import wording
from policies.catalogue import label
from policies.catalogue.application import coverage_terms
from policies.selectors import product_definition
from underwriting.enums import Blocks
from underwriting.models import Quote, QuoteEvent
from underwriting.selectors.submissions import cover_text

ASKING = frozenset({"request", "requote", "negotiate"})
ANSWERS = {
    "rate": gettext_lazy("Price given"),
    "refer": gettext_lazy("Referred"),
    "reject": gettext_lazy("Rejected by the rules"),
    "fail": gettext_lazy("No answer"),
}


@dataclass(frozen=True)
class Round:
    """One asking and its answer. `total` is None where there is none, or none to be shown."""

    number: int
    asked_at: datetime
    asked_by: str
    why: str
    answer: str
    total: Decimal | None
    change: Decimal | None
    cover: dict[str, str]
    differences: tuple[str, ...]


def rounds_of(quote: Quote, user: User) -> list[Round]:
    """The answered rounds, newest first, read from the quote's events; one query.

    `change` and `differences` are against the round before that had a price.
    """
    sees_all = user.may("underwriting.approve_quote")
    rounds: list[Round] = []
    asked: QuoteEvent | None = None
    last: Round | None = None
    for event in quote.events.select_related("by").order_by("seq"):
        if event.kind in ASKING:
            asked = event
        elif event.kind in ANSWERS and asked is not None:
            found = _round(quote, asked, event, last, number=len(rounds) + 1, sees_all=sees_all)
            rounds.append(found)
            last = found if found.total is not None else last
    return rounds[::-1]


def _round(
    quote: Quote,
    asked: QuoteEvent,
    answered: QuoteEvent,
    last: Round | None,
    *,
    number: int,
    sees_all: bool,
) -> Round:
    facts = answered.facts
    is_held = facts.get("blocks") in {Blocks.QUOTE, Blocks.REJECT} and not sees_all
    total = Decimal(facts["total"]) if "total" in facts and not is_held else None
    cover = _cover(quote, facts.get("coverages", []))
    return Round(
        number=number,
        asked_at=asked.at,
        asked_by=asked.by.name,
        why=asked.note,
        answer=str(ANSWERS[answered.kind]),
        total=total,
        change=total - last.total
        if last and last.total is not None and total is not None
        else None,
        cover=cover,
        differences=_differences(last.cover, cover) if last else (),
    )


def _cover(quote: Quote, coverages: list[dict[str, str]]) -> dict[str, str]:
    """Each chosen coverage by its item and name, with its limit and deductible in words."""
    definition, risk = product_definition(quote.version), quote.submission.application
    titles = wording.titles_of(definition.risk_schema, risk)
    found = {}
    for chosen in coverages:
        terms = coverage_terms(definition, risk, chosen)
        name = label(terms.names)
        item = titles.get(terms.item, "")
        found[f"{item}, {name}" if item else name] = cover_text(terms)
    return found


def _differences(before: dict[str, str], after: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        _("%(what)s: %(after)s instead of %(before)s")
        % {
            "what": what,
            "before": before.get(what, cover_text(None)),
            "after": after.get(what, cover_text(None)),
        }
        for what in {**before, **after}
        if before.get(what) != after.get(what)
    )
