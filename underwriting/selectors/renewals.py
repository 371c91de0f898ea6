"""Renewals: which policies are due for one, what each would cost and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.instalments import Plan, schedule
from accounting.models import BillingAccount
from claims.selectors import Losses, loss_experience
from office import clock, money
from office.exceptions import Refused
from office.models import User
from office.workflow import label_of, moves_open_to
from policies import catalogue
from policies import selectors as cover
from policies.catalogue.application import (
    coverage_errors,
    judged_fields,
    risk_errors,
    unjudged,
)
from policies.enums import PolicyState
from policies.models import NonRenewal, Policy, ProductVersion, Segment, Term
from policies.selectors import letters
from underwriting import rules, waterfall
from underwriting.enums import PRICED, RENEWAL_OPEN, QuoteState, RenewalState
from underwriting.models import Judgment, Quote, Renewal, RenewalEvent
from underwriting.selectors.changes import NOT_REVIEWED, RenewalReview, review_renewal

FURTHEST = timedelta(days=180)  # of `work_days` in the schema of products
STEP = {
    waterfall.RATE: gettext_lazy("New rates"),
    waterfall.EXPOSURE: gettext_lazy("What is insured"),
    waterfall.CLAIMS: gettext_lazy("Claims"),
    waterfall.TIER: gettext_lazy("Credit tier, discounts and judgment"),
}


@dataclass(frozen=True)
class Proposal:
    """What a renewal stores of what it would insure, what that costs and why."""

    version: ProductVersion
    risk: dict[str, Any]
    coverages: list[dict[str, Any]]
    expiring: Decimal
    losses: Losses
    premium: Decimal = money.ZERO
    fees: Decimal = money.ZERO
    tax: Decimal = money.ZERO
    steps: waterfall.Waterfall | None = None
    problem: str = ""
    review: RenewalReview = NOT_REVIEWED

    def as_columns(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "risk": self.risk,
            "coverages": self.coverages,
            "expiring": self.expiring,
            "premium": self.premium,
            "fees": self.fees,
            "tax": self.tax,
            "waterfall": self.steps.to_json() if self.steps else {},
            "loss_count": self.losses.count,
            "incurred": self.losses.incurred,
            "problem": self.problem[:500],
            **self.review.as_columns(),
        }


def policies_to_renew(on: date) -> list[int]:
    """Policies in force whose work begins by `on`: each product says how long before the end.

    Left out is what has a renewal already, what is not to be renewed, and what is over.
    """
    last = Term.objects.filter(policy=OuterRef("pk")).order_by("-sequence")
    taken = Renewal.objects.filter(policy=OuterRef("pk"), sequence=OuterRef("sequence") + 1)
    refused = NonRenewal.objects.filter(term=OuterRef("term"))
    rows = (
        Policy.objects.filter(state=PolicyState.IN_FORCE)
        .annotate(
            term=Subquery(last.values("pk")[:1]),
            ends=Subquery(last.values("valid_to")[:1]),
            sequence=Subquery(last.values("sequence")[:1]),
            version=Subquery(last.values("version")[:1]),
        )
        .filter(ends__gt=on, ends__lte=on + FURTHEST)
        .filter(~Exists(taken), ~Exists(refused))
        .order_by("ends", "pk")
        .values_list("pk", "ends", "version")
    )
    begins = _work_begins({version for _pk, _ends, version in rows})
    return [pk for pk, ends, version in rows if (ends - on).days <= begins[version]]


def _work_begins(versions: Iterable[int]) -> dict[int, int]:
    found = ProductVersion.objects.filter(pk__in=list(versions))
    return {row.pk: max(cover.product_definition(row).renewal.work_days) for row in found}


def last_state(term: Term) -> dict[str, Any]:
    """What is insured on the last day of a term, as believed now."""
    segment = Segment.objects.filter(term=term).current().order_by("valid").last()
    if segment is None or segment.valid.upper != term.valid_to:
        raise Refused(_("Nothing is insured on the last day of the term, so there is no renewal."))
    insured: dict[str, Any] = segment.insured
    return insured


def propose(
    term: Term,
    *,
    risk: dict[str, Any] | None = None,
    coverages: list[dict[str, Any]] | None = None,
    judgment: Judgment | None = None,
) -> Proposal:
    """The term that would follow: on the version then in force, with the losses known today.

    risk, coverages: what is to be insured, where somebody has said so; else as on the last day,
    with the losses of the term counted in. judgment: what an underwriter judges of the new term;
    that of the old one ends with it.
    """
    policy, state = term.policy, last_state(term)
    version = cover.version_in_force(product=policy.product_id, on=term.valid_to)
    if version is None:
        raise Refused(_("This product is no longer sold."))
    definition = cover.product_definition(version)
    renewal = definition.renewal
    losses = loss_experience(policy, since=term.valid_from, coverages=renewal.losses_of)
    if risk is None:
        risk = waterfall.with_losses(state["risk"], losses.count, renewal.losses_into)
    risk = unjudged(definition, risk)
    if judgment is not None:
        risk = judgment.applied_to(risk)
    if coverages is None:
        coverages = state["coverages"]
    expiring = _premium(term.version, policy, state["risk"], state["coverages"], term.valid_from)
    found = Proposal(version, risk, coverages, expiring, losses)
    errors = risk_errors(definition, risk) or coverage_errors(
        definition, risk, coverages, policy.jurisdiction
    )
    if errors:
        return _with_problem(found, f"{errors[0].path}: {errors[0].message}")
    try:
        return _priced(found, term, state, renewal)
    except Refused as refusal:
        return _with_problem(found, str(refusal))


def _priced(
    found: Proposal, term: Term, state: dict[str, Any], renewal: catalogue.Renewal
) -> Proposal:
    policy, version = term.policy, found.version
    rated = cover.rating_plan(version).rate(
        found.risk, found.coverages, policy.jurisdiction, term.valid_to
    )
    review = review_renewal(term, version, state=state, risk=found.risk, coverages=found.coverages)
    steps = waterfall.explain(
        state["risk"],
        found.risk,
        expiring=found.expiring,
        old_days=lambda risk: _premium(version, policy, risk, state["coverages"], term.valid_from),
        new_days=lambda risk: _premium(version, policy, risk, found.coverages, term.valid_to),
        claims=renewal.claims,
        tier=(*renewal.tier, *judged_fields(cover.product_definition(version))),
    )
    return Proposal(
        version,
        found.risk,
        found.coverages,
        found.expiring,
        found.losses,
        premium=rated.premium,
        fees=rated.fee,
        tax=rated.tax,
        steps=steps,
        review=review,
    )


def _premium(
    version: ProductVersion,
    policy: Policy,
    risk: Any,
    coverages: list[dict[str, Any]],
    on: date,
) -> Decimal:
    return cover.rating_plan(version).rate(risk, coverages, policy.jurisdiction, on).premium


def _with_problem(found: Proposal, problem: str) -> Proposal:
    return Proposal(
        found.version, found.risk, found.coverages, found.expiring, found.losses, problem=problem
    )


def pay_plan_of(policy: Policy) -> str:
    """The plan by which the policy is paid now."""
    account = BillingAccount.objects.filter(policy_number=policy.number).first()
    plan = account.pay_plan.get("code", "") if account else ""
    return str(plan)


def plan_of(renewal: Renewal, code: str = "") -> catalogue.PayPlan:
    """A pay plan of the next term: the one named, else that of the last term or the first.

    Raises `Refused` for a plan that the product does not have.
    """
    plans = plans_of(renewal)
    found = next((plan for plan in plans if plan.code == (code or renewal.pay_plan)), None)
    if found is None and not code:
        return plans[0]
    if found is None:
        raise Refused(_("This product has no such pay plan."), field="pay_plan")
    return found


def plans_of(renewal: Renewal, *, renews_on: str = "") -> list[catalogue.PayPlan]:
    """The pay plans of the next term; those that begin it on `acceptance` or `payment` alone."""
    plans = cover.product_definition(renewal.version).pay_plans
    return [plan for plan in plans if renews_on in ("", plan.renews_on)]


def first_payment(renewal: Renewal, plan: catalogue.PayPlan) -> Decimal:
    """What is to be paid so that the next term begins: its first instalment less the credit."""
    definition = cover.product_definition(renewal.version)
    first, *_others = schedule(
        premium=renewal.premium,
        tax=renewal.tax,
        fees=renewal.fees,
        plan=Plan(plan.down_payment, plan.instalments, plan.interval_months, plan.instalment_fee),
        from_on=renewal.valid_from,
        to_on=clock.add_months(renewal.valid_from, definition.term_months),
    )
    account = BillingAccount.objects.filter(policy_number=renewal.policy.number).first()
    return max(first.total - (account.credit if account else money.ZERO), money.ZERO)


def edited_risk(renewal: Renewal) -> dict[str, Any]:
    """What somebody wants insured, with the losses that have become known since they said so."""
    definition = cover.product_definition(renewal.version).renewal
    since = renewal.policy.terms.get(sequence=renewal.sequence - 1).valid_from
    known = loss_experience(renewal.policy, since=since, coverages=definition.losses_of)
    new = max(known.count - renewal.loss_count, 0)
    return waterfall.with_losses(renewal.risk, new, definition.losses_into)


def asks_other_carriers(renewal: Renewal) -> bool:
    """Whether the increase is beyond what the product lets pass without asking others."""
    above = cover.product_definition(renewal.version).renewal.remarket_above
    increase = renewal.increase
    return above is not None and increase is not None and increase > above


def offers_due(on: date) -> list[int]:
    """Renewals in work whose offer has to go out by `on`, and which no rule holds up."""
    rows = Renewal.objects.filter(state=RenewalState.WORKING, problem="").unheld()
    rows = rows.filter(valid_from__gt=on, valid_from__lte=on + FURTHEST).select_related("version")
    return [
        row.pk
        for row in rows.order_by("valid_from", "pk")
        if (row.valid_from - on).days <= cover.product_definition(row.version).renewal.offer_days
    ]


def renewals_over(on: date) -> QuerySet[Renewal]:
    """Open renewals whose first day has come without an answer."""
    return Renewal.objects.open().filter(valid_from__lte=on).select_related("policy")


def renewal_rows(user: User) -> QuerySet[Renewal]:
    """The renewals that a person may see, with what each costs and by how much it changes."""
    return Renewal.objects.for_user(user).annotate(
        total_amount=F("premium") + F("fees") + F("tax"), change=F("premium") - F("expiring")
    )


def within(rows: QuerySet[Renewal], days: int) -> QuerySet[Renewal]:
    """Open, and beginning within so many days."""
    until = clock.add_days(clock.today(), days)
    return rows.filter(
        state__in=(RenewalState.WORKING, RenewalState.OFFERED), valid_from__lte=until
    )


def steps_of(renewal: Renewal) -> list[tuple[str, Decimal]]:
    """The waterfall in the reader's words; nothing where the renewal has no price."""
    found = renewal.steps
    return [(str(STEP[step.code]), step.amount) for step in found.steps] if found else []


def link_to_offer(renewal: Renewal) -> str:
    return f"{settings.OFFICE_URL}{reverse('portal:renewal', args=[renewal.number])}"


def lapse_data(renewal: Renewal) -> dict[str, Any]:
    """The data of `templates/documents/renewal_lapse.typ`: the cover is over, and why."""
    return {
        **letters.heading(renewal.policy),
        "valid_from": renewal.valid_from,
        "total": money.format(renewal.total),
        "is_unpaid": not plans_of(renewal, renews_on="acceptance"),
    }


def offer_data(renewal: Renewal) -> dict[str, Any]:
    """The data of `templates/documents/renewal_offer.typ`, in the reader's words."""
    begins_paid = not plans_of(renewal, renews_on="acceptance")
    plan = plan_of(renewal)
    rows = [(_("Premium of the term that ends"), renewal.expiring), *steps_of(renewal)]
    levies = [(_("Fees"), renewal.fees), (_("Tax"), renewal.tax)]
    return {
        **letters.heading(renewal.policy),
        "valid_from": renewal.valid_from,
        "rows": [[name, money.format(amount)] for name, amount in rows],
        "premium": money.format(renewal.premium),
        "levies": [[name, money.format(amount)] for name, amount in levies if amount],
        "total": money.format(renewal.total),
        "loss_count": renewal.loss_count,
        "changed": money.format(abs(renewal.premium - renewal.expiring)),
        "is_dearer": renewal.premium > renewal.expiring,
        "plan": catalogue.label(plan.names),
        "begins_paid": begins_paid,
        "first_payment": money.format(first_payment(renewal, plan)),
    }


@dataclass(frozen=True)
class OtherOffer:
    """What another carrier asks for the next term, against the renewal.

    change: how much more, or less; None while it has no price, or none that the person may see.
    """

    quote: Quote
    change: Decimal | None
    can_be_bound: bool


def other_offers(renewal: Renewal, user: User) -> list[OtherOffer]:
    """The quotes of the carriers that were asked, the cheapest first."""
    if renewal.submission is None:
        return []
    quotes = renewal.submission.quotes.select_related("carrier", "submission__agent")
    return [_other_offer(renewal, quote, user) for quote in quotes.order_by("total", "pk")]


def _other_offer(renewal: Renewal, quote: Quote, user: User) -> OtherOffer:
    is_priced = quote.state in PRICED | {QuoteState.BOUND}
    is_seen = is_priced and rules.may_see_price(quote, user)
    is_open = any(one.act == "bind" for one in moves_open_to(user, quote))
    return OtherOffer(
        quote,
        quote.total - renewal.total if is_seen else None,
        is_open and renewal.state in RENEWAL_OPEN,
    )


def renewal_history(renewal: Renewal) -> list[RenewalEvent]:
    """What was done with it, the latest first."""
    events = list(renewal.events.select_related("by").order_by("-seq"))
    for event in events:
        event.label = label_of(renewal, event.kind)
    return events


def renewal_figures(renewal: Renewal) -> list[dict[str, Any]]:
    """Old premium, new premium, how much that is more or less, and the losses that count."""
    increase = renewal.increase
    percent = number_format((increase or 0) * 100, 1) + "%"
    rises = increase is not None and increase > 0
    return [
        {"label": _("Premium of the term that ends"), "value": money.format(renewal.expiring)},
        {"label": _("Premium of the new term"), "value": money.format(renewal.premium)},
        {"label": _("Change"), "value": percent, "tone": "warn" if rises else "good"},
        {"label": _("Total with taxes and fees"), "value": money.format(renewal.total)},
        {"label": _("Claims that count"), "value": str(renewal.loss_count)},
    ]


def renewals_for_desk(user: User, at_most: int) -> list[Renewal]:
    """Open renewals of the next 90 days, the nearest first: those that nobody has answered."""
    rows = within(Renewal.objects.for_user(user), 90).select_related("policy__customer")
    return list(rows.order_by("valid_from", "pk")[:at_most])
