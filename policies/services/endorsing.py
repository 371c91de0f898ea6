"""Changes of a policy in mid-term: endorsed at any day of a term, or taken back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.selectors import missing_credentials
from office import outbox, workflow
from office.exceptions import Refused
from office.models import User
from policies import segments, selectors
from policies.enums import TransactionKind
from policies.models import Policy, Term, TermTransaction
from policies.services.booking import book_changes, sums_of
from policies.services.transactions import locked_term, record_transaction


@transaction.atomic(savepoint=False)
def endorse_policy(
    *,
    policy: Policy,
    effective_on: date,
    patch: Sequence[segments.Operation],
    by: User,
    decisions: Mapping[str, str] | None = None,
    recorded: int | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
) -> TermTransaction:
    """Change what is insured from a day on; rated on the version that the term began with.

    patch: operations on items by their keys (`policies.segments`).
    decisions: a choice for each conflict that `selectors.plan_change` names.
    recorded: how many transactions the person has seen; `Refused` when there are more by now.
    facts: what else the event keeps, such as the rules that were asked.
    Whoever calls has asked the underwriting rules: `underwriting.services.endorse_policy` does.
    """
    workflow.demand_open(policy, "endorse", by=by)
    term = locked_term(selectors.term_on(policy, effective_on))
    _refuse_unseen(term, recorded)
    change = selectors.plan_change(
        policy, effective_on=effective_on, patch=patch, decisions=decisions
    )
    _refuse_undecided(change)
    _refuse_unlicensed(term, effective_on)
    written = [
        record_transaction(
            term=term, kind=TransactionKind.ENDORSEMENT, effective_on=day, patch=step, by=by
        )
        for day, step in change.steps
    ]
    _finish(written, "endorse", effective_on=effective_on, by=by, note=note, facts=facts)
    return written[0]


@transaction.atomic(savepoint=False)
def reverse_transaction(
    *, transaction: TermTransaction, by: User, note: str = ""
) -> TermTransaction:
    """Take one transaction back: the term is derived anew without it, and it stays on record.

    The reversal of a reversal puts the first one back.
    """
    policy = transaction.term.policy
    workflow.demand_open(policy, "reverse", by=by)
    locked_term(transaction.term)
    transaction = TermTransaction.objects.select_related("term__version", "reverses").get(
        pk=transaction.pk
    )
    _refuse_irreversible(transaction)
    selectors.plan_reversal(transaction)
    written = record_transaction(
        term=transaction.term,
        kind=TransactionKind.REVERSAL,
        effective_on=transaction.effective_on,
        patch=[],
        reverses=transaction,
        by=by,
    )
    facts = {"reverses": transaction.sequence}
    day = transaction.effective_on
    _finish([written], "reverse", effective_on=day, by=by, note=note, facts=facts)
    return written


def _finish(
    written: Sequence[TermTransaction],
    act: str,
    *,
    effective_on: date,
    by: User,
    note: str,
    facts: Mapping[str, Any] | None,
) -> None:
    """The event, the books, the papers: what follows from transactions of one act."""
    first, term = written[0], written[-1].term
    premium, fees, tax = sums_of(written)
    told = {
        "effective_on": effective_on,
        "transactions": [row.sequence for row in written],
        "term": term.sequence,
        "premium": str(premium),
        "fees": str(fees),
        "tax": str(tax),
    }
    workflow.move(
        term.policy,
        act,
        by=by,
        note=note,
        effective_on=effective_on,
        facts={**told, **(facts or {})},
    )
    book_changes(written, by=by, memo=str(first.get_kind_display()))
    outbox.put("policies.issue_endorsement", first_id=first.pk, last_id=written[-1].pk)


def _refuse_unseen(term: Term, recorded: int | None) -> None:
    if recorded is not None and term.transactions.count() != recorded:
        raise Refused(
            _("Somebody has changed this policy meanwhile. Look at it again, then say your change.")
        )


def _refuse_undecided(change: selectors.Change) -> None:
    if change.undecided:
        raise Refused(
            _("This change meets another one. Decide which of them stands, then issue it."),
            field=change.undecided[0].name,
        )
    if not change.steps or change.is_empty:
        raise Refused(_("This changes nothing that is insured."))


def _refuse_unlicensed(term: Term, on: date) -> None:
    """No cover is bound through an agent who may not sell it there on that day."""
    policy = term.policy
    if policy.agent is None:
        return
    missing = missing_credentials(
        agent=policy.agent,
        carrier=policy.product.carrier,
        line=policy.product.line,
        jurisdiction=policy.jurisdiction,
        on=on,
    )
    if missing:
        raise Refused(" ".join(missing))


def _refuse_irreversible(transaction: TermTransaction) -> None:
    if hasattr(transaction, "reversed_by"):
        raise Refused(_("This transaction has been reversed already."))
    if not transaction.is_reversible:
        raise Refused(
            _("“%(kind)s” is not taken back by a reversal. Cancel or reinstate the policy instead.")
            % {"kind": transaction.get_kind_display()}
        )
