"""Money that leaves: drafted, approved by a second person, sent once, confirmed or returned."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounting import selectors, services
from accounting.enums import PaymentState
from accounting.models import Entry, Payment
from office import clock, workflow
from office.exceptions import Refused
from office.models import OutboxMessage
from tests.accounting import scenes

pytestmark = pytest.mark.django_db
SOURCE = "claim:CL-2026-000042"


def _send(payment):
    return services.send_payment(payment=payment, by=scenes.office())


def _lease_has_passed(payment):
    Payment.objects.filter(pk=payment.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def _broken():
    return [i for i in selectors.invariants() if not i.ok]


def test_a_draft_moves_no_money_and_has_no_key():
    payment = scenes.drafted()

    assert payment.state == PaymentState.DRAFTED
    assert payment.number.startswith("PM-2026-")
    assert payment.idempotency_key is None
    assert payment.drafted_by.name == "Hugo Brandt"
    assert [e.kind for e in payment.events.all()] == ["draft"]
    assert not Entry.objects.filter(reference=payment.reference).exists()


def test_an_approval_posts_the_payable_makes_the_key_and_tells_the_bank_task():
    payment = scenes.approved(amount="250.00")

    assert payment.state == PaymentState.APPROVED
    assert payment.idempotency_key is not None
    (entry,) = Entry.objects.filter(reference=payment.reference)
    assert entry.source == SOURCE
    assert scenes.lines_of(entry) == [("2100", "250.00"), ("2200", "-250.00")]
    (message,) = OutboxMessage.objects.filter(task="accounting.send_payment")
    assert message.payload == {"payment_id": payment.pk}


def test_confirmed_by_the_bank_the_reserve_is_gone_and_the_money_too(bank):
    payment = scenes.approved(amount="250.00")

    scenes.do_outbox()

    payment = Payment.objects.get()
    assert payment.state == PaymentState.CONFIRMED
    assert bank.payouts() == [(payment.number, Decimal("250.00"))]
    assert selectors.account_balance("1000", clock.today()) == Decimal("-250.00")
    assert selectors.account_balance("2200", clock.today()) == Decimal("0.00")
    assert selectors.source_balance(SOURCE, ["2100"]) == Decimal("0.00")
    assert selectors.source_balance(SOURCE, ["5000"]) == Decimal("250.00")
    kinds = [event.kind for event in payment.events.order_by("seq")]
    assert kinds == ["draft", "approve", "release", "send", "confirm"]
    assert workflow.verify_chain(payment) is None
    assert not _broken()


def test_the_caller_hears_of_the_confirmation_in_the_same_transaction():
    payment = scenes.approved(on_confirmed="claims.payment_confirmed")

    _send(payment)

    (message,) = OutboxMessage.objects.filter(task="claims.payment_confirmed")
    assert message.payload == {"payment_id": payment.pk}


def test_a_payment_for_later_waits_for_its_day():
    monday = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    with clock.travel(monday):
        payment = services.approve_payment(
            payment=scenes.drafted(), by=scenes.accountant(), pay_on=date(2026, 11, 27)
        )
        scenes.do_outbox()
        assert Payment.objects.get(pk=payment.pk).state == PaymentState.APPROVED

    with clock.travel(monday + timedelta(days=4)):
        scenes.do_outbox()
        assert Payment.objects.get(pk=payment.pk).state == PaymentState.CONFIRMED


def test_nobody_approves_what_they_drafted():
    alma = scenes.accountant()
    payee = scenes.customer()
    payment = services.draft_payment(
        payee=payee,
        payee_name=payee.display_name,
        bank_account=scenes.bank_account(payee),
        amount=Decimal("10.00"),
        source=SOURCE,
        memo="",
        on_confirmed="",
        by=alma,
    )

    with pytest.raises(Refused, match="Whoever drafted a payment cannot approve it"):
        services.approve_payment(payment=payment, by=alma)


def test_the_database_too_wants_two_people():
    payment = scenes.approved()

    with pytest.raises(IntegrityError, match="payment_needs_two_people"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(approved_by=payment.drafted_by_id)


def test_an_unverified_account_is_not_paid_to():
    payee = scenes.customer()
    payment = scenes.drafted(payee=payee, account=scenes.bank_account(payee, verified=False))

    with pytest.raises(Refused, match="Elena Vargas has no verified bank account"):
        services.approve_payment(payment=payment, by=scenes.accountant())


def test_without_an_account_the_approval_takes_the_verified_one_of_the_payee():
    payee = scenes.customer()
    handler = scenes.person("claims_handler")
    payment = services.draft_payment(
        payee=payee,
        payee_name=payee.display_name,
        bank_account=None,
        amount=Decimal("10.00"),
        source=SOURCE,
        memo="",
        on_confirmed="",
        by=handler,
    )
    alma = scenes.accountant()

    with pytest.raises(Refused, match="no verified bank account"):
        services.approve_payment(payment=payment, by=alma)
    account = scenes.bank_account(payee)

    assert services.approve_payment(payment=payment, by=alma).bank_account == account


def test_somebody_elses_account_is_not_paid_to():
    other = scenes.bank_account(scenes.customer(given_name="Boris"))
    payment = scenes.drafted(account=other)

    with pytest.raises(Refused, match="belongs to somebody else"):
        services.approve_payment(payment=payment, by=scenes.accountant())


def test_authority_counts_every_payment_of_the_source():
    """Limit 500: two drafts of 300 come to 600, so neither can be approved; splitting is no way."""
    payee = scenes.customer()
    account = scenes.bank_account(payee)
    first = scenes.drafted(amount="300.00", payee=payee, account=account)
    scenes.drafted(amount="300.00", payee=payee, account=account)

    with pytest.raises(Refused, match=r"ends at \$500\.00; this comes to \$600\.00"):
        services.approve_payment(payment=first, by=scenes.accountant(up_to="500.00"))


def test_who_has_no_role_for_it_may_not_approve():
    with pytest.raises(PermissionDenied):
        services.approve_payment(payment=scenes.drafted(), by=scenes.person("underwriter"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "10.005"])
def test_what_is_no_amount_is_not_drafted(amount):
    payee = scenes.customer()

    with pytest.raises(Refused), transaction.atomic():
        services.draft_payment(
            payee=payee,
            payee_name="Elena Vargas",
            bank_account=None,
            amount=Decimal(amount),
            source=SOURCE,
            memo="",
            on_confirmed="",
            by=scenes.person("claims_handler"),
        )

    assert not Payment.objects.exists()


def test_a_draft_is_cancelled_and_then_cannot_be_approved():
    payment = services.cancel_payment(payment=scenes.drafted(), by=scenes.accountant())

    assert payment.state == PaymentState.CANCELLED
    with pytest.raises(Refused, match="is “Cancelled” now"):
        services.approve_payment(payment=payment, by=scenes.accountant())


def test_no_answer_means_unknown_and_the_bank_is_asked_not_told_again(bank):
    payment = _send(scenes.approved(amount="40.09"))  # the dummy bank pays, and does not answer
    assert payment.state == PaymentState.UNKNOWN

    assert services.sweep_payments(by=scenes.office()) == 0  # its lease still runs
    _lease_has_passed(payment)
    assert services.sweep_payments(by=scenes.office()) == 1

    assert Payment.objects.get().state == PaymentState.CONFIRMED
    assert bank.calls("payout") == {str(payment.idempotency_key): 1}
    assert bank.calls("ask") == {str(payment.idempotency_key): 1}
    assert not _broken()


def test_what_never_reached_the_bank_is_sent_again_under_the_same_key(bank):
    payment = _send(scenes.approved(amount="40.10"))  # the first call is lost on its way
    _lease_has_passed(payment)

    services.sweep_payments(by=scenes.office())
    scenes.do_outbox()

    assert Payment.objects.get().state == PaymentState.CONFIRMED
    assert bank.calls("payout") == {str(payment.idempotency_key): 2}
    assert bank.payouts() == [(payment.number, Decimal("40.10"))]


def test_a_worker_that_died_at_the_bank_is_found_by_its_lease(bank):
    payment = scenes.approved(amount="75.00")
    services.payments._take_to_bank(payment, scenes.office())  # and then the worker is gone
    _lease_has_passed(payment)

    services.sweep_payments(by=scenes.office())
    scenes.do_outbox()

    assert Payment.objects.get().state == PaymentState.CONFIRMED
    assert bank.payouts() == [(payment.number, Decimal("75.00"))]


def test_sending_again_does_nothing(bank):
    payment = _send(scenes.approved())

    assert _send(payment).state == PaymentState.CONFIRMED
    assert list(bank.calls("payout").values()) == [1]
    assert Entry.objects.filter(reference=payment.reference).count() == 2


def test_a_rejected_payment_gives_the_reserve_back():
    payment = _send(scenes.approved(amount="40.13", on_returned="claims.payment_returned"))

    assert (payment.state, payment.reason) == (PaymentState.RETURNED, "account closed")
    assert selectors.source_balance(SOURCE, ["2100"]) == Decimal("-40.13")
    assert selectors.source_balance(SOURCE, ["2200"]) == Decimal("0.00")
    assert OutboxMessage.objects.filter(task="claims.payment_returned").count() == 1
    assert not _broken()


def test_a_late_return_reverses_both_postings(bank):
    payment = _send(scenes.approved(amount="250.00"))

    payment = services.bounce_payment(payment=payment, reason="account closed", by=scenes.office())

    assert payment.state == PaymentState.RETURNED
    assert selectors.account_balance("1000", clock.today()) == Decimal("0.00")
    assert selectors.source_balance(SOURCE, ["2100"]) == Decimal("-250.00")
    assert not _broken()


def test_the_ledger_takes_a_payments_posting_once():
    payment = _send(scenes.approved())

    with pytest.raises(Refused, match="posted already"):
        services.post_claim_payment_confirmed(payment=payment, by=scenes.office())


def test_a_state_that_no_act_leads_to_is_refused_by_the_database(as_owner):
    payment = scenes.drafted()

    with (
        as_owner(),
        pytest.raises(IntegrityError, match="no way from"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE accounting_payment SET state = 'confirmed' WHERE id = %s", [payment.pk]
        )
