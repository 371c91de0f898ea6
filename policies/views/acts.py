"""The acts that end a policy or let it begin again: the form cleans, the service decides."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from office import money, workflow
from office.doors import demand_open, staff_required
from office.exceptions import Refused
from office.forms import add_refusal, posted
from policies import forms, selectors, services
from policies.models import Policy
from policies.views.pages import crumbs_of, policy_of

ACTS = {
    "cancel": (services.cancel_policy, forms.CancelForm),
    "rescind": (services.rescind_cancellation, forms.RescindForm),
    "reinstate": (services.reinstate_policy, forms.ReinstateForm),
    "nonrenew": (services.nonrenew_policy, forms.NonrenewForm),
}
DANGEROUS = {"cancel", "nonrenew"}


@staff_required
@require_http_methods(["GET", "POST"])
def act(request, number, act):
    """Perform one act on a policy. The services decide; the view only carries."""
    if act not in ACTS:
        raise Http404
    policy = policy_of(request, number)
    demand_open(request, policy, act)
    service, form_class = ACTS[act]
    form = form_class(*posted(request)[:1], policy=policy, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            service(policy=policy, by=request.user, **form.arguments())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            fresh = Policy.objects.get(pk=policy.pk)
            messages.success(
                request,
                _("Done. The policy is “%(state)s”.") % {"state": fresh.get_state_display()},
            )
            return redirect(policy)
    return render(request, f"policies/{act}.html", _page(request, policy, act, form))


@staff_required
@require_GET
def cancellation_preview(request, number):
    """What an end on that day would return, to the cent; the sentence where it cannot be."""
    policy = policy_of(request, number)
    demand_open(request, policy, "cancel")
    form = forms.CancelForm(request.GET, policy=policy, user=request.user)
    return render(request, "policies/outcome.html", preview_of(policy, form))


def preview_of(policy, form):
    """The outcome of a cancellation as far as its form is filled; nothing is written."""
    form.full_clean()
    asked = {name: form.cleaned_data.get(name) for name in ("side", "reason", "effective_on")}
    if not all(asked.values()):
        return {"outcomes": []}
    try:
        found = selectors.outcome_of(policy, **asked)
    except Refused as refusal:
        return {"outcomes": [], "refusal": str(refusal)}
    total = sum((one.returned for one in found), money.ZERO)
    return {"outcomes": found, "returned": total}


def _page(request, policy, act, form):
    label = workflow.label_of(policy, act)
    context = {
        "policy": policy,
        "form": form,
        "title": label,
        "submit": label,
        "submit_tone": "danger" if act in DANGEROUS else "primary",
        "cancel": policy.get_absolute_url(),
        "crumbs": [*crumbs_of(policy), {"label": label}],
    }
    if act == "cancel":
        preview = preview_of(policy, form.as_asked())
        context |= {**preview, "preview": reverse("policies:cancel_preview", args=[policy.number])}
    if act == "reinstate":
        context["ended"] = policy.cancellations.effective().first()
    return context
