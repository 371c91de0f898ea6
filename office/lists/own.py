"""Views of one's own: a filter that somebody gave a name, as a further tab of the list."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from office.exceptions import Refused
from office.lists.counts import Count
from office.models import OwnView, User

if TYPE_CHECKING:
    from office.lists import ListPage

AT_MOST = 12
LONGEST = 1_500


def keep_view(*, key: str, name: str, query: str, by: User) -> OwnView:
    """Name a filter of the list `key`; the same name again replaces what it meant."""
    name = name.strip()
    words = QueryDict(query, mutable=True)
    for own in ("page", "format", "counts", "own"):
        words.pop(own, None)
    if not name:
        raise Refused(_("Give the view a name."), field="name")
    if len(words.urlencode()) > LONGEST:
        raise Refused(_("This filter is too long to be kept."))
    others = OwnView.objects.filter(user=by, list_key=key).exclude(name=name)
    if others.count() >= AT_MOST:
        raise Refused(_("Keep at most %(count)s views; delete one first.") % {"count": AT_MOST})
    view = OwnView.objects.filter(user=by, list_key=key, name=name).first()
    view = view or OwnView(user=by, list_key=key, name=name)
    view.query = words.urlencode()
    view.save()
    return view


def delete_view(*, view: OwnView, by: User) -> None:
    OwnView.objects.filter(pk=view.pk, user=by).delete()


def own_views(key: str, user: Any) -> list[OwnView]:
    """This person's views of the list; none of a list that has no address to come back to."""
    return list(OwnView.objects.filter(user=user, list_key=key)) if key and user.pk else []


def rows_of(page: "ListPage", views: Sequence[OwnView]) -> list[QuerySet]:
    """What each view shows, of the rows that the page may show at all."""
    make = type(page)
    return [
        make(page.declared, page.request, page.all_rows, query=QueryDict(view.query)).filtered
        for view in views
    ]


def tabs_of(
    page: "ListPage", views: Sequence[OwnView], counts: Sequence[Count]
) -> list[dict[str, Any]]:
    """The tabs behind those that everybody has."""
    tabs = []
    for view, count in zip(views, counts, strict=False):
        query = QueryDict(view.query, mutable=True)
        query["own"] = str(view.pk)
        tabs.append(
            {
                "label": view.name,
                "href": f"{page.request.path}?{query.urlencode()}",
                "count": count,
                "current": page.request.GET.get("own") == str(view.pk),
            }
        )
    return tabs
