"""Changing a policy in force, for programs: what it would cost, and to have it issued."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import workflow
from office.api import repeatable
from office.api.forms import DAYS
from policies import selectors as cover
from policies.api import TransactionBody
from policies.models import Policy
from underwriting import selectors, services

TAG = "policies"
MONEY = {"max_digits": 16, "decimal_places": 2}


class OperationBody(serializers.Serializer):
    """One operation: the path names items by their keys, such as risk.vehicles.v1.use."""

    op = serializers.ChoiceField(["set", "add", "remove"])
    path = serializers.CharField(max_length=200)
    value = serializers.JSONField(required=False, help_text="Absent with remove.")


class ChangeBody(serializers.Serializer):
    """What to change, from which day on."""

    effective_on = serializers.DateField(validators=DAYS)
    patch = OperationBody(many=True, allow_empty=False, max_length=200)
    decisions = serializers.DictField(
        child=serializers.CharField(max_length=20),
        required=False,
        help_text=_("A choice for each conflict that the preview names, by its name."),
    )


class EndorseBody(ChangeBody):
    recorded = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=32767,
        help_text=_("How many transactions you have seen; refused when there are more by now."),
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ConflictBody(serializers.Serializer):
    name = serializers.CharField()
    kind = serializers.CharField()
    path = serializers.CharField()
    sequence = serializers.IntegerField(allow_null=True, help_text="The other transaction.")
    choices = serializers.ListField(child=serializers.CharField())


class CellBody(serializers.Serializer):
    item = serializers.CharField()
    coverage = serializers.CharField()
    before = serializers.DecimalField(**MONEY)
    after = serializers.DecimalField(**MONEY)
    difference = serializers.DecimalField(**MONEY)


class BillBody(serializers.Serializer):
    due_on = serializers.DateField()
    total = serializers.DecimalField(**MONEY)


class PreviewBody(serializers.Serializer):
    """What the change would do; nothing is written."""

    term = serializers.IntegerField(source="term.sequence")
    effective_on = serializers.DateField()
    premium = serializers.DecimalField(**MONEY)
    fees = serializers.DecimalField(**MONEY)
    tax = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)
    term_total = serializers.DecimalField(**MONEY, source="after.total")
    cells = CellBody(many=True)
    conflicts = ConflictBody(many=True)
    recorded = serializers.SerializerMethodField()
    held = serializers.SerializerMethodField(help_text="What the underwriting rules hold up.")
    bills = serializers.SerializerMethodField()
    credit = serializers.SerializerMethodField()

    def get_recorded(self, change) -> int:
        return change.term.transactions.count()

    def get_held(self, change) -> list[str]:
        review = selectors.review_change(change)
        return review.said if review.is_held else []

    def get_bills(self, change) -> BillBody(many=True):
        return BillBody(cover.bills_after(change).bills, many=True).data

    def get_credit(self, change) -> str:
        return f"{cover.bills_after(change).credit:.2f}"


class EndorsementPreview(APIView):
    """What a change would cost, to the cent, and what a person has to decide before it."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_endorse_preview",
        tags=[TAG],
        request=ChangeBody,
        responses={200: PreviewBody},
    )
    def post(self, request, number):
        policy = _policy(request, number)
        workflow.demand_open(policy, "endorse", by=request.user)
        sent = ChangeBody(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(PreviewBody(cover.plan_change(policy, **sent.validated_data)).data)


class PolicyEndorsement(APIView):
    """Have a change issued. Repeating it under the same key changes nothing twice."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_endorse",
        tags=[TAG],
        request=EndorseBody,
        responses={201: TransactionBody},
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._endorse(request, number))

    def _endorse(self, request, number):
        policy = _policy(request, number)
        workflow.demand_open(policy, "endorse", by=request.user)
        sent = EndorseBody(data=request.data)
        sent.is_valid(raise_exception=True)
        written = services.endorse_policy(policy=policy, by=request.user, **sent.validated_data)
        return 201, TransactionBody(written).data


def _policy(request, number):
    rows = Policy.objects.for_user(request.user).select_related("product__carrier", "agent")
    return get_object_or_404(rows, number=number)
