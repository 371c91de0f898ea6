"""The worklist of referrals, the record of one, and its acts."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from office import workflow
from office.doors import demand_open, staff_required
from office.exceptions import Refused
from office.forms import add_refusal
from office.lists import Column, Filter, List, SavedView
from underwriting import selectors, services
from underwriting.enums import Blocks, ReferralKind, ReferralState
from underwriting.forms import AssignForm, ReasonForm
from underwriting.models import Referral

ACTS = {
    "approve": (services.approve_referral, ReasonForm),
    "decline": (services.decline_referral, ReasonForm),
    "ask": (services.ask_referral, ReasonForm),
    "reply": (services.reply_referral, ReasonForm),
    "assign": (services.assign_referral, AssignForm),
    "void": (services.void_referral, ReasonForm),
}
TONES = {
    ReferralState.WAITING: "warn",
    ReferralState.ASKED: "info",
    ReferralState.APPROVED: "good",
    ReferralState.DECLINED: "bad",
}

REFERRALS = List(
    name=gettext_lazy("Referrals"),
    sort="effective_on",
    url_name="underwriting:referrals",
    columns=[
        Column("number", gettext_lazy("Referral"), "link", link="underwriting:referral"),
        Column("customer__display_name", gettext_lazy("Customer")),
        Column("effective_on", gettext_lazy("Takes effect"), "due", sortable=True),
        Column("kind", gettext_lazy("What"), words=ReferralKind, priority="mid"),
        Column("product", gettext_lazy("Product"), priority="wide"),
        Column("jurisdiction", gettext_lazy("State of risk"), priority="wide"),
        Column("blocks", gettext_lazy("What is blocked"), words=Blocks, priority="mid"),
        Column("state", gettext_lazy("State"), "badge", words=ReferralState, tones=TONES),
        Column("shown", gettext_lazy("Amount"), "money", total=True),
        Column("assigned_to__name", gettext_lazy("Underwriter"), "person", priority="mid"),
    ],
    views=[
        SavedView("mine", gettext_lazy("Mine"), lambda rows, user: rows.assigned_to(user)),
        SavedView(
            "unassigned",
            gettext_lazy("Within my authority"),
            lambda rows, user: rows.routed_to(user),
        ),
        SavedView("open", gettext_lazy("All open"), lambda rows, user: rows.open()),
        SavedView("answer", gettext_lazy("To answer"), lambda rows, user: rows.asked_of(user)),
        SavedView(
            "decided",
            gettext_lazy("Decided"),
            lambda rows, user: rows.filter(
                state__in=[ReferralState.APPROVED, ReferralState.DECLINED, ReferralState.VOIDED]
            ),
            sort="-pk",
        ),
    ],
    filters=[
        Filter(
            "kind",
            forms.ChoiceField(
                label=gettext_lazy("What"),
                choices=[("", gettext_lazy("Any")), *ReferralKind.choices],
            ),
        ),
        Filter(
            "q",
            forms.CharField(label=gettext_lazy("Number or name"), max_length=80),
            narrow=selectors.referrals_by_words,
        ),
    ],
)


@staff_required
def referral_list(request):
    rows = selectors.referral_rows(request.user)
    return REFERRALS.respond(request, rows, template="underwriting/referrals.html")


@staff_required
def referral(request, number):
    row = _referral(request, number)
    shows_amount = selectors.shows_amount(row, request.user)
    context = {
        "referral": row,
        "tone": TONES.get(row.state, ""),
        "subject": selectors.subject_of(row),
        "fired": selectors.fired_of(row),
        "told": selectors.told_change(row),
        "able": selectors.who_could_decide(row),
        "events": selectors.referral_history(row),
        "figures": selectors.referral_figures(row, shows_amount=shows_amount),
        "acts": _acts(request, row),
        "crumbs": [REFERRALS.way_back(request), {"label": row.number}],
        "neighbours": REFERRALS.neighbours(request, selectors.referral_rows(request.user), row),
    }
    return render(request, "underwriting/referral.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def referral_act(request, number, act):
    if act not in ACTS:
        raise Http404
    row = _referral(request, number)
    demand_open(request, row, act)
    service, form_class = ACTS[act]
    options = {"referral": row} if form_class is AssignForm else {}
    form = form_class(request.POST if request.method == "POST" else None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            done = service(referral=row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            said = _("Done. The referral is “%(state)s”.")
            messages.success(request, said % {"state": done.get_state_display()})
            return redirect(row)
    label = workflow.label_of(row, act)
    context = {
        "referral": row,
        "form": form,
        "title": label,
        "submit": label,
        "submit_tone": "danger" if act in ("decline", "void") else "primary",
        "cancel": row.get_absolute_url(),
        "crumbs": [
            REFERRALS.way_back(request),
            {"label": row.number, "href": row.get_absolute_url()},
            {"label": label},
        ],
    }
    return render(request, "underwriting/referral_act.html", context)


def _referral(request, number):
    rows = Referral.objects.for_user(request.user).select_related(
        "quote__submission__agent", "quote__submission__customer", "quote__version__product",
        "quote__carrier", "policy__product", "policy__agent", "policy__customer", "renewal",
        "customer", "agent", "rule_version", "assigned_to", "decided_by", "approved_under__role",
        "approved_under__user", "created_by",
    )  # fmt: skip
    return get_object_or_404(rows.defer("quote__version__definition"), number=number)


def _acts(request, row):
    return [
        {
            "label": move.label,
            "icon": move.icon,
            "primary": move.primary,
            "href": reverse("underwriting:referral_act", args=[row.number, move.act]),
        }
        for move in workflow.moves_open_to(request.user, row)
        if move.act in ACTS and (move.act != "void" or selectors.is_withdrawn_itself(row))
    ]
