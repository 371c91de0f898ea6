"""The pages that only show."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import places
from customers.models import Agent
from office import clock, documents, uploads, workflow
from office.doors import staff_required
from office.exceptions import Refused
from office.lists import Column, Filter, List, SavedView
from underwriting import rules, selectors
from underwriting.enums import ASK_AGAIN, QuoteState, SubmissionState
from underwriting.judgment import judged_field
from underwriting.models import Quote, Submission

STOP_POLLING = 286
SUBMISSION_ACTS = ("quote", "edit", "close")
QUOTE_ACTS = ("bind", "approve", "negotiate", "judge", "decline", "withdraw")


def _waits(rows, user):
    return selectors.with_quote_in(rows, QuoteState.REFERRED)


SUBMISSIONS = List(
    name=gettext_lazy("Quotes"),
    sort="-pk",
    url_name="underwriting:list",
    columns=[
        Column("number", gettext_lazy("Submission"), "link", link="underwriting:detail"),
        Column("customer__display_name", gettext_lazy("Customer")),
        Column("product_kind", gettext_lazy("Product"), priority="mid", words=selectors.kinds_sold),
        Column(
            "jurisdiction",
            gettext_lazy("State of risk"),
            priority="wide",
            show=lambda row: places.name_of(row["jurisdiction"]),
            value=lambda row: places.name_of(row["jurisdiction"]),
        ),
        Column("agent__name", gettext_lazy("Agent"), priority="wide"),
        Column("effective_on", gettext_lazy("First day of cover"), "date"),
        Column(
            "state", gettext_lazy("State"), "badge", words=SubmissionState, tones={"bound": "good"}
        ),
        Column("asked", gettext_lazy("Quotes"), "number", priority="mid"),
        Column("best", gettext_lazy("Best price"), "money"),
    ],
    views=[
        SavedView("open", SubmissionState.OPEN.label, lambda rows, user: rows.open()),
        SavedView("referred", gettext_lazy("With a referred quote"), _waits),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
    ],
    filters=[
        Filter(
            "q",
            forms.CharField(label=gettext_lazy("Number or name"), max_length=80),
            narrow=selectors.found_by_words,
        ),
        Filter(
            "agent",
            forms.ModelChoiceField(
                Agent.objects.all(), label=gettext_lazy("Agent"), empty_label=gettext_lazy("Any")
            ),
        ),
    ],
)


@staff_required
def submission_list(request):
    rows = selectors.submission_rows(request.user)
    may_open = request.user.may("underwriting.open_submission")
    return SUBMISSIONS.respond(
        request, rows, template="underwriting/list.html", context={"may_open": may_open}
    )


@staff_required
def detail(request, number):
    submission = submission_of(request, number)
    quotes = quotes_with_acts(request, submission)
    context = {
        "submission": submission,
        "quotes": quotes,
        "job": submission.job,
        "waits": any(quote.state == QuoteState.PENDING for quote in quotes),
        "acts": _acts(request, submission, quotes),
        "events": selectors.history_of(submission),
        "kind": selectors.kinds_sold()[submission.product_kind],
        "risk": selectors.risk_of(submission),
        **losses_of(request, submission.customer),
        **selectors.advice_page(submission),
        "may_advise": submission.state == SubmissionState.OPEN
        and rules.may_edit(submission, request.user),
        "may_order_survey": rules.may_order_survey(None, request.user),
        "crumbs": [SUBMISSIONS.way_back(request), {"label": submission.number}],
        "neighbours": SUBMISSIONS.neighbours(
            request, selectors.submission_rows(request.user), submission
        ),
    }
    return render(request, "underwriting/detail.html", context)


@staff_required
def progress(request, number):
    """The quotes as they come in. Status 286 tells htmx to stop asking."""
    submission = submission_of(request, number)
    quotes = quotes_with_acts(request, submission)
    waits = any(quote.state == QuoteState.PENDING for quote in quotes)
    context = {
        "submission": submission,
        "quotes": quotes,
        "job": submission.job,
        "waits": waits,
    }
    return render(
        request,
        "underwriting/detail.html#quotes",
        context,
        status=200 if waits else STOP_POLLING,
    )


@staff_required
def compare(request, number):
    submission = submission_of(request, number)
    quotes = quotes_with_acts(request, submission)
    context = {
        "submission": submission,
        "quotes": selectors.comparable(quotes),
        "compared": selectors.comparison(quotes),
        "missing": [quote for quote in quotes if quote not in selectors.comparable(quotes)],
        "crumbs": [*crumbs_of(submission), {"label": _("Comparison")}],
    }
    return render(request, "underwriting/compare.html", context)


@staff_required
def compare_paper(request, number):
    """The comparison as a PDF in the customer's language, to hand over."""
    submission = submission_of(request, number)
    language = submission.customer.language
    with translation.override(language):
        quotes = selectors.quotes_of(submission, request.user)
        try:
            data = selectors.comparison_paper(submission, quotes)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("underwriting:compare", number)
        content = documents.render("comparison", data, language=language)
    return uploads.paper(content, f"{number}.pdf")


@staff_required
def worksheet(request, number, quote_number):
    quote = quote_of(request, number, quote_number)
    visible = rules.may_see_price(quote, request.user)
    context = {
        "quote": quote,
        "submission": quote.submission,
        "tone": selectors.TONES.get(quote.state, ""),
        "lines": selectors.worksheet(quote) if visible else [],
        "findings": selectors.trace_of(quote),
        "rounds": selectors.rounds_of(quote, request.user),
        "crumbs": [*crumbs_of(quote.submission), {"label": quote.number}],
    }
    return render(request, "underwriting/worksheet.html", context)


@staff_required
def worksheet_paper(request, number, quote_number):
    """The worksheet of a quote as a PDF in the reader's language, to whom its price is shown."""
    quote = quote_of(request, number, quote_number)
    if not rules.may_see_price(quote, request.user):
        raise Http404
    try:
        data = selectors.worksheet_paper(quote)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("underwriting:worksheet", number, quote_number)
    content = documents.render("worksheet", data, language=request.LANGUAGE_CODE)
    return uploads.paper(content, f"{quote.number}.pdf")


def losses_of(request, customer):
    """The card of what the customer's losses have cost, for those who may see claims."""
    if not request.user.may("claims.view_claim"):
        return {}
    on = clock.today(request.user.time_zone)
    experience = selectors.experience_of(customer, on=on, user=request.user)
    return {
        "customer": customer,
        "experience": experience,
        "experience_rows": selectors.experience_rows(experience),
        "experience_said": selectors.experience_sentence(experience),
    }


def submission_of(request, number):
    visible = Submission.objects.for_user(request.user)
    related = visible.select_related("customer", "agent", "address", "job", "edited_by")
    return get_object_or_404(related, number=number)


def quote_of(request, number, quote_number):
    visible = Quote.objects.for_user(request.user).select_related(
        "submission__agent", "submission__customer", "carrier", "version__product", "rule_version"
    )
    return get_object_or_404(visible, number=quote_number, submission__number=number)


def crumbs_of(submission):
    return [
        {"label": _("Quotes"), "href": reverse("underwriting:list")},
        {"label": submission.number, "href": submission.get_absolute_url()},
    ]


def quotes_with_acts(request, submission):
    quotes = selectors.quotes_of(submission, request.user)
    for quote in quotes:
        quote.findings = selectors.findings_of(quote)
        quote.acts = [
            {
                "label": move.label,
                "icon": move.icon,
                "primary": move.primary,
                "href": reverse(
                    "underwriting:quote_act", args=[submission.number, quote.number, move.act]
                ),
            }
            for move in workflow.moves_open_to(request.user, quote)
            if move.act in QUOTE_ACTS
            if move.act != "judge" or judged_field(quote.definition)
        ]
        quote.judged = selectors.judgment_rows(quote.judgment, quote.definition.kind)
    return quotes


def _acts(request, submission, quotes):
    can_ask = not quotes or any(quote.state in ASK_AGAIN for quote in quotes)
    pages = {"edit": reverse("underwriting:edit", args=[submission.number])}
    return [
        {
            "label": move.label,
            "icon": move.icon,
            "primary": move.primary,
            "href": pages.get(move.act)
            or reverse("underwriting:act", args=[submission.number, move.act]),
        }
        for move in workflow.moves_open_to(request.user, submission)
        if move.act in SUBMISSION_ACTS and (move.act != "quote" or can_ask)
    ]
