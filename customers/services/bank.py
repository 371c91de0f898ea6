"""Bank accounts: added by one person, verified by another."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers import banking
from customers.enums import BankAccountKind
from customers.models import BankAccount, Customer
from office import clock, vault, workflow
from office.exceptions import Refused
from office.models import User

BLIND_FIELD = "customers_bankaccount.account"


def add_bank_account(
    *, customer: Customer, holder: str, iban_or_account: str, routing: str = "", by: User
) -> BankAccount:
    """Keep an account sealed; nothing is paid to it before a second person has verified it."""
    if not holder.strip():
        raise Refused(_("Write the name of the account holder."), field="holder")
    if banking.looks_like_iban(iban_or_account):
        kind, account, routing = BankAccountKind.IBAN, banking.read_iban(iban_or_account), ""
    else:
        kind, account = BankAccountKind.US, banking.read_us_account(iban_or_account)
        routing = banking.read_routing(routing)
    blind = vault.blind(account, field=BLIND_FIELD)
    with transaction.atomic(savepoint=False):
        facts = {"kind": str(kind), "last4": account[-4:]}
        customer = workflow.move(customer, "add_bank_account", by=by, facts=facts)
        if customer.bank_accounts.filter(blind=blind, routing=routing, is_current=True).exists():
            raise Refused(_("This customer already has this account."), field="account")
        return BankAccount.objects.create(
            customer=customer,
            kind=kind,
            holder=holder.strip(),
            account=account,
            blind=blind,
            last4=account[-4:],
            routing=routing,
            created_at=clock.now(),
            created_by=by,
        )


def verify_bank_account(*, account: BankAccount, by: User, note: str = "") -> BankAccount:
    """A second person has compared the account with what the customer sent."""
    with transaction.atomic(savepoint=False):
        facts = {"account": str(account.pk), "last4": account.last4}
        workflow.move(account.customer, "verify_bank_account", by=by, note=note, facts=facts)
        fresh = BankAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
        if fresh.verified_at:
            raise Refused(_("This account is already verified."))
        if not fresh.is_current:
            raise Refused(_("This account is no longer in use."))
        if fresh.created_by_id == by.pk:
            raise Refused(_("You entered this account. Somebody else must verify it."))
        fresh.verified_at, fresh.verified_by = clock.now(), by
        fresh.save(update_fields=["verified_at", "verified_by"])
    return fresh


def retire_bank_account(*, account: BankAccount, by: User, note: str = "") -> BankAccount:
    """Pay nothing to this account any more."""
    with transaction.atomic(savepoint=False):
        facts = {"account": str(account.pk), "last4": account.last4}
        workflow.move(account.customer, "retire_bank_account", by=by, note=note, facts=facts)
        BankAccount.objects.filter(pk=account.pk).update(is_current=False)
    return BankAccount.objects.get(pk=account.pk)
