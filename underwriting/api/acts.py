"""The acts on applications and quotes for programs."""

from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from office import workflow
from office.api import act_schema, repeatable
from office.api.acts import RecordAct
from policies.catalogue.application import coverage_errors
from policies.selectors import product_definition
from underwriting import services
from underwriting.api.bodies import (
    TAG,
    QuoteBody,
    SelectionBody,
    SubmissionBody,
    body_of,
    quote_body,
    quote_of,
    selections_of,
    submission_of,
)
from underwriting.forms import BindForm
from underwriting.models import Quote, Submission
from underwriting.views.acts import ACTS, QUOTE_ACTS


class SubmissionAct(RecordAct):
    """Perform one act on an application."""

    scope = "quotes"
    noun, plural, tag = "submission", "submissions", TAG
    model, response, acts = Submission, SubmissionBody, ACTS

    def record(self, request, number):
        return submission_of(request, number)

    def answer(self, request, number):
        return body_of(request, number)


class QuoteAct(RecordAct):
    """Perform one act on a quote."""

    scope = "quotes"
    noun, plural, tag = "quote", "quotes", TAG
    model, response, acts = Quote, QuoteBody, QUOTE_ACTS

    def record(self, request, number):
        return quote_of(request, number)

    def form_options(self, request, record, form_class):
        return {"quote": record} if form_class is BindForm else {}

    def answer(self, request, number):
        return quote_body(request, number)


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


class JudgmentBody(serializers.Serializer):
    """Schedule credits (below 0) and debits; none at all takes a judgment back."""

    parts = serializers.DictField(
        child=serializers.IntegerField(min_value=-100, max_value=100),
        help_text="Per cent by characteristic.",
    )
    note = serializers.CharField(max_length=500, help_text="Why.")


class QuoteJudgment(APIView):
    """Rate a quote by judgment, within the limits of the jurisdiction and of one's authority."""

    scope = "quotes"

    @act_schema(
        "quotes_judge",
        tag=TAG,
        request=JudgmentBody,
        response=QuoteBody,
        label=gettext_lazy("Judgment rating"),
    )
    def post(self, request, number):
        return repeatable(request, lambda: self._judge(request, number))

    def _judge(self, request, number):
        quote = quote_of(request, number)
        workflow.demand_open(quote, "judge", by=request.user)
        sent = JudgmentBody(data=request.data)
        sent.is_valid(raise_exception=True)
        services.judge_quote(quote=quote, by=request.user, **sent.validated_data)
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
