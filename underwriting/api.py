"""Applications and their quotes for programs: take one, ask the carriers, approve, bind."""

from django import forms
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Agent, Customer
from office import workflow
from office.api import Action, act_schema, actions_of, filled, repeatable, serializer_of
from office.api.forms import DAYS
from office.api.pages import RowsView, list_schema
from policies.catalogue.application import coverage_key, risk_errors
from policies.selectors import product_definition, versions_sold
from underwriting import rules, selectors, services
from underwriting.enums import SubmissionState
from underwriting.forms import BindForm
from underwriting.models import Quote, Submission
from underwriting.views.acts import ACTS, QUOTE_ACTS

TAG = "quotes"
MONEY = {"max_digits": 16, "decimal_places": 2, "allow_null": True}
HREF, QUOTE_HREF = "/api/submissions/{}/", "/api/quotes/{}/"


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


class SelectionBody(serializers.Serializer):
    """One coverage of one insured item; options by their code, empty where there is none."""

    coverage = serializers.CharField(max_length=24)
    item = serializers.CharField(max_length=40, allow_blank=True, default="")
    limit = serializers.CharField(max_length=24, allow_blank=True, default="")
    deductible = serializers.CharField(max_length=24, allow_blank=True, default="")


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
        return actions_of(self.context["user"], quote, QUOTE_ACTS, href)

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
            coverages=_selections(told["coverages"]),
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


def _selections(sent):
    return [{"key": coverage_key(row["coverage"], row["item"]), **row} for row in sent]


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


class SubmissionAct(APIView):
    """Perform one act on an application."""

    scope = "quotes"
    act = ""

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        submission = _submission(request, number)
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
        quote = _quote(request, number)
        workflow.demand_open(quote, self.act, by=request.user)
        service, form_class = QUOTE_ACTS[self.act]
        options = {"quote": quote} if form_class is BindForm else {}
        form = _form(self.body, form_class, request, **options)
        service(quote=quote, by=request.user, **form.cleaned_data)
        return 200, quote_body(request, number)


def _form(serializer_class, form_class, request, **options):
    sent = serializer_class(data=request.data)
    sent.is_valid(raise_exception=True)
    return filled(form_class, sent.validated_data, **options)


def _submission(request, number):
    rows = Submission.objects.for_user(request.user).select_related("customer", "agent", "address")
    return get_object_or_404(rows, number=number)


def _quote(request, number):
    rows = Quote.objects.for_user(request.user).select_related(
        "submission__agent", "submission__customer", "carrier", "version__product", "policy"
    )
    return get_object_or_404(rows.defer("version__definition", "worksheet"), number=number)


def body_of(request, number):
    submission = _submission(request, number)
    submission.asked = selectors.quotes_of(submission, request.user)
    return SubmissionBody(submission, context={"user": request.user}).data


def quote_body(request, number):
    return QuoteBody(_quote(request, number), context={"user": request.user}).data


def act_view(base, name, act, form_class, model, response):
    """The view of one act: its body is the form of its page."""
    body = serializer_of(form_class, f"{name}{act.capitalize()}")
    label = workflow.label_of(model(), act)

    @act_schema(f"{name.lower()}s_{act}", tag=TAG, request=body, response=response, label=label)
    def post(self, request, number):
        return base.post(self, request, number)

    members = {"act": act, "body": body, "post": post}
    return type(f"{name}{act.capitalize()}View", (base,), members).as_view()


urlpatterns = [
    path("submissions/", SubmissionList.as_view(), name="api-submissions"),
    path("submissions/<slug:number>/", SubmissionDetail.as_view(), name="api-submission"),
    *(
        path(
            f"submissions/<slug:number>/{act}/",
            act_view(SubmissionAct, "Submission", act, form_class, Submission, SubmissionBody),
            name=f"api-submission-{act}",
        )
        for act, (_service, form_class) in ACTS.items()
    ),
    path("quotes/<slug:number>/", QuoteDetail.as_view(), name="api-quote"),
    *(
        path(
            f"quotes/<slug:number>/{act}/",
            act_view(QuoteAct, "Quote", act, form_class, Quote, QuoteBody),
            name=f"api-quote-{act}",
        )
        for act, (_service, form_class) in QUOTE_ACTS.items()
    ),
]
