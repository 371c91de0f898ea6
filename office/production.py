"""What an agent sells and keeps: the book of business and the figures of production.

Written premium is that of the transactions recorded in a month; premium in force that of the
terms that cover the day. Both are sums of what the ledger was told, before taxes and fees.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from claims.models import Claim
from customers.models import Agent
from office import clock, money
from office.models import User
from office.money import ZERO
from policies.enums import TransactionKind
from policies.models import Policy, Term, TermTransaction
from underwriting.enums import SubmissionState
from underwriting.models import Quote, Submission

MONTHS = 12
MONEY = DecimalField(max_digits=16, decimal_places=2)


def may_see_production_of(agent: Agent, user: User) -> bool:
    """An agent their own figures; those of all with the grant."""
    return agent.user_id == user.pk or may_see_all_production(user)


def may_see_all_production(user: User) -> bool:
    return user.may("customers.view_production")


def agent_rows(*, on: date) -> QuerySet[Agent]:
    """Every agent with policies and premium in force and what a year of submissions came to."""
    since = months_before(on)
    terms = _in_force(on).filter(policy__agent=OuterRef("pk")).order_by()
    written = TermTransaction.objects.filter(
        term__policy__agent=OuterRef("pk"), recorded_at__gte=clock.start_of(since)
    ).order_by()
    asked = Submission.objects.filter(
        agent=OuterRef("pk"), created_at__gte=clock.start_of(since)
    ).order_by()
    bound = asked.filter(state=SubmissionState.BOUND)
    return Agent.objects.annotate(
        in_force=_counted(terms, "policy__agent"),
        premium=_summed(terms, "policy__agent", "written"),
        written=_summed(written, "term__policy__agent", "premium"),
        asked=_counted(asked, "agent"),
        bound=_counted(bound, "agent"),
    )


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.values(by).annotate(n=Count("pk")).values("n")), 0)


def _summed(rows: QuerySet[Any], by: str, what: str) -> Coalesce:
    summed = rows.values(by).annotate(n=Sum(what)).values("n")
    return Coalesce(Subquery(summed, output_field=MONEY), ZERO)


@dataclass(frozen=True)
class BookLine:
    """The policies of one product in force."""

    product: str
    carrier: str
    policies: int
    premium: Decimal


@dataclass(frozen=True)
class MonthOfProduction:
    """What was written in a month, by how it came about; returns are below zero."""

    month: date
    new: Decimal
    renewed: Decimal
    changed: Decimal

    @property
    def label(self) -> str:
        return date_format(self.month, "M Y")

    @property
    def total(self) -> Decimal:
        return self.new + self.renewed + self.changed


@dataclass(frozen=True)
class Rates:
    """Shares in percent with one place, None where there is nothing to divide by."""

    asked: int
    bound: int
    ended: int
    kept: int

    @property
    def hit_ratio(self) -> Decimal | None:
        return _percent(self.bound, self.asked)

    @property
    def retention(self) -> Decimal | None:
        return _percent(self.kept, self.ended)


def _percent(part: int, whole: int) -> Decimal | None:
    return round(Decimal(100 * part) / whole, 1) if whole else None


def production_of(agent: Agent, *, on: date) -> dict[str, Any]:
    """The page of one agent: seven queries, whatever the size of the book."""
    book = list(_book(agent, on))
    months = _months(agent, on)
    rates = _rates(agent, on)
    losses = Claim.objects.filter(policy__agent=agent).aggregate(
        open=Count("pk", filter=Q(due_on__isnull=False)),
        incurred=Coalesce(
            Sum(F("reserve_indemnity") + F("reserve_expense") + F("paid_total")), ZERO
        ),
    )
    policies = sum(line.policies for line in book)
    premium = sum((line.premium for line in book), ZERO)
    written = sum((month.total for month in months), ZERO)
    return {
        "strip": [
            {"label": _("Policies in force"), "value": str(policies)},
            {"label": _("Premium in force"), "value": money.format(premium)},
            {"label": _("Written in twelve months"), "value": money.format(written)},
        ],
        "book": book,
        "policies": policies,
        "premium": premium,
        "months": months,
        "chart": [(month.label, month.total) for month in months],
        "written": written,
        "rates": rates,
        "losses": losses,
        "commission": _commission(agent, on),
        "renewals": _renewals(agent, on),
    }


def months_before(on: date) -> date:
    """The first day of the twelve months that end with the month of `on`."""
    return clock.add_months(on.replace(day=1), 1 - MONTHS)


def _in_force(on: date) -> QuerySet[Term]:
    running = Term.objects.filter(valid_from__lte=on, valid_to__gt=on)
    return running.filter(policy__in=Policy.objects.in_force())


def _book(agent: Agent, on: date) -> Iterator[BookLine]:
    terms = _in_force(on).filter(policy__agent=agent)
    rows = terms.values("policy__product__name", "policy__product__carrier__name").annotate(
        n=Count("pk"), premium=Sum("written")
    )
    for row in rows.order_by("-premium", "policy__product__name"):
        yield BookLine(
            row["policy__product__name"],
            row["policy__product__carrier__name"],
            row["n"],
            row["premium"],
        )


def _months(agent: Agent, on: date) -> list[MonthOfProduction]:
    """Each of the last twelve months, also those in which nothing was written."""
    since = months_before(on)
    rows = (
        TermTransaction.objects.filter(
            term__policy__agent=agent, recorded_at__gte=clock.start_of(since)
        )
        .annotate(month=TruncMonth("recorded_at", tzinfo=ZoneInfo(clock.OFFICE_ZONE)))
        .order_by()
        .values("month", "kind")
        .annotate(premium=Sum("premium"))
    )
    sums: defaultdict[tuple[date, str], Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        sums[row["month"].date(), _column(row["kind"])] += row["premium"]
    months = [clock.add_months(since, number) for number in range(MONTHS)]
    columns = ("new", "renewed", "changed")
    return [MonthOfProduction(month, *(sums[month, name] for name in columns)) for month in months]


def _column(kind: str) -> str:
    columns = {TransactionKind.NEW_BUSINESS: "new", TransactionKind.RENEWAL: "renewed"}
    return columns.get(TransactionKind(kind), "changed")


def _rates(agent: Agent, on: date) -> Rates:
    since = months_before(on)
    asked = Submission.objects.filter(agent=agent, created_at__gte=clock.start_of(since)).aggregate(
        asked=Count("pk"), bound=Count("pk", filter=Q(state=SubmissionState.BOUND))
    )
    after = Term.objects.filter(policy=OuterRef("policy"), sequence=OuterRef("sequence") + 1)
    ended = Term.objects.filter(policy__agent=agent, valid_to__gt=since, valid_to__lte=on)
    kept = ended.annotate(is_kept=Exists(after)).aggregate(
        ended=Count("pk"), kept=Count("pk", filter=Q(is_kept=True))
    )
    return Rates(**asked, **kept)


def _commission(agent: Agent, on: date) -> Decimal:
    """What the carriers' quotes that were bound in the twelve months promise the office."""
    bound = Quote.objects.filter(
        submission__agent=agent,
        policy__isnull=False,
        policy__created_at__gte=clock.start_of(months_before(on)),
    )
    return bound.aggregate(sum=Coalesce(Sum("commission"), ZERO))["sum"]


def _renewals(agent: Agent, on: date) -> list[tuple[str, int]]:
    """How many policies end within 30, 60 and 90 days."""
    marks = {days: clock.add_days(on, days) for days in (30, 60, 90)}
    found = (
        _in_force(on)
        .filter(policy__agent=agent)
        .aggregate(
            **{
                f"in_{days}": Count("pk", filter=Q(valid_to__lte=until))
                for days, until in marks.items()
            }
        )
    )
    return [(_("Within %(days)s days") % {"days": days}, found[f"in_{days}"]) for days in marks]
