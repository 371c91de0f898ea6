"""Lists and records: take an application, read it and its quotes."""

from django import forms
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Agent, Customer
from office.api import repeatable
from office.api.forms import DAYS
from office.api.pages import RowsView, list_schema
from policies.catalogue.application import coverage_key, risk_errors
from policies.selectors import product_definition, versions_sold
from underwriting import selectors, services
from underwriting.api.bodies import (
    TAG,
    QuoteBody,
    SelectionBody,
    SubmissionBody,
    body_of,
    quote_body,
    selections_of,
)
from underwriting.enums import SubmissionState
from underwriting.models import Submission


class SubmissionFilter(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Number, or words of the customer's name"),
        max_length=80,
        required=False,
    )
    state = forms.ChoiceField(choices=SubmissionState.choices, required=False)
    customer = forms.CharField(label=gettext_lazy("Customer number"), max_length=24, required=False)


class SubmissionRow(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    kind = serializers.CharField()
    line = serializers.CharField()
    jurisdiction = serializers.CharField()
    effective_on = serializers.DateField()
    customer = serializers.CharField()
    name = serializers.CharField()
    agent = serializers.CharField()


class NewSubmission(serializers.Serializer):
    """An application; it is put to the carriers by the act `quote`."""

    customer = serializers.CharField(max_length=24, help_text="Number of the customer.")
    agent = serializers.CharField(max_length=16, help_text="Code of the agent who sells it.")
    kind = serializers.CharField(
        max_length=24, help_text="Kind of product, such as auto or liability."
    )
    effective_on = serializers.DateField(validators=DAYS, help_text="First day of cover.")
    application = serializers.DictField(help_text="The risk, by the product's `risk_schema`.")
    coverages = SelectionBody(many=True)


@list_schema("submissions_list", tag=TAG)
class SubmissionList(RowsView):
    """Applications whom the caller may see, the newest first; `POST` takes one."""

    scope = "quotes"
    filter_form = SubmissionFilter
    row_serializer = SubmissionRow

    def rows(self, request, q, state, customer):
        rows = Submission.objects.for_user(request.user)
        if q:
            rows = selectors.found_by_words(rows, q)
        if state:
            rows = rows.filter(state=state)
        if customer:
            rows = rows.filter(customer__number=customer.strip().upper())
        return rows.values(
            "id", "number", "state", "line", "jurisdiction", "effective_on",
            kind=F("product_kind"), name=F("customer__display_name"),
            holder=F("customer__number"), seller=F("agent__code"),
        )  # fmt: skip

    def finish(self, row):
        row["customer"], row["agent"] = row.pop("holder"), row.pop("seller")
        return row

    @extend_schema(
        operation_id="submissions_open",
        tags=[TAG],
        request=NewSubmission,
        responses={201: SubmissionBody},
    )
    def post(self, request):
        return repeatable(request, lambda: self._open(request))

    def _open(self, request):
        sent = NewSubmission(data=request.data)
        sent.is_valid(raise_exception=True)
        told = sent.validated_data
        customer = _customer(request, told["customer"])
        agent = Agent.objects.filter(code=told["agent"]).first()
        if agent is None:
            raise ValidationError({"agent": [_("There is no agent with this code.")]})
        demand_sound(customer, told)
        submission = services.open_submission(
            customer=customer,
            agent=agent,
            product_kind=told["kind"],
            effective_on=told["effective_on"],
            application=told["application"],
            coverages=selections_of(told["coverages"]),
            by=request.user,
        )
        return 201, body_of(request, submission.number)


def _customer(request, number):
    found = Customer.objects.for_user(request.user).filter(number=number.strip().upper()).first()
    if found is None:
        raise ValidationError({"customer": [_("There is no customer with this number.")]})
    return found


def demand_sound(customer, told):
    """Every error of the application at once, each by its path with the keys of the items."""
    address = customer.addresses.filter(is_current=True).first()
    sold = address and versions_sold(
        kind=told["kind"], jurisdiction=address.jurisdiction, on=told["effective_on"]
    )
    if not sold:
        return  # the service says in a sentence what is missing
    offers = [product_definition(version) for version in sold]
    risk = told["application"]
    errors = {}
    for error in risk_errors(offers[0], risk):
        errors.setdefault(f"application.{error.path}".rstrip("."), []).append(error.message)
    codes = {coverage.code for offer in offers for coverage in offer.coverages}
    for selection in told["coverages"]:
        if selection["coverage"] not in codes:
            key = coverage_key(selection["coverage"], selection["item"])
            sentence = _("%(coverage)s is not offered.") % {"coverage": selection["coverage"]}
            errors.setdefault(f"coverages.{key}", []).append(sentence)
    if errors:
        raise ValidationError(errors)


class SubmissionDetail(APIView):
    """One application with its quotes."""

    scope = "quotes"

    @extend_schema(operation_id="submissions_get", tags=[TAG], responses={200: SubmissionBody})
    def get(self, request, number):
        return Response(body_of(request, number))


class QuoteDetail(APIView):
    """One quote."""

    scope = "quotes"

    @extend_schema(operation_id="quotes_get", tags=[TAG], responses={200: QuoteBody})
    def get(self, request, number):
        return Response(quote_body(request, number))
