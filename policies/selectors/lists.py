"""Policies as rows: for the list, for a customer's page, for the nightly run."""

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

from customers.models import Customer
from customers.names import words_of
from office import clock
from office.models import User
from policies.enums import OPEN, PolicyState
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
    in_force = Policy.objects.filter(state=PolicyState.IN_FORCE)
    return in_force.annotate(today=today).filter(~Exists(running))


def policy_rows(user: User) -> QuerySet[Policy]:
    """The policies that a person may see, with the days and the total of the latest term."""
    last = Term.objects.filter(policy=OuterRef("pk")).order_by("-sequence")
    return Policy.objects.for_user(user).annotate(
        from_on=Subquery(last.values("valid_from")[:1]),
        to_on=Subquery(last.values("valid_to")[:1]),
        total=Subquery(last.values(total=F("written") + F("fees") + F("tax"))[:1]),
    )


def found_by_words(policies: QuerySet[Policy], text: str) -> QuerySet[Policy]:
    """Those whose number or policyholder's name holds every word. Our numbers have digits."""
    for word in words_of(text):
        matches = Q(customer__folded__contains=word)
        if any(sign.isdigit() for sign in word):
            matches |= Q(number__contains=word.upper())
        policies = policies.filter(matches)
    return policies


def policies_ending(policies: QuerySet[Policy], *, within_days: int) -> QuerySet[Policy]:
    """In force, with the last term ending within so many days: renewals to work on."""
    until = clock.add_days(clock.today(), within_days)
    last = Term.objects.filter(policy=OuterRef("pk"), valid_to__gt=until)
    return policies.filter(~Exists(last), state__in=OPEN)
