"""Ends of policies: what one would return, what was decided, what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DateField, DateTimeField, F, Func, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.models import Invoice
from office import clock
from office.exceptions import Refused
from policies import charges, notices, segments
from policies.enums import PolicyState, TransactionKind
from policies.models import Cancellation, Policy, Term
from policies.selectors.beliefs import as_change, history, next_moment
from policies.selectors.changes import term_on
from policies.selectors.pricing import PricedTerm, price_term
from policies.selectors.products import product_definition

METHOD = {
    charges.FLAT: gettext_lazy("Voided from its first day"),
    charges.PRO_RATA: gettext_lazy("Pro rata"),
    charges.SHORT_RATE: gettext_lazy("Short rate"),
}
CHARGE = {
    "wheel": gettext_lazy("Difference of the pro rata wheel"),
    "short_rate": gettext_lazy("Short rate"),
    "holdback": gettext_lazy("Held back until reinstatement"),
    "minimum_earned": gettext_lazy("Minimum earned premium"),
}


@dataclass(frozen=True)
class Outcome:
    """What an end of a term makes of its amounts: kept, and returned, each to the cent."""

    term: Term
    method: str
    after: PricedTerm
    premium: Decimal
    fees: Decimal
    tax: Decimal

    @property
    def returned(self) -> Decimal:
        return self.premium + self.fees + self.tax

    @property
    def method_label(self) -> str:
        return str(METHOD[self.method])

    @property
    def lines(self) -> list[tuple[str, Decimal]]:
        """The premium returned by its days, what the product keeps of it, fees and tax."""
        kept = [(str(CHARGE[one.code]), -one.amount) for one in self.after.charges]
        by_days = self.premium + charges.total(self.after.charges)
        rows = [(_("Premium of the days that are cut off"), by_days), *kept]
        rows += [(_("Fees"), self.fees), (_("Tax"), self.tax)]
        return [row for row in rows if row[1]]


def later_terms(term: Term) -> list[Term]:
    """Terms that were written already and begin after this one: they fall with it."""
    return list(
        Term.objects.filter(policy=term.policy_id, sequence__gt=term.sequence)
        .select_related("policy__product", "version")
        .order_by("sequence")
    )


def outcome_of(policy: Policy, *, side: str, reason: str, effective_on: date) -> list[Outcome]:
    """What it would return to end the policy so: of its term, and of the later ones, all."""
    term = term_on(policy, effective_on)
    facts = {"side": side, "reason": reason}
    later = [(one, one.valid_from) for one in later_terms(term)]
    return [_outcome(one, day, facts) for one, day in [(term, effective_on), *later]]


def _outcome(term: Term, effective_on: date, facts: dict[str, str]) -> Outcome:
    past = history(term)
    moment = next_moment(past)
    trial = segments.Transaction(TransactionKind.CANCELLATION, effective_on, moment, facts=facts)
    after = price_term(term, [*map(as_change, past), trial])
    method = product_definition(term.version).cancellation.method(
        side=facts["side"],
        reason=facts["reason"],
        is_from_first_day=effective_on == term.valid_from,
    )
    return Outcome(
        term,
        method,
        after,
        term.written - after.written,
        term.fees - after.fees,
        term.tax - after.tax,
    )


def owed_on(policy: Policy) -> Decimal:
    """What is invoiced and unpaid of this policy."""
    return Invoice.objects.filter(billing_account__policy_number=policy.number).owed()


def is_overdue(policy: Policy) -> bool:
    invoices = Invoice.objects.filter(billing_account__policy_number=policy.number)
    return invoices.overdue(on=clock.today(policy.time_zone)).exists()


def charges_of(terms: Sequence[Term]) -> list[dict[str, Any]]:
    """The charges that terms carry now, worked out again from their transactions."""
    return [
        {"term": term, "label": CHARGE[charge.code], "amount": charge.amount}
        for term in terms
        for charge in price_term(term, map(as_change, history(term))).charges
    ]


def announced(policy: Policy) -> Cancellation | None:
    """The end that was announced and has neither come nor been taken back."""
    if policy.state != PolicyState.PENDING_CANCELLATION:
        return None
    return policy.cancellations.announced().select_related("term").first()


def last_cancellation(policy: Policy) -> Cancellation:
    """The one that ended the cover of a cancelled policy."""
    ended = policy.cancellations.effective().select_related("term__version", "transaction")
    found = ended.order_by("-transaction__recorded_at").first()
    if found is None:
        raise Refused(_("This policy was never cancelled."))
    return found


def cancellations_due() -> QuerySet[Cancellation]:
    """Announced ends whose day has come, each in the time zone of its policy."""
    today = Cast(
        Func(
            F("policy__time_zone"),
            Value(clock.now()),
            function="timezone",
            output_field=DateTimeField(),
        ),
        DateField(),
    )
    return (
        Cancellation.objects.announced()
        .annotate(today=today)
        .filter(effective_on__lte=F("today"), policy__state=PolicyState.PENDING_CANCELLATION)
        .select_related("policy")
        .order_by("pk")
    )


def place_of(policy: Policy) -> notices.Place:
    """Which statute speaks of the end of this policy."""
    product = policy.product
    return notices.Place(policy.jurisdiction, product.line, product.kind)


def earliest_end(policy: Policy, *, reason: str) -> notices.Notice:
    """The notice that the carrier owes for this reason if it is given today."""
    today = clock.today(policy.time_zone)
    first = policy.terms.order_by("sequence").first()
    assert first is not None, "A policy has a term from its first act on."
    return notices.notice_of_carrier(
        notices.rule_for(place_of(policy), today),
        reason=reason,
        noticed_on=today,
        in_force_since=first.valid_from,
    )


def runs_until(policy: Policy) -> date:
    """The day on which the last term ends."""
    return policy.terms.order_by("-sequence").values_list("valid_to", flat=True)[0]
