"""One act on several claims that were picked in the list: each by itself, each refusal told."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from claims import services
from claims.forms import AssignForm
from claims.models import Claim
from claims.views.lists import CLAIMS
from office.doors import permission_required
from office.exceptions import Refused


@permission_required("claims.assign_claim")
@require_POST
def assign_picked(request):
    """Ask for an adjuster, then give each picked claim to that person.

    What is refused stays picked, with its sentence, so that somebody else can be chosen for it.
    """
    claims = _picked(request)
    back = CLAIMS.way_back(request)
    if not claims:
        messages.error(request, _("Pick at least one claim first."))
        return redirect(back["href"])
    form = AssignForm(request.POST if "adjuster" in request.POST else None, claim=None, user=None)
    refused = []
    if form.is_valid():
        refused = _assign(request, claims, form)
        if not refused:
            return redirect(back["href"])
        claims = [claim for claim, _why in refused]
    context = {
        "form": form,
        "claims": claims,
        "refused": refused,
        "title": _("Assign an adjuster"),
        "submit": _("Assign"),
        "cancel": back["href"],
        "crumbs": [back, {"label": _("Assign an adjuster")}],
    }
    return render(request, "claims/assign_picked.html", context)


def _picked(request):
    """The claims of the boxes, of those that this person may see; a page has no more of them."""
    keys = [key for key in request.POST.getlist("pick") if key.isdigit()][: CLAIMS.size]
    rows = Claim.objects.for_user(request.user).filter(pk__in=keys)
    return list(rows.select_related("customer").order_by("due_on", "pk"))


def _assign(request, claims, form):
    """[(claim, why it was refused)]; those that went through are told in one sentence."""
    refused = []
    for claim in claims:
        try:
            services.assign_adjuster(claim=claim, by=request.user, **form.arguments())
        except (Refused, PermissionDenied) as refusal:
            refused.append((claim, str(refusal)))
    done = len(claims) - len(refused)
    if done:
        told = ngettext(
            "%(count)s claim is assigned to %(adjuster)s.",
            "%(count)s claims are assigned to %(adjuster)s.",
            done,
        )
        adjuster = form.cleaned_data["adjuster"]
        messages.success(request, told % {"count": done, "adjuster": adjuster})
    return refused
