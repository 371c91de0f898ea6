"""What new rates change: start a measurement, watch it, read it, list every policy."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from office.doors import permission_required
from office.exceptions import Refused
from office.lists import Column, List, SavedView
from policies import selectors, services
from policies.forms import RateChangeForm
from policies.models import RateChange, RateChangeLine

SEEN_BY = permission_required("policies.measure_ratechange")

LINES = List(
    name=gettext_lazy("Rate change by policy"),
    sort="-change",
    columns=[
        Column("policy__number", gettext_lazy("Policy"), "link", link="policies:detail"),
        Column("policy__customer__display_name", gettext_lazy("Policyholder"), priority="wide"),
        Column("policy__jurisdiction", gettext_lazy("State of risk"), priority="mid"),
        Column("old", gettext_lazy("Premium now"), "money", total=True),
        Column("new", gettext_lazy("New premium"), "money", total=True),
        Column("change", gettext_lazy("Change"), "money", sortable=True, total=True),
        Column("capped", gettext_lazy("With the cap"), "money", priority="wide", total=True),
        Column("reason", gettext_lazy("Why it cannot be rated"), priority="wide"),
    ],
    views=[
        SavedView(
            "rated", gettext_lazy("Rated"), lambda rows, user: rows.filter(change__isnull=False)
        ),
        SavedView(
            "faulty",
            gettext_lazy("Not rateable"),
            lambda rows, user: rows.exclude(reason=""),
            sort="-pk",
        ),
    ],
)


@SEEN_BY
@require_http_methods(["GET", "HEAD", "POST"])
def rate_changes(request):
    initial = {"rates": f"draft:{request.GET['draft']}"} if "draft" in request.GET else {}
    form = RateChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            measured = services.measure_rates(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect(measured)
    context = {
        "form": form,
        "page_title": _("What new rates change"),
        "lead": _("Every policy in force on a day, rated by its own version and by the new one."),
        "submit": _("Rate the book"),
        "past": selectors.rate_changes_of_late(request.user),
    }
    return render(request, "policies/rate_changes.html", context)


@SEEN_BY
@require_GET
def rate_change(request, pk):
    measured = _measured(request, pk)
    context = {
        **selectors.rate_change_page(measured),
        "crumbs": [
            {"label": _("Rate changes"), "href": reverse("policies:rate_changes")},
            {"label": str(measured)},
        ],
    }
    return render(request, "policies/rate_change.html", context)


@SEEN_BY
@require_GET
def rate_change_lines(request, pk):
    measured = _measured(request, pk)
    rows = RateChangeLine.objects.filter(rate_change=measured)
    context = {"measured": measured}
    return LINES.respond(request, rows, template="policies/rate_change_lines.html", context=context)


def _measured(request, pk):
    rows = RateChange.objects.for_user(request.user)
    return get_object_or_404(
        rows.select_related("job", "draft", "version", "product", "created_by"), pk=pk
    )
