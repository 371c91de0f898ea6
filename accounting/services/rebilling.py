"""A change of what a policy costs: the rest is spread anew; premium that goes back is credit."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import Enum

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounting.instalments import Instalment as Bill
from accounting.instalments import Plan, gathered, respread, resumed
from accounting.models import BillingAccount, CreditNote, Instalment
from accounting.services.billing import as_bill, invoice_what_is_due, write_instalments
from accounting.services.crediting import allocate, pay_invoices, shares_of
from accounting.services.locking import locked
from accounting.services.posting import post_credit
from office import clock, money
from office.exceptions import Refused
from office.models import User


class Way(Enum):
    """What becomes of the instalments that have no invoice yet."""

    SPREAD = "spread"
    SETTLE = "settle"
    RESUME = "resume"


def rebill_policy(
    *,
    policy_number: str,
    premium: Decimal,
    tax: Decimal,
    fees: Decimal,
    from_on: date,
    to_on: date,
    memo: str,
    by: User,
    way: Way = Way.SPREAD,
) -> BillingAccount:
    """Bill a change of a term's charges: more of each where above zero, less where below.

    The change is spread over the instalments of the term `[from_on, to_on)` that have no invoice;
    where there are none it is billed at once. Premium that goes back lowers them; what is left
    pays the open invoices, the earliest due first, and then stays on the account as credit.
    Of a term that ended (`SETTLE`) the instalments go, and what is left falls due at once; of one
    that is taken up again (`RESUME`) the rest of the pay plan comes back.
    Call it after `post_premium_written`, and late: an invoice's number is held until the commit.
    """
    with transaction.atomic(savepoint=False):
        account = _locked_account(policy_number)
        rows = list(account.instalments.ahead().filter(due_on__gte=from_on, due_on__lt=to_on))
        today = clock.today()
        bills = [as_bill(row) for row in rows]
        if way == Way.RESUME and not bills:
            bills = resumed(Plan.read(account.pay_plan), from_on=from_on, to_on=to_on, on=today)
        spread = respread(bills, premium=premium, tax=tax, fees=fees, on=today)
        if way == Way.SETTLE:
            spread = spread._replace(bills=gathered(spread.bills, on=today))
        written = _write_spread(account, rows, spread.bills)
        if spread.credit:
            _give_credit(account, spread.credit, memo=memo, by=by)
        invoice_what_is_due(account, written, by=by)
    return account


def _locked_account(policy_number: str) -> BillingAccount:
    known = BillingAccount.objects.filter(policy_number=policy_number).values_list("pk", flat=True)
    if not known:
        raise Refused(_("%(policy)s has no billing account.") % {"policy": policy_number})
    return locked(BillingAccount, known[0])


def _write_spread(
    account: BillingAccount, rows: Sequence[Instalment], bills: Sequence[Bill]
) -> list[Instalment]:
    """The rows with their new charges; a bill more than rows is a new one, billed by itself."""
    for row, bill in zip(rows, bills, strict=False):
        row.premium, row.tax, row.fees = bill.premium, bill.tax, bill.fees
        row.instalment_fee, row.due_on = bill.instalment_fee, bill.due_on
    columns = ["premium", "tax", "fees", "instalment_fee", "due_on"]
    Instalment.objects.bulk_update(rows, columns)
    new = bills[len(rows) :]
    if not new:
        return list(rows)
    last = account.instalments.aggregate(last=Max("sequence"))["last"] or 0
    return [*rows, *write_instalments(account, new, after=last)]


def _give_credit(account: BillingAccount, amount: Decimal, *, memo: str, by: User) -> None:
    shares = shares_of(account, amount)
    left = amount - sum((share for _invoice, share in shares), money.ZERO)
    pay_invoices(shares)
    note = CreditNote.objects.create(
        billing_account=account,
        amount=amount,
        unapplied=left,
        memo=memo[:200],
        created_at=clock.now(),
        created_by=by,
    )
    allocate(note, shares, by=by)
    if left > money.ZERO:
        account.credit += left
        account.save(update_fields=["credit"])
        post_credit(note=note, by=by)
