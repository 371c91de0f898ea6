"""What loss control asks of a policyholder: recommendations and their answers, reports."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from office import clock, uploads, workflow
from office.doors import demand_open, policyholder_required
from office.exceptions import Refused
from office.forms import add_refusal, posted, receive_all
from underwriting import forms, selectors, services
from underwriting.enums import SurveyState
from underwriting.models import Survey

ANSWERS = {
    "complete": (services.complete_recommendation, forms.CompleteForm),
    "plan": (services.plan_recommendation, forms.PlanForm),
    "refuse": (services.refuse_recommendation, forms.RefuseForm),
}


@policyholder_required
@require_GET
def safety(request):
    context = {**selectors.own_safety(request.user), "portal_section": "policies"}
    return render(request, "portal/safety.html", context)


@policyholder_required
@require_GET
def recommendation(request, number):
    row = _recommendation(request, number)
    moves = workflow.moves_open_to(request.user, row)
    context = {
        **selectors.told(row, on=clock.today(row.survey.time_zone)),
        "recommendation": row,
        "evidence": row.evidence.select_related("upload"),
        "moves": [move for move in moves if move.act in ANSWERS],
        "sent_back": row.events.filter(kind="send_back").order_by("-seq").first(),
        "portal_section": "policies",
    }
    return render(request, "portal/recommendation.html", context)


@policyholder_required
@require_http_methods(["GET", "POST"])
def answer_recommendation(request, number, act):
    if act not in ANSWERS:
        raise Http404
    row = _recommendation(request, number)
    demand_open(request, row, act)
    service, form_class = ANSWERS[act]
    form = form_class(*posted(request))
    if request.method == "POST" and form.is_valid() and _carry(request, service, form, row):
        messages.success(request, _("Thank you. We have your answer."))
        return redirect("portal:recommendation", row.number)
    label = workflow.label_of(row, act)
    context = {
        "recommendation": row,
        "form": form,
        "title": label,
        "submit": _("Send"),
        "cancel": reverse("portal:recommendation", args=[row.number]),
        "crumbs": [
            {"label": _("Safety"), "href": reverse("portal:safety")},
            {"label": row.title, "href": reverse("portal:recommendation", args=[row.number])},
            {"label": label},
        ],
        "portal_section": "policies",
    }
    return render(request, "portal/recommendation_answer.html", context)


def _carry(request, service, form, row):
    given = dict(form.cleaned_data)
    if "uploads" in given:
        given["uploads"] = receive_all(form, "uploads", by=request.user, source=row.source)
        if form.errors:
            return False
    try:
        service(recommendation=row, by=request.user, **given)
    except Refused as refusal:
        add_refusal(form, refusal)
    return not form.errors


@policyholder_required
@require_GET
def survey_report(request, number):
    rows = Survey.objects.filter(customer__login=request.user, state=SurveyState.REPORTED)
    row = get_object_or_404(rows.select_related("document"), number=number)
    return uploads.download(row.document)


@policyholder_required
@require_GET
def evidence(request, number, pk):
    row = get_object_or_404(_recommendation(request, number).evidence, upload_id=pk)
    return uploads.download(row.upload)


def _recommendation(request, number):
    """Only what was reported is the policyholder's to see."""
    return get_object_or_404(selectors.own_recommendations(request.user), number=number)
