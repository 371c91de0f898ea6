"""The issue of papers for programs: what waits, the checklist of one, its acts, its forms."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import workflow
from office.api import Moment, act_schema, filled, repeatable, serializer_of
from office.api.pages import RowsView, list_schema
from policies import selectors, services
from policies.enums import IssuanceState
from policies.models import Issuance
from policies.views.issuing import ACTS

TAG = "policies"


class IssuanceFilter(forms.Form):
    state = forms.ChoiceField(choices=IssuanceState.choices, required=False)
    policy = forms.CharField(label="Policy number", max_length=24, required=False)


class IssuanceRow(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField()
    policyholder = serializers.CharField()
    change = serializers.CharField(help_text="Kind of the transaction.")
    effective_on = serializers.DateField()
    lane = serializers.CharField(help_text="straight: by itself; analyst: a person looks at it.")


class CheckBody(serializers.Serializer):
    """One line of the checklist."""

    code = serializers.CharField()
    name = serializers.CharField()
    holds = serializers.BooleanField()
    needs_person = serializers.BooleanField()
    is_held = serializers.BooleanField(help_text="A rule holds it; an underwriter clears it.")
    said = serializers.ListField(child=serializers.CharField())


class IssuedFormBody(serializers.Serializer):
    form = serializers.CharField(source="form.number")
    edition = serializers.CharField(source="edition.edition")
    filing = serializers.CharField(source="filing.number")
    sha256 = serializers.CharField()


class IssuanceBody(serializers.Serializer):
    """The checklist while it waits; the forms that became part of the contract afterwards."""

    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField(source="policy.number")
    change = serializers.CharField(source="first.kind")
    effective_on = serializers.DateField(source="day")
    lane = serializers.CharField()
    reason = serializers.CharField(help_text="Why it went back to the agent, where it did.")
    released_at = Moment(allow_null=True)
    checklist = serializers.SerializerMethodField()
    forms = serializers.SerializerMethodField()

    @extend_schema_field(CheckBody(many=True))
    def get_checklist(self, issuance):
        if issuance.state == IssuanceState.ISSUED:
            return []
        items = selectors.checklist_of(selectors.file_of(issuance))
        return CheckBody(items, many=True).data

    @extend_schema_field(IssuedFormBody(many=True))
    def get_forms(self, issuance):
        rows = issuance.forms.select_related("form", "edition", "filing")
        return IssuedFormBody(rows.defer("edition__texts"), many=True).data


class Confirmation(serializers.Serializer):
    """A line of the checklist that the caller stands for."""

    code = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


@list_schema("issuances_list", tag=TAG)
class IssuanceList(RowsView):
    """Papers of changes whom the caller may see, the newest first."""

    scope = "policies"
    filter_form = IssuanceFilter
    row_serializer = IssuanceRow

    def rows(self, request, state, policy):
        rows = Issuance.objects.for_user(request.user)
        if state:
            rows = rows.filter(state=state)
        if policy:
            rows = rows.filter(policy__number=policy.strip().upper())
        return rows.values(
            "id", "number", "state", "policy__number", "policy__customer__display_name",
            "first__kind", "day", "lane",
        )  # fmt: skip

    def finish(self, row):
        return {
            "number": row["number"],
            "state": row["state"],
            "policy": row["policy__number"],
            "policyholder": row["policy__customer__display_name"],
            "change": row["first__kind"],
            "effective_on": row["day"],
            "lane": row["lane"],
        }


class IssuanceDetail(APIView):
    """The papers of one change."""

    scope = "policies"

    @extend_schema(operation_id="issuances_get", tags=[TAG], responses={200: IssuanceBody})
    def get(self, request, number):
        return Response(IssuanceBody(_issuance(request, number)).data)


class IssuanceConfirmation(APIView):
    """Stand for a line of the checklist that the office cannot check by itself."""

    scope = "policies"

    @extend_schema(
        operation_id="issuances_confirm",
        tags=[TAG],
        request=Confirmation,
        responses={200: IssuanceBody},
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._confirm(request, number))

    def _confirm(self, request, number):
        row = _issuance(request, number)
        workflow.demand_open(row, "confirm", by=request.user)
        sent = Confirmation(data=request.data)
        sent.is_valid(raise_exception=True)
        services.confirm_item(issuance=row, by=request.user, **sent.validated_data)
        return 200, IssuanceBody(_issuance(request, number)).data


class IssuanceAct(APIView):
    """Perform one act on the papers of a change. The services decide; the view only carries."""

    scope = "policies"
    act = ""
    body = None

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        row = _issuance(request, number)
        workflow.demand_open(row, self.act, by=request.user)
        service, form_class = ACTS[self.act]
        sent = self.body(data=request.data)
        sent.is_valid(raise_exception=True)
        form = filled(form_class, sent.validated_data)
        service(issuance=row, by=request.user, **form.cleaned_data)
        return 200, IssuanceBody(_issuance(request, number)).data


def _issuance(request, number):
    rows = Issuance.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "first"
    )
    return get_object_or_404(rows, number=number)


def _act_view(act, form_class):
    name = f"Issuance{act.title().replace('_', '')}"
    body = serializer_of(form_class, name)

    @act_schema(
        f"issuances_{act}",
        tag=TAG,
        request=body,
        response=IssuanceBody,
        label=workflow.label_of(Issuance(), act),
    )
    def post(self, request, number):
        return IssuanceAct.post(self, request, number)

    members = {"act": act, "body": body, "post": post, "__doc__": IssuanceAct.__doc__}
    return type(f"{name}View", (IssuanceAct,), members).as_view()


urlpatterns = [
    path("issuances/", IssuanceList.as_view(), name="api-issuances"),
    path("issuances/<slug:number>/", IssuanceDetail.as_view(), name="api-issuance"),
    path(
        "issuances/<slug:number>/confirm/",
        IssuanceConfirmation.as_view(),
        name="api-issuance-confirm",
    ),
    *(
        path(f"issuances/<slug:number>/{act}/", _act_view(act, form), name=f"api-issuance-{act}")
        for act, (_service, form) in ACTS.items()
    ),
]
