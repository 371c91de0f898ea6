"""Needs and advice on a submission: recorded, sent, acknowledged."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from office import uploads
from office.doors import demand_open, staff_required
from office.exceptions import Refused
from office.forms import add_refusal, posted
from underwriting import forms, selectors, services
from underwriting.views.pages import crumbs_of, submission_of


@staff_required
@require_http_methods(["GET", "POST"])
def advise(request, number):
    """Write the next version of the record."""
    submission = submission_of(request, number)
    demand_open(request, submission, "advise")
    last = selectors.latest_advice(submission)
    form = forms.AdviceForm(posted(request)[0], submission=submission, last=last)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_advice(submission=submission, by=request.user, **form.arguments())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The record is written."))
            return redirect(submission)
    title = _("Needs and advice")
    return _page(request, submission, form, title, _("Write the record"))


@staff_required
@require_http_methods(["GET", "POST"])
def acknowledge_advice(request, number):
    """Write down that the customer has read it and refuses what stands there."""
    submission = submission_of(request, number)
    demand_open(request, submission, "acknowledge")
    advice = _latest(submission)
    form = forms.AcknowledgeForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            services.acknowledge_advice(advice=advice, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The acknowledgement is written down."))
            return redirect(submission)
    title = _("Acknowledgement of the customer")
    return _page(request, submission, form, title, title)


@staff_required
@require_POST
def send_advice(request, number):
    submission = submission_of(request, number)
    services.send_advice(advice=_latest(submission), by=request.user)
    messages.success(request, _("The statement goes to the customer with the quotes."))
    return redirect(submission)


@staff_required
@require_GET
def advice_paper(request, number, version):
    """The statement as it was recorded."""
    submission = submission_of(request, number)
    row = get_object_or_404(submission.advice.select_related("document"), version=version)
    return uploads.download(row.document)


def _latest(submission):
    return get_object_or_404(selectors.advice_of(submission)[:1])


def _page(request, submission, form, title, submit):
    context = {
        "submission": submission,
        "quote": None,
        "title": title,
        "submit": submit,
        "cancel": submission.get_absolute_url(),
        "crumbs": [*crumbs_of(submission), {"label": title}],
        "form": form,
    }
    return render(request, "underwriting/act.html", context)
