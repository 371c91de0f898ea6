"""The acts on applications and quotes for programs."""

from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from office import workflow
from office.api import act_schema, filled, repeatable, serializer_of
from policies.catalogue.application import coverage_errors
from policies.selectors import product_definition
from underwriting import services
from underwriting.api.bodies import (
    TAG,
    QuoteBody,
    SelectionBody,
    body_of,
    quote_body,
    quote_of,
    selections_of,
    submission_of,
)
from underwriting.forms import BindForm
from underwriting.views.acts import ACTS, QUOTE_ACTS


class SubmissionAct(APIView):
    """Perform one act on an application."""

    scope = "quotes"
    act = ""

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        submission = submission_of(request, number)
        workflow.demand_open(submission, self.act, by=request.user)
        service, form_class = ACTS[self.act]
        form = _form(self.body, form_class, request)
        service(submission=submission, by=request.user, **form.cleaned_data)
        return 200, body_of(request, number)


class QuoteAct(APIView):
    """Perform one act on a quote."""

    scope = "quotes"
    act = ""

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        quote = quote_of(request, number)
        workflow.demand_open(quote, self.act, by=request.user)
        service, form_class = QUOTE_ACTS[self.act]
        options = {"quote": quote} if form_class is BindForm else {}
        form = _form(self.body, form_class, request, **options)
        service(quote=quote, by=request.user, **form.cleaned_data)
        return 200, quote_body(request, number)


class Negotiation(serializers.Serializer):
    """Other terms for this carrier alone."""

    coverages = SelectionBody(many=True)
    note = serializers.CharField(max_length=500, help_text="Why other terms are asked.")


class QuoteNegotiation(APIView):
    """Ask one carrier for other terms."""

    scope = "quotes"

    @act_schema(
        "quotes_negotiate",
        tag=TAG,
        request=Negotiation,
        response=QuoteBody,
        label=gettext_lazy("Negotiate"),
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._negotiate(request, number))

    def _negotiate(self, request, number):
        quote = quote_of(request, number)
        workflow.demand_open(quote, "negotiate", by=request.user)
        sent = Negotiation(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = selections_of(sent.validated_data["coverages"])
        _refuse_coverages(quote, wanted)
        note = sent.validated_data["note"]
        services.negotiate_quote(quote=quote, wanted=wanted, note=note, by=request.user)
        return 200, quote_body(request, number)


def _refuse_coverages(quote, wanted):
    definition, submission = product_definition(quote.version), quote.submission
    errors = {}
    for error in coverage_errors(
        definition, submission.application, wanted, submission.jurisdiction
    ):
        errors.setdefault(error.path, []).append(error.message)
    if errors:
        raise ValidationError(errors)


def _form(serializer_class, form_class, request, **options):
    sent = serializer_class(data=request.data)
    sent.is_valid(raise_exception=True)
    return filled(form_class, sent.validated_data, **options)


def act_view(base, name, act, form_class, model, response):
    """The view of one act: its body is the form of its page."""
    body = serializer_of(form_class, f"{name}{act.capitalize()}")
    label = workflow.label_of(model(), act)

    @act_schema(f"{name.lower()}s_{act}", tag=TAG, request=body, response=response, label=label)
    def post(self, request, number):
        return base.post(self, request, number)

    members = {"act": act, "body": body, "post": post}
    return type(f"{name}{act.capitalize()}View", (base,), members).as_view()
