"""Money that leaves, once: drafted, approved by a second person, taken to the bank, confirmed.

The key is made with the approval and goes with every try, so the bank does it once. Between the
try and the answer the payment is `sending` under a lease; when no answer comes it is `unknown`:
the bank is asked, and only a key that it has never seen is sent again, under the same key.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounting import selectors
from accounting.enums import ASKABLE, CLAIM_PURPOSES, PaymentPurpose, PaymentState
from accounting.models import BillingAccount, Payment
from accounting.models.payments import LEASE
from accounting.providers import Outcome, Payout, Silent, provider
from accounting.services import posting
from accounting.services.crediting import spend_credit
from accounting.services.locking import locked
from accounting.services.posting import bank_of
from customers.models import BankAccount, Customer
from office import clock, money, outbox, workflow
from office.exceptions import Refused
from office.models import User
from office.numbering import number_record


def draft_payment(
    *,
    payee: Customer,
    payee_name: str,
    bank_account: BankAccount | None,
    amount: Decimal,
    source: str,
    memo: str,
    on_confirmed: str,
    by: User,
    on_returned: str = "",
    purpose: str = PaymentPurpose.CLAIM_LOSS,
    currency: str = "USD",
    dims: Mapping[str, str] | None = None,
) -> Payment:
    """Write down whom to pay, how much and why. A second person approves it.

    Without a bank account, the approval takes the payee's verified one. `on_confirmed` and
    `on_returned` name outbox tasks, called as `task(payment_id=…)`.
    """
    if purpose not in CLAIM_PURPOSES:
        raise Refused(_("A refund is drafted from the credit of a billing account."))
    payment = Payment(
        payee=payee,
        payee_name=payee_name,
        bank_account=bank_account,
        amount=amount,
        currency=currency,
        source=source,
        memo=memo[:200],
        purpose=purpose,
        on_confirmed=on_confirmed,
        on_returned=on_returned,
        **(dims or {}),
    )
    return _draft(payment, by)


def draft_refund(*, account: BillingAccount, amount: Decimal, by: User) -> Payment:
    """Pay credit of a billing account back to the customer; never more than there is."""
    with transaction.atomic():
        account = locked(BillingAccount, account.pk)
        amount = money.exact(amount)
        if amount > account.credit:
            raise Refused(
                _("The credit of %(policy)s is %(credit)s; no more can be paid back.")
                % {"policy": account, "credit": money.format(account.credit, account.currency)},
                field="amount",
            )
        account.credit -= amount
        account.save(update_fields=["credit"])
        return _draft(
            Payment(
                payee_id=account.customer_id,
                payee_name=account.customer.display_name,
                amount=amount,
                currency=account.currency,
                source=account.source,
                memo=_("Premium refund"),
                purpose=PaymentPurpose.PREMIUM_REFUND,
                paid_from=bank_of(account),
                **account.dims,
            ),
            by,
        )


def approve_payment(
    *, payment: Payment, by: User, pay_on: date | None = None, note: str = ""
) -> Payment:
    """Approve and post it; the outbox takes it to the bank, on `pay_on` if that lies ahead."""
    account = selectors.account_to_pay(payment)
    due_at = clock.start_of(pay_on) if pay_on else None
    with transaction.atomic():
        payment = workflow.move(
            payment,
            "approve",
            by=by,
            note=note,
            bank_account=account,
            facts={"amount": payment.amount, "currency": payment.currency},
            tell=[outbox.message("accounting.send_payment", due_at=due_at, payment_id=payment.pk)],
        )
        posting.post_claim_payment_approved(payment=payment, by=by)
    return payment


def cancel_payment(*, payment: Payment, by: User, note: str = "") -> Payment:
    with transaction.atomic():
        payment = workflow.move(payment, "cancel", by=by, note=note)
        _give_back_credit(payment, by)
    return payment


def send_payment(*, payment: Payment, by: User) -> Payment:
    """Take an approved payment to the bank and write down the answer.

    Safe to call again at any time: whoever finds it taken already leaves it alone.
    """
    taken = _take_to_bank(payment, by)
    if taken is None:
        return Payment.objects.get(pk=payment.pk)
    account = BankAccount.objects.get(payments=taken)
    try:
        answer = provider().payout(
            key=str(taken.idempotency_key),
            amount=taken.amount,
            currency=taken.currency,
            account=str(account.account),
            holder=account.holder,
            reference=taken.number,
        )
    except Silent:
        return _doubt(taken, by)
    return _record(taken, answer, by)


def ask_bank(*, payment: Payment, by: User) -> Payment:
    """Ask the bank what became of a payment, and write down what it says."""
    payment = _doubt(payment, by)
    if payment.state != PaymentState.UNKNOWN:
        return payment
    try:
        answer = provider().ask(key=str(payment.idempotency_key))
    except Silent:
        return payment
    return _record(payment, answer, by)


def sweep_payments(*, by: User) -> int:
    """Ask about every payment whose worker is gone or whose answer never came; how many."""
    asked = 0
    for pk in list(Payment.objects.adrift().order_by("leased_until").values_list("pk", flat=True)):
        if payment := _take_over(pk):
            ask_bank(payment=payment, by=by)
            asked += 1
    return asked


def confirm_payment(*, payment: Payment, by: User) -> Payment:
    """The bank has paid: posting, event and the caller's message in one transaction."""
    tell = _tell(payment.on_confirmed, payment)
    with transaction.atomic():
        payment = workflow.move(payment, "confirm", by=by, tell=tell)
        posting.post_claim_payment_confirmed(payment=payment, by=by)
    return payment


def bounce_payment(*, payment: Payment, reason: str, by: User) -> Payment:
    """The bank sent it back, at once or days later: its postings are reversed, the caller told."""
    tell = _tell(payment.on_returned, payment)
    with transaction.atomic():
        payment = workflow.move(payment, "bounce", by=by, reason=reason[:200], tell=tell)
        posting.post_claim_payment_returned(payment=payment, by=by)
        _give_back_credit(payment, by)
    return payment


def _draft(payment: Payment, by: User) -> Payment:
    payment.amount = money.exact(payment.amount)
    number_record(payment)
    return workflow.begin(payment, "draft", by=by)


def _take_to_bank(payment: Payment, by: User) -> Payment | None:
    """The payment under our lease, or None when it is not ours to take."""
    with transaction.atomic():
        fresh = locked(Payment, payment.pk)
        if fresh.state == PaymentState.APPROVED:
            fresh = workflow.move(fresh, "release", by=by)
        if fresh.state != PaymentState.DUE:
            return None
        return workflow.move(fresh, "send", by=by)


def _take_over(pk: int) -> Payment | None:
    """One sweeper at a time asks about a payment: it renews the lease, or finds it renewed."""
    with transaction.atomic():
        rows = Payment.objects.adrift().select_for_update(skip_locked=True, no_key=True)
        payment = rows.filter(pk=pk).first()
        if payment:
            payment.leased_until = timezone.now() + LEASE
            payment.save(update_fields=["leased_until"])
    return payment


def _doubt(payment: Payment, by: User) -> Payment:
    with transaction.atomic():
        fresh = locked(Payment, payment.pk)
        if fresh.state != PaymentState.SENDING:
            return fresh
        return workflow.move(fresh, "doubt", by=by)


def _record(payment: Payment, answer: Payout, by: User) -> Payment:
    """What the bank said, unless somebody wrote it down before us."""
    with transaction.atomic():
        fresh = locked(Payment, payment.pk)
        if fresh.state not in ASKABLE:
            return fresh
        if answer.outcome == Outcome.CONFIRMED:
            return confirm_payment(payment=fresh, by=by)
        if answer.outcome == Outcome.RETURNED:
            return bounce_payment(payment=fresh, reason=answer.reason, by=by)
        tell = _tell("accounting.send_payment", fresh)
        return workflow.move(fresh, "requeue", by=by, tell=tell)


def _tell(task: str, payment: Payment) -> list:
    return [outbox.message(task, payment_id=payment.pk)] if task else []


def _give_back_credit(payment: Payment, by: User) -> None:
    if payment.purpose != PaymentPurpose.PREMIUM_REFUND:
        return
    policy_number = payment.source.removeprefix("policy:")
    pk = BillingAccount.objects.values_list("pk", flat=True).get(policy_number=policy_number)
    account = locked(BillingAccount, pk)
    account.credit += payment.amount
    account.save(update_fields=["credit"])
    spend_credit(account, by=by)
