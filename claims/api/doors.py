"""Claims for programs: list, one, notice, files and letters."""

from django import forms
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from claims import selectors, services
from claims.api.bodies import ClaimBody, FileBody, body_of, files_for, letters_for
from claims.enums import ClaimState
from claims.forms import NoticeForm
from claims.models import Claim
from office import uploads
from office.api import Moment, filled, repeatable, serializer_of
from office.api.forms import DAYS
from office.api.pages import RowsView, list_schema
from office.enums import Line
from office.exceptions import Refused

TAG = "claims"
MONEY = {"max_digits": 16, "decimal_places": 2, "required": False}
# Plain columns, named as they are answered; what follows is for those who see every claim.
SHOWN = ("number", "state", "line", "lost_on", "notified_at")
SHOWN_TO_STAFF = (
    *SHOWN, "product", "cause", "jurisdiction", "due_on", "due_what", "reserve_indemnity",
    "reserve_expense", "paid_total", "hold_count", "cycle",
)  # fmt: skip
JOINED = {
    "policyholder": F("customer__display_name"),
    "policy_number": F("policy__number"),
    "adjuster_name": F("adjuster__name"),
}


class ClaimFilter(forms.Form):
    view = forms.ChoiceField(
        label=_("A saved view of the workbench"),
        choices=[(name, name) for name in selectors.VIEWS],
        required=False,
    )
    q = forms.CharField(label=_("Claim or policy number"), max_length=40, required=False)
    state = forms.ChoiceField(choices=ClaimState.choices, required=False)
    line = forms.ChoiceField(choices=Line.choices, required=False)


class ClaimRow(serializers.Serializer):
    """Staff see all columns, others the first five."""

    number = serializers.CharField()
    state = serializers.CharField()
    line = serializers.CharField()
    lost_on = serializers.DateField()
    notified_at = Moment()
    product = serializers.CharField(required=False)
    cause = serializers.CharField(required=False)
    jurisdiction = serializers.CharField(required=False)
    due_on = serializers.DateField(required=False, allow_null=True)
    due_what = serializers.CharField(required=False)
    reserve_indemnity = serializers.DecimalField(**MONEY)
    reserve_expense = serializers.DecimalField(**MONEY)
    paid_total = serializers.DecimalField(**MONEY)
    hold_count = serializers.IntegerField(required=False)
    cycle = serializers.IntegerField(required=False)
    policyholder = serializers.CharField(required=False)
    policy_number = serializers.CharField(required=False)
    adjuster_name = serializers.CharField(required=False, allow_null=True)


NewClaim = serializer_of(
    NoticeForm,
    "NewClaim",
    without=["uploads", "lost_on"],
    policy=serializers.CharField(max_length=24, help_text=_("Policy number")),
    lost_on=serializers.DateField(validators=DAYS, help_text=_("Day of the loss")),
)


@list_schema("claims_list", tag=TAG)
class ClaimList(RowsView):
    """Claims whom the caller may see, the newest first; `POST` reports a loss."""

    scope = "claims"
    filter_form = ClaimFilter
    row_serializer = ClaimRow

    def rows(self, request, view, q, state, line):
        claims = selectors.view(request.user, view or "newest")
        if q:
            claims = selectors.found_by_number(claims, q)
        wanted = {"state": state, "line": line}
        claims = claims.filter(**{name: value for name, value in wanted.items() if value})
        if request.user.is_staff and request.user.may("claims.view_claim"):
            return claims.values("id", *SHOWN_TO_STAFF, **JOINED)
        return claims.values("id", *SHOWN)

    @extend_schema(
        operation_id="claims_notify", tags=[TAG], request=NewClaim, responses={201: ClaimBody}
    )
    def post(self, request):
        return repeatable(request, lambda: self._notify(request))

    def _notify(self, request):
        sent = NewClaim(data=request.data)
        sent.is_valid(raise_exception=True)
        told = dict(sent.validated_data)
        policy = selectors.policy_for_notice(number=told.pop("policy"), user=request.user)
        form = filled(NoticeForm, told, policy=policy)
        try:
            claim = services.notify_claim(by=request.user, **form.arguments([]))
        except Refused as refusal:
            field = {"lost_at": "lost_on"}.get(refusal.field, refusal.field)
            raise Refused(str(refusal), field=field) from refusal
        return 201, body_of(claim_of(request, claim.number), request.user)


class ClaimDetail(APIView):
    """One claim, with the acts that are open to the caller."""

    scope = "claims"

    @extend_schema(operation_id="claims_get", tags=[TAG], responses={200: ClaimBody})
    def get(self, request, number):
        return Response(body_of(claim_of(request, number), request.user))


class NewFile(serializers.Serializer):
    file = serializers.FileField()
    caption = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ClaimFiles(APIView):
    """The files of a claim; `POST` adds one: it is cleaned and checked before it is kept."""

    scope = "claims"
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="claims_files", tags=[TAG], responses={200: FileBody(many=True)})
    def get(self, request, number):
        claim = claim_of(request, number)
        files = files_for(claim, request.user)
        return Response(FileBody(files, many=True, context={"claim": claim}).data)

    @extend_schema(
        operation_id="claims_add_file",
        tags=[TAG],
        request={"multipart/form-data": NewFile},
        responses={201: FileBody},
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._add(request, number))

    def _add(self, request, number):
        claim = claim_of(request, number)
        sent = NewFile(data=request.data)
        sent.is_valid(raise_exception=True)
        upload = uploads.receive(sent.validated_data["file"], by=request.user, source=claim.source)
        services.attach_files(
            claim=claim, uploads=[upload], caption=sent.validated_data["caption"], by=request.user
        )
        row = claim.attachments.select_related("upload").get(upload=upload)
        return 201, FileBody(row, context={"claim": claim}).data


class ClaimFile(APIView):
    """One file, as an attachment that no browser runs."""

    scope = "claims"

    @extend_schema(
        operation_id="claims_file",
        tags=[TAG],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request, number, pk):
        claim = claim_of(request, number)
        row = get_object_or_404(files_for(claim, request.user), upload_id=pk)
        return uploads.download(row.upload)


class ClaimLetter(APIView):
    """One letter as PDF."""

    scope = "claims"

    @extend_schema(
        operation_id="claims_letter",
        tags=[TAG],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request, number, pk):
        row = get_object_or_404(letters_for(claim_of(request, number), request.user), pk=pk)
        if row.document is None:
            raise Http404
        return uploads.download(row.document)


def claim_of(request, number):
    visible = Claim.objects.for_user(request.user).select_related(
        "policy__customer", "policy__agent", "customer", "adjuster"
    )
    return get_object_or_404(visible, number=number)
