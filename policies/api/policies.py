"""Policies for programs; what a policy covered on a day, as known at a moment."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import clock, uploads
from office.api import Moment, cleaned, filters_of
from office.api.pages import RowsView, list_schema
from policies import selectors
from policies.catalogue import label
from policies.enums import PolicyState
from policies.models import Policy, PolicyDocument

TAG = "policies"
MONEY = {"max_digits": 16, "decimal_places": 2}


class PolicyFilter(forms.Form):
    q = forms.CharField(
        label=_("Number, or words of the policyholder's name"), max_length=80, required=False
    )
    state = forms.ChoiceField(choices=PolicyState.choices, required=False)
    customer = forms.CharField(label=_("Customer number"), max_length=24, required=False)


class AsOfFilter(forms.Form):
    """Two kinds of time: the day that is asked about, and the moment of what was known."""

    effective = forms.DateField(label=_("Cover on this day; today unless told"), required=False)
    known_at = forms.DateTimeField(
        label=_("As was on record at this moment; now unless told"), required=False
    )


class PolicyRow(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    product = serializers.CharField()
    carrier = serializers.CharField()
    customer = serializers.CharField()
    policyholder = serializers.CharField()
    jurisdiction = serializers.CharField()
    from_on = serializers.DateField(allow_null=True)
    to_on = serializers.DateField(allow_null=True)
    total = serializers.DecimalField(**MONEY, allow_null=True)


class CoverageBody(serializers.Serializer):
    coverage = serializers.CharField()
    item = serializers.CharField()
    name = serializers.SerializerMethodField()
    limit = serializers.DecimalField(**MONEY, allow_null=True)
    each_person = serializers.DecimalField(**MONEY, allow_null=True)
    deductible = serializers.DecimalField(**MONEY)
    waiting_days = serializers.IntegerField()

    def get_name(self, terms) -> str:
        return label(terms.names)


class CoverBody(serializers.Serializer):
    day = serializers.DateField()
    valid_from = serializers.DateField(source="segment.valid.lower")
    valid_to = serializers.DateField(source="segment.valid.upper")
    product_version = serializers.IntegerField(source="term.version.version")
    risk = serializers.DictField()
    coverages = CoverageBody(many=True)


class TermBody(serializers.Serializer):
    sequence = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    written = serializers.DecimalField(**MONEY)
    fees = serializers.DecimalField(**MONEY)
    tax = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)


class PolicyDocumentBody(serializers.Serializer):
    id = serializers.UUIDField(source="document_id")
    kind = serializers.CharField(source="document.kind")
    title = serializers.CharField(source="document.title")
    language = serializers.CharField(source="document.language")
    sha256 = serializers.CharField(source="document.sha256")
    created_at = Moment(source="document.created_at")
    href = serializers.SerializerMethodField()

    def get_href(self, row) -> str:
        return reverse("api-policy-document", args=[self.context["number"], row.document_id])


class PolicyBody(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    product = serializers.CharField(source="product_id")
    carrier = serializers.CharField(source="product.carrier_id")
    customer = serializers.CharField(source="customer.number")
    policyholder = serializers.CharField(source="customer.display_name")
    agent = serializers.SerializerMethodField()
    jurisdiction = serializers.CharField()
    time_zone = serializers.CharField()
    terms = TermBody(many=True)
    cover = CoverBody(allow_null=True, help_text="None: not on risk on that day.")
    documents = PolicyDocumentBody(many=True)

    def get_agent(self, policy) -> str | None:
        return policy.agent.code if policy.agent else None


@list_schema("policies_list", tag=TAG)
class PolicyList(RowsView):
    """Policies whom the caller may see, the newest first, with the days of their latest term."""

    scope = "policies"
    filter_form = PolicyFilter
    row_serializer = PolicyRow

    def rows(self, request, q, state, customer):
        rows = selectors.policy_rows(request.user)
        if q:
            rows = selectors.found_by_words(rows, q)
        if state:
            rows = rows.filter(state=state)
        if customer:
            rows = rows.filter(customer__number=customer.strip().upper())
        return rows.values(
            "id", "number", "state", "product_id", "product__carrier_id", "customer__number",
            "customer__display_name", "jurisdiction", "from_on", "to_on", "total",
        )  # fmt: skip

    def finish(self, row):
        return {
            "number": row["number"],
            "state": row["state"],
            "product": row["product_id"],
            "carrier": row["product__carrier_id"],
            "customer": row["customer__number"],
            "policyholder": row["customer__display_name"],
            "jurisdiction": row["jurisdiction"],
            "from_on": row["from_on"],
            "to_on": row["to_on"],
            "total": row["total"],
        }


class PolicyDetail(APIView):
    """One policy with its cover as of a day, as it was known at a moment."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_get",
        tags=[TAG],
        parameters=[filters_of(AsOfFilter)],
        responses={200: PolicyBody},
    )
    def get(self, request, number):
        asked = cleaned(AsOfFilter, request.query_params)
        policy = policy_of(request, number)
        policy.cover = selectors.as_of(
            policy,
            asked["effective"] or selectors.day_to_show(policy),
            asked["known_at"] or clock.now(),
        )
        return Response(PolicyBody(policy, context={"number": policy.number}).data)


class PolicyDocuments(APIView):
    """The papers issued for a policy."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_documents",
        tags=[TAG],
        responses={200: PolicyDocumentBody(many=True)},
    )
    def get(self, request, number):
        policy = policy_of(request, number)
        rows = policy.documents.select_related("document").order_by("id")
        return Response(PolicyDocumentBody(rows, many=True, context={"number": number}).data)


class PolicyPaper(APIView):
    """The file of one paper."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_document",
        tags=[TAG],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request, number, pk):
        rows = PolicyDocument.objects.filter(policy=policy_of(request, number))
        row = get_object_or_404(rows.select_related("document"), document_id=pk)
        return uploads.download(row.document)


def policy_of(request, number):
    visible = Policy.objects.for_user(request.user)
    rows = visible.select_related("customer", "agent", "product").prefetch_related(
        "terms", "documents__document"
    )
    return get_object_or_404(rows, number=number)
