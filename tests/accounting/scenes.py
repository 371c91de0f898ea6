"""People and papers for the tests of accounting, made by the services that make them in life."""

import uuid
from datetime import date
from decimal import Decimal

from accounting import services, tasks
from accounting.enums import AccountCode
from accounting.models import BillingAccount
from customers import services as customers
from customers.models import Customer
from office import clock
from office.enums import AuthorityKind
from office.models import AuthorityLimit, OutboxMessage, Role, User

DIMS = {"product": "BIND-PA", "line": "casualty", "carrier": "BIND", "jurisdiction": "US-CA"}


def person(*roles, name="Dana Ruiz", email="", **fields):
    fields = {"is_staff": True} | fields
    email = email or f"{name.lower().replace(' ', '.')}.{User.objects.count()}@bindery.example"
    user = User.objects.create_user(email, name=name, **fields)
    user.roles.set(Role.objects.filter(code__in=roles))
    return user


def accountant(*, up_to="100000.00", name="Alma Ortiz"):
    user = person("accountant", name=name)
    for kind in (AuthorityKind.PAYMENT, AuthorityKind.REFUND):
        AuthorityLimit.objects.create(
            kind=kind, user=user, amount=Decimal(up_to), valid_from=date(2020, 1, 1)
        )
    return user


def office():
    return User.objects.service()


def reserve(by, *, source="claim:CL-2026-000042", change="1000.00", kind="indemnity"):
    return services.post_reserve_change(
        source=source, change=Decimal(change), kind=kind, dims=DIMS, by=by
    )


def two_lines(amount="100.00", *, dr=AccountCode.BANK, cr=AccountCode.CAPITAL, currency="USD"):
    return [
        services.debit(dr, Decimal(amount), currency=currency),
        services.credit(cr, Decimal(amount), currency=currency),
    ]


def entry(by, amount="100.00", **fields):
    fields = {"source": "journal:1", "memo": "Capital paid in"} | fields
    return services.post_entry(lines=two_lines(amount), by=by, **fields)


def customer(*, given_name="Elena", family_name="Vargas", language="en"):
    return customers.add_customer(
        kind="person",
        given_name=given_name,
        family_name=family_name,
        email=f"{given_name.lower()}.{Customer.objects.count()}@example.org",
        address={
            "street": "12 Alder Street",
            "city": "Sacramento",
            "jurisdiction": "US-CA",
            "postal_code": "95814",
        },
        language=language,
        by=person("customer_service", name="Ines Park"),
    )


def bank_account(payee, *, verified=True):
    account = customers.add_bank_account(
        customer=payee,
        holder=payee.display_name,
        iban_or_account="000123456789",
        routing="121000358",
        by=person("customer_service", name="Ines Park"),
    )
    if not verified:
        return account
    return customers.verify_bank_account(account=account, by=person("accountant", name="Vera Lund"))


def drafted(*, amount="250.00", payee=None, account=None, source="claim:CL-2026-000042", **fields):
    """A claim's payment, waiting for an accountant, with its reserve in the ledger."""
    payee = payee or customer()
    handler = person("claims_handler", name="Hugo Brandt")
    reserve(handler, source=source, change=amount)
    return services.draft_payment(
        payee=payee,
        payee_name=payee.display_name,
        bank_account=account or bank_account(payee),
        amount=Decimal(amount),
        source=source,
        memo="Claim CL-2026-000042",
        dims=DIMS,
        by=handler,
        **({"on_confirmed": ""} | fields),
    )


def approved(**fields):
    return services.approve_payment(payment=drafted(**fields), by=accountant())


def billed(
    *,
    policy_number="PA-2026-000001",
    premium="1200.00",
    tax="28.20",
    fees="25.00",
    plan=None,
    is_own=True,
    payer=None,
    from_on=None,
):
    """A policy whose premium is posted and billed, as binding does it."""
    by = person("policy_administrator", name="Pia Stone")
    from_on = from_on or clock.today()
    amounts = {"premium": Decimal(premium), "tax": Decimal(tax), "fees": Decimal(fees)}
    services.post_premium_written(
        policy_number=policy_number,
        carrier_code="BIND" if is_own else "HARBOR",
        is_own=is_own,
        commission_rate=Decimal("0.12"),
        product="BIND-PA",
        line="casualty",
        jurisdiction="US-CA",
        by=by,
        **amounts,
    )
    return services.bill_policy(
        policy_number=policy_number,
        customer=payer or customer(),
        pay_plan=plan or {},
        from_on=from_on,
        to_on=from_on.replace(year=from_on.year + 1),
        by=by,
        **amounts,
    )


def rebilled(premium, *, tax="0.00", fees="0.00", account=None, day=None, before="1200.00"):
    """A change of the premium of `billed()`, posted and spread anew, as an endorsement does it."""
    by = person("policy_administrator", name="Pia Stone")
    account = account or BillingAccount.objects.latest("pk")
    first = account.instalments.order_by("sequence")[0].due_on
    amounts = {"premium": Decimal(premium), "tax": Decimal(tax), "fees": Decimal(fees)}
    services.post_premium_written(
        policy_number=account.policy_number,
        carrier_code=account.carrier,
        is_own=not account.holds_trust_money,
        commission_rate=Decimal("0.12"),
        product=account.product,
        line=account.line,
        jurisdiction=account.jurisdiction,
        by=by,
        written_before=Decimal(before),
        **amounts,
    )
    return services.rebill_policy(
        policy_number=account.policy_number,
        from_on=first,
        to_on=first.replace(year=first.year + 1),
        memo="Endorsement",
        by=by,
        **amounts,
    )


def pay(invoice, amount, by, *, key="", method="card"):
    return services.pay_invoice(
        invoice=invoice,
        amount=Decimal(amount),
        method=method,
        token="tok_visa",
        idempotency_key=key or str(uuid.uuid4()),
        by=by,
    )


TASKS = {
    task.name: task
    for task in (
        tasks.send_payment,
        tasks.capture_receipt,
        tasks.issue_invoice,
        tasks.issue_invoice_document,
    )
}


def do_outbox():
    """What workers would do: every message of accounting that is due, and what these put."""
    waiting = OutboxMessage.objects.filter(task__in=TASKS, done_at=None).order_by("id")
    while due := list(waiting.exclude(due_at__gt=clock.now())):
        for message in due:
            TASKS[message.task](message.pk)


def lines_of(entry):
    """(account, amount) of an entry, in order, amounts as text."""
    return [(line.account_id, str(line.amount)) for line in entry.lines.all()]


def invoices_of(day):
    """The daily run of that day: what is due is announced, then invoiced."""
    announced = services.announce_due_invoices(on=day)
    do_outbox()
    return announced
