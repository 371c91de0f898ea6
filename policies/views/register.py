"""The register of forms and filings: lists, records, the legal department's review."""

from django import forms as fields
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers import places
from office import documents, uploads, workflow
from office.doors import demand_open, permission_required
from office.enums import Line
from office.exceptions import Refused
from office.forms import add_refusal
from office.lists import Column, Filter, List, SavedView
from policies import forms, rules, selectors, services
from policies.enums import FilingKind, FilingMethod, FilingStatus, FormEditionState
from policies.models import Filing, FormEdition, PolicyForm

SEEN_BY = permission_required("policies.view_policyform")
TONES = {"draft": "", "in_review": "warn", "approved": "good", "refused": "bad"}
FILING_TONES = {"filed": "info", "approved": "good", "disapproved": "bad"}
ACTS = {
    "revise": (services.revise_edition, forms.EditionForm),
    "submit": (services.submit_edition, forms.ReviewForm),
    "approve": (services.approve_edition, forms.ReviewForm),
    "refuse": (services.refuse_edition, forms.ReviewForm),
    "retire": (services.retire_edition, forms.RetireForm),
}


def _title(row):
    names = row["form__names"]
    return names.get(get_language()[:2]) or names["en"]


def _in(state):
    return SavedView(state.value, state.label, lambda rows, user: rows.filter(state=state))


FORMS = List(
    name=gettext_lazy("Forms"),
    sort="form__number",
    url_name="policies:forms",
    columns=[
        Column("form__number", gettext_lazy("Form"), "link", link="policies:form"),
        Column("form__names", gettext_lazy("Title"), show=_title, value=_title),
        Column("edition", gettext_lazy("Edition")),
        Column("form__carrier__name", gettext_lazy("Carrier"), priority="wide"),
        Column("form__line", gettext_lazy("Line"), priority="wide", words=Line),
        Column("in_use_from", gettext_lazy("In use from"), "date", priority="mid"),
        Column("in_use_to", gettext_lazy("until"), "date", priority="wide"),
        Column("filed_in", gettext_lazy("States"), "number", priority="mid"),
        Column("state", gettext_lazy("Review"), "badge", words=FormEditionState, tones=TONES),
    ],
    views=[
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
        _in(FormEditionState.IN_REVIEW),
        _in(FormEditionState.DRAFT),
        _in(FormEditionState.REFUSED),
        _in(FormEditionState.APPROVED),
    ],
    filters=[
        Filter(
            "q",
            fields.CharField(label=gettext_lazy("Number"), max_length=24),
            lookup="form__number__icontains",
        ),
        Filter(
            "line",
            fields.ChoiceField(
                label=gettext_lazy("Line"), choices=[("", gettext_lazy("Any")), *Line.choices]
            ),
            lookup="form__line",
        ),
    ],
)
FILINGS = List(
    name=gettext_lazy("Filings"),
    sort="-filed_on",
    url_name="policies:filings",
    columns=[
        Column("number", gettext_lazy("Filing"), "link", link="policies:filing"),
        Column("kind", gettext_lazy("What"), words=FilingKind),
        Column("carrier__name", gettext_lazy("Carrier"), priority="wide"),
        Column(
            "jurisdiction",
            gettext_lazy("State"),
            show=lambda row: places.name_of(row["jurisdiction"]),
            value=lambda row: places.name_of(row["jurisdiction"]),
        ),
        Column("method", gettext_lazy("Method"), priority="wide", words=FilingMethod),
        Column("filed_on", gettext_lazy("Filed"), "date", sortable=True, priority="mid"),
        Column("decided_on", gettext_lazy("Decided"), "date", priority="wide"),
        Column("effective_on", gettext_lazy("In effect from"), "date", sortable=True),
        Column("status", gettext_lazy("Status"), "badge", words=FilingStatus, tones=FILING_TONES),
    ],
    views=[
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
        SavedView(
            "pending",
            gettext_lazy("Not decided"),
            lambda rows, user: rows.filter(status=FilingStatus.FILED),
        ),
        SavedView(
            "forms",
            FilingKind.FORM.label,
            lambda rows, user: rows.filter(kind=FilingKind.FORM),
        ),
        SavedView(
            "rates",
            FilingKind.RATE.label,
            lambda rows, user: rows.filter(kind=FilingKind.RATE),
        ),
    ],
    filters=[
        Filter(
            "q",
            fields.CharField(label=gettext_lazy("Number"), max_length=32),
            lookup="number__icontains",
        ),
        Filter(
            "jurisdiction",
            fields.CharField(label=gettext_lazy("State"), max_length=8),
            lookup="jurisdiction__iexact",
        ),
    ],
)


@SEEN_BY
def form_list(request):
    return FORMS.respond(request, selectors.edition_rows(), template="policies/forms.html")


@SEEN_BY
@require_GET
def form(request, number):
    rows = PolicyForm.objects.select_related("carrier")
    row = get_object_or_404(rows, number=number)
    context = {
        **selectors.form_page(row),
        "may_draft": rules.may_draft_form(None, request.user),
        "crumbs": [FORMS.way_back(request), {"label": row.number}],
    }
    return render(request, "policies/form.html", context)


@SEEN_BY
@require_GET
def edition(request, pk):
    row = _edition(pk)
    acts = [
        {
            "label": move.label,
            "href": reverse("policies:edition_act", args=[row.pk, move.act]),
            "icon": move.icon,
            "primary": move.primary,
        }
        for move in workflow.moves_open_to(request.user, row)
        if move.act in ACTS
    ]
    context = {
        **selectors.edition_page(row),
        "tone": TONES[row.state],
        "acts": acts,
        "crumbs": _crumbs(row),
    }
    return render(request, "policies/edition.html", context)


@SEEN_BY
@require_GET
def edition_paper(request, pk):
    """The edition as it would be issued, with a mark across it; nothing is kept."""
    row = _edition(pk)
    language = request.LANGUAGE_CODE[:2]
    content = documents.render(
        "form", selectors.form_data(row, language), language=language, is_preview=True
    )
    return uploads.paper(content, f"{row}.pdf")


@SEEN_BY
@require_http_methods(["GET", "POST"])
def edition_act(request, pk, act):
    if act not in ACTS:
        raise Http404
    row = _edition(pk)
    demand_open(request, row, act)
    service, form_class = ACTS[act]
    asked = form_class(
        request.POST if request.method == "POST" else None, initial=_initial(row, act)
    )
    if request.method == "POST" and asked.is_valid():
        try:
            service(edition=row, by=request.user, **asked.arguments())
        except Refused as refusal:
            add_refusal(asked, refusal)
        else:
            messages.success(request, _("Done: %(act)s.") % {"act": workflow.label_of(row, act)})
            return redirect(row)
    return _form_page(request, asked, workflow.label_of(row, act), row, _crumbs(row))


@permission_required("policies.draft_formedition")
@require_http_methods(["GET", "POST"])
def draft_edition(request, number):
    """Write the next edition of a form: the words of the latest one to begin with."""
    row = get_object_or_404(PolicyForm, number=number)
    last = row.editions.first()
    initial = {"text_en": last.texts["en"], "text_es": last.texts["es"]} if last else {}
    asked = forms.NewEditionForm(
        request.POST if request.method == "POST" else None, initial=initial
    )
    if request.method == "POST" and asked.is_valid():
        try:
            written = services.draft_edition(number=number, by=request.user, **asked.arguments())
        except Refused as refusal:
            add_refusal(asked, refusal)
        else:
            return redirect(written)
    crumbs = [
        {"label": FORMS.name, "href": reverse("policies:forms")},
        {"label": row.number, "href": row.get_absolute_url()},
    ]
    return _form_page(request, asked, _("Write the next edition"), row, crumbs)


@SEEN_BY
def filings(request):
    context = {"may_keep": rules.may_keep_filings(request.user)}
    rows = Filing.objects.all()
    return FILINGS.respond(request, rows, template="policies/filings.html", context=context)


@SEEN_BY
@require_GET
def filing(request, number):
    rows = Filing.objects.select_related("carrier", "version__product")
    row = get_object_or_404(rows.defer("version__definition"), number=number)
    is_open = row.status != FilingStatus.WITHDRAWN and rules.may_keep_filings(request.user)
    decide = {
        "label": _("Enter the decision"),
        "href": reverse("policies:decide_filing", args=[row.number]),
        "icon": "gavel",
        "primary": True,
    }
    context = {
        "filing": row,
        "place": places.name_of(row.jurisdiction),
        "tone": FILING_TONES.get(row.status, ""),
        "editions": row.editions.select_related("form").defer("texts").order_by("form__number"),
        "acts": [decide] if is_open else [],
        "crumbs": [FILINGS.way_back(request), {"label": row.number}],
    }
    return render(request, "policies/filing.html", context)


@permission_required("policies.keep_filing")
@require_http_methods(["GET", "POST"])
def file_new(request):
    asked = forms.FilingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid():
        try:
            row = services.file_with_state(by=request.user, **asked.cleaned_data)
        except Refused as refusal:
            add_refusal(asked, refusal)
        else:
            return redirect(row)
    crumbs = [{"label": FILINGS.name, "href": reverse("policies:filings")}]
    return _form_page(request, asked, _("Enter a filing"), None, crumbs)


@permission_required("policies.keep_filing")
@require_http_methods(["GET", "POST"])
def decide_filing(request, number):
    row = get_object_or_404(Filing, number=number)
    asked = forms.DecideFilingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid():
        try:
            services.decide_filing(filing=row, by=request.user, **asked.cleaned_data)
        except Refused as refusal:
            add_refusal(asked, refusal)
        else:
            messages.success(request, _("The decision is entered."))
            return redirect(row)
    crumbs = [
        {"label": FILINGS.name, "href": reverse("policies:filings")},
        {"label": row.number, "href": row.get_absolute_url()},
    ]
    return _form_page(request, asked, _("Enter the decision"), row, crumbs)


def _edition(pk):
    rows = FormEdition.objects.select_related(
        "form__carrier", "drafted_by", "submitted_by", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


def _initial(row, act):
    if act != "revise":
        return {}
    return {
        "in_use_from": row.in_use_from,
        "text_en": row.texts.get("en", ""),
        "text_es": row.texts.get("es", ""),
    }


def _crumbs(row):
    return [
        {"label": FORMS.name, "href": reverse("policies:forms")},
        {"label": row.form.number, "href": row.form.get_absolute_url()},
        {"label": row.edition, "href": row.get_absolute_url()},
    ]


def _form_page(request, asked, title, record, crumbs):
    back = record.get_absolute_url() if record else reverse("policies:filings")
    context = {
        "form": asked,
        "page_title": title,
        "lead": str(record) if record else "",
        "submit": title,
        "cancel": back,
        "crumbs": [*crumbs, {"label": title}],
    }
    return render(request, "policies/register_act.html", context)
