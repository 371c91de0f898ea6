"""The transactions of a policy for programs: the stack, and one of them taken back."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import workflow
from office.api import Moment, filled, repeatable, serializer_of
from policies import services
from policies.api.policies import MONEY, TAG, policy_of
from policies.forms import ReverseForm
from policies.models import TermTransaction

Reverse = serializer_of(ReverseForm, "TransactionReverse")


class TransactionBody(serializers.Serializer):
    """One change of a term. The premium is what was written after it less what was before."""

    term = serializers.IntegerField(source="term.sequence")
    sequence = serializers.IntegerField()
    kind = serializers.CharField()
    effective_on = serializers.DateField()
    recorded_at = Moment()
    reverses = serializers.SerializerMethodField(help_text=_("The sequence of the one undone."))
    patch = serializers.ListField(child=serializers.DictField())
    premium = serializers.DecimalField(**MONEY)
    fees = serializers.DecimalField(**MONEY)
    tax = serializers.DecimalField(**MONEY)

    def get_reverses(self, row) -> int | None:
        return row.reverses.sequence if row.reverses else None


class TransactionList(APIView):
    """The transactions of a policy in the order in which they were recorded."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_transactions",
        tags=[TAG],
        responses={200: TransactionBody(many=True)},
    )
    def get(self, request, number):
        rows = TermTransaction.objects.filter(term__policy=policy_of(request, number))
        related = rows.select_related("term", "reverses")
        ordered = related.order_by("term__sequence", "sequence")
        return Response(TransactionBody(ordered, many=True).data)


class TransactionReversal(APIView):
    """Take one transaction back: the term is worked out anew without it."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_reverse",
        tags=[TAG],
        request=Reverse,
        responses={201: TransactionBody},
    )
    def post(self, request, number, term, sequence):
        return repeatable(request, lambda: self._reverse(request, number, term, sequence))

    def _reverse(self, request, number, term, sequence):
        policy = policy_of(request, number)
        workflow.demand_open(policy, "reverse", by=request.user)
        rows = TermTransaction.objects.select_related("term__policy", "reverses")
        row = get_object_or_404(rows, term__policy=policy, term__sequence=term, sequence=sequence)
        sent = Reverse(data=request.data)
        sent.is_valid(raise_exception=True)
        form = filled(ReverseForm, sent.validated_data)
        written = services.reverse_transaction(
            transaction=row, by=request.user, **form.cleaned_data
        )
        return 201, TransactionBody(written).data
