"""The list that somebody came from: its address in a cookie, its rows as neighbours of a record.

The address is sealed, because what was searched for may be a name. A record needs one statement
for each neighbour, however long the list is.
"""

import base64
import binascii
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict

from office import vault
from office.lists import keyset

if TYPE_CHECKING:
    from office.lists import List, ListPage

AAD = "lists.origin"
LONGEST = 1_500  # a cookie has room for four thousand signs
KEPT_OUT = ("page", "format", "counts")


def remember(response: HttpResponse, page: "ListPage") -> None:
    """Keep the address of this page of a list until another one is opened."""
    query = page.request.GET.copy()
    for name in KEPT_OUT:
        query.pop(name, None)
    text = query.urlencode()
    if len(text) > LONGEST:
        return
    sealed = base64.urlsafe_b64encode(vault.seal(text, aad=AAD)).decode() if text else ""
    response.set_cookie(
        _name(page.declared),
        sealed,
        path=page.request.path,
        httponly=True,
        secure=page.request.is_secure(),
        samesite="Lax",
    )


def query_of(declared: "List", request: HttpRequest) -> QueryDict | None:
    """What the list was asked for; None where nobody came from it."""
    sealed = request.COOKIES.get(_name(declared))
    if sealed is None:
        return None
    try:
        text = vault.open(base64.urlsafe_b64decode(sealed), aad=AAD) if sealed else ""
    except (vault.VaultError, binascii.Error, ValueError):
        return None
    return QueryDict(text)


def neighbours(page: "ListPage", record: Model) -> dict[str, Any]:
    """The records before and after this one in the order of the list, and the list's name."""
    value = _value_of(page, record, keyset.name_of(page.sort))
    before, after = (
        keyset.beside(page.filtered, keyset.Cursor(page.sort, value, record.pk, is_backward))
        for is_backward in (True, False)
    )
    return {
        "previous": before.get_absolute_url() if before else "",
        "next": after.get_absolute_url() if after else "",
        "place": page.view.label if page.view else "",
    }


def _value_of(page: "ListPage", record: Model, name: str) -> Any:
    """What the record is sorted by; read anew where that is not a column of its own."""
    if name == "pk" or name in record.__dict__:
        return getattr(record, name)
    return page.all_rows.filter(pk=record.pk).values_list(name, flat=True).first()


def _name(declared: "List") -> str:
    return f"list-{declared.url_name.replace(':', '-')}"
