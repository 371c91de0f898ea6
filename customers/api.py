"""Customers for programs: list and search, one of them, a new one."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import selectors, services
from customers.enums import CustomerKind
from customers.forms import NewCustomerForm
from customers.models import Customer
from office.api import filled, repeatable, serializer_of
from office.api.pages import RowsView, list_schema
from office.enums import Language

TAG = "customers"


class CustomerFilter(forms.Form):
    q = forms.CharField(
        label=_("Any part of a name or number, a whole e-mail or phone, its last four digits"),
        max_length=120,
        required=False,
    )
    kind = forms.ChoiceField(choices=CustomerKind.choices, required=False)
    language = forms.ChoiceField(choices=Language.choices, required=False)


class CustomerRow(serializers.Serializer):
    number = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    city = serializers.CharField(allow_null=True)
    jurisdiction = serializers.CharField(allow_null=True)
    language = serializers.CharField()
    channel = serializers.CharField()


class AddressBody(serializers.Serializer):
    street = serializers.CharField()
    city = serializers.CharField()
    jurisdiction = serializers.CharField()
    postal_code = serializers.CharField()
    time_zone = serializers.CharField()


class ContactBody(serializers.Serializer):
    value = serializers.CharField()
    is_preferred = serializers.BooleanField()


class BankAccountBody(serializers.Serializer):
    holder = serializers.CharField()
    ending = serializers.CharField(source="masked")
    is_verified = serializers.SerializerMethodField()

    def get_is_verified(self, account) -> bool:
        return account.verified_at is not None


class CustomerBody(serializers.Serializer):
    """Of a `selectors.CustomerCard`."""

    number = serializers.CharField(source="customer.number")
    kind = serializers.CharField(source="customer.kind")
    name = serializers.CharField(source="customer.display_name")
    given_name = serializers.CharField(source="customer.given_name")
    family_name = serializers.CharField(source="customer.family_name")
    organisation_name = serializers.CharField(source="customer.organisation_name")
    born_on = serializers.CharField(source="customer.born_on")
    language = serializers.CharField(source="customer.language")
    channel = serializers.CharField(source="customer.channel")
    state = serializers.CharField(source="customer.state")
    agent = serializers.SerializerMethodField()
    signs_in = serializers.SerializerMethodField()
    address = AddressBody(allow_null=True)
    emails = ContactBody(many=True)
    phones = ContactBody(many=True)
    bank_accounts = BankAccountBody(many=True)

    def get_agent(self, card) -> str | None:
        return card.customer.agent.code if card.customer.agent else None

    def get_signs_in(self, card) -> bool:
        """Whether there is a portal login."""
        return card.customer.login_id is not None


NewCustomer = serializer_of(NewCustomerForm, "NewCustomer")


@list_schema("customers_list", tag=TAG)
class CustomerList(RowsView):
    """Active customers whom the caller may see, the newest first; `POST` adds one."""

    scope = "customers"
    filter_form = CustomerFilter
    row_serializer = CustomerRow

    def rows(self, request, q, kind, language):
        rows = Customer.objects.for_user(request.user).active().with_current_address()
        if kind:
            rows = rows.filter(kind=kind)
        if language:
            rows = rows.filter(language=language)
        return selectors.narrow(rows, q or "").values(
            "id", "number", "kind", "display_name", "city", "jurisdiction", "language", "channel"
        )

    def finish(self, row):
        return {"number": row.pop("number"), "name": row.pop("display_name"), **row}

    @extend_schema(
        operation_id="customers_add",
        tags=[TAG],
        request=NewCustomer,
        responses={201: CustomerBody},
    )
    def post(self, request):
        return repeatable(request, lambda: self._add(request))

    def _add(self, request):
        sent = NewCustomer(data=request.data)
        sent.is_valid(raise_exception=True)
        form = filled(NewCustomerForm, sent.validated_data)
        contact = {name: form.cleaned_data[name] for name in ("email", "phone")}
        customer = services.add_customer(
            **form.who(), **contact, address=form.address(), by=request.user
        )
        return 201, body_of(customer)


class CustomerDetail(APIView):
    """One customer: who it is, how to reach and pay them."""

    scope = "customers"

    @extend_schema(operation_id="customers_get", tags=[TAG], responses={200: CustomerBody})
    def get(self, request, number):
        rows = Customer.objects.for_user(request.user).select_related("agent")
        return Response(body_of(get_object_or_404(rows, number=number)))


def body_of(customer):
    return CustomerBody(selectors.customer_card(customer)).data


urlpatterns = [
    path("customers/", CustomerList.as_view(), name="api-customers"),
    path("customers/<slug:number>/", CustomerDetail.as_view(), name="api-customer"),
]
