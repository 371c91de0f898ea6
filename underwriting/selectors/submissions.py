"""Reads of underwriting: lists, the submission's page, the comparison, the worksheet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from customers.names import words_of
from office import clock, money
from office.exceptions import Refused
from office.models import User
from office.workflow import label_of
from policies import wording
from policies.catalogue import PayPlan, ProductDefinition, label
from policies.catalogue.application import CoverageTerms, coverage_terms
from policies.models import ProductVersion
from policies.selectors import product_definition, versions_sold, worksheet_rows
from policies.selectors import worksheet_paper as worksheet_paper_of
from underwriting import rules
from underwriting.enums import BINDABLE, PRICED, Blocks, QuoteState
from underwriting.models import Quote, Renewal, Submission, SubmissionEvent

TONES = {
    QuoteState.PENDING: "info",
    QuoteState.RATED: "good",
    QuoteState.REFERRED: "warn",
    QuoteState.APPROVED: "good",
    QuoteState.BOUND: "good",
    QuoteState.DECLINED: "bad",
    QuoteState.FAILED: "bad",
}


def submission_rows(user: User) -> QuerySet[Submission]:
    """The submissions that a person may see, with what their quotes came to."""
    quotes = Quote.objects.filter(submission=OuterRef("pk")).order_by().values("submission")
    bindable = quotes.filter(state__in=[*BINDABLE, QuoteState.BOUND])
    return Submission.objects.for_user(user).annotate(
        asked=Coalesce(Subquery(quotes.annotate(n=Count("pk")).values("n")), 0),
        best=Subquery(bindable.annotate(n=Min("total")).values("n")),
    )


def found_by_words(submissions: QuerySet[Submission], text: str) -> QuerySet[Submission]:
    """Those whose number or customer's name holds every word. Our numbers have digits."""
    for word in words_of(text):
        matches = Q(customer__folded__contains=word)
        if any(sign.isdigit() for sign in word):
            matches |= Q(number__contains=word.upper())
        submissions = submissions.filter(matches)
    return submissions


def with_quote_in(submissions: QuerySet[Submission], state: str) -> QuerySet[Submission]:
    """Those with a quote in that state, such as one that waits for an underwriter."""
    return submissions.filter(Exists(Quote.objects.filter(submission=OuterRef("pk"), state=state)))


def quotes_of(submission: Submission, user: User) -> list[Quote]:
    """Its quotes, cheapest first; those without a price that may be seen come last."""
    quotes = list(
        submission.quotes.select_related(
            "carrier",
            "version__product",
            "policy",
            "approved_by",
            "rule_version",
            "judgment__decided_by",
        ).defer("worksheet", "version__definition")
    )
    for quote in quotes:
        quote.submission = submission
        quote.tone = TONES.get(quote.state, "")
        quote.shows_price = quote.total is not None and rules.may_see_price(quote, user)
        quote.definition = product_definition(quote.version)
    return sorted(quotes, key=_by_price)


def _by_price(quote: Quote) -> tuple[bool, Decimal, str]:
    unpriced = not quote.shows_price or quote.state == QuoteState.DECLINED
    return unpriced, _a_year(quote) if quote.shows_price else Decimal(0), quote.carrier_id


def _a_year(quote: Quote) -> Decimal:
    """The price as for twelve months: carriers' terms differ in length."""
    return (quote.total or money.ZERO) * 12 / quote.definition.term_months


def trace_of(quote: Quote | Renewal) -> list[dict[str, Any]]:
    """What each rule said, in the reader's language, and what it holds up."""
    return [
        {**row, "text": label(row["messages"]), "holds": Blocks(row["blocks"]).label}
        for row in quote.trace
    ]


def findings_of(quote: Quote) -> list[dict[str, Any]]:
    """The rules that fired."""
    return [row for row in trace_of(quote) if row["fired"]]


@dataclass(frozen=True)
class ComparedRow:
    """One line of the comparison: a cell a quote, and whether the quotes differ in it."""

    name: str
    cells: list[str]
    marks: tuple[Any, ...] = ()

    @property
    def differs(self) -> bool:
        """By `marks` where the words differ although they mean the same, as clauses do."""
        return len(set(self.marks or self.cells)) > 1


@dataclass(frozen=True)
class ComparedSection:
    title: str
    rows: list[ComparedRow] = field(default_factory=list)


def comparable(quotes: Iterable[Quote]) -> list[Quote]:
    return [q for q in quotes if q.shows_price and q.state in {*PRICED, QuoteState.BOUND}]


def comparison(quotes: Iterable[Quote]) -> list[ComparedSection]:
    """The priced quotes side by side: price, cover by item, exclusions, commission."""
    quotes = comparable(quotes)
    if not quotes:
        return []
    terms = [_terms(quote) for quote in quotes]
    return [
        ComparedSection(_("Price"), _price_rows(quotes)),
        *_cover_sections(quotes[0].submission, quotes, terms),
        ComparedSection(_("What is not covered"), _exclusion_rows(terms)),
        ComparedSection(_("What the office earns"), _commission_rows(quotes)),
    ]


def comparison_paper(submission: Submission, quotes: Iterable[Quote]) -> dict[str, Any]:
    """The data of `templates/documents/comparison.typ`, in the active language."""
    shown = comparable(quotes)
    if not shown:
        raise Refused(_("No carrier has answered with a price that may be shown."))
    return {
        "title": _("Your quotes side by side"),
        "number": submission.number,
        "issued": clock.today(submission.address.time_zone),
        "customer": submission.customer.display_name,
        "from": submission.effective_on,
        "agent": submission.agent.name,
        "carriers": [quote.carrier.name for quote in shown],
        "sections": [
            {
                "title": section.title,
                "rows": [
                    {"name": row.name, "cells": row.cells, "differs": row.differs}
                    for row in section.rows
                ],
            }
            for section in comparison(shown)
        ],
    }


def _terms(quote: Quote) -> dict[tuple[str, str], CoverageTerms]:
    risk = quote.risk
    found = (coverage_terms(quote.definition, risk, chosen) for chosen in quote.coverages)
    return {(one.item, one.coverage): one for one in found}


def _price_rows(quotes: list[Quote]) -> list[ComparedRow]:
    def row(name: str, amounts: Iterable[Decimal | None]) -> ComparedRow:
        return ComparedRow(name, [money.format(amount or money.ZERO) for amount in amounts])

    months = [_("%(months)s months") % {"months": q.definition.term_months} for q in quotes]
    return [
        ComparedRow(_("Term"), months),
        row(_("Premium"), (quote.premium for quote in quotes)),
        row(_("Taxes"), (quote.tax for quote in quotes)),
        row(_("Fees"), (quote.fees for quote in quotes)),
        row(_("Total for the term"), (quote.total for quote in quotes)),
        row(_("As for twelve months"), (_a_year(quote) for quote in quotes)),
        ComparedRow(_("Can be bound until"), [_last_day(quote) for quote in quotes]),
    ]


def _last_day(quote: Quote) -> str:
    return formats.date_format(quote.expires_on) if quote.expires_on else "—"


def _cover_sections(
    submission: Submission,
    quotes: list[Quote],
    terms: list[dict[tuple[str, str], CoverageTerms]],
) -> list[ComparedSection]:
    schema = quotes[0].definition.risk_schema
    titles = wording.titles_of(schema, submission.application)
    sections = []
    for key, title in {**titles, "": _("The whole policy")}.items():
        names = {c: label(t.names) for one in terms for (i, c), t in one.items() if i == key}
        rows = [
            ComparedRow(name, [cover_text(one.get((key, code))) for one in terms])
            for code, name in names.items()
        ]
        if rows:
            sections.append(ComparedSection(title, rows))
    return sections


def cover_text(terms: CoverageTerms | None) -> str:
    if terms is None:
        return _("Not covered")
    limit = wording.limit_text(terms)
    deductible = wording.deductible_text(terms)
    if deductible == "—":
        return limit
    return _("%(limit)s, deductible %(deductible)s") % {
        "limit": limit,
        "deductible": deductible,
    }


def _exclusion_rows(terms: list[dict[tuple[str, str], CoverageTerms]]) -> list[ComparedRow]:
    """Each exclusion once, with the clause by which each carrier has it."""
    texts: dict[str, str] = {}
    clauses: list[dict[str, set[str]]] = [{} for _one in terms]
    for place, one in enumerate(terms):
        for coverage in one.values():
            for exclusion in coverage.exclusions:
                texts[exclusion.code] = label(exclusion.texts)
                clauses[place].setdefault(exclusion.code, set()).add(exclusion.clause)
    return [
        ComparedRow(
            text,
            ["; ".join(sorted(found.get(code, {_("Covered")}))) for found in clauses],
            tuple(code in found for found in clauses),
        )
        for code, text in texts.items()
    ]


def _commission_rows(quotes: list[Quote]) -> list[ComparedRow]:
    cells = [_commission_text(quote) for quote in quotes]
    return [ComparedRow(_("Commission included in the premium"), cells)]


def _commission_text(quote: Quote) -> str:
    if not quote.commission or not quote.commission_rate:
        return _("No commission: it is the office's own product")
    share = (quote.commission_rate * 100).normalize()
    return _("%(amount)s (%(rate)s%% of the premium)") % {
        "amount": money.format(quote.commission),
        "rate": f"{share:f}",
    }


def risk_of(submission: Submission) -> list[tuple[str, list[tuple[str, str]]]]:
    """The application to read: the risk as a whole, then each thing with its facts."""
    schema = offers_for(submission)[0].risk_schema
    risk = submission.application
    titles = wording.titles_of(schema, risk)
    whole = (_("About the risk"), wording.facts_of(schema, risk))
    things = [
        (titles[key], wording.facts_of(item_schema, item, titles))
        for key, item_schema, item in wording.items_of(schema, risk)
    ]
    return [whole, *things]


def history_of(submission: Submission) -> list[SubmissionEvent]:
    """Its events, newest first, each with the act's name in the reader's language."""
    events = list(submission.events.select_related("by").order_by("-seq"))
    for event in events:
        event.label = label_of(submission, event.kind)
    return events


def worksheet(quote: Quote) -> list[dict[str, Any]]:
    risk = quote.risk
    return worksheet_rows(product_definition(quote.version), quote.worksheet, risk)


def worksheet_paper(quote: Quote) -> dict[str, Any]:
    """The data of `templates/documents/worksheet.typ` for a quote; refused where it has none."""
    rows = worksheet(quote)
    if not rows:
        raise Refused(_("This quote has no worksheet: its carrier has not told how it rated."))
    facts = {
        "title": _("How %(carrier)s came to this quote") % {"carrier": quote.carrier.name},
        "number": quote.number,
        "issued": clock.today(),
        "place": quote.submission.jurisdiction,
        "from": quote.submission.effective_on,
    }
    return worksheet_paper_of(product_definition(quote.version), rows, facts)


def pay_plans(quote: Quote) -> tuple[PayPlan, ...]:
    return product_definition(quote.version).pay_plans


def offers_for(submission: Submission) -> list[ProductDefinition]:
    """The products that its application is put to."""
    versions = versions_sold(
        kind=submission.product_kind,
        jurisdiction=submission.jurisdiction,
        on=submission.effective_on,
    )
    return [product_definition(version) for version in versions]


def kinds_sold() -> dict[str, str]:
    """The kinds of product in the catalogue and what their risk schema calls them."""
    versions = ProductVersion.objects.order_by("product__kind", "-effective_from")
    newest = versions.distinct("product__kind").select_related("product").defer("definition")
    return {
        version.product.kind: gettext(product_definition(version).risk_schema["title"])
        for version in newest
    }
