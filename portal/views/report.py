"""Report a loss, from a phone, with photos."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from claims.services import notify_claim
from office.doors import policyholder_required
from office.exceptions import Refused
from office.forms import posted, receive_all
from policies.models import Policy
from portal.forms import ReportForm


@policyholder_required
@require_GET
def report_choose(request):
    """Which policy is it about? With one policy there is nothing to choose."""
    policies = Policy.objects.for_user(request.user).select_related("product").order_by("-number")
    if len(policies) == 1:
        return redirect("portal:report_on", policies[0].number)
    context = {"policies": policies, "portal_section": "claims"}
    return render(request, "portal/report_choose.html", context)


@policyholder_required
@require_http_methods(["GET", "POST"])
def report(request, number):
    visible = Policy.objects.for_user(request.user).select_related("customer", "product")
    policy = get_object_or_404(visible, number=number)
    form = ReportForm(*posted(request), policy=policy)
    if request.method == "POST" and form.is_valid():
        claim = _notify(request, form)
        if claim:
            messages.success(request, _("Thank you. We have your notice."))
            return redirect("portal:claim", claim.number)
    context = {
        "form": form,
        "policy": policy,
        "title": _("Report a loss"),
        "lead": _("Tell us what happened. You can add photos now or later."),
        "submit": _("Send the notice"),
        "cancel": reverse("portal:claims"),
        "portal_section": "claims",
    }
    return render(request, "portal/report.html", context)


def _notify(request, form):
    source = f"policy:{form.policy.number}"
    received = receive_all(form, "uploads", by=request.user, source=source)
    if form.errors:
        return None
    try:
        return notify_claim(by=request.user, **form.arguments(received))
    except Refused as refusal:
        form.refuse(refusal)
        return None
