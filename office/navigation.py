"""The entries of the sidebar and of the portal's bar: only those that exist and are allowed."""

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Entry(NamedTuple):
    """One place to go. `permission`: grants of a role, any of those between |; "" for all staff."""

    section: Promise | str
    label: Promise
    icon: str
    url_name: str
    permission: str = ""


CUSTOMERS, CLAIMS, FINANCE, OFFICE = _("Customers"), _("Claims"), _("Finance"), _("Office")
LOSS_CONTROL = _("Loss control")

SIDEBAR = (
    Entry("", _("Today"), "layout-dashboard", "desk"),
    Entry("", _("Messages"), "mail", "customers:messages", "customers.view_message"),
    Entry(CUSTOMERS, _("Customers"), "users", "customers:list", "customers.view_customer"),
    Entry(CUSTOMERS, _("Agents"), "badge-check", "customers:agents", "customers.view_agent"),
    Entry(
        CUSTOMERS,
        _("Quotes"),
        "file-pen-line",
        "underwriting:list",
        "underwriting.view_submission|underwriting.view_own_submission",
    ),
    Entry(
        CUSTOMERS,
        _("Referrals"),
        "user-check",
        "underwriting:referrals",
        "underwriting.view_submission|underwriting.view_own_submission",
    ),
    Entry(
        CUSTOMERS,
        _("Renewals"),
        "refresh-cw",
        "underwriting:renewals",
        "underwriting.view_submission|underwriting.view_own_submission",
    ),
    Entry(
        CUSTOMERS,
        _("Policies"),
        "shield",
        "policies:list",
        "policies.view_policy|policies.view_own_policy",
    ),
    Entry(
        CUSTOMERS,
        _("Production"),
        "chart-no-axes-column",
        "production",
        "customers.view_production|policies.view_own_policy",
    ),
    Entry(
        CUSTOMERS,
        _("Rate changes"),
        "scale",
        "policies:rate_changes",
        "policies.measure_ratechange",
    ),
    Entry(CLAIMS, _("Claims"), "life-buoy", "claims:list", "claims.view_claim"),
    Entry(
        LOSS_CONTROL,
        _("Surveys"),
        "clipboard-list",
        "underwriting:surveys",
        "underwriting.view_survey",
    ),
    Entry(
        LOSS_CONTROL,
        _("Recommendations"),
        "lightbulb",
        "underwriting:recommendations",
        "underwriting.view_survey",
    ),
    Entry(
        LOSS_CONTROL,
        _("Certificates"),
        "file-check",
        "underwriting:certificates",
        "underwriting.view_survey",
    ),
    Entry(FINANCE, _("Payments"), "landmark", "accounting:payments", "accounting.view_payment"),
    Entry(FINANCE, _("Invoices"), "receipt", "accounting:invoices", "accounting.view_invoice"),
    Entry(FINANCE, _("Ledger"), "book-open", "accounting:ledger", "accounting.view_ledger"),
    Entry(OFFICE, _("Workflow map"), "workflow", "workflow_map"),
    Entry(OFFICE, _("Admin"), "settings", "admin:index", "office.administer"),
)

PORTAL = (
    ("home", _("Home"), "house", "portal:home"),
    ("policies", _("Policies"), "shield", "portal:policies"),
    ("claims", _("Claims"), "life-buoy", "portal:claims"),
    ("billing", _("Billing"), "credit-card", "portal:billing"),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Sections with the entries that this person may open; the current one is marked."""
    places = [
        (entry, href)
        for entry in SIDEBAR
        if (href := address(entry.url_name)) and _allowed(request.user, entry.permission)
    ]
    here = _nearest(request.path, [href for _entry, href in places])
    sections: dict[str, list[dict[str, Any]]] = {}
    for entry, href in places:
        item = {"label": entry.label, "icon": entry.icon, "href": href, "current": href == here}
        sections.setdefault(str(entry.section), []).append(item)
    return [{"label": label, "entries": entries} for label, entries in sections.items()]


def portal_bar(request: HttpRequest, section: str) -> list[dict[str, Any]]:
    """The four entries of the portal's bar."""
    places = [(row, href) for row in PORTAL if (href := address(row[3]))]
    home = address("portal:home")
    here = _nearest(request.path, [href for _row, href in places if href != home])
    return [
        {
            "label": label,
            "icon": icon,
            "href": href,
            "current": name == section if section else href == (here or home),
        }
        for (name, label, icon, _url_name), href in places
    ]


def address(url_name: str) -> str:
    """The address of a view, or "" where this office has no such view."""
    return _address(url_name, settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _address(url_name: str, _map: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _allowed(user: Any, permission: str) -> bool:
    if not user.is_authenticated:
        return False
    return not permission or any(user.may(grant) for grant in permission.split("|"))


def _nearest(path: str, addresses: list[str]) -> str:
    """The entry of this page: a list and every record below it, the root only itself."""
    above = [href for href in addresses if path == href or (href != "/" and path.startswith(href))]
    return max(above, key=len, default="")
