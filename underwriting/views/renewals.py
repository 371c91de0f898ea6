"""Renewals on the workbench: the list by how near they are, one of them, and its acts."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounting.rules import may_write_down_receipt
from office import workflow
from office.doors import demand_open, permission_required, staff_required
from office.exceptions import Refused
from office.forms import add_refusal
from office.lists import Column, Filter, List, SavedView
from office.models import Job
from policies.selectors import product_definition
from underwriting import selectors, services
from underwriting.enums import RenewalState
from underwriting.forms import (
    AcceptRenewalForm,
    ApplicationForm,
    JudgeForm,
    NoteForm,
    PayRenewalForm,
    ReasonForm,
)
from underwriting.models import Renewal
from underwriting.views.application import rows_changed
from underwriting.views.pages import losses_of

ACTS = {
    "rework": (services.rework_renewal, NoteForm),
    "remarket": (services.remarket_renewal, NoteForm),
    "approve": (services.approve_renewal, ReasonForm),
    "judge": (services.judge_renewal, JudgeForm),
    "offer": (services.offer_renewal, NoteForm),
    "revise": (services.revise_renewal, NoteForm),
    "pay": (services.pay_renewal, PayRenewalForm),
    "accept": (services.accept_renewal, AcceptRenewalForm),
    "decline": (services.decline_renewal, ReasonForm),
}
TONES = {
    "working": "warn", "offered": "info", "accepted": "good", "lapsed": "bad", "moved": "info",
}  # fmt: skip


def _within(days):
    return SavedView(
        f"within_{days}",
        format_lazy(gettext_lazy("Within {days} days"), days=days),
        lambda rows, user: selectors.within(rows, days),
    )


RENEWALS = List(
    name=gettext_lazy("Renewals"),
    sort="valid_from",
    columns=[
        Column("number", gettext_lazy("Renewal"), "link", link="underwriting:renewal"),
        Column("policy__customer__display_name", gettext_lazy("Policyholder")),
        Column("valid_from", gettext_lazy("First day"), "due", sortable=True),
        Column("policy__product__name", gettext_lazy("Product"), priority="wide"),
        Column("policy__agent__name", gettext_lazy("Agent"), priority="wide"),
        Column("state", gettext_lazy("State"), "badge", words=RenewalState, tones=TONES),
        Column("loss_count", gettext_lazy("Claims"), "number", priority="mid"),
        Column("expiring", gettext_lazy("Expiring premium"), "money", priority="mid", total=True),
        Column("change", gettext_lazy("Change"), "money", total=True),
        Column("premium", gettext_lazy("New premium"), "money", total=True),
    ],
    views=[
        _within(90),
        _within(60),
        _within(45),
        SavedView(
            "offered",
            RenewalState.OFFERED.label,
            lambda rows, user: rows.filter(state=RenewalState.OFFERED),
        ),
        SavedView(
            "stuck",
            gettext_lazy("Cannot be priced"),
            lambda rows, user: rows.filter(state=RenewalState.WORKING).exclude(problem=""),
        ),
        SavedView("referred", gettext_lazy("Referred"), lambda rows, user: rows.referred()),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
    ],
    filters=[
        Filter(
            "q",
            forms.CharField(label=gettext_lazy("Number"), max_length=40),
            lookup="number__icontains",
        ),
    ],
)


@staff_required
def renewal_list(request):
    may_run = request.user.may("underwriting.prepare_renewal")
    job = Job.objects.filter(kind="underwriting.renewal_run", created_by=request.user)
    context = {"may_run": may_run, "job": job.order_by("-created_at").first()}
    return RENEWALS.respond(
        request,
        selectors.renewal_rows(request.user),
        template="underwriting/renewals.html",
        context=context,
    )


@permission_required("underwriting.prepare_renewal")
@require_POST
def run_renewals(request):
    """Have the book worked out now, instead of at night."""
    job = services.start_renewal_run(by=request.user)
    said = _("%(count)s policies are being worked out.") if job.total else _("Nothing is due.")
    messages.success(request, said % {"count": job.total} if job.total else said)
    return redirect("underwriting:renewals")


@staff_required
def renewal(request, number):
    row = renewal_of(request, number)
    context = {
        "renewal": row,
        "quotes": selectors.other_offers(row, request.user),
        "rows": selectors.steps_of(row),
        "begin": (_("Premium of the term that ends"), row.expiring),
        "events": selectors.renewal_history(row),
        "acts": _acts(request, row),
        "figures": selectors.renewal_figures(row),
        "judged": selectors.judgment_rows(row.judgment, row.policy.product.kind),
        "findings": selectors.trace_of(row),
        **losses_of(request, row.policy.customer),
        "crumbs": crumbs_of(row),
    }
    return render(request, "underwriting/renewal.html", context)


@staff_required
@require_http_methods(["GET", "POST"])
def renewal_act(request, number, act):
    if act not in ACTS:
        raise Http404
    row = renewal_of(request, number)
    demand_open(request, row, act)
    service, form_class = ACTS[act]
    options = form_options(form_class, row, request.user)
    form = form_class(request.POST if request.method == "POST" else None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            service(renewal=row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            fresh = Renewal.objects.get(pk=row.pk)
            said = _("Done. The renewal is “%(state)s”.")
            messages.success(request, said % {"state": fresh.get_state_display()})
            return redirect(row)
    label = workflow.label_of(row, act)
    context = {
        "renewal": row,
        "form": form,
        "title": label,
        "submit": label,
        "submit_tone": "danger" if act == "decline" else "primary",
        "cancel": row.get_absolute_url(),
        "crumbs": [*crumbs_of(row), {"label": label}],
    }
    return render(request, "underwriting/renewal_act.html", context)


@staff_required
@require_http_methods(["GET", "POST"])
def insure_renewal(request, number):
    """What the next term insures, as a form: sent, the renewal is worked out anew from it."""
    row = renewal_of(request, number)
    demand_open(request, row, "rework")
    if request.POST.get("do") == "afresh":
        services.rework_renewal(renewal=row, afresh=True, by=request.user)
        return redirect(row)
    form = ApplicationForm(
        [product_definition(row.version)],
        row.policy.jurisdiction,
        data=request.POST or None,
        risk=row.risk,
        coverages=row.coverages,
    )
    if request.POST.get("do") == "save" and form.is_valid() and _reworked(request, row, form):
        messages.success(request, _("The renewal is worked out with what you changed."))
        return redirect(row)
    context = {
        "renewal": row,
        "form": rows_changed(request, form),
        "cancel": row.get_absolute_url(),
        "crumbs": [*crumbs_of(row), {"label": _("What is insured")}],
    }
    return render(request, "underwriting/insure_renewal.html", context)


def _reworked(request, row, form):
    """False where the product does not take it so; then nothing is kept but what was typed."""
    risk, coverages = form.cleaned_risk(), form.cleaned_coverages()
    try:
        with transaction.atomic():
            done = services.rework_renewal(
                renewal=row, risk=risk, coverages=coverages, by=request.user
            )
            if done.problem:
                raise Refused(done.problem)
    except Refused as refusal:
        form.add_error(refusal.field or "", str(refusal))
        return False
    return True


def form_options(form_class, row, user):
    """What the form of an act is made with."""
    if form_class is PayRenewalForm:
        return {"renewal": row, "may_write_down": may_write_down_receipt(user)}
    if form_class is JudgeForm:
        return JudgeForm.options_of_renewal(row)
    return {"renewal": row} if form_class is AcceptRenewalForm else {}


def renewal_of(request, number):
    visible = Renewal.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "policy__product__carrier", "version", "submission",
        "rule_version", "approved_by", "moved_to",
    )  # fmt: skip
    return get_object_or_404(visible.defer("version__definition"), number=number)


def crumbs_of(row):
    return [
        {"label": _("Renewals"), "href": reverse("underwriting:renewals")},
        {"label": row.number, "href": row.get_absolute_url()},
    ]


def _acts(request, row):
    acts = []
    for move in workflow.moves_open_to(request.user, row):
        if move.act not in ACTS or _is_closed(row, move.act):
            continue
        href = reverse("underwriting:renewal_act", args=[row.number, move.act])
        act = {"label": move.label, "icon": move.icon, "primary": move.primary, "href": href}
        acts.append(act)
        if move.act == "rework":
            href = reverse("underwriting:insure_renewal", args=[row.number])
            acts.append({"label": _("Change what is insured"), "icon": "pencil", "href": href})
    return acts


def _is_closed(row, act):
    """Acts that would be refused whatever is said: they have no button."""
    if act == "remarket":
        return row.submission_id is not None
    if act == "approve":
        return not row.is_held
    return act == "accept" and not selectors.plans_of(row, renews_on="acceptance")
