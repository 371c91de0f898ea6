"""Taking an application, and editing one."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from office.doors import demand_open, permission_required, staff_required
from office.exceptions import Refused
from policies.selectors import product_definition, versions_sold
from underwriting import selectors, services
from underwriting.forms import (
    ApplicationForm,
    EditForm,
    NewForm,
    StartForm,
    with_row_changed,
)
from underwriting.views.pages import crumbs_of, submission_of


@permission_required("underwriting.open_submission")
def new(request):
    """Who, what, when: then the application of that kind of product."""
    data = request.GET if "kind" in request.GET else None
    form = NewForm(data, user=request.user, initial={"customer": request.GET.get("customer", "")})
    if data is not None and form.is_valid():
        chosen = form.cleaned_data
        query = {
            "customer": chosen["customer"].number,
            "agent": chosen["agent"].code,
            "kind": chosen["kind"],
            "effective_on": chosen["effective_on"].isoformat(),
        }
        return redirect(reverse("underwriting:apply", query=query))
    return render(request, "underwriting/new.html", {"form": form})


@permission_required("underwriting.open_submission")
def apply(request):
    start = StartForm(request.POST or request.GET, user=request.user)
    if not start.is_valid():
        return redirect("underwriting:new")
    chosen = start.cleaned_data
    address = chosen["customer"].addresses.filter(is_current=True).first()
    offers = _offers(chosen["kind"], address, chosen["effective_on"])
    if not offers:
        return _nothing_sold(request, chosen["customer"])
    form = ApplicationForm(offers, address.jurisdiction, data=request.POST or None)
    if request.method == "POST" and not _changes_rows(request) and form.is_valid():
        try:
            submission = services.take_application(
                customer=chosen["customer"],
                agent=chosen["agent"],
                product_kind=chosen["kind"],
                effective_on=chosen["effective_on"],
                application=form.cleaned_risk(),
                coverages=form.cleaned_coverages(),
                by=request.user,
            )
            return redirect(submission)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
    form = rows_changed(request, form)
    context = {
        "head": start,
        "form": form,
        "customer": chosen["customer"],
        "crumbs": [{"label": _("Quotes"), "href": reverse("underwriting:list")}],
        "submit": _("Ask the carriers"),
        "cancel": reverse("underwriting:list"),
    }
    return render(request, "underwriting/application.html", context)


@staff_required
def edit(request, number):
    submission = submission_of(request, number)
    demand_open(request, submission, "edit")
    stored = {"effective_on": submission.effective_on, "revision": submission.revision}
    head = EditForm(request.POST or None, initial=stored)
    form = ApplicationForm(
        selectors.offers_for(submission),
        submission.jurisdiction,
        data=request.POST or None,
        risk=submission.application,
        coverages=submission.coverages,
    )
    is_sent = request.method == "POST" and not _changes_rows(request)
    if is_sent and head.is_valid() and form.is_valid():
        try:
            services.edit_application(
                submission=submission,
                application=form.cleaned_risk(),
                coverages=form.cleaned_coverages(),
                by=request.user,
                **head.cleaned_data,
            )
            return redirect(submission)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {
        "head": head,
        "form": rows_changed(request, form),
        "customer": submission.customer,
        "submission": submission,
        "voids": submission.quotes.exists(),
        "crumbs": [*crumbs_of(submission), {"label": _("Edit application")}],
        "submit": _("Save and ask the carriers again"),
        "cancel": submission.get_absolute_url(),
    }
    return render(request, "underwriting/application.html", context)


def _offers(kind, address, day):
    if address is None:
        return []
    sold = versions_sold(kind=kind, jurisdiction=address.jurisdiction, on=day)
    return [product_definition(version) for version in sold]


def _nothing_sold(request, customer: Customer):
    form = NewForm(request.GET or request.POST, user=request.user)
    form.is_valid()
    form.add_error("kind", _("No carrier of the office sells this where the customer lives."))
    return render(request, "underwriting/new.html", {"form": form, "customer": customer})


def _changes_rows(request):
    """Not plain `remove`: a form's own method of that name would be hidden by the button."""
    return "add_row" in request.POST or "remove_row" in request.POST


def rows_changed(request, form):
    """A row more or less is no sending: nothing is checked, and what was typed stays."""
    if not _changes_rows(request):
        return form
    add, remove = request.POST.get("add_row", ""), request.POST.get("remove_row", "")
    return with_row_changed(form, add=add, remove=remove)
