"""What a draft of rules would hold up in the book: progress, then counts, then every policy."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from office.doors import permission_required
from office.lists import Column, List, SavedView
from underwriting import selectors
from underwriting.enums import Blocks
from underwriting.models import RuleTrial, RuleTrialLine

SEEN_BY = permission_required("underwriting.draft_rulesetversion")

LINES = List(
    name=gettext_lazy("Rules on the book"),
    sort="-weight",
    columns=[
        Column("policy__number", gettext_lazy("Policy"), "link", link="policies:detail"),
        Column("policy__customer__display_name", gettext_lazy("Policyholder"), priority="mid"),
        Column("policy__jurisdiction", gettext_lazy("State of risk"), priority="wide"),
        Column("before", gettext_lazy("Blocked now"), "badge", words=Blocks),
        Column("after", gettext_lazy("Blocked by the draft"), "badge", words=Blocks),
        Column(
            "fired",
            gettext_lazy("Rules that fire"),
            priority="wide",
            show=lambda row: ", ".join(row["fired"]),
            value=lambda row: ", ".join(row["fired"]),
        ),
        Column("weight", gettext_lazy("Steps stricter"), "number", sortable=True),
    ],
    views=[
        SavedView(
            "stricter", gettext_lazy("Stricter"), lambda rows, user: rows.filter(weight__gt=0)
        ),
        SavedView(
            "milder",
            gettext_lazy("Milder"),
            lambda rows, user: rows.filter(weight__lt=0),
            sort="weight",
        ),
        SavedView("all", gettext_lazy("All that are held up"), lambda rows, user: rows),
    ],
)


@SEEN_BY
@require_GET
def rule_trial(request, pk):
    trial = _trial(request, pk)
    context = {
        **selectors.rule_trial_page(trial),
        "crumbs": [{"label": str(trial.draft), "href": trial.draft.get_absolute_url()}],
    }
    return render(request, "underwriting/rule_trial.html", context)


@SEEN_BY
@require_GET
def rule_trial_lines(request, pk):
    trial = _trial(request, pk)
    rows = RuleTrialLine.objects.filter(trial=trial)
    context = {"trial": trial}
    return LINES.respond(
        request, rows, template="underwriting/rule_trial_lines.html", context=context
    )


def _trial(request, pk):
    rows = RuleTrial.objects.for_user(request.user)
    related = rows.select_related("job", "draft__based_on", "against", "created_by")
    return get_object_or_404(related, pk=pk)
