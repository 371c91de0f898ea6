"""The acts on submissions and quotes: GET shows the form, POST carries to the service."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from office import workflow
from office.doors import demand_open, staff_required
from office.exceptions import Refused
from office.forms import add_refusal
from policies.selectors import product_definition
from underwriting import rules, selectors, services
from underwriting.forms import BindForm, JudgeForm, NegotiationForm, NoteForm, ReasonForm
from underwriting.views.pages import crumbs_of, quote_of, submission_of

ACTS = {
    "quote": (services.request_quotes, NoteForm),
    "close": (services.close_submission, ReasonForm),
}
QUOTE_ACTS = {
    "approve": (services.approve_quote, ReasonForm),
    "decline": (services.decline_quote, ReasonForm),
    "withdraw": (services.withdraw_quote, ReasonForm),
    "bind": (services.bind_quote, BindForm),
}


@staff_required
def act(request, number, act):
    if act not in ACTS:
        raise Http404
    submission = submission_of(request, number)
    demand_open(request, submission, act)
    service, form_class = ACTS[act]
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(submission=submission, by=request.user, **form.cleaned_data)
            return redirect(submission)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _form_page(request, submission, submission, act, form)


@staff_required
def quote_act(request, number, quote_number, act):
    if act not in QUOTE_ACTS:
        raise Http404
    quote = quote_of(request, number, quote_number)
    demand_open(request, quote, act)
    service, form_class = QUOTE_ACTS[act]
    options = {"quote": quote} if form_class is BindForm else {}
    form = form_class(request.POST or None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            done = service(quote=quote, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done: %(record)s.") % {"record": done})
            return redirect(done if act == "bind" else quote.submission)
    return _form_page(request, quote.submission, quote, act, form)


@staff_required
def negotiate(request, number, quote_number):
    """Ask one carrier for other terms."""
    quote = quote_of(request, number, quote_number)
    demand_open(request, quote, "negotiate")
    form = NegotiationForm(quote, product_definition(quote.version), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.negotiate_quote(quote=quote, by=request.user, **form.cleaned_data)
            return redirect(quote.submission)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    label = workflow.label_of(quote, "negotiate")
    context = {
        "quote": quote,
        "submission": quote.submission,
        "form": form,
        "title": label,
        "crumbs": [*crumbs_of(quote.submission), {"label": label}],
    }
    return render(request, "underwriting/negotiate.html", context)


@staff_required
def judge(request, number, quote_number):
    """Give a quote schedule credits and debits."""
    quote = quote_of(request, number, quote_number)
    demand_open(request, quote, "judge")
    form = JudgeForm.of_quote(quote, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.judge_quote(quote=quote, by=request.user, **form.cleaned_data)
            return redirect(quote.submission)
        except Refused as refusal:
            add_refusal(form, refusal)
    return _form_page(request, quote.submission, quote, "judge", form)


def _form_page(request, submission, record, act, form):
    label = workflow.label_of(record, act)
    quote = record if record is not submission else None
    context = {
        "submission": submission,
        "quote": quote,
        "shows_price": quote
        and quote.total is not None
        and rules.may_see_price(quote, request.user),
        "title": label,
        "submit": label,
        "submit_tone": "danger" if act in {"decline", "withdraw", "close"} else "primary",
        "cancel": submission.get_absolute_url(),
        "crumbs": [*crumbs_of(submission), {"label": label}],
        "form": form,
        **(selectors.bind_warnings(submission, quote) if quote and act == "bind" else {}),
    }
    return render(request, "underwriting/act.html", context)
