"""What programs read of applications and quotes, and how they are found."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from office.api import Action, actions_of
from policies.catalogue.application import coverage_key
from underwriting import rules, selectors
from underwriting.models import Quote, Submission
from underwriting.views.acts import ACTS, QUOTE_ACTS

TAG = "quotes"
MONEY = {"max_digits": 16, "decimal_places": 2, "allow_null": True}
HREF, QUOTE_HREF = "/api/submissions/{}/", "/api/quotes/{}/"


class SelectionBody(serializers.Serializer):
    """One coverage of one insured item; options by their code, empty where there is none."""

    coverage = serializers.CharField(max_length=24)
    item = serializers.CharField(max_length=40, allow_blank=True, default="")
    limit = serializers.CharField(max_length=24, allow_blank=True, default="")
    deductible = serializers.CharField(max_length=24, allow_blank=True, default="")


class RuleFindingBody(serializers.Serializer):
    rule = serializers.CharField()
    text = serializers.CharField()
    holds = serializers.CharField(help_text="What the rule holds up.")


class QuoteBody(serializers.Serializer):
    """Prices are null until the carrier has answered, and while a rule holds them back."""

    number = serializers.CharField()
    submission = serializers.CharField(source="submission.number")
    carrier = serializers.CharField(source="carrier_id")
    product = serializers.CharField(source="version.product_id")
    state = serializers.CharField()
    premium = serializers.DecimalField(**MONEY)
    tax = serializers.DecimalField(**MONEY)
    fees = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)
    expires_on = serializers.DateField(allow_null=True)
    coverages = SelectionBody(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()
    judgment_percent = serializers.IntegerField(
        source="judgment.percent",
        default=None,
        allow_null=True,
        help_text="Schedule credits and debits of an underwriter, together.",
    )
    findings = serializers.SerializerMethodField()
    pay_plans = serializers.SerializerMethodField()
    policy = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    @extend_schema_field(RuleFindingBody(many=True))
    def get_findings(self, quote):
        """What the rules found is for those who sell and underwrite."""
        if not self.context["user"].is_staff:
            return []
        return [
            {"rule": row["rule"], "text": str(row["text"]), "holds": str(row["holds"])}
            for row in selectors.findings_of(quote)
        ]

    def get_pay_plans(self, quote) -> list[str]:
        return [plan.code for plan in selectors.pay_plans(quote)]

    def get_policy(self, quote) -> str | None:
        return quote.policy.number if quote.policy else None

    @extend_schema_field(Action(many=True))
    def get_actions(self, quote):
        href = QUOTE_HREF.format(quote.number)
        return actions_of(self.context["user"], quote, (*QUOTE_ACTS, "negotiate", "judge"), href)

    def to_representation(self, quote):
        shown = super().to_representation(quote)
        if not rules.may_see_price(quote, self.context["user"]):
            shown |= dict.fromkeys(("premium", "tax", "fees", "total"))
        return shown


class SubmissionBody(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    kind = serializers.CharField(source="product_kind")
    line = serializers.CharField()
    jurisdiction = serializers.CharField()
    effective_on = serializers.DateField()
    revision = serializers.IntegerField()
    customer = serializers.CharField(source="customer.number")
    agent = serializers.CharField(source="agent.code")
    application = serializers.DictField()
    coverages = SelectionBody(many=True)
    quotes = QuoteBody(many=True, source="asked")
    actions = serializers.SerializerMethodField()

    @extend_schema_field(Action(many=True))
    def get_actions(self, submission):
        href = HREF.format(submission.number)
        return actions_of(self.context["user"], submission, ACTS, href)


def selections_of(sent):
    return [{"key": coverage_key(row["coverage"], row["item"]), **row} for row in sent]


def submission_of(request, number):
    rows = Submission.objects.for_user(request.user).select_related("customer", "agent", "address")
    return get_object_or_404(rows, number=number)


def quote_of(request, number):
    rows = Quote.objects.for_user(request.user).select_related(
        "submission__agent", "submission__customer", "carrier", "version__product", "policy"
    )
    return get_object_or_404(rows.defer("version__definition", "worksheet"), number=number)


def body_of(request, number):
    submission = submission_of(request, number)
    submission.asked = selectors.quotes_of(submission, request.user)
    return SubmissionBody(submission, context={"user": request.user}).data


def quote_body(request, number):
    return QuoteBody(quote_of(request, number), context={"user": request.user}).data
