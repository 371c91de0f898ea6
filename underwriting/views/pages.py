"""The pages that only show."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from office import export, workflow
from office.doors import staff_required
from underwriting import selectors
from underwriting.forms import FilterForm
from underwriting.models import Quote, Submission

PAGE = 50
STOP_POLLING = 286
SUBMISSION_ACTS = ("quote", "edit", "close")
QUOTE_ACTS = ("bind", "approve", "decline", "withdraw")


@staff_required
def submission_list(request):
    form = FilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = selectors.submission_rows(request.user, **filters)
    if request.GET.get("format") in export.FORMATS:
        return export.respond(
            request.GET["format"],
            name=_("Quotes"),
            head=selectors.SUBMISSION_COLUMNS,
            rows=(selectors.submission_cells(row) for row in rows.iterator()),
        )
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "kinds": selectors.kinds_sold(),
        "filter_form": form,
        "export_formats": export.FORMATS,
        "may_open": request.user.may("underwriting.open_submission"),
    }
    return render(request, "underwriting/list.html", context)


@staff_required
def detail(request, number):
    submission = submission_of(request, number)
    quotes = quotes_with_acts(request, submission)
    context = {
        "submission": submission,
        "quotes": quotes,
        "job": submission.job,
        "waits": any(quote.state == "pending" for quote in quotes),
        "acts": _acts(request, submission),
        "events": submission.events.select_related("by").order_by("-seq"),
        "kind": selectors.kinds_sold()[submission.product_kind],
        "risk": selectors.risk_of(submission),
        "crumbs": crumbs_of(submission),
    }
    return render(request, "underwriting/detail.html", context)


@staff_required
def progress(request, number):
    """The quotes as they come in. Status 286 tells htmx to stop asking."""
    submission = submission_of(request, number)
    quotes = quotes_with_acts(request, submission)
    waits = any(quote.state == "pending" for quote in quotes)
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
        "sections": selectors.comparison(quotes),
        "missing": [quote for quote in quotes if quote not in selectors.comparable(quotes)],
        "crumbs": [*crumbs_of(submission), {"label": _("Comparison")}],
    }
    return render(request, "underwriting/compare.html", context)


@staff_required
def worksheet(request, number, quote_number):
    quote = quote_of(request, number, quote_number)
    visible = selectors.rules.may_see_price(quote, request.user)
    context = {
        "quote": quote,
        "submission": quote.submission,
        "lines": selectors.worksheet(quote) if visible else [],
        "findings": quote.trace,
        "crumbs": [*crumbs_of(quote.submission), {"label": quote.number}],
    }
    return render(request, "underwriting/worksheet.html", context)


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
        ]
    return quotes


def _acts(request, submission):
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
        if move.act in SUBMISSION_ACTS
    ]
