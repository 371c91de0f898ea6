"""What the policyholder said they need, what was recommended, and their acknowledgement."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from office import uploads
from office.doors import policyholder_required
from office.exceptions import Refused
from office.forms import add_refusal, posted
from underwriting import selectors, services
from underwriting.enums import SubmissionState
from underwriting.forms import OwnAcknowledgeForm


@policyholder_required
@require_http_methods(["GET", "POST"])
def advice(request, number):
    """The latest version, to read and to acknowledge."""
    row = _latest(request, number)
    open_ = row.submission.state == SubmissionState.OPEN and not row.acknowledged
    form = OwnAcknowledgeForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            services.acknowledge_advice(advice=row, name=form.cleaned_data["name"], by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. We have your answer."))
            return redirect("portal:advice", number)
    context = {
        "advice": row,
        "answers": selectors.answers_told(row.submission, row.answers),
        "declined": selectors.declined_told(row),
        "form": form if open_ else None,
        "title": _("Your needs and our advice"),
        "submit": _("Acknowledge"),
        "cancel": reverse("portal:home"),
        "portal_section": "policies",
    }
    return render(request, "portal/advice.html", context)


@policyholder_required
@require_GET
def advice_paper(request, number):
    return uploads.download(_latest(request, number).document)


def _latest(request, number):
    rows = selectors.own_advice(request.user).filter(submission__number=number)
    return get_object_or_404(rows[:1])
