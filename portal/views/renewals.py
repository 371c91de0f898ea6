"""The policyholder's renewal: what it costs, why, and their answer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounting.enums import PaymentMethod
from office.doors import demand_open, policyholder_required
from office.exceptions import Refused
from office.forms import add_refusal
from portal import forms
from underwriting import selectors, services
from underwriting.enums import RenewalState
from underwriting.models import Renewal


def _pay(*, renewal, pay_plan, key, by):
    return services.pay_renewal(
        renewal=renewal,
        pay_plan=pay_plan,
        method=PaymentMethod.CARD,
        token="tok_dummy",
        idempotency_key=str(key),
        by=by,
    )


TITLES = {
    "pay": gettext_lazy("Pay and renew"),
    "accept": gettext_lazy("Renew my policy"),
    "decline": gettext_lazy("I do not want to renew"),
}
ANSWERS = {
    "pay": (_pay, forms.PayRenewalForm),
    "accept": (services.accept_renewal, forms.PayPlanForm),
    "decline": (services.decline_renewal, forms.DeclineForm),
}


@policyholder_required
@require_GET
def renewal(request, number):
    row = _renewal(request, number)
    context = {
        "renewal": row,
        "rows": selectors.steps_of(row),
        "begin": (_("Premium of the term that ends"), row.expiring),
        "plans": forms.plans_to_pay(row) if row.state == RenewalState.OFFERED else [],
        "can_accept": bool(selectors.plans_of(row, renews_on="acceptance")),
        "portal_section": "policies",
    }
    return render(request, "portal/renewal.html", context)


@policyholder_required
@require_http_methods(["GET", "POST"])
def answer_renewal(request, number, act):
    if act not in ANSWERS:
        raise Http404
    row = _renewal(request, number)
    demand_open(request, row, act)
    service, form_class = ANSWERS[act]
    form = form_class(request.POST if request.method == "POST" else None, renewal=row)
    if request.method == "POST" and form.is_valid():
        try:
            service(renewal=row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. We have your answer."))
            return redirect("portal:policy", row.policy.number)
    title = TITLES[act]
    context = {
        "renewal": row,
        "form": form,
        "title": title,
        "submit": title,
        "submit_tone": "danger" if act == "decline" else "primary",
        "cancel": reverse("portal:renewal", args=[row.number]),
        "crumbs": [
            {"label": _("Your policies"), "href": reverse("portal:policies")},
            {
                "label": row.policy.number,
                "href": reverse("portal:policy", args=[row.policy.number]),
            },
            {"label": title},
        ],
        "portal_section": "policies",
    }
    return render(request, "portal/renewal_answer.html", context)


def _renewal(request, number):
    """Only what was offered is the policyholder's to see."""
    rows = Renewal.objects.filter(policy__customer__login=request.user)
    rows = rows.exclude(state=RenewalState.WORKING)
    return get_object_or_404(rows.select_related("policy__product", "version"), number=number)
