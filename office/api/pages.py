"""Lists: a filter form, plain rows, pages by position."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from office.api.forms import cleaned, filters_of

CURSOR = OpenApiParameter("cursor", str, description="Out of `next` or `previous` of a page.")
PAGE_SIZE = OpenApiParameter("page_size", int, description="How many rows: 1 to 200.")
SIZE, LARGEST_SIZE = 50, 200
PLACE = re.compile(r"(before|after)-([0-9]{1,18})")


class RowsView(APIView):
    """A list as plain rows, the newest first: `rows` returns a queryset of `.values()` with `id`.

    No model objects and no serializer stand between the query and the encoder; `row_serializer`
    is what the schema says of a row. Pages go by position, not by number: the millionth row is
    as near as the first.
    """

    filter_form = None
    row_serializer = None

    def rows(self, request, **filters):
        raise NotImplementedError

    def get(self, request, **where):
        filters = cleaned(self.filter_form, request.query_params) if self.filter_form else {}
        page = Page(request.query_params)
        found = page.fetch(self.rows(request, **where, **filters))
        links = page.links(request, found)
        for row in found:
            del row["id"]
        return Response({**links, "results": [self.finish(row) for row in found]})

    def finish(self, row):
        """What is cheaper to do here than in the query."""
        return row


class Page:
    """The place that was asked for: after (older than) a key, before one, or the top."""

    def __init__(self, params):
        size = params.get("page_size", "")
        self.size = min(int(size), LARGEST_SIZE) if _is_number(size) and int(size) else SIZE
        self.side, self.key = _place_of(params.get("cursor", ""))
        self.has_more = False

    def fetch(self, rows):
        """The rows of this page, the newest first."""
        if self.side == "before":
            rows = rows.filter(id__gt=self.key).order_by("id")
        else:
            rows = rows.filter(id__lt=self.key) if self.side else rows
            rows = rows.order_by("-id")
        found = list(rows[: self.size + 1])
        self.has_more, found = len(found) > self.size, found[: self.size]
        return found[::-1] if self.side == "before" else found

    def links(self, request, found):
        """The addresses of the pages beside this one, None where there is none."""
        came_back = self.side == "before"
        older = found and (self.has_more or came_back)
        newer = found and (self.has_more if came_back else self.side)
        return {
            "next": self._address(request, "after", found[-1]) if older else None,
            "previous": self._address(request, "before", found[0]) if newer else None,
        }

    def _address(self, request, side, row):
        query = request.query_params.copy()
        query["cursor"] = urlsafe_b64encode(f"{side}-{row['id']}".encode()).decode()
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _place_of(cursor):
    """The side and the key of a cursor; one that somebody wrote by hand is none."""
    if not cursor:
        return "", 0
    try:
        place = PLACE.fullmatch(urlsafe_b64decode(cursor).decode())
    except ValueError:
        place = None
    if place is None:
        raise NotFound(_("This cursor is not one of ours."))
    return place[1], int(place[2])


def _is_number(text):
    return text.isascii() and text.isdecimal() and len(text) < 6


def list_schema(name, *, tag):
    """The schema of a `RowsView`'s GET: its filters, its page of rows."""

    def decorate(view):
        page = {
            "next": serializers.CharField(allow_null=True),
            "previous": serializers.CharField(allow_null=True),
            "results": view.row_serializer(many=True),
        }
        answer = type(f"{view.row_serializer.__name__}Page", (serializers.Serializer,), page)
        asked = [CURSOR, PAGE_SIZE]
        if view.filter_form:
            asked.append(filters_of(view.filter_form))
        described = extend_schema(
            operation_id=name, tags=[tag], parameters=asked, responses={200: answer}
        )
        return extend_schema_view(get=described)(view)

    return decorate
