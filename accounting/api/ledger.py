"""The ledger for programs: read only."""

from django import forms
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounting import selectors
from accounting.enums import EntryKind
from accounting.forms import DayForm
from accounting.models import Account, Entry, Line
from office import clock
from office.api import Moment, cleaned, filters_of
from office.api.pages import RowsView, list_schema

MONEY = {"max_digits": 16, "decimal_places": 2}


class EntryFilter(forms.Form):
    source = forms.CharField(
        label=_("Whose business it is, such as claim:CL-2026-000042"),
        max_length=60,
        required=False,
    )
    kind = forms.ChoiceField(choices=EntryKind.choices, required=False)
    since = forms.DateField(label=_("Booked from this day on"), required=False)
    until = forms.DateField(label=_("Booked up to this day"), required=False)


class LineFilter(forms.Form):
    account = forms.CharField(label=_("Account code"), max_length=8, required=False)
    entry = forms.CharField(label=_("Number of the entry"), max_length=32, required=False)


class EntryRow(serializers.Serializer):
    number = serializers.CharField()
    booked_on = serializers.DateField()
    at = Moment()
    kind = serializers.CharField()
    source = serializers.CharField()
    reference = serializers.CharField()
    memo = serializers.CharField()


class LineRow(serializers.Serializer):
    entry = serializers.CharField()
    account = serializers.CharField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(**MONEY, help_text="Debit above zero, credit below.")
    product = serializers.CharField()
    line = serializers.CharField()
    carrier = serializers.CharField()
    jurisdiction = serializers.CharField()


class EntryBody(EntryRow):
    by = serializers.CharField(source="by.name")
    reverses = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    def get_reverses(self, entry) -> str | None:
        return entry.reverses.number if entry.reverses else None

    @extend_schema_field(LineRow(many=True))
    def get_lines(self, entry):
        return [_line(row) for row in _line_values(entry.lines.all())]


class AccountBody(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField(source="title")
    type = serializers.CharField()


class TrialRow(serializers.Serializer):
    account = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.title")
    currency = serializers.CharField()
    debit = serializers.DecimalField(**MONEY, allow_null=True)
    credit = serializers.DecimalField(**MONEY, allow_null=True)


class TrialBalanceBody(serializers.Serializer):
    on = serializers.DateField()
    rows = TrialRow(many=True)


class LedgerDoor:
    """The books have no owner: whoever may see them sees them whole."""

    scope = "ledger"
    grant = "accounting.view_ledger"


@list_schema("ledger_entries", tag="ledger")
class EntryList(LedgerDoor, RowsView):
    """Entries of the ledger, the newest first."""

    filter_form = EntryFilter
    row_serializer = EntryRow

    def rows(self, request, source, kind, since, until):
        rows = Entry.objects.about(source.strip()) if source else Entry.objects.all()
        wanted = {"kind": kind, "booked_on__gte": since, "booked_on__lte": until}
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        return rows.values("id", *EntryRow().fields)


class EntryDetail(LedgerDoor, APIView):
    """One entry with its lines, which sum to zero."""

    @extend_schema(operation_id="ledger_entry", tags=["ledger"], responses={200: EntryBody})
    def get(self, request, number):
        rows = Entry.objects.select_related("by", "reverses")
        entry = get_object_or_404(rows, pk=_key_of(number), number=number)
        return Response(EntryBody(entry).data)


def _key_of(number):
    """The number of an entry ends with its key, by which it is found without another index."""
    tail = number.rpartition("-")[2]
    return int(tail) if tail.isascii() and tail.isdecimal() and len(tail) < 19 else 0


@list_schema("ledger_lines", tag="ledger")
class LineList(LedgerDoor, RowsView):
    """Lines of the ledger, the newest first."""

    filter_form = LineFilter
    row_serializer = LineRow

    def rows(self, request, account, entry):
        rows = Line.objects.all()
        if account:
            rows = rows.filter(account=account)
        if entry:
            rows = rows.filter(entry=_key_of(entry), entry__number=entry.strip().upper())
        return _line_values(rows)

    def finish(self, row):
        return _line(row)


def _line_values(rows):
    return rows.values(
        "id", "currency", "amount", "product", "line", "carrier", "jurisdiction",
        "entry__number", "account_id",
    )  # fmt: skip


def _line(row):
    row.pop("id", None)
    return {"entry": row.pop("entry__number"), "account": row.pop("account_id"), **row}


class AccountList(LedgerDoor, APIView):
    """The chart of accounts."""

    @extend_schema(
        operation_id="ledger_accounts", tags=["ledger"], responses={200: AccountBody(many=True)}
    )
    def get(self, request):
        return Response(AccountBody(Account.objects.all(), many=True).data)


class TrialBalance(LedgerDoor, APIView):
    """Every account with a balance at the end of a day."""

    @extend_schema(
        operation_id="ledger_trial_balance",
        tags=["ledger"],
        parameters=[filters_of(DayForm)],
        responses={200: TrialBalanceBody},
    )
    def get(self, request):
        on = cleaned(DayForm, request.query_params)["on"] or clock.today()
        return Response(TrialBalanceBody({"on": on, "rows": selectors.trial_balance(on)}).data)
