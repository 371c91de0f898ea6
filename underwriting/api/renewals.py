"""Renewals for programs: those that are due, why each costs what it costs, offer and answer."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import workflow
from office.api import act_schema, filled, repeatable, serializer_of
from office.api.pages import RowsView, list_schema
from underwriting import selectors
from underwriting.enums import RenewalState
from underwriting.forms import AcceptRenewalForm
from underwriting.models import Renewal
from underwriting.views.renewals import ACTS

TAG = "renewals"
MONEY = {"max_digits": 16, "decimal_places": 2}


class RenewalFilter(forms.Form):
    state = forms.ChoiceField(choices=RenewalState.choices, required=False)
    within_days = forms.IntegerField(
        label=gettext_lazy("Open, with the first day within so many days"),
        min_value=0,
        max_value=400,
        required=False,
    )


class RenewalRow(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField()
    policyholder = serializers.CharField()
    valid_from = serializers.DateField()
    expiring = serializers.DecimalField(**MONEY)
    premium = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)


class PremiumStep(serializers.Serializer):
    step = serializers.CharField(source="code")
    amount = serializers.DecimalField(**MONEY)


class RenewalBody(serializers.Serializer):
    """The steps lead from the expiring premium to the new one, and sum exactly."""

    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField(source="policy.number")
    sequence = serializers.IntegerField()
    product_version = serializers.IntegerField(source="version.version")
    valid_from = serializers.DateField()
    expiring = serializers.DecimalField(**MONEY)
    premium = serializers.DecimalField(**MONEY)
    fees = serializers.DecimalField(**MONEY)
    tax = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)
    steps = serializers.SerializerMethodField()
    losses = serializers.IntegerField(source="loss_count")
    incurred = serializers.DecimalField(**MONEY)
    problem = serializers.CharField(help_text="Why it has no price; empty where it has one.")
    risk = serializers.DictField()
    coverages = serializers.ListField(child=serializers.DictField())

    @extend_schema_field(PremiumStep(many=True))
    def get_steps(self, renewal):
        found = renewal.steps
        return PremiumStep(found.steps if found else [], many=True).data


@list_schema("renewals_list", tag=TAG)
class RenewalList(RowsView):
    """Renewals whom the caller may see, the newest first."""

    scope = "quotes"
    filter_form = RenewalFilter
    row_serializer = RenewalRow

    def rows(self, request, state, within_days):
        rows = selectors.renewal_rows(request.user)
        if state:
            rows = rows.filter(state=state)
        if within_days is not None:
            rows = selectors.within(rows, within_days)
        return rows.values(
            "id", "number", "state", "policy__number", "policy__customer__display_name",
            "valid_from", "expiring", "premium", "total_amount",
        )  # fmt: skip

    def finish(self, row):
        return {
            "number": row["number"],
            "state": row["state"],
            "policy": row["policy__number"],
            "policyholder": row["policy__customer__display_name"],
            "valid_from": row["valid_from"],
            "expiring": row["expiring"],
            "premium": row["premium"],
            "total": row["total_amount"],
        }


class RenewalDetail(APIView):
    """One renewal with the reasons of its price."""

    scope = "quotes"

    @extend_schema(operation_id="renewals_get", tags=[TAG], responses={200: RenewalBody})
    def get(self, request, number):
        return Response(RenewalBody(_renewal(request, number)).data)


class RenewalAct(APIView):
    """Perform one act on a renewal. The services decide; the view only carries."""

    scope = "quotes"
    act = ""
    body = None

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        renewal = _renewal(request, number)
        workflow.demand_open(renewal, self.act, by=request.user)
        service, form_class = ACTS[self.act]
        sent = self.body(data=request.data)
        sent.is_valid(raise_exception=True)
        options = {"renewal": renewal} if form_class is AcceptRenewalForm else {}
        form = filled(form_class, sent.validated_data, **options)
        service(renewal=renewal, by=request.user, **form.cleaned_data)
        return 200, RenewalBody(_renewal(request, number)).data


def _renewal(request, number):
    rows = Renewal.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "policy__product", "version"
    )
    return get_object_or_404(rows, number=number)


def _act_view(act, form_class):
    name = f"Renewal{act.capitalize()}"
    body = serializer_of(form_class, name)

    @act_schema(
        f"renewals_{act}",
        tag=TAG,
        request=body,
        response=RenewalBody,
        label=workflow.label_of(Renewal(), act),
    )
    def post(self, request, number):
        return RenewalAct.post(self, request, number)

    members = {"act": act, "body": body, "post": post, "__doc__": RenewalAct.__doc__}
    return type(f"{name}View", (RenewalAct,), members).as_view()


urlpatterns = [
    path("renewals/", RenewalList.as_view(), name="api-renewals"),
    path("renewals/<slug:number>/", RenewalDetail.as_view(), name="api-renewal"),
    *(
        path(f"renewals/<slug:number>/{act}/", _act_view(act, form), name=f"api-renewal-{act}")
        for act, (_service, form) in ACTS.items()
    ),
]
