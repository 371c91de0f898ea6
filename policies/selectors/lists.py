"""Policies as rows: for the list, for a customer's page, for the nightly run."""

from typing import Any

from django.db.models import (
    DateField,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from customers.models import Carrier, Customer
from customers.names import words_of
from office import clock
from office.models import User
from policies.models import Policy, Term


def policies_for(customer: Customer) -> QuerySet[Policy]:
    """The customer's policies, newest first, for their page and the portal."""
    return (
        Policy.objects.filter(customer=customer)
        .select_related("product__carrier")
        .prefetch_related("terms")
        .order_by("-number")
    )


def policies_past_their_term() -> QuerySet[Policy]:
    """In force by their state although the last term has ended, each in its own time zone."""
    today = Cast(
        Func(F("time_zone"), Value(clock.now()), function="timezone", output_field=DateTimeField()),
        DateField(),
    )
    running = Term.objects.filter(policy=OuterRef("pk"), valid_to__gt=OuterRef("today"))
    return Policy.objects.in_force().annotate(today=today).filter(~Exists(running))


def policy_rows(
    user: User,
    *,
    q: str = "",
    state: str = "",
    carrier: Carrier | None = None,
    jurisdiction: str = "",
) -> QuerySet[Policy]:
    """The policies that a person may see, with the days and the total of the latest term."""
    last = Term.objects.filter(policy=OuterRef("pk")).order_by("-sequence")
    rows = Policy.objects.for_user(user).select_related("customer", "product__carrier", "agent")
    for word in words_of(q):
        rows = rows.filter(Q(number__icontains=word) | Q(customer__folded__contains=word))
    if state:
        rows = rows.filter(state=state)
    if carrier:
        rows = rows.filter(product__carrier=carrier)
    if jurisdiction:
        rows = rows.filter(jurisdiction__iendswith=jurisdiction)
    return rows.annotate(
        from_on=Subquery(last.values("valid_from")[:1]),
        to_on=Subquery(last.values("valid_to")[:1]),
        total=Subquery(last.values(total=F("written") + F("fees") + F("tax"))[:1]),
    ).order_by("-pk")


POLICY_COLUMNS = (
    gettext_lazy("Policy"),
    gettext_lazy("Policyholder"),
    gettext_lazy("Product"),
    gettext_lazy("Carrier"),
    gettext_lazy("From"),
    gettext_lazy("To"),
    gettext_lazy("State of risk"),
    gettext_lazy("State"),
    gettext_lazy("Total"),
)


def policy_cells(policy: Policy) -> tuple[Any, ...]:
    """One row of the exported list."""
    return (
        policy.number,
        policy.customer.display_name,
        policy.product.name,
        policy.product.carrier.name,
        policy.from_on,
        policy.to_on,
        policy.jurisdiction,
        policy.get_state_display(),
        policy.total,
    )
