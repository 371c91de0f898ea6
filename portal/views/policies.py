from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from office import clock, money, uploads
from office.doors import demand_open, policyholder_required
from office.exceptions import Refused
from office.forms import add_refusal
from policies import selectors, services
from policies.enums import CancelledBy, PolicyState
from policies.models import Policy, PolicyDocument
from portal import forms
from underwriting.enums import RenewalState
from underwriting.models import Renewal


@policyholder_required
@require_GET
def policies(request):
    rows = Policy.objects.for_user(request.user).select_related("product__carrier")
    context = {"policies": rows.order_by("-number"), "portal_section": "policies"}
    return render(request, "portal/policies.html", context)


@policyholder_required
@require_GET
def policy(request, number):
    row = _policy(request, number)
    day, now = selectors.day_to_show(row), clock.now()
    page = selectors.policy_page(row, day=day, known_at=now)
    offer = Renewal.objects.filter(policy=row, state=RenewalState.OFFERED).first()
    context = {
        **page,
        "offer": offer,
        "may_end": row.state == PolicyState.IN_FORCE,
        "portal_section": "policies",
    }
    return render(request, "portal/policy.html", context)


@policyholder_required
@require_GET
def policy_document(request, number, pk):
    documents = PolicyDocument.objects.select_related("document")
    row = documents.filter(policy=_policy(request, number), document_id=pk).first()
    if row is None:
        raise Http404
    return uploads.download(row.document)


@policyholder_required
@require_http_methods(["GET", "POST"])
def cancel_policy(request, number):
    """The policyholder ends the policy themselves; first they see what comes back."""
    row = _policy(request, number)
    demand_open(request, row, "cancel")
    form = forms.EndForm(
        request.POST if request.method == "POST" else None,
        initial={"effective_on": clock.today(row.time_zone)},
    )
    outcomes = []
    if request.method == "POST" and form.is_valid():
        asked = {"side": CancelledBy.INSURED, **form.cleaned_data}
        try:
            if "confirmed" in request.POST:
                services.cancel_policy(policy=row, by=request.user, **asked)
                messages.success(request, _("Thank you. We have your answer."))
                return redirect("portal:policy", row.number)
            outcomes = selectors.outcome_of(row, **asked)
        except Refused as refusal:
            add_refusal(form, refusal)
    context = {
        "policy": row,
        "form": form,
        "outcomes": outcomes,
        "returned": sum((one.returned for one in outcomes), money.ZERO),
        "submit": _("End my policy") if outcomes else _("Show what comes back"),
        "submit_tone": "danger" if outcomes else "primary",
        "cancel": reverse("portal:policy", args=[row.number]),
        "crumbs": [
            {"label": _("Your policies"), "href": reverse("portal:policies")},
            {"label": row.number, "href": reverse("portal:policy", args=[row.number])},
            {"label": _("End my policy")},
        ],
        "portal_section": "policies",
    }
    return render(request, "portal/cancel_policy.html", context)


def _policy(request, number):
    visible = Policy.objects.for_user(request.user).select_related(
        "customer", "agent", "address", "product__carrier"
    )
    return get_object_or_404(visible, number=number)
