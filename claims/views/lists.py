"""The list of claims: saved views as tabs with counts, filters, pages by keyset, CSV and XLSX."""

from functools import cache

from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from claims import rules, selectors
from claims.enums import PATH, ClaimState
from claims.forms import FilterForm
from office import lists
from office.doors import permission_required
from office.enums import Line
from office.templatetags.icon import icon
from office.templatetags.marks import micro

VIEW_NAMES = {
    "my_turn": gettext_lazy("Our turn"),
    "mine": gettext_lazy("Mine"),
    "overdue": gettext_lazy("Overdue"),
    "open": gettext_lazy("All open"),
    "held": gettext_lazy("On hold"),
    "with_carrier": gettext_lazy("With a carrier"),
    "newest": gettext_lazy("Newest"),
}
TONES = dict.fromkeys(ClaimState, "info") | {
    ClaimState.CLOSED: "good",
    ClaimState.PAYABLE: "good",
    ClaimState.DENIED: "bad",
    ClaimState.WITHDRAWN: "",
    ClaimState.RECEIVED: "",
    ClaimState.OFFERED: "warn",
    ClaimState.SETTLEMENT_NOTICE: "warn",
}
END_TONES = {ClaimState.CLOSED: "good", ClaimState.DENIED: "bad"}
ICONS = {"property": "house", "casualty": "car", "life": "heart-pulse", "health": "stethoscope"}


def _holder(row):
    name = row["customer__display_name"]
    if not row["hold_count"]:
        return name
    return format_html('{} <span class="flag">{}</span>', name, _("Hold"))


def _line(row):
    return _drawn_line(row["line"], get_language())


@cache
def _drawn_line(code, _language):
    line = Line(code)
    return format_html('<span class="row tight">{}{}</span>', icon(ICONS[line], 15), line.label)


def _step(row):
    """The eight blocks; none where the claim went another way."""
    number = _step_number(row)
    return micro(number, END_TONES.get(row["state"], "")) if number else "—"


def _step_number(row):
    state = row["state"]
    return PATH.index(state) + 1 if state in PATH else 8 if state in END_TONES else None


def _saved_view(name, label):
    return lists.SavedView(
        name,
        label,
        lambda rows, user: selectors.in_view(rows, user, name),
        sort="-notified_at" if name == "newest" else "",
    )


CLAIMS = lists.List(
    name=gettext_lazy("Claims"),
    sort="due_on",
    url_name="claims:list",
    has_picks=True,
    figures=selectors.LIST_FIGURES,
    columns=(
        lists.Column("number", gettext_lazy("Claim"), kind="link", link="claims:detail"),
        lists.Column(
            "customer__display_name",
            gettext_lazy("Policyholder"),
            keys=("hold_count",),
            show=_holder,
        ),
        lists.Column("policy__number", gettext_lazy("Policy"), priority="export"),
        lists.Column("due_on", gettext_lazy("Due"), kind="due"),
        lists.Column("line", gettext_lazy("Line"), priority="mid", words=Line, show=_line),
        lists.Column("lost_on", gettext_lazy("Loss"), kind="date", priority="wide"),
        lists.Column("state", gettext_lazy("Step"), show=_step, value=_step_number),
        lists.Column("state", gettext_lazy("Status"), kind="badge", words=ClaimState, tones=TONES),
        lists.Column("reserved", gettext_lazy("Reserve"), kind="money", total=True),
        lists.Column("paid_total", gettext_lazy("Paid"), kind="money", priority="wide", total=True),
        lists.Column("adjuster__name", gettext_lazy("Adjuster"), kind="person", priority="mid"),
    ),
    views=[_saved_view(name, label) for name, label in VIEW_NAMES.items()],
    filters=[
        lists.Filter("q", FilterForm.base_fields["q"], narrow=selectors.found_by_number),
        lists.Filter("state", FilterForm.base_fields["state"]),
        lists.Filter("line", FilterForm.base_fields["line"]),
    ],
)


@permission_required("claims.view_claim")
@require_GET
def claim_list(request):
    context = {
        "may_assign": rules.may_assign(None, request.user),
        "may_report": request.user.may("claims.notify_claim"),
    }
    rows = selectors.listed(request.user)
    return CLAIMS.respond(request, rows, template="claims/list.html", context=context)


def place_in_list(request, claim):
    """The way back to the list that somebody came from, and the claims beside this one in it."""
    rows = selectors.listed(request.user)
    return {
        "crumbs": [CLAIMS.way_back(request), {"label": claim.number}],
        "neighbours": CLAIMS.neighbours(request, rows, claim),
    }
