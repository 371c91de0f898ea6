"""The list of claims: saved views as tabs, filters, pages by keyset, CSV and XLSX."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from claims import selectors
from claims.enums import PATH, ClaimState
from claims.forms import FilterForm
from office import clock, export
from office.doors import permission_required
from office.enums import Line
from office.lists import page_of

VIEW_NAMES = {
    "my_turn": gettext_lazy("Our turn"),
    "mine": gettext_lazy("Mine"),
    "overdue": gettext_lazy("Overdue"),
    "open": gettext_lazy("All open"),
    "held": gettext_lazy("On hold"),
    "with_carrier": gettext_lazy("With a carrier"),
    "newest": gettext_lazy("Newest"),
}
TONES = {
    ClaimState.CLOSED: "good",
    ClaimState.PAYABLE: "good",
    ClaimState.DENIED: "bad",
    ClaimState.WITHDRAWN: "",
    ClaimState.RECEIVED: "",
    ClaimState.OFFERED: "warn",
    ClaimState.SETTLEMENT_NOTICE: "warn",
}
ICONS = {"property": "house", "casualty": "car", "life": "heart-pulse", "health": "stethoscope"}
SOON_DAYS = 3


@permission_required("claims.view_claim")
@require_GET
def claim_list(request):
    name = request.GET.get("view", "my_turn")
    name = name if name in VIEW_NAMES else "my_turn"
    form = FilterForm(request.GET)
    claims = form.narrow(selectors.view(request.user, name))
    if request.GET.get("format") in export.FORMATS:
        return _export(request, claims)
    key = ["-notified_at", "-id"] if name == "newest" else ["due_on", "id"]
    rows = claims.values_list(*selectors.COLUMNS, named=True)
    page = page_of(rows, key=key, place=request.GET.get("page", ""))
    page.object_list = [_cells(row, clock.today(request.user.time_zone)) for row in page]
    context = {
        "page": page,
        "tabs": [_tab(view, label, name) for view, label in VIEW_NAMES.items()],
        "filter_form": form,
        "export_formats": export.FORMATS,
        "sorted_by": _("Newest first") if name == "newest" else _("Sorted by due date"),
        "reserve": sum(row["reserve_amount"] for row in page),
        "paid": sum(row["paid_amount"] for row in page),
        "view_name": name,
    }
    return render(request, "claims/list.html", context)


def _tab(view, label, current):
    href = f"{reverse('claims:list')}?view={view}"
    return {"label": label, "href": href, "current": view == current}


def _cells(row, today):
    """A row as ready strings: a localised cell in the template costs more than its query."""
    state = ClaimState(row.state)
    return {
        "number": row.number,
        "href": f"/claims/{row.number}/",
        "holder": row.customer__display_name,
        "held": row.hold_count > 0,
        "due": _due(row.due_on, today),
        "due_tone": _due_tone(row.due_on, today),
        "line": Line(row.line).label,
        "icon": ICONS[row.line],
        "lost_on": date_format(row.lost_on, "SHORT_DATE_FORMAT"),
        "step": PATH.index(state) + 1 if state in PATH else 8,
        "step_tone": {ClaimState.CLOSED: "good", ClaimState.DENIED: "bad"}.get(state, ""),
        "has_step": state in PATH or state in (ClaimState.CLOSED, ClaimState.DENIED),
        "status": state.label,
        "tone": TONES.get(state, "info"),
        "reserve_amount": row.reserve_indemnity + row.reserve_expense,
        "paid_amount": row.paid_total,
        "adjuster": row.adjuster__name or "",
    }


def _due(due_on, today):
    if due_on is None:
        return "—"
    days = (due_on - today).days
    if days < 0:
        return _("Overdue %(days)s d") % {"days": -days}
    if days < 2:
        return _("Tomorrow") if days else _("Today")
    return date_format(due_on, "SHORT_DATE_FORMAT")


def _due_tone(due_on, today):
    if due_on is None:
        return ""
    days = (due_on - today).days
    return "bad" if days < 0 else "warn" if days < SOON_DAYS else ""


def _export(request, claims):
    head = [
        _("Claim"), _("Policyholder"), _("Policy"), _("Status"), _("Line"), _("Loss"), _("Due"),
        _("Reserve"), _("Paid"), _("Adjuster"),
    ]  # fmt: skip
    rows = (
        [
            row.number,
            row.customer__display_name,
            row.policy__number,
            ClaimState(row.state).label,
            Line(row.line).label,
            row.lost_on,
            row.due_on,
            row.reserve_indemnity + row.reserve_expense,
            row.paid_total,
            row.adjuster__name,
        ]
        for row in claims.values_list(*selectors.COLUMNS, named=True).iterator()
    )
    return export.respond(request.GET["format"], name=_("Claims"), head=head, rows=rows)
