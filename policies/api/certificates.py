"""Certificates of insurance for programs: those of a policy, asking for one, its acts."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import workflow
from office.api import act_schema, filled, repeatable, serializer_of
from office.api.pages import RowsView, list_schema
from policies import services
from policies.api.policies import policy_of
from policies.enums import CertificateState
from policies.forms import CertificateForm
from policies.models import Certificate
from policies.views.certificates import ACTS

TAG = "policies"
Request = serializer_of(CertificateForm, "CertificateRequest")


class CertificateFilter(forms.Form):
    state = forms.ChoiceField(choices=CertificateState.choices, required=False)
    policy = forms.CharField(label="Policy number", max_length=24, required=False)


class CertificateRow(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField()
    holder = serializers.CharField()
    valid_to = serializers.DateField()


class CertificateBody(serializers.Serializer):
    """What somebody else may rely on about a policy; it adds nothing to the cover."""

    number = serializers.CharField()
    state = serializers.CharField()
    policy = serializers.CharField(source="policy.number")
    holder = serializers.CharField(source="holder.display_name")
    is_additional_insured = serializers.BooleanField()
    operations = serializers.CharField()
    notice = serializers.CharField()
    valid_to = serializers.DateField()
    reason = serializers.CharField(help_text="Why it was declined, where it was.")
    ended_on = serializers.DateField(allow_null=True)
    ended_because = serializers.CharField()
    document = serializers.UUIDField(source="document_id", allow_null=True)


@list_schema("certificates_list", tag=TAG)
class CertificateList(RowsView):
    """Certificates of the policies that the caller may see, the newest first."""

    scope = "policies"
    filter_form = CertificateFilter
    row_serializer = CertificateRow

    def rows(self, request, state, policy):
        rows = Certificate.objects.for_user(request.user)
        if state:
            rows = rows.filter(state=state)
        if policy:
            rows = rows.filter(policy__number=policy.strip().upper())
        return rows.values(
            "id", "number", "state", "policy__number", "holder__display_name", "valid_to"
        )

    def finish(self, row):
        return {
            "number": row["number"],
            "state": row["state"],
            "policy": row["policy__number"],
            "holder": row["holder__display_name"],
            "valid_to": row["valid_to"],
        }


class CertificateDetail(APIView):
    """One certificate."""

    scope = "policies"

    @extend_schema(operation_id="certificates_get", tags=[TAG], responses={200: CertificateBody})
    def get(self, request, number):
        return Response(CertificateBody(_certificate(request, number)).data)


class CertificateAsking(APIView):
    """Ask for a certificate of a policy."""

    scope = "policies"

    @extend_schema(
        operation_id="certificates_request",
        tags=[TAG],
        request=Request,
        responses={201: CertificateBody},
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._ask(request, number))

    def _ask(self, request, number):
        policy = policy_of(request, number)
        workflow.demand_open(Certificate(policy=policy), "request", by=request.user)
        sent = Request(data=request.data)
        sent.is_valid(raise_exception=True)
        form = filled(CertificateForm, sent.validated_data)
        row = services.request_certificate(policy=policy, by=request.user, **form.arguments())
        return 201, CertificateBody(_certificate(request, row.number)).data


class CertificateAct(APIView):
    """Perform one act on a certificate. The services decide; the view only carries."""

    scope = "policies"
    act = ""
    body = None

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        row = _certificate(request, number)
        workflow.demand_open(row, self.act, by=request.user)
        service, form_class = ACTS[self.act]
        sent = self.body(data=request.data)
        sent.is_valid(raise_exception=True)
        form = filled(form_class, sent.validated_data)
        service(certificate=row, by=request.user, **form.cleaned_data)
        return 200, CertificateBody(_certificate(request, number)).data


def _certificate(request, number):
    rows = Certificate.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "policy__address", "policy__product__carrier", "holder"
    )
    return get_object_or_404(rows, number=number)


def _act_view(act, form_class):
    name = f"Certificate{act.capitalize()}"
    body = serializer_of(form_class, name)

    @act_schema(
        f"certificates_{act}",
        tag=TAG,
        request=body,
        response=CertificateBody,
        label=workflow.label_of(Certificate(), act),
    )
    def post(self, request, number):
        return CertificateAct.post(self, request, number)

    members = {"act": act, "body": body, "post": post, "__doc__": CertificateAct.__doc__}
    return type(f"{name}View", (CertificateAct,), members).as_view()


urlpatterns = [
    path("certificates/", CertificateList.as_view(), name="api-certificates"),
    path("certificates/<slug:number>/", CertificateDetail.as_view(), name="api-certificate"),
    path(
        "policies/<slug:number>/certificates/",
        CertificateAsking.as_view(),
        name="api-policy-certificates",
    ),
    *(
        path(
            f"certificates/<slug:number>/{act}/",
            _act_view(act, form),
            name=f"api-certificate-{act}",
        )
        for act, (_service, form) in ACTS.items()
    ),
]
