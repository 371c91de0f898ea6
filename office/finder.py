"""What the palette finds: customers, policies and claims that this person may see."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from claims.models import Claim
from customers.selectors import search_customers
from office.models import User
from policies.models import Policy

EACH = 6
SHORTEST = 2


def find(user: User, text: str) -> list[dict[str, Any]]:
    """Groups of at most six hits each, for two letters or more."""
    if len(text) < SHORTEST:
        return []
    return [group for group in _groups(user, text) if group["hits"]]


def _groups(user: User, text: str) -> Iterator[dict[str, Any]]:
    customers = list(search_customers(text, limit=EACH, user=user))
    keys = [customer.pk for customer in customers]
    by_number = Q(number__startswith=text.upper())  # ours are written so, and indexed so
    yield _group(_("Customers"), "users", customers, lambda one: one.display_name)
    policies = Policy.objects.for_user(user).filter(by_number | Q(customer__in=keys))
    yield _group(
        _("Policies"),
        "shield",
        policies.select_related("customer").order_by("-id")[:EACH],
        lambda one: one.customer.display_name,
    )
    claims = Claim.objects.for_user(user).filter(by_number | Q(customer__in=keys))
    yield _group(
        _("Claims"),
        "life-buoy",
        claims.select_related("customer").order_by("-notified_at", "-id")[:EACH],
        lambda one: one.customer.display_name,
    )


def _group(label: str, icon: str, records, name_of) -> dict[str, Any]:
    hits = [
        {
            "label": name_of(record),
            "hint": record.number,
            "href": record.get_absolute_url(),
            "icon": icon,
        }
        for record in records
    ]
    return {"label": label, "hits": hits}
