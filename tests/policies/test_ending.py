"""Cancelling, rescinding, reinstating, not renewing: the term, the books, the bills, the letters.

Personal auto in Los Angeles from 1 March 2026: premium 1,472.38 and fees 21.76, worked out by
hand in test_issue.py. 25 July is day 146 of 365: two fifths of the term.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accounting.enums import AccountCode as A
from accounting.enums import EntryKind
from accounting.models import BillingAccount, Line
from accounting.selectors import instalments_ahead
from accounting.services import pay_invoice
from customers.models import Message
from office import clock
from office.exceptions import Refused
from policies import selectors, services
from policies.enums import PolicyState
from policies.models import Cancellation, Policy, Segment
from tests import factories, papers
from tests.policies.test_issue import FEES, PREMIUM, issue

pytestmark = pytest.mark.django_db

JULY = date(2026, 7, 25)
IN_JULY = datetime(2026, 7, 25, 18, tzinfo=UTC)
# 0.4 of each coverage: 196.81 + 111.26 + 41.27 + 17.41 + 49.15 + 173.06.
EARNED = D("588.96")
BY_DAYS = D("883.42")  # 1,472.38 - 588.96
SHORT = D("795.08")  # 0.90 x 883.42 = 795.078
# The policy fee of 20.00 is fully earned; of the fraud fee 0.4 x 1.76 = 0.70 stays.
FEES_KEPT = D("20.70")


def administrator():
    return factories.person("policy_administrator")


def cancel(policy, *, at=IN_JULY, by=None, **changes):
    asked = {"side": "insured", "reason": "request", "effective_on": JULY}
    with clock.travel(at):
        return services.cancel_policy(policy=policy, by=by or administrator(), **(asked | changes))


def reinstate(policy, from_on=JULY, *, at=IN_JULY, **changes):
    with clock.travel(at):
        return services.reinstate_policy(
            policy=policy, from_on=from_on, by=administrator(), **changes
        )


def paid(policy, at=datetime(2026, 3, 2, 18, tzinfo=UTC)):
    """Every invoice of the policy is paid."""
    with clock.travel(at):
        for invoice in BillingAccount.objects.get(policy_number=policy.number).invoices.open():
            pay_invoice(
                invoice=invoice,
                amount=invoice.owed,
                method="card",
                token="tok_visa",
                idempotency_key=f"test:{invoice.pk}",
                by=factories.person("accountant"),
            )
    return policy


def ledger(policy):
    """What the policy has written in the ledger, per account."""
    sums = {}
    lines = Line.objects.filter(
        entry__source=f"policy:{policy.number}", entry__kind=EntryKind.PREMIUM_WRITTEN
    )
    for line in lines:
        sums[line.account_id] = sums.get(line.account_id, D(0)) + line.amount
    return {account: amount for account, amount in sums.items() if amount}


def broken():
    return [finding for finding in selectors.invariants() if not finding[1]]


# Cancelled at once


def test_policyholder_leaves_at_short_rate_and_the_fully_earned_fee_stays():
    policy = cancel(issue())

    term = policy.terms.get()
    change = term.transactions.get(kind="cancellation")
    assert policy.state == PolicyState.CANCELLED
    assert change.premium == -SHORT
    assert change.fees == FEES_KEPT - FEES
    assert (term.written, term.fees) == (PREMIUM - SHORT, FEES_KEPT)
    assert [(c["label"], c["amount"]) for c in selectors.charges_of([term])] == [
        ("Short rate", D("88.34"))  # 883.42 - 795.08
    ]
    assert broken() == []


def test_carrier_that_cancels_returns_the_days():
    # California: a licence that was suspended, 20 days of notice.
    given = datetime(2026, 7, 5, 18, tzinfo=UTC)
    policy = cancel(issue(), at=given, side="carrier", reason="licence_suspended")
    assert policy.state == PolicyState.PENDING_CANCELLATION

    with clock.travel(IN_JULY):
        policy = services.take_effect(
            cancellation=policy.cancellations.get(), by=factories.office()
        )

    assert policy.state == PolicyState.CANCELLED
    assert policy.terms.get().written == EARNED
    assert broken() == []


def test_policy_that_was_sold_away_from_ends_in_the_past_with_proof():
    policy = issue()
    later = datetime(2026, 8, 10, 18, tzinfo=UTC)

    with pytest.raises(Refused, match="needs proof") as refusal:
        cancel(policy, at=later, reason="sold")
    assert refusal.value.field == "proof"
    policy = cancel(policy, at=later, reason="sold", proof="Bill of sale of 24 July")

    assert policy.state == PolicyState.CANCELLED
    # The product returns the days where the vehicle was sold; 588.96 is above the minimum.
    assert policy.terms.get().written == EARNED


def test_the_first_day_voids_the_term_and_returns_every_cent():
    policy = cancel(
        issue(), at=datetime(2026, 2, 25, 18, tzinfo=UTC), effective_on=date(2026, 3, 1)
    )

    term = policy.terms.get()
    assert policy.state == PolicyState.CANCELLED
    assert (term.written, term.fees, term.tax) == (0, 0, 0)
    assert not term.segments.current().exists()
    assert ledger(policy) == {}
    assert broken() == []


def test_minimum_earned_premium_stays():
    # Cancelled on the second day: 4.03 earned by days, at short rate 150.86; with a minimum of
    # 50.00 nothing is added. Unpaid (pro rata), 50.00 - 4.03 is added.
    on = date(2026, 3, 2)
    term = issue().terms.get()

    def kept(reason, side):
        [outcome] = selectors.outcome_of(term.policy, side=side, reason=reason, effective_on=on)
        return outcome.after

    # 492.03/365 = 1.35, 278.14/365 = .76, 103.17/365 = .28, 43.52/365 = .12, 122.88/365 = .34,
    # 432.64/365 = 1.19: 4.04 in all.
    unpaid = kept("nonpayment", "carrier")
    assert unpaid.written == D("50.00")
    assert [(c.code, c.amount) for c in unpaid.charges] == [("minimum_earned", D("45.96"))]
    # 0.90 x (1,472.38 - 4.04) = 1,321.506 → 1,321.51; kept 150.87.
    assert kept("request", "insured").written == D("150.87")


def test_premium_commission_and_receivable_are_returned_in_the_ledger():
    policy = factories.policy_in_force(carrier="HARBOR")
    before = ledger(policy)

    policy = cancel(policy, effective_on=date(2026, 3, 1), at=datetime(2026, 2, 25, tzinfo=UTC))

    assert set(before) == {A.PREMIUM_RECEIVABLE, A.CARRIER_PAYABLE, A.COMMISSION_INCOME}
    assert ledger(policy) == {}
    assert broken() == []


def test_commission_is_clawed_back_on_what_was_returned():
    policy = cancel(factories.policy_in_force(carrier="HARBOR"))

    term = policy.terms.get()
    # Commission is 15 % of what the term has written, rounded once.
    commission = (term.written * D("0.15")).quantize(D("0.01"))
    assert ledger(policy)[A.COMMISSION_INCOME] == -commission
    assert ledger(policy)[A.PREMIUM_RECEIVABLE] == term.total


# Bills


def test_what_was_paid_ahead_becomes_credit():
    policy = cancel(paid(issue()))

    account = BillingAccount.objects.get(policy_number=policy.number)
    assert account.credit == SHORT + FEES - FEES_KEPT
    assert account.invoices.owed() == 0


def test_what_was_not_paid_is_lowered_to_what_was_earned():
    policy = cancel(issue())

    account = BillingAccount.objects.get(policy_number=policy.number)
    assert account.credit == 0
    assert account.invoices.owed() == PREMIUM - SHORT + FEES_KEPT


def test_instalments_go_and_the_rest_falls_due_at_once():
    policy = issue(pay_plan="monthly")
    assert instalments_ahead(policy.number).count() == 10

    policy = cancel(policy)

    account = BillingAccount.objects.get(policy_number=policy.number)
    [rest] = [row for row in account.instalments.all() if row.due_on == JULY and row.total]
    assert instalments_ahead(policy.number).count() == 0
    assert rest.invoice.due_on == JULY
    billed = sum(invoice.total for invoice in account.invoices.all())
    assert billed == policy.terms.get().total


# Announced ends


def test_notice_of_an_unpaid_premium_gives_ten_days_and_lies_in_force_until_then():
    given = datetime(2026, 7, 15, 18, tzinfo=UTC)
    policy = issue()

    with pytest.raises(Refused, match="California demands 10 days of notice"):
        cancel(policy, at=given + timedelta(days=1), side="carrier", reason="nonpayment")
    policy = cancel(policy, at=given, side="carrier", reason="nonpayment")

    notice = policy.cancellations.get()
    assert policy.state == PolicyState.PENDING_CANCELLATION
    assert (notice.days, notice.citation) == (10, "Cal. Ins. Code §§ 661, 662, 663")
    assert policy.terms.get().written == PREMIUM
    assert Policy.objects.in_force().filter(pk=policy.pk).exists()
    with clock.travel(IN_JULY - timedelta(hours=12)):  # 23:00 the evening before in California
        assert list(selectors.cancellations_due()) == []
    with clock.travel(IN_JULY):
        assert list(selectors.cancellations_due()) == [notice]


def test_beat_ends_what_is_due_and_one_that_is_paid_goes_on():
    from policies.tasks import end_what_is_due

    given = datetime(2026, 7, 15, 18, tzinfo=UTC)
    owing, settled = (
        cancel(issue(), at=given, side="carrier", reason="nonpayment") for _policy in range(2)
    )
    paid(settled, at=datetime(2026, 7, 20, 18, tzinfo=UTC))

    with clock.travel(IN_JULY):
        end_what_is_due()
        end_what_is_due()

    assert Policy.objects.get(pk=owing.pk).state == PolicyState.CANCELLED
    assert Policy.objects.get(pk=settled.pk).state == PolicyState.IN_FORCE
    assert settled.events.latest("seq").note == "Paid in time."
    assert broken() == []


def test_notice_is_taken_back_and_can_be_given_again():
    given = datetime(2026, 7, 5, 18, tzinfo=UTC)
    policy = cancel(issue(), at=given, side="carrier", reason="nonpayment")

    with clock.travel(given):
        policy = services.rescind_cancellation(policy=policy, note="Paid", by=administrator())
    policy = cancel(policy, at=given, side="carrier", reason="hazard")

    assert policy.state == PolicyState.PENDING_CANCELLATION
    assert [row.rescinded_at is None for row in policy.cancellations.all()] == [True, False]


def test_delinquency_ends_in_a_notice_once():
    policy = issue()
    account = BillingAccount.objects.get(policy_number=policy.number)
    from office import outbox

    with clock.travel(datetime(2026, 7, 15, 18, tzinfo=UTC)):
        for _time in range(2):
            outbox.put("policies.cancel_for_nonpayment", account_id=account.pk)
        factories.work("policies.cancel_for_nonpayment")

    notice = policy.cancellations.get()
    assert (notice.side, notice.reason, notice.effective_on) == ("carrier", "nonpayment", JULY)


def test_delinquency_of_a_premium_that_was_paid_does_nothing():
    policy = paid(issue())

    with clock.travel(IN_JULY):
        services.cancel_for_nonpayment(policy=policy, by=factories.office())

    assert not policy.cancellations.exists()


# Refused


def test_a_day_outside_every_term_is_refused():
    with pytest.raises(Refused, match="outside the term of the policy"):
        cancel(issue(), effective_on=date(2027, 3, 1))


def test_a_reason_of_the_other_side_is_refused():
    with pytest.raises(Refused, match="not a reason that the policyholder can have"):
        cancel(issue(), reason="nonpayment")


def test_who_may_cancel_for_whom():
    policy = issue()

    with pytest.raises(PermissionDenied):
        cancel(policy, by=factories.person("claims_handler"))
    with pytest.raises(PermissionDenied, match="for that side"):
        cancel(policy, side="carrier", reason="nonpayment", by=factories.person("customer_service"))
    with pytest.raises(PermissionDenied, match="for that side"):
        cancel(policy, by=factories.person("underwriter"))
    assert cancel(policy, by=factories.person("customer_service")).state == "cancelled"


def test_policyholder_ends_it_in_the_portal_after_seeing_what_comes_back():
    holder = factories.customer(login=True)
    policy = issue(customer=holder)
    client, address = factories.signed_in(holder.login), reverse_of(policy)

    with clock.travel(IN_JULY):
        early = client.post(address, {"effective_on": "2026-07-24", "reason": "sold"})
        shown = client.post(address, {"effective_on": "2026-07-25", "reason": "request"})
        assert Policy.objects.get(pk=policy.pk).state == PolicyState.IN_FORCE
        sent = {"effective_on": "2026-07-24", "reason": "request", "confirmed": "1"}
        refused = client.post(address, sent).content.decode()
        client.post(address, {**sent, "effective_on": "2026-07-25"})

    assert early.status_code == 200
    assert "$796.14" in shown.content.decode()  # 795.08 and 1.06 of the fraud fee
    assert "for an earlier day ask your agent or us" in refused
    assert Policy.objects.get(pk=policy.pk).state == PolicyState.CANCELLED
    assert policy.events.latest("seq").by == holder.login


def reverse_of(policy):
    return f"/portal/policies/{policy.number}/cancel/"


def test_another_policyholder_ends_nothing():
    policy = issue()
    stranger = factories.customer(login=True).login

    assert factories.signed_in(stranger).get(reverse_of(policy)).status_code == 404
    with pytest.raises(PermissionDenied):
        cancel(policy, by=stranger)


def test_cancelled_twice_is_refused():
    with pytest.raises(Refused, match="is “Cancelled” now"):
        cancel(cancel(issue()))


# Reinstated


def test_without_a_gap_everything_is_as_before_to_the_cent():
    policy = issue()
    before = [segment.insured for segment in policy.terms.get().segments.current()]

    policy = reinstate(cancel(policy))

    term = policy.terms.get()
    [segment] = term.segments.current()
    assert policy.state == PolicyState.IN_FORCE
    assert (term.written, term.fees) == (PREMIUM, FEES)
    assert [segment.insured] == before
    assert sum(row.premium for row in term.transactions.all()) == PREMIUM
    assert broken() == []


def test_with_a_gap_its_days_are_neither_covered_nor_charged():
    # Cover again from 24 August: 30 days of 365 are not written. Of each coverage 335/365:
    # 451.59 + 255.28 + 94.69 + 39.94 + 112.78 + 397.08.
    policy = cancel(issue())
    again = date(2026, 8, 24)

    policy = reinstate(policy, again, at=datetime(2026, 8, 24, 18, tzinfo=UTC))

    known_at = datetime(2026, 8, 25, tzinfo=UTC)
    assert policy.terms.get().written == D("1351.36")
    assert selectors.as_of(policy, date(2026, 7, 24), known_at) is not None
    assert selectors.as_of(policy, JULY, known_at) is None
    assert selectors.as_of(policy, date(2026, 8, 23), known_at) is None
    assert selectors.as_of(policy, again, known_at) is not None
    assert broken() == []


def test_a_holdback_comes_back():
    policy = factories.policy_in_force("home", carrier="HARBOR")
    before = policy.terms.get().written

    policy = cancel(policy)
    [charge] = selectors.charges_of([policy.terms.get()])
    assert charge["label"] == "Held back until reinstatement"
    policy = reinstate(policy)

    assert policy.terms.get().written == before


def test_cover_that_reaches_back_wants_a_statement_of_no_loss():
    policy = cancel(issue())
    later = datetime(2026, 8, 1, 18, tzinfo=UTC)

    with pytest.raises(Refused, match="no loss has happened") as refusal:
        reinstate(policy, at=later)
    assert refusal.value.field == "statement"
    policy = reinstate(policy, at=later, statement="María Núñez, signed 1 August")

    assert policy.events.latest("seq").facts["statement"] == "María Núñez, signed 1 August"


def test_the_window_of_the_product_closes_after_thirty_days():
    policy = cancel(issue())
    last_day = IN_JULY + timedelta(days=30)

    with pytest.raises(Refused, match="within 30 days"):
        reinstate(policy, last_day.date(), at=last_day + timedelta(days=1), statement="None")
    assert reinstate(policy, last_day.date(), at=last_day).state == PolicyState.IN_FORCE


def test_harborline_leaves_the_gap_open_after_fifteen_days():
    policy = cancel(factories.policy_in_force(carrier="HARBOR"))
    later = IN_JULY + timedelta(days=16)

    with pytest.raises(Refused, match="After 15 days the gap stays open"):
        reinstate(policy, at=later, statement="None")
    assert reinstate(policy, later.date(), at=later).state == PolicyState.IN_FORCE


def test_unpaid_policy_is_reinstated_once_it_is_paid():
    given = datetime(2026, 7, 15, 18, tzinfo=UTC)
    policy = cancel(issue(), at=given, side="carrier", reason="nonpayment")
    with clock.travel(IN_JULY):
        services.take_effect(cancellation=policy.cancellations.get(), by=factories.office())

    with pytest.raises(Refused, match="is overdue; the policy can be reinstated once it is paid"):
        reinstate(policy)
    paid(policy, at=IN_JULY)

    assert reinstate(Policy.objects.get(pk=policy.pk)).state == PolicyState.IN_FORCE


def test_reinstated_instalments_come_back():
    policy = reinstate(cancel(issue(pay_plan="monthly")))

    # The plan's bills fall due on the first of each month; the next after 25 July is of August.
    account = BillingAccount.objects.get(policy_number=policy.number)
    ahead = instalments_ahead(policy.number)
    assert [row.due_on for row in ahead][:1] == [date(2026, 9, 1)]
    assert account.instalments.filter(due_on=date(2026, 8, 1), invoice__isnull=False).exists()
    billed = sum(row.total for row in ahead)
    billed += sum(invoice.total for invoice in account.invoices.all())
    fees = sum(row.instalment_fee for row in account.instalments.all())
    assert billed - fees - account.credit == PREMIUM + FEES


def test_a_cancellation_may_not_reach_behind_a_later_reinstatement():
    policy = cancel(issue())
    again = datetime(2026, 8, 10, 18, tzinfo=UTC)
    policy = reinstate(policy, date(2026, 8, 10), at=again)

    with pytest.raises(Refused, match="Cover was taken up again on 10 Aug 2026"):
        cancel(policy, at=again, reason="sold", proof="Bill of sale", effective_on=JULY)


# Not renewed


def test_the_carrier_says_in_time_that_it_does_not_renew():
    policy = issue()  # ends 1 March 2027; California: 20 days, so 9 February is the last
    by = factories.person("underwriter")

    with clock.travel(datetime(2027, 2, 9, 20, tzinfo=UTC)):
        services.nonrenew_policy(policy=policy, reason="Three losses.", by=by)

    decided = policy.nonrenewals.get()
    assert (decided.days, decided.noticed_on) == (20, date(2027, 2, 9))
    assert Policy.objects.get(pk=policy.pk).state == PolicyState.IN_FORCE


def test_after_the_last_day_the_policy_must_be_renewed():
    policy = issue()

    with (
        clock.travel(datetime(2027, 2, 10, 20, tzinfo=UTC)),
        pytest.raises(Refused, match="the last day for it was 9 Feb 2027"),
    ):
        services.nonrenew_policy(
            policy=policy, reason="Three losses.", by=factories.person("underwriter")
        )


# Letters


@pytest.mark.parametrize(
    ("language", "notice", "ended", "again"),
    [
        ("en", "Notice of cancellation", "Your policy has ended", "There is a gap"),
        ("es", "Aviso de cancelación", "Su póliza ha terminado", "Hay un intervalo"),
    ],
)
def test_each_step_is_written_to_the_customer(language, notice, ended, again):
    owner = factories.customer(language=language)
    policy = issue(customer=owner)
    given = datetime(2026, 7, 15, 18, tzinfo=UTC)
    with clock.travel(given):
        cancel(policy, at=given, side="carrier", reason="nonpayment")
        factories.work()
    with clock.travel(IN_JULY):
        services.take_effect(cancellation=policy.cancellations.get(), by=factories.office())
        factories.work()
    later = IN_JULY + timedelta(days=3)
    paid(policy, at=later)
    with clock.travel(later):
        reinstate(Policy.objects.get(pk=policy.pk), later.date(), at=later)
        factories.work()

    texts = {
        row.document.kind: papers.words_of(documents_bytes(row.document))
        for row in policy.documents.select_related("document")
    }
    assert notice in texts["cancellation_notice"]
    assert "300 South Spring Street" in texts["cancellation_notice"]
    assert "Cal. Ins. Code §§ 661, 662, 663" in texts["cancellation_notice"]
    assert ended in texts["cancellation"]
    assert again in texts["reinstatement"]
    kinds = set(Message.objects.filter(customer=owner).values_list("template", flat=True))
    assert {"cancellation_notice", "cancellation", "reinstatement"} <= kinds


def test_rescission_and_nonrenewal_are_written_too():
    policy = issue()
    given = datetime(2026, 7, 5, 18, tzinfo=UTC)
    cancel(policy, at=given, side="carrier", reason="nonpayment")
    with clock.travel(given):
        policy = services.rescind_cancellation(policy=policy, by=administrator())
        factories.work()
    with clock.travel(datetime(2027, 1, 9, 20, tzinfo=UTC)):
        services.nonrenew_policy(policy=policy, reason="Three losses.", by=administrator())
        factories.work()

    kinds = set(policy.documents.values_list("document__kind", flat=True))
    # The notice was withdrawn before a worker came to write it, so only its withdrawal went out.
    assert {"rescission", "nonrenewal"} <= kinds
    assert "cancellation_notice" not in kinds


def documents_bytes(document):
    from office import documents

    return documents.open(document).read()


# What the database refuses


def run(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_cancellation_keeps_what_it_says_and_is_settled_once(as_owner):
    policy = cancel(issue())
    pk = policy.cancellations.get().pk

    for sql in (
        "UPDATE policies_cancellation SET reason = 'sold' WHERE id = %s",
        "UPDATE policies_cancellation SET transaction_id = NULL WHERE id = %s",
        "UPDATE policies_cancellation SET rescinded_at = now(), rescinded_by_id = 1 WHERE id = %s",
    ):
        with pytest.raises(IntegrityError) as error:
            run(sql, pk)
        assert error.value.__cause__.diag.constraint_name == "cancellation_stays"
    with as_owner(), pytest.raises(IntegrityError):
        run("DELETE FROM policies_cancellation WHERE id = %s", pk)


def test_only_one_end_is_announced_at_a_time():
    policy = cancel(
        issue(), at=datetime(2026, 7, 15, 18, tzinfo=UTC), side="carrier", reason="nonpayment"
    )
    one = policy.cancellations.get()
    one.pk = None

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        one.save(force_insert=True)
    assert error.value.__cause__.diag.constraint_name == "one_cancellation_is_announced"


def test_a_transaction_that_cancels_says_who_and_why():
    term = issue().terms.get()

    with pytest.raises(IntegrityError) as error:
        run(
            "INSERT INTO policies_termtransaction (term_id, sequence, kind, effective_on, patch, "
            "facts, worksheet, premium, fees, tax, recorded_at, recorded_by_id) SELECT term_id, 9, "
            "'cancellation', effective_on, '[]', '{}', '[]', 0, 0, 0, now(), recorded_by_id "
            "FROM policies_termtransaction WHERE term_id = %s",
            term.pk,
        )
    assert error.value.__cause__.diag.constraint_name == "cancellation_says_who_and_why"


def test_nothing_is_believed_twice_after_a_whole_life():
    policy = reinstate(cancel(issue()), date(2026, 7, 25))

    rows = Segment.objects.filter(term__policy=policy).order_by("recorded")
    assert [(row.valid.lower, row.valid.upper, row.recorded.upper is None) for row in rows] == [
        (date(2026, 3, 1), date(2027, 3, 1), False),
        (date(2026, 3, 1), JULY, False),
        (date(2026, 3, 1), date(2027, 3, 1), True),
    ]
    assert Cancellation.objects.count() == 1
