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
from office.api import act_schema, own_key, repeatable, serializer_of
from office.api.acts import RecordAct, act_paths
from office.api.pages import RowsView, list_schema
from underwriting import selectors, services
from underwriting.api.acts import JudgmentBody
from underwriting.api.bodies import SelectionBody, selections_of
from underwriting.enums import RenewalState
from underwriting.forms import PayRenewalForm
from underwriting.models import Renewal
from underwriting.views.renewals import ACTS, form_options

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


INSURED = {
    "risk": serializers.DictField(
        required=False, help_text="What is to be insured from then on; else as on the last day."
    ),
    "coverages": SelectionBody(many=True, required=False),
}


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
    is_edited = serializers.BooleanField(
        help_text="Somebody has said what is to be insured: it is not as on the last day."
    )
    moved_to = serializers.CharField(
        source="moved_to.number",
        default=None,
        allow_null=True,
        help_text="The policy of the carrier that it went to.",
    )
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


class RenewalAct(RecordAct):
    """Perform one act on a renewal. The services decide; the view only carries."""

    scope = "quotes"
    noun, plural, tag = "renewal", "renewals", TAG
    model, response = Renewal, RenewalBody
    acts = {act: one for act, one in ACTS.items() if act != "judge"}  # its form has many fields

    @classmethod
    def body_of(cls, form_class, name):
        more = INSURED if name == "RenewalRework" else {}
        return serializer_of(form_class, name, without=["idempotency_key"], **more)

    def record(self, request, number):
        return _renewal(request, number)

    def form_options(self, request, record, form_class):
        keyless = {"optional": ["idempotency_key"]} if form_class is PayRenewalForm else {}
        return form_options(form_class, record, request.user) | keyless

    def arguments(self, request, form, record):
        if self.act == "pay":
            return form.cleaned_data | {"idempotency_key": own_key(request)}
        if self.act == "rework" and "risk" in self.sent:
            insured = {"risk": self.sent["risk"], "coverages": record.coverages}
            if "coverages" in self.sent:
                insured["coverages"] = selections_of(self.sent["coverages"])
            return form.cleaned_data | insured
        return form.cleaned_data

    def answer(self, request, number):
        return RenewalBody(_renewal(request, number)).data


class RenewalJudgment(APIView):
    """Rate a renewal by judgment, within the limits of the jurisdiction and of one's authority."""

    scope = "quotes"

    @act_schema(
        "renewals_judge",
        tag=TAG,
        request=JudgmentBody,
        response=RenewalBody,
        label=gettext_lazy("Judgment rating"),
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._judge(request, number))

    def _judge(self, request, number):
        renewal = _renewal(request, number)
        workflow.demand_open(renewal, "judge", by=request.user)
        sent = JudgmentBody(data=request.data)
        sent.is_valid(raise_exception=True)
        services.judge_renewal(renewal=renewal, by=request.user, **sent.validated_data)
        return 200, RenewalBody(_renewal(request, number)).data


def _renewal(request, number):
    rows = Renewal.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "policy__product", "version", "moved_to"
    )
    return get_object_or_404(rows, number=number)


urlpatterns = [
    path("renewals/", RenewalList.as_view(), name="api-renewals"),
    path("renewals/<slug:number>/", RenewalDetail.as_view(), name="api-renewal"),
    path("renewals/<slug:number>/judge/", RenewalJudgment.as_view(), name="api-renewal-judge"),
    *act_paths(RenewalAct),
]
