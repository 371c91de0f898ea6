"""Reads of underwriting: lists, the submission's page, the comparison, the worksheet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from customers.names import words_of
from office import money
from office.models import User
from policies import wording
from policies.catalogue import PayPlan, ProductDefinition, label
from policies.catalogue.application import CoverageTerms, coverage_terms
from policies.models import ProductVersion
from policies.selectors import product_definition, versions_sold, worksheet_rows
from underwriting import rules
from underwriting.enums import BINDABLE, PRICED, QuoteState
from underwriting.models import Quote, Submission

TONES = {
    QuoteState.PENDING: "info",
    QuoteState.RATED: "good",
    QuoteState.REFERRED: "warn",
    QuoteState.APPROVED: "good",
    QuoteState.BOUND: "good",
    QuoteState.DECLINED: "bad",
    QuoteState.FAILED: "bad",
}


def submission_rows(
    user: User, *, q: str = "", state: str = "", kind: str = "", waits: bool = False
) -> QuerySet[Submission]:
    """The submissions that a person may see; `waits`: only those with a referred quote."""
    rows = Submission.objects.for_user(user).select_related("customer", "agent")
    for word in words_of(q):
        rows = rows.filter(Q(number__icontains=word) | Q(customer__folded__contains=word))
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(product_kind=kind)
    if waits:
        referred = Quote.objects.filter(state=QuoteState.REFERRED)
        rows = rows.filter(pk__in=referred.values("submission_id"))
    return rows.annotate(
        asked=Count("quotes"),
        referred=Count("quotes", filter=Q(quotes__state=QuoteState.REFERRED)),
        best=Min("quotes__total", filter=Q(quotes__state__in=[*BINDABLE, QuoteState.BOUND])),
    ).order_by("-pk")


SUBMISSION_COLUMNS = (
    gettext_lazy("Submission"),
    gettext_lazy("Customer"),
    gettext_lazy("Agent"),
    gettext_lazy("Product"),
    gettext_lazy("State of risk"),
    gettext_lazy("First day of cover"),
    gettext_lazy("State"),
    gettext_lazy("Quotes"),
    gettext_lazy("Best price"),
)


def submission_cells(row: Submission) -> tuple[Any, ...]:
    """One row of the exported list."""
    return (
        row.number,
        row.customer.display_name,
        row.agent.name,
        row.product_kind,
        row.jurisdiction,
        row.effective_on,
        row.get_state_display(),
        row.asked,
        row.best,
    )


def quotes_of(submission: Submission, user: User) -> list[Quote]:
    """Its quotes, cheapest first; those without a price that may be seen come last."""
    quotes = list(
        submission.quotes.select_related(
            "carrier", "version__product", "policy", "approved_by", "rule_version"
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
    return quote.total * 12 / quote.definition.term_months


def findings_of(quote: Quote) -> list[dict[str, str]]:
    """What the rules that fired said, in the reader's language."""
    return [
        {"rule": row["rule"], "blocks": row["blocks"], "text": label(row["messages"])}
        for row in quote.trace
        if row["fired"]
    ]


@dataclass(frozen=True)
class ComparedRow:
    """One line of the comparison: a cell a quote, and whether the quotes differ in it."""

    name: str
    cells: list[str]
    is_figure: bool = False

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


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


def _terms(quote: Quote) -> dict[tuple[str, str], CoverageTerms]:
    risk = quote.submission.application
    found = (coverage_terms(quote.definition, risk, chosen) for chosen in quote.coverages)
    return {(one.item, one.coverage): one for one in found}


def _price_rows(quotes: list[Quote]) -> list[ComparedRow]:
    def row(name: str, amounts: Iterable[Decimal]) -> ComparedRow:
        return ComparedRow(name, [money.format(amount) for amount in amounts], True)

    months = [_("%(months)s months") % {"months": q.definition.term_months} for q in quotes]
    return [
        ComparedRow(_("Term"), months),
        row(_("Premium"), (quote.premium for quote in quotes)),
        row(_("Taxes"), (quote.tax for quote in quotes)),
        row(_("Fees"), (quote.fees for quote in quotes)),
        row(_("Total for the term"), (quote.total for quote in quotes)),
        row(_("As for twelve months"), (_a_year(quote) for quote in quotes)),
    ]


def _cover_sections(
    submission: Submission,
    quotes: list[Quote],
    terms: list[dict[tuple[str, str], CoverageTerms]],
) -> list[ComparedSection]:
    schema = quotes[0].definition.risk_schema
    things = [
        (key, wording.item_title(item_schema, item))
        for key, item_schema, item in wording.items_of(schema, submission.application)
    ]
    sections = []
    for key, title in [*things, ("", _("The whole policy"))]:
        names = {c: label(t.names) for one in terms for (i, c), t in one.items() if i == key}
        rows = [
            ComparedRow(name, [_cover_text(one.get((key, code))) for one in terms])
            for code, name in names.items()
        ]
        if rows:
            sections.append(ComparedSection(title, rows))
    return sections


def _cover_text(terms: CoverageTerms | None) -> str:
    if terms is None:
        return _("Not covered")
    limit = wording.amount_text(terms.limit, terms.each_person)
    if not terms.deductible:
        return limit
    return _("%(limit)s, deductible %(deductible)s") % {
        "limit": limit,
        "deductible": wording.amount_text(terms.deductible),
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
        ComparedRow(text, ["; ".join(sorted(c.get(code, {_("Covered")}))) for c in clauses])
        for code, text in texts.items()
    ]


def _commission_rows(quotes: list[Quote]) -> list[ComparedRow]:
    cells = [
        _("%(amount)s (%(rate)s%% of the premium)")
        % {
            "amount": money.format(quote.commission),
            "rate": f"{(quote.commission_rate * 100).normalize():f}",
        }
        if quote.commission
        else _("No commission: it is the office's own product")
        for quote in quotes
    ]
    return [ComparedRow(_("Commission included in the premium"), cells)]


def risk_of(submission: Submission) -> list[tuple[str, list[tuple[str, str]]]]:
    """The application to read: the risk as a whole, then each thing with its facts."""
    schema = offers_for(submission)[0].risk_schema
    risk = submission.application
    whole = (_("About the risk"), list(wording.facts_of(schema, risk)))
    things = [
        (wording.item_title(item_schema, item), list(wording.facts_of(item_schema, item)))
        for _key, item_schema, item in wording.items_of(schema, risk)
    ]
    return [whole, *things]


def worksheet(quote: Quote) -> list[dict[str, Any]]:
    return worksheet_rows(product_definition(quote.version), quote.worksheet)


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
