"""Referrals for programs: the worklist, one of them with its reasons, its acts."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import workflow
from office.api import Action, actions_of, repeatable
from office.api.acts import RecordAct, act_paths
from office.api.pages import RowsView, list_schema
from policies.models import Policy
from underwriting import selectors, services
from underwriting.api.changes import EndorseBody
from underwriting.enums import ReferralKind, ReferralState
from underwriting.forms import AssignForm
from underwriting.models import Referral
from underwriting.views.referrals import ACTS

TAG = "referrals"
MONEY = {"max_digits": 16, "decimal_places": 2, "allow_null": True}
HREF = "/api/referrals/{}/"


class ReferralFilter(forms.Form):
    state = forms.ChoiceField(choices=ReferralState.choices, required=False)
    kind = forms.ChoiceField(choices=ReferralKind.choices, required=False)
    mine = forms.BooleanField(
        label=gettext_lazy("Those that you have taken, or have the authority for"), required=False
    )


class ReferralRow(serializers.Serializer):
    number = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    customer = serializers.CharField()
    product = serializers.CharField()
    jurisdiction = serializers.CharField()
    effective_on = serializers.DateField()
    blocks = serializers.CharField()
    amount = serializers.DecimalField(**MONEY)


class FiredRule(serializers.Serializer):
    rule = serializers.CharField()
    text = serializers.CharField()
    holds = serializers.CharField(help_text="What the rule holds up.")


class ReferralBody(serializers.Serializer):
    """The amount is null while a rule holds the price back."""

    number = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    subject = serializers.SerializerMethodField(help_text="What was referred, by its number.")
    product = serializers.CharField()
    jurisdiction = serializers.CharField()
    effective_on = serializers.DateField()
    blocks = serializers.CharField()
    amount = serializers.DecimalField(**MONEY)
    fired = serializers.SerializerMethodField()
    assigned_to = serializers.CharField(source="assigned_to.name", default=None, allow_null=True)
    question = serializers.CharField()
    answer = serializers.CharField()
    reason = serializers.CharField()
    could_approve = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    def get_subject(self, referral) -> str:
        return selectors.subject_of(referral)["number"]

    @extend_schema_field(FiredRule(many=True))
    def get_fired(self, referral):
        return [
            {"rule": row["rule"], "text": str(row["text"]), "holds": str(row["holds"])}
            for row in selectors.fired_of(referral)
        ]

    def get_could_approve(self, referral) -> list[str]:
        return [user.name for user in selectors.who_could_decide(referral)]

    @extend_schema_field(Action(many=True))
    def get_actions(self, referral):
        href = HREF.format(referral.number)
        return actions_of(self.context["user"], referral, ACTS, href)

    def to_representation(self, referral):
        shown = super().to_representation(referral)
        if not selectors.shows_amount(referral, self.context["user"]):
            shown["amount"] = None
        return shown


@list_schema("referrals_list", tag=TAG)
class ReferralList(RowsView):
    """Referrals whom the caller may see, the newest first."""

    scope = "quotes"
    filter_form = ReferralFilter
    row_serializer = ReferralRow

    def rows(self, request, state, kind, mine):
        rows = selectors.referral_rows(request.user)
        if mine:
            rows = rows.assigned_to(request.user) | rows.routed_to(request.user)
        if state:
            rows = rows.filter(state=state)
        if kind:
            rows = rows.filter(kind=kind)
        return rows.values(
            "id", "number", "kind", "state", "customer__display_name", "product", "jurisdiction",
            "effective_on", "blocks", "shown",
        )  # fmt: skip

    def finish(self, row):
        row["customer"], row["amount"] = row.pop("customer__display_name"), row.pop("shown")
        return row


class ReferralDetail(APIView):
    """One referral with the rules that fired."""

    scope = "quotes"

    @extend_schema(operation_id="referrals_get", tags=[TAG], responses={200: ReferralBody})
    def get(self, request, number):
        return Response(_body(request, number))


class ReferralAct(RecordAct):
    """Perform one act on a referral. The services decide; the view only carries."""

    scope = "quotes"
    noun, plural, tag = "referral", "referrals", TAG
    model, response, acts = Referral, ReferralBody, ACTS

    def record(self, request, number):
        return _referral(request, number)

    def form_options(self, request, record, form_class):
        return {"referral": record} if form_class is AssignForm else {}

    def answer(self, request, number):
        return _body(request, number)


class ChangeReferral(APIView):
    """Put a change that the rules hold up before an underwriter."""

    scope = "policies"

    @extend_schema(
        operation_id="policies_refer", tags=["policies"], request=EndorseBody,
        responses={201: ReferralBody},
    )  # fmt: skip
    def post(self, request, number):
        return repeatable(request, lambda: self._refer(request, number))

    def _refer(self, request, number):
        rows = Policy.objects.for_user(request.user)
        related = rows.select_related("product__carrier", "agent", "customer")
        policy = get_object_or_404(related, number=number)
        workflow.demand_open(policy, "endorse", by=request.user)
        sent = EndorseBody(data=request.data)
        sent.is_valid(raise_exception=True)
        told = {"note": "", **sent.validated_data}
        referral = services.refer_change(policy=policy, by=request.user, **told)
        return 201, _body(request, referral.number)


def _referral(request, number):
    rows = Referral.objects.for_user(request.user).select_related(
        "quote__submission", "quote__version", "policy__product", "renewal", "agent", "assigned_to"
    )
    return get_object_or_404(rows.defer("quote__version__definition"), number=number)


def _body(request, number):
    return ReferralBody(_referral(request, number), context={"user": request.user}).data


urlpatterns = [
    path("referrals/", ReferralList.as_view(), name="api-referrals"),
    path("referrals/<slug:number>/", ReferralDetail.as_view(), name="api-referral"),
    *act_paths(ReferralAct),
    path("policies/<slug:number>/refer/", ChangeReferral.as_view(), name="api-policy-refer"),
]
