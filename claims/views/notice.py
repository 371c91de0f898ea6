"""A loss reported by phone, at the counter, by post: staff write the notice down."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.forms import NoticeForm, PolicyForm
from claims.services import notify_claim
from office.doors import permission_required
from office.exceptions import Refused
from office.forms import posted, receive_all


@permission_required("claims.notify_claim")
@require_http_methods(["GET", "POST"])
def report(request):
    """First which policy, then what happened: the causes are those of its product."""
    chosen = PolicyForm(request.GET if "policy" in request.GET else None, user=request.user)
    if not chosen.is_valid():
        return render(request, "claims/report_policy.html", {"form": chosen, **_frame()})
    policy = chosen.cleaned_data["policy"]
    initial = {"reported_by": policy.customer.display_name}
    form = NoticeForm(*posted(request), policy=policy, initial=initial)
    if request.method == "POST" and form.is_valid():
        claim = _notify(request, form)
        if claim:
            messages.success(request, _("%(number)s is on file.") % {"number": claim.number})
            return redirect(claim)
    return render(request, "claims/report.html", {"form": form, "policy": policy, **_frame()})


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


def _frame():
    return {
        "title": _("Report a loss"),
        "submit": _("Report the loss"),
        "cancel": reverse("claims:list"),
        "crumbs": [
            {"label": _("Claims"), "href": reverse("claims:list")},
            {"label": _("Report a loss")},
        ],
    }
