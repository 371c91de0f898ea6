"""Loss control on the workbench: one survey, recommendation or certificate, and their acts."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from office import clock, uploads, workflow
from office.doors import demand_open, staff_required
from office.exceptions import Refused
from office.forms import add_refusal, posted, receive_all
from policies.models import Policy
from underwriting import forms, rules, selectors, services
from underwriting.models import Certificate, Recommendation, Submission, Survey
from underwriting.views.loss_control_lists import CERTIFICATES, RECOMMENDATIONS, SURVEYS

SURVEY_ACTS = {
    "assign": (services.assign_survey, forms.AssignSurveyForm),
    "schedule": (services.schedule_survey, forms.ScheduleForm),
    "visit": (services.visit_survey, forms.VisitForm),
    "find": (services.find_survey, forms.FindingForm),
    "recommend": (services.recommend_survey, forms.RecommendForm),
    "attach": (services.attach_survey, forms.PhotosForm),
    "report": (services.report_survey, forms.SurveyNoteForm),
    "cancel": (services.cancel_survey, forms.SurveyReasonForm),
}
RECOMMENDATION_ACTS = {
    "complete": (services.complete_recommendation, forms.CompleteForm),
    "plan": (services.plan_recommendation, forms.PlanForm),
    "refuse": (services.refuse_recommendation, forms.RefuseForm),
    "verify": (services.verify_recommendation, forms.NoteForm),
    "send_back": (services.send_back_recommendation, forms.ReasonForm),
    "postpone": (services.postpone_recommendation, forms.PostponeForm),
    "waive": (services.waive_recommendation, forms.ReasonForm),
}
DANGEROUS = {"cancel", "refuse", "waive"}


@staff_required
@require_GET
def survey(request, number):
    row = survey_of(request, number)
    context = {
        **selectors.survey_page(row),
        "acts": _acts(request, row, SURVEY_ACTS, "underwriting:survey_act"),
        "crumbs": [SURVEYS.way_back(request), {"label": row.number}],
        "neighbours": SURVEYS.neighbours(request, selectors.survey_rows(request.user), row),
    }
    return render(request, "underwriting/survey.html", context)


@staff_required
@require_http_methods(["GET", "POST"])
def survey_act(request, number, act):
    if act not in SURVEY_ACTS:
        raise Http404
    row = survey_of(request, number)
    demand_open(request, row, act)
    service, form_class = SURVEY_ACTS[act]
    form = form_class(*posted(request), survey=row)
    if request.method == "POST" and form.is_valid() and _carry(request, service, form, survey=row):
        messages.success(request, _("Done: %(record)s.") % {"record": row})
        return redirect(row)
    return _form_page(request, row, act, form, SURVEYS, row.customer)


@staff_required
@require_GET
def recommendation(request, number):
    row = recommendation_of(request, number)
    context = {
        **selectors.told(row, on=clock.today(row.survey.time_zone)),
        "recommendation": row,
        "evidence": row.evidence.select_related("upload"),
        "events": selectors.events_of(row),
        "acts": _acts(request, row, RECOMMENDATION_ACTS, "underwriting:recommendation_act"),
        "crumbs": [RECOMMENDATIONS.way_back(request), {"label": row.number}],
        "neighbours": RECOMMENDATIONS.neighbours(
            request, Recommendation.objects.for_user(request.user), row
        ),
    }
    return render(request, "underwriting/recommendation.html", context)


@staff_required
@require_http_methods(["GET", "POST"])
def recommendation_act(request, number, act):
    if act not in RECOMMENDATION_ACTS:
        raise Http404
    row = recommendation_of(request, number)
    demand_open(request, row, act)
    service, form_class = RECOMMENDATION_ACTS[act]
    form = form_class(*posted(request))
    done = request.method == "POST" and form.is_valid()
    if done and _carry(request, service, form, recommendation=row):
        messages.success(request, _("Done: %(record)s.") % {"record": row})
        return redirect(row)
    return _form_page(request, row, act, form, RECOMMENDATIONS, row.survey.customer)


@staff_required
@require_GET
def survey_photo(request, number, pk):
    row = get_object_or_404(survey_of(request, number).photos, upload_id=pk)
    return uploads.download(row.upload)


@staff_required
@require_GET
def survey_paper(request, number):
    """The report as it was sent."""
    row = survey_of(request, number)
    if row.document is None:
        raise Http404
    return uploads.download(row.document)


@staff_required
@require_GET
def evidence(request, number, pk):
    row = get_object_or_404(recommendation_of(request, number).evidence, upload_id=pk)
    return uploads.download(row.upload)


@staff_required
@require_http_methods(["GET", "POST"])
def order_survey(request, number):
    """Order a survey of a policy or of an application, by its number."""
    of, name = _insured(request, number)
    if not rules.may_order_survey(None, request.user):
        raise PermissionDenied(_("You may not order surveys."))
    address = of.address
    initial = {"location": f"{address.street}, {address.city}"}
    places = selectors.places_to_survey(of)
    form = forms.OrderSurveyForm(posted(request)[0], places=places, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.order_survey(by=request.user, **{name: of}, **form.cleaned_data)
            return redirect(row)
        except Refused as refusal:
            add_refusal(form, refusal)
    return _plain_form(request, of, form, _("Order a survey"))


@staff_required
@require_http_methods(["GET", "POST"])
def record_certificate(request, number):
    policy = get_object_or_404(
        Policy.objects.for_user(request.user).select_related("customer"), number=number
    )
    if not rules.may_record_certificate(request.user):
        raise PermissionDenied(_("You may not record certificates."))
    form = forms.CertificateForm(*posted(request))
    if request.method == "POST" and form.is_valid() and _record(request, policy, form):
        messages.success(request, _("The certificate is recorded."))
        return redirect(policy)
    return _plain_form(request, policy, form, _("Record a certificate"))


def _record(request, policy, form):
    source = f"policy:{policy.number}"
    received = receive_all(form, "uploads", by=request.user, source=source)
    if form.errors:
        return False
    given = {name: value for name, value in form.cleaned_data.items() if name != "uploads"}
    try:
        services.record_certificate(policy=policy, upload=received[0], by=request.user, **given)
    except Refused as refusal:
        add_refusal(form, refusal)
    return not form.errors


@staff_required
@require_GET
def certificate(request, pk):
    row = _certificate(request, pk)
    context = {
        "certificate": row,
        "may_withdraw": rules.may_record_certificate(request.user) and row.withdrawn_at is None,
        "crumbs": [CERTIFICATES.way_back(request), {"label": row.number}],
    }
    return render(request, "underwriting/certificate.html", context)


@staff_required
@require_GET
def certificate_file(request, pk):
    return uploads.download(_certificate(request, pk).upload)


@staff_required
@require_http_methods(["GET", "POST"])
def withdraw_certificate(request, pk):
    row = _certificate(request, pk)
    if not rules.may_record_certificate(request.user):
        raise PermissionDenied(_("You may not record certificates."))
    form = forms.ReasonForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_certificate(certificate=row, by=request.user, **form.cleaned_data)
            return redirect("underwriting:certificate", row.pk)
        except Refused as refusal:
            add_refusal(form, refusal)
    context = {
        "form": form,
        "title": _("Take the certificate back"),
        "lead": str(row),
        "submit": _("Take it back"),
        "submit_tone": "danger",
        "cancel": reverse("underwriting:certificate", args=[row.pk]),
        "crumbs": [CERTIFICATES.way_back(request), {"label": row.number}],
    }
    return render(request, "underwriting/loss_control_form.html", context)


@staff_required
@require_GET
def policy_panel(request, number):
    """The part of a policy's page that tells of loss control and losses; loaded after it."""
    policy = get_object_or_404(
        Policy.objects.for_user(request.user).select_related("customer"), number=number
    )
    context = {
        "policy": policy,
        **selectors.loss_control_of(policy, user=request.user),
        "may_order": rules.may_order_survey(None, request.user),
        "may_record": rules.may_record_certificate(request.user),
        "may_see_losses": request.user.may("claims.view_claim"),
    }
    return render(request, "underwriting/policy_panel.html", context)


def survey_of(request, number):
    rows = Survey.objects.for_user(request.user).select_related(
        "customer", "policy", "submission", "assignee", "visited_by", "document"
    )
    return get_object_or_404(rows, number=number)


def recommendation_of(request, number):
    rows = Recommendation.objects.for_user(request.user).select_related(
        "survey__customer", "survey__policy", "finding", "answered_by", "verified_by", "waived_by"
    )
    return get_object_or_404(rows, number=number)


def _certificate(request, pk):
    rows = Certificate.objects.for_user(request.user).select_related(
        "policy__customer", "upload", "recorded_by", "withdrawn_by"
    )
    return get_object_or_404(rows, pk=pk)


def _insured(request, number):
    """What is surveyed, and the name by which the service takes it."""
    policies = Policy.objects.for_user(request.user)
    related = ("customer", "address", "product")
    policy = policies.select_related(*related).filter(number=number).first()
    if policy:
        return policy, "policy"
    submissions = Submission.objects.for_user(request.user).select_related("customer", "address")
    return get_object_or_404(submissions, number=number), "submission"


def _carry(request, service, form, **record):
    """To the service, with the files of the form received; False where something was refused."""
    (of,) = record.values()
    given = dict(form.cleaned_data)
    if "uploads" in given:
        given["uploads"] = receive_all(form, "uploads", by=request.user, source=of.source)
        if form.errors:
            return False
    try:
        service(by=request.user, **record, **given)
    except Refused as refusal:
        add_refusal(form, refusal)
    return not form.errors


def _acts(request, row, acts, url_name):
    return [
        {
            "label": move.label,
            "icon": move.icon,
            "primary": move.primary,
            "href": reverse(url_name, args=[row.number, move.act]),
        }
        for move in workflow.moves_open_to(request.user, row)
        if move.act in acts
    ]


def _form_page(request, row, act, form, listed, customer):
    label = workflow.label_of(row, act)
    context = {
        "form": form,
        "title": label,
        "lead": f"{row.number} · {customer.display_name}",
        "submit": label,
        "submit_tone": "danger" if act in DANGEROUS else "primary",
        "cancel": row.get_absolute_url(),
        "crumbs": [
            listed.way_back(request),
            {"label": row.number, "href": row.get_absolute_url()},
            {"label": label},
        ],
    }
    return render(request, "underwriting/loss_control_form.html", context)


def _plain_form(request, of, form, title):
    context = {
        "form": form,
        "title": title,
        "lead": f"{of.number} · {of.customer.display_name}",
        "submit": title,
        "cancel": of.get_absolute_url(),
        "crumbs": [{"label": of.number, "href": of.get_absolute_url()}, {"label": title}],
    }
    return render(request, "underwriting/loss_control_form.html", context)
