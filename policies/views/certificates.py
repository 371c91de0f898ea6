"""Certificates of insurance: the register, one of them, asking for one, its acts; reissue."""

from django import forms as fields
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from office import clock, documents, uploads, workflow
from office.doors import demand_open, staff_required
from office.exceptions import Refused
from office.forms import add_refusal
from office.lists import Column, Filter, List, SavedView
from policies import forms, rules, selectors, services
from policies.enums import CertificateState
from policies.models import Certificate, PolicyDocument
from policies.views.pages import crumbs_of, policy_of

TONES = {"requested": "warn", "issued": "good", "declined": "bad"}
ACTS = {
    "issue": (services.issue_certificate, forms.NoteForm),
    "decline": (services.decline_certificate, forms.DeclineForm),
    "end": (services.end_certificate, forms.NoteForm),
}

CERTIFICATES = List(
    name=gettext_lazy("Certificates of insurance"),
    sort="valid_to",
    url_name="policies:certificates",
    columns=[
        Column("number", gettext_lazy("Certificate"), "link", link="policies:certificate"),
        Column("holder__display_name", gettext_lazy("Holder")),
        Column("policy__customer__display_name", gettext_lazy("Policyholder"), priority="mid"),
        Column("policy__number", gettext_lazy("Policy"), priority="wide"),
        Column("valid_to", gettext_lazy("until"), "due", sortable=True),
        Column("state", gettext_lazy("State"), "badge", words=CertificateState, tones=TONES),
    ],
    views=[
        SavedView(
            "requested",
            CertificateState.REQUESTED.label,
            lambda rows, user: rows.filter(state=CertificateState.REQUESTED),
        ),
        SavedView(
            "issued",
            CertificateState.ISSUED.label,
            lambda rows, user: rows.filter(state=CertificateState.ISSUED),
        ),
        SavedView(
            "ending",
            gettext_lazy("Ending within 60 days"),
            lambda rows, user: rows.filter(
                state=CertificateState.ISSUED,
                valid_to__lte=clock.add_days(clock.today(), 60),
            ),
        ),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows, sort="-pk"),
    ],
    filters=[
        Filter(
            "q",
            fields.CharField(label=gettext_lazy("Policy number"), max_length=24),
            lookup="policy__number__icontains",
        ),
    ],
)


@staff_required
def certificates(request):
    rows = Certificate.objects.for_user(request.user)
    return CERTIFICATES.respond(request, rows, template="policies/certificates.html")


@staff_required
@require_GET
def certificate(request, number):
    row = _certificate(request, number)
    acts = [
        {
            "label": move.label,
            "href": reverse("policies:certificate_act", args=[row.number, move.act]),
            "icon": move.icon,
            "primary": move.primary,
        }
        for move in workflow.moves_open_to(request.user, row)
        if move.act in ACTS
    ]
    events = row.events.select_related("by").order_by("-seq")
    context = {
        "certificate": row,
        "policy": row.policy,
        "tone": TONES.get(row.state, ""),
        "acts": acts,
        "address": row.holder.addresses.filter(is_current=True).first(),
        "events": [(workflow.label_of(row, event.kind), event) for event in events],
        "crumbs": [CERTIFICATES.way_back(request), {"label": row.number}],
    }
    return render(request, "policies/certificate.html", context)


@staff_required
@require_GET
def certificate_preview(request, number):
    """The certificate as it would go out, with a mark across it; nothing is kept."""
    row = _certificate(request, number)
    try:
        cover = selectors.cover_to_certify(row.policy)
        data = selectors.certificate_data(row, cover, language=row.holder.language)
        content = documents.render(
            "certificate", data, language=row.holder.language, is_preview=True
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    return uploads.paper(content, f"{number}-preview.pdf")


@staff_required
@require_http_methods(["GET", "POST"])
def certificate_act(request, number, act):
    if act not in ACTS:
        raise Http404
    row = _certificate(request, number)
    demand_open(request, row, act)
    service, form_class = ACTS[act]
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = service(certificate=row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            told = {"state": row.get_state_display()}
            messages.success(request, _("Done. The certificate is “%(state)s”.") % told)
            return redirect(row)
    label = workflow.label_of(row, act)
    crumbs = [
        {"label": CERTIFICATES.name, "href": reverse("policies:certificates")},
        {"label": row.number, "href": row.get_absolute_url()},
    ]
    return _form_page(request, row.policy, form, label, row.get_absolute_url(), crumbs)


@staff_required
@require_http_methods(["GET", "POST"])
def ask_certificate(request, number):
    """Ask for a certificate of a policy; it is issued from its own page."""
    policy = policy_of(request, number)
    if not rules.may_request_certificate(Certificate(policy=policy), request.user):
        raise PermissionDenied(_("You may not ask for certificates of this policy."))
    form = forms.CertificateForm(
        request.POST if request.method == "POST" else None,
        initial={"jurisdiction": policy.jurisdiction},
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = services.request_certificate(policy=policy, by=request.user, **form.arguments())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(row)
    title = _("Ask for a certificate")
    return _form_page(request, policy, form, title, policy.get_absolute_url(), crumbs_of(policy))


@staff_required
@require_http_methods(["GET", "POST"])
def reissue(request, number, document_id):
    """Make a paper anew: it names the one that it replaces, which stays."""
    policy = policy_of(request, number)
    rows = PolicyDocument.objects.select_related("document", "issuance", "policy")
    paper = get_object_or_404(rows, policy=policy, document_id=document_id)
    if not rules.may_reissue(policy, request.user):
        raise PermissionDenied(_("You may not issue papers again."))
    form = forms.ReissueForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reissue_document(paper=paper, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The paper is issued again."))
            return redirect(policy)
    title = _("Issue again: %(title)s") % {"title": paper.document.title}
    return _form_page(request, policy, form, title, policy.get_absolute_url(), crumbs_of(policy))


def _certificate(request, number):
    rows = Certificate.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "policy__address", "policy__product__carrier",
        "holder", "issued_by", "replaces", "document",
    )  # fmt: skip
    return get_object_or_404(rows, number=number)


def _form_page(request, policy, form, title, back, crumbs):
    context = {
        "policy": policy,
        "form": form,
        "title": title,
        "submit": title,
        "cancel": back,
        "crumbs": [*crumbs, {"label": title}],
    }
    return render(request, "policies/act.html", context)
