"""The gallery: every component in every variant on one page, for those who build pages."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.doors import staff_required

TONES = ("", "info", "good", "warn", "bad")
ICONS = ("shield", "life-buoy", "users", "file-pen-line", "landmark", "receipt", "book-open")


class ReportForm(forms.Form):
    """One field of each kind, sent empty, so that errors and help are on show."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Cause of loss"),
        choices=[("fire", gettext_lazy("Fire")), ("water", gettext_lazy("Water"))],
    )
    happened = forms.CharField(
        label=gettext_lazy("What happened"),
        help_text=gettext_lazy("In your own words. Times and places help us most."),
        widget=forms.Textarea,
    )
    lost_on = forms.DateField(
        label=gettext_lazy("Day of the loss"), widget=forms.DateInput(attrs={"type": "date"})
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("How shall we answer?"),
        widget=forms.RadioSelect,
        choices=[("email", gettext_lazy("By e-mail")), ("post", gettext_lazy("By post"))],
    )
    injured = forms.BooleanField(label=gettext_lazy("Somebody was injured"), required=False)
    photos = forms.FileField(label=gettext_lazy("Photos and receipts"), required=False)


class FilterForm(forms.Form):
    """Filters as a list page has them."""

    text = forms.CharField(label=gettext_lazy("Words"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Any")),
            ("open", gettext_lazy("Open")),
            ("closed", gettext_lazy("Closed")),
        ],
    )


@staff_required
def gallery(request: HttpRequest) -> HttpResponse:
    filter_form = FilterForm(request.GET or None)
    filter_form.is_valid()
    return render(
        request,
        "gallery.html",
        {
            **_figures(),
            **_work(),
            "tones": TONES,
            "icons": ICONS,
            "report_form": ReportForm({"phone": "+1 503 555 0142"}, prefix="report"),
            "filter_form": filter_form,
            "page": _page(request),
            "components": component_names(),
        },
    )


def component_names() -> list[str]:
    folder = Path(settings.BASE_DIR) / "templates" / "cotton"
    return sorted(path.stem for path in folder.glob("*.html"))


def _page(request: HttpRequest) -> Page:
    return Paginator(range(1, 61), 20).get_page(request.GET.get("page", "2"))


def _work() -> dict[str, Any]:
    names = [_("Reported"), _("Documents"), _("Investigation"), _("Coverage")]
    names += [_("Settlement"), _("Notice"), _("Answer"), _("Payment")]
    states = ["done"] * 3 + ["now"] + ["todo"] * 4
    steps = [
        {"n": place, "name": name, "who": _("Claims"), "when": "12 Nov", "state": state}
        for place, (name, state) in enumerate(zip(names, states, strict=True), 1)
    ]
    return {
        "steps": steps,
        "acts": [
            {"label": _("Confirm coverage"), "href": "#acts", "icon": "check", "primary": True},
            {"label": _("Message"), "href": "#acts", "icon": "message-square"},
            {"label": _("Set reserve"), "href": "#acts", "icon": "hand-coins"},
            {"label": _("Withdraw"), "href": "#acts", "icon": "undo-2"},
        ],
        "job": {"done": 3, "total": 8, "message": _("Asking the carriers"), "title": ""},
        "edges": [
            ("received", "triage", "documenting"),
            ("documenting", "verify", "investigating"),
            ("documenting", "withdraw", "withdrawn"),
            ("investigating", "request_documents", "documenting"),
            ("investigating", "settle", "closed"),
            ("investigating", "withdraw", "withdrawn"),
            ("closed", "reopen", "investigating"),
        ],
        "state_counts": {"received": 4, "documenting": 12, "investigating": 7, "closed": 128},
    }


def _figures() -> dict[str, Any]:
    return {
        "tabs": [
            {"label": _("My open"), "href": "#tabs", "count": 14, "current": True},
            {"label": _("Due this week"), "href": "#tabs", "count": 23, "current": False},
            {"label": _("All"), "href": "#tabs", "count": None, "current": False},
        ],
        "figures": [
            {"label": _("Open"), "value": "14", "hint": _("3 new today")},
            {"label": _("Reserve"), "value": "$218,980.00"},
            {"label": _("Paid"), "value": "$52,410.00", "tone": "good"},
            {"label": _("Due today"), "value": "2", "tone": "warn"},
            {"label": _("Overdue"), "value": "1", "tone": "bad"},
        ],
        "crumbs": [{"label": _("Claims"), "href": "#"}, {"label": "CL-2026-000042", "href": ""}],
        "neighbours": {"previous": "#crumbs", "next": "#crumbs", "place": "3 / 14"},
        "by_step": {
            "first": (_("Premium of the term that ends"), 1472),
            "steps": [(_("New rates"), 88), (_("What is insured"), -31), (_("Claims"), 120)],
            "last": _("Premium of the new term"),
        },
        "by_cause": [(_("Water"), 41), (_("Collision"), 35), (_("Hail"), 12), (_("Theft"), 4)],
        "by_line": [(_("Home"), [18, 9, 3]), (_("Auto"), [25, 6, 1])],
        "series": [_("Open"), _("Closed"), _("Denied")],
        "by_month": [
            ("Jun", Decimal("18400")),
            ("Jul", Decimal("25100")),
            ("Aug", Decimal("22900")),
            ("Sep", Decimal("31000")),
            ("Oct", Decimal("28750.50")),
        ],
        "trend": [3, 5, 4, 8, 6, 9],
    }
