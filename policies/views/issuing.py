"""The issue of papers: what waits, the checklist of one, its acts, the papers before they go."""

from django import forms as fields
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from office import uploads, workflow
from office.doors import demand_open, staff_required
from office.exceptions import Refused
from office.forms import add_refusal
from office.lists import Column, Filter, List, SavedView
from policies import forms, selectors, services
from policies.enums import IssuanceState, Lane, TransactionKind
from policies.models import Issuance, IssuedForm
from policies.views.pages import policy_of

TONES = {"awaiting": "warn", "returned": "bad", "issued": "good"}
ACTS = {
    "release": (services.release_issuance, forms.NoteForm),
    "send_back": (services.send_back_issuance, forms.SendBackForm),
    "resubmit": (services.resubmit_issuance, forms.ResubmitForm),
}


def _in(state):
    return SavedView(state.value, state.label, lambda rows, user: rows.filter(state=state))


ISSUANCES = List(
    name=gettext_lazy("Issue of papers"),
    sort="created_at",
    url_name="policies:issuances",
    columns=[
        Column("number", gettext_lazy("Change"), "link", link="policies:issuance"),
        Column("policy__customer__display_name", gettext_lazy("Policyholder")),
        Column("policy__product__name", gettext_lazy("Product"), priority="wide"),
        Column("first__kind", gettext_lazy("What"), priority="mid", words=TransactionKind),
        Column("day", gettext_lazy("Effective"), "date", sortable=True),
        Column("policy__agent__name", gettext_lazy("Agent"), priority="wide"),
        Column("lane", gettext_lazy("Way"), priority="wide", words=Lane),
        Column("created_at", gettext_lazy("Bound"), "moment", sortable=True, priority="mid"),
        Column("state", gettext_lazy("State"), "badge", words=IssuanceState, tones=TONES),
    ],
    views=[
        _in(IssuanceState.AWAITING),
        _in(IssuanceState.RETURNED),
        SavedView(
            "issued",
            IssuanceState.ISSUED.label,
            lambda rows, user: rows.filter(state=IssuanceState.ISSUED),
            sort="-created_at",
        ),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows, sort="-created_at"),
    ],
    filters=[
        Filter(
            "q",
            fields.CharField(label=gettext_lazy("Number"), max_length=40),
            lookup="number__icontains",
        ),
        Filter(
            "lane",
            fields.ChoiceField(
                label=gettext_lazy("Way"), choices=[("", gettext_lazy("Any")), *Lane.choices]
            ),
        ),
    ],
)


@staff_required
def issuances(request):
    rows = Issuance.objects.for_user(request.user)
    return ISSUANCES.respond(request, rows, template="policies/issuances.html")


@staff_required
@require_GET
def issuance(request, number):
    row = _issuance(request, number)
    context = {
        **selectors.issuance_page(row),
        "acts": _acts(request, row),
        "tone": TONES[row.state],
        "may_clear_held": request.user.may("underwriting.approve_quote"),
        "may_confirm": request.user.may("policies.release_policy"),
        "crumbs": [ISSUANCES.way_back(request), {"label": row.number}],
        "neighbours": ISSUANCES.neighbours(request, Issuance.objects.for_user(request.user), row),
    }
    return render(request, "policies/issuance.html", context)


@staff_required
@require_GET
def issuance_preview(request, number):
    """The first paper as it would go out, with a mark across it; nothing is kept."""
    file = selectors.file_of(_issuance(request, number))
    try:
        content = selectors.draw(file, language=file.policy.customer.language)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(file.issuance)
    return uploads.paper(content, f"{number}-preview.pdf")


@staff_required
@require_http_methods(["GET", "POST"])
def confirm(request, number, code):
    """Stand for a line of the checklist that the office cannot check by itself."""
    row = _issuance(request, number)
    demand_open(request, row, "confirm")
    item = selectors.item_of(selectors.file_of(row), code)
    if item is None:
        raise Http404
    form = forms.ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_item(issuance=row, code=code, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Confirmed: %(what)s.") % {"what": item.name})
            return redirect(row)
    return _form_page(request, row, form, item.name, _("Confirm"))


@staff_required
@require_http_methods(["GET", "POST"])
def issuance_act(request, number, act):
    if act not in ACTS:
        raise Http404
    row = _issuance(request, number)
    demand_open(request, row, act)
    service, form_class = ACTS[act]
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = service(issuance=row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            told = {"state": row.get_state_display()}
            messages.success(request, _("Done. The papers are “%(state)s”.") % told)
            return redirect(row)
    label = workflow.label_of(row, act)
    return _form_page(request, row, form, label, label)


@staff_required
@require_GET
def issued_form(request, number, pk):
    """A form of the contract, as it was issued."""
    rows = IssuedForm.objects.filter(issuance__policy=policy_of(request, number))
    return uploads.download(get_object_or_404(rows.select_related("document"), pk=pk).document)


def _issuance(request, number):
    rows = Issuance.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "policy__product", "first"
    )
    return get_object_or_404(rows, number=number)


def _acts(request, row):
    return [
        {
            "label": move.label,
            "href": reverse("policies:issuance_act", args=[row.number, move.act]),
            "icon": move.icon,
            "primary": move.primary,
        }
        for move in workflow.moves_open_to(request.user, row)
        if move.act in ACTS
    ]


def _form_page(request, row, form, title, submit):
    context = {
        "issuance": row,
        "policy": row.policy,
        "form": form,
        "title": title,
        "submit": submit,
        "cancel": row.get_absolute_url(),
        "crumbs": [
            {"label": ISSUANCES.name, "href": reverse("policies:issuances")},
            {"label": row.number, "href": row.get_absolute_url()},
            {"label": title},
        ],
    }
    return render(request, "policies/act.html", context)
