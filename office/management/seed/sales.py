"""Customers and policies: asked, quoted at every carrier, approved where referred, bound, paid."""

from datetime import datetime, timedelta
from importlib import import_module
from uuid import UUID

from accounting import services as accounting
from accounting.enums import InvoiceState
from accounting.models import Invoice
from customers import services as customers
from customers.models import Customer, Message
from office import clock
from office.celery import app
from office.exceptions import Refused
from office.management.seed import business, lives, risks
from office.management.seed.cast import PASSWORD, Cast
from office.models import OutboxMessage, User
from policies.catalogue.application import default_coverages
from policies.models import Policy
from policies.selectors import product_definition, versions_sold
from underwriting import services as underwriting
from underwriting.enums import BINDABLE, QuoteState
from underwriting.models import Submission

LARGE_BILL = 2500  # USD; above it nobody pays by card
RISKS = {"auto": risks.auto, "home": risks.home, **lives.RISKS, **business.RISKS}


def add_customer(dice: risks.Dice, number: int, cast: Cast) -> Customer:
    told = risks.person(dice, number)
    agent = cast.agents[number % len(cast.agents)]
    return customers.add_customer(by=cast[agent.name], **told)


def open_portal(customer: Customer, cast: Cast) -> User:
    """The login of a policyholder: invited, and the link of the invitation opened."""
    from django.contrib.auth.models import AnonymousUser

    customers.invite_to_portal(customer=customer, by=cast["Ines Park"])
    letter = Message.objects.filter(reference=f"customer:{customer.number}").latest("pk")
    token = str(letter.secret).rstrip("/").rsplit("/", 1)[-1]
    return customers.accept_invitation(token=token, password=PASSWORD, by=AnonymousUser())


def sell(dice: risks.Dice, customer: Customer, kind: str, begins: datetime, cast: Cast):
    """One policy that begins on that day, or None where every carrier declined.

    The premium is compared: mostly the cheaper carrier is bound.
    """
    with clock.travel(begins - dice.days_between(2, 12)):
        submission = ask_carriers(dice, customer, kind, begins, cast)
        quotes = submission.quotes.select_related("version").defer("version__definition")
        offers = [_approved(quote, cast) for quote in quotes]
        offers = sorted((o for o in offers if o), key=lambda quote: quote.total)
        if not offers:
            return None
        chosen = offers[0] if dice.random() < 0.7 else offers[-1]
        plans = [plan.code for plan in product_definition(chosen.version).pay_plans]
        return underwriting.bind_quote(
            quote=chosen, pay_plan=dice.choice(plans), by=cast[submission.agent.name]
        )


def change_car(policy: Policy, cast: Cast) -> None:
    """Two months on the customer calls: the first car is driven more than was thought."""
    if policy.product.kind != "auto":
        return
    begins = policy.terms.get().valid_from
    called = clock.start_of(begins) + timedelta(days=60, hours=17)
    if called > clock.now():
        return
    with clock.travel(called):
        underwriting.endorse_policy(
            policy=policy,
            effective_on=clock.day_of(called) + timedelta(days=5),
            patch=[{"op": "set", "path": "risk.vehicles.v1.annual_miles", "value": 20500}],
            note="The customer drives to a new job.",
            by=cast["Ines Park"],
        )


def ask_carriers(dice, customer: Customer, kind: str, begins: datetime, cast: Cast) -> Submission:
    """An application, answered by every carrier."""
    address = customer.addresses.get(is_current=True)
    agent = customer.agent or cast.agents[0]
    buyer = {
        "name": customer.display_name,
        "street": address.street,
        "city": address.city,
        "postal_code": address.postal_code,
        "jurisdiction": address.jurisdiction,
    }
    risk = RISKS[kind](dice, buyer, begins.date())
    sold = versions_sold(kind=kind, jurisdiction=address.jurisdiction, on=begins.date())
    submission = underwriting.take_application(
        customer=customer,
        agent=agent,
        product_kind=kind,
        effective_on=begins.date(),
        application=risk,
        coverages=default_coverages(product_definition(sold[0]), risk, address.jurisdiction),
        by=cast[agent.name],
    )
    do_outbox("underwriting.quote_at_carrier")
    return submission


def _approved(quote, cast: Cast):
    """The quote ready to bind: approved by an underwriter where it was referred."""
    if quote.state == QuoteState.REFERRED:
        quote = underwriting.approve_quote(
            quote=quote,
            by=cast["Noor Rahman"],
            note="Within our appetite after a look at the file.",
        )
    return quote if quote.state in BINDABLE else None


def pay_due_invoices(dice: risks.Dice, policy: Policy, cast: Cast) -> None:
    """What is due by now is mostly paid, on its day."""
    now = clock.now()
    open_invoices = Invoice.objects.filter(
        billing_account__policy_number=policy.number, state=InvoiceState.OPEN
    )
    for invoice in open_invoices.order_by("due_on"):
        due = clock.start_of(invoice.due_on) + timedelta(hours=18)
        if due > now or dice.random() < 0.08:
            continue
        with clock.travel(due):
            accounting.pay_invoice(
                invoice=invoice,
                amount=invoice.total,
                method="card" if invoice.total < LARGE_BILL else "bank_debit",
                token="tok_demo",
                idempotency_key=str(UUID(int=dice.getrandbits(128))),
                by=cast["Alma Ortiz"],
            )


def do_outbox(name: str) -> None:
    """Do what waits for this task now, as a worker would."""
    import_module(f"{name.partition('.')[0]}.tasks")
    waiting = OutboxMessage.objects.filter(task=name, done_at=None).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        app.tasks[name](message_id=pk)


def quote_only(dice, customer: Customer, kind: str, cast: Cast) -> None:
    """A submission that nobody has bound yet."""
    begins = clock.now() + dice.days_between(5, 25)
    with clock.travel(clock.now() - dice.days_between(0, 6)):
        try:
            ask_carriers(dice, customer, kind, begins, cast)
        except Refused:
            return
