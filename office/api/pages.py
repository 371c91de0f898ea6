"""Lists: a filter form, plain rows, pages by position."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.views import APIView

from office.api.forms import cleaned, filters_of

CURSOR = OpenApiParameter("cursor", str, description="Out of `next` or `previous` of a page.")
PAGE_SIZE = OpenApiParameter("page_size", int, description="How many rows: 1 to 200.")


class KeysetPagination(CursorPagination):
    """Pages by position, not by number: as quick at the millionth row as at the first."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request):
        """A cursor that somebody wrote by hand is none: its position must be a key."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            position = cursor.position
            if not (position.isascii() and position.isdecimal() and len(position) < 20):
                raise NotFound(self.invalid_cursor_message)
        return cursor


class RowsView(APIView):
    """A list as plain rows: `rows` returns a queryset of `.values()` with `id` among them.

    No model objects and no serializer stand between the query and the encoder; `row_serializer`
    is what the schema says of a row.
    """

    filter_form = None
    row_serializer = None
    pagination_class = KeysetPagination

    def rows(self, request, **filters):
        raise NotImplementedError

    def get(self, request, **where):
        filters = cleaned(self.filter_form, request.query_params) if self.filter_form else {}
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(self.rows(request, **where, **filters), request, self)
        for row in page:
            del row["id"]
        return paginator.get_paginated_response([self.finish(row) for row in page])

    def finish(self, row):
        """What is cheaper to do here than in the query."""
        return row


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
