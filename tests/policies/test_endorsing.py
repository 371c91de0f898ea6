"""Changes in mid-term, on the database: priced by hand, out of order, decided, booked."""

import json
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN
from decimal import Decimal as D
from itertools import permutations
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounting.enums import AccountCode as A
from accounting.enums import InvoiceState
from accounting.models import BillingAccount, CreditNote, Line
from accounting.selectors import invariants as books
from accounting.services import pay_invoice
from customers.models import Licence
from office import clock
from office.exceptions import Refused
from policies import selectors, services
from policies.models import TermTransaction
from tests import factories
from tests.policies.changing import (
    MILES,
    USE,
    VALUE,
    may_go_back,
    policy_worth,
    removing,
    second_vehicle,
    setting,
    with_vehicle,
)

pytestmark = pytest.mark.django_db

VECTORS = Path(__file__).parent.parent / "vectors"
AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)
MAY, JULY, SEPTEMBER = date(2026, 5, 1), date(2026, 7, 1), date(2026, 9, 1)

# Value $10,000 lies at 0.72 of the curve; from 1 September 184 of 365 days are before it.
# COLL 432.64 * 0.72 = 311.50, COMP 122.88 * 0.72 = 88.47 (test_cover.py): together -77.13.
VALUE_DOWN = setting(VALUE, 10000)


def endorse(policy, *patch, on=SEPTEMBER, at=AUGUST, by=None, **fields):
    with clock.travel(at), transaction.atomic():
        return services.endorse_policy(
            policy=policy,
            effective_on=on,
            patch=patch,
            by=by or factories.person("policy_administrator"),
            **fields,
        )


def reverse(change, *, at=AUGUST, by=None):
    with clock.travel(at), transaction.atomic():
        return services.reverse_transaction(
            transaction=change, by=by or factories.person("policy_administrator")
        )


def refused(policy, *patch, **fields):
    with pytest.raises(Refused) as refusal:
        endorse(policy, *patch, **fields)
    return refusal.value


def back_dater(days=365):
    by = factories.person("policy_administrator")
    may_go_back(by, days)
    return by


def balances(policy):
    """What stands on the policy's accounts, all entries together."""
    sums = {}
    for line in Line.objects.filter(entry__source=f"policy:{policy.number}"):
        sums[line.account_id] = sums.get(line.account_id, D(0)) + line.amount
    return {code: amount for code, amount in sums.items() if amount}


def insured(policy):
    """The current segments: days, state, and premium by item and coverage."""
    return [
        (belief.valid_from, belief.valid_to, belief.state, belief.premiums)
        for belief, _row in selectors.beliefs_held(policy.terms.get())
    ]


def vehicle_on(policy, day):
    cover = selectors.as_of(policy, day, datetime(2027, 1, 1, tzinfo=UTC))
    return cover.risk["vehicles"][0]


def assert_invariants_hold():
    assert [row for row in selectors.invariants() if not row[1]] == []
    assert [row for row in books() if not row.ok] == []


# The price


def test_the_worked_example_of_a_year_raised_twice_holds_through_the_service():
    """365.00 a year, 730.00 from 3 May, 1,095.00 from 2 September 2017: 608.00, then 729.00."""
    vector = json.loads((VECTORS / "pro-rata-endorsement.json").read_text())
    first, *later = vector["steps"]
    values = [int(D(step["annual"])) for step in vector["steps"]]
    policy = policy_worth(*values, from_on=date.fromisoformat(first["effective_on"]))
    written = [policy.terms.get().written]

    for step, value in zip(later, values[1:], strict=True):
        day = date.fromisoformat(step["effective_on"])
        endorse(policy, setting(VALUE, value), on=day, at=datetime(2016, 12, 30, tzinfo=UTC))
        written.append(policy.terms.get().written)

    assert written == [D(step["written"]) for step in vector["steps"]]
    assert written == [D("365.00"), D("608.00"), D("729.00")]
    assert_invariants_hold()


def test_a_second_vehicle_costs_its_days_and_earns_both_a_discount():
    """Several vehicles: 12 % off BI, PD, COMP, COLL of both, from 1 September on (181 of 365 days).

    Each step is rounded to the cent. A vehicle with the discount: BI 492.03 × 0.88 = 432.99,
    PD 278.14 × 0.88 = 244.76, COMP 122.88 × 0.88 = 108.13, COLL 432.64 × 0.88 = 380.72,
    UM 103.17, MED 43.52.
    """
    policy = factories.policy_in_force()
    risk = {**factories.risk(), "vehicles": [*factories.risk()["vehicles"], second_vehicle()]}
    with_discount = {"BI": "432.99", "PD": "244.76", "COMP": "108.13", "COLL": "380.72"}
    alone = {"BI": "492.03", "PD": "278.14", "COMP": "122.88", "COLL": "432.64"}
    patch = with_vehicle(second_vehicle(), factories.usual_coverages("BIND-PA", risk))

    with clock.travel(AUGUST):
        change = selectors.plan_change(policy, effective_on=SEPTEMBER, patch=patch)
    written = endorse(policy, *patch)

    def share(days_184, days_181):
        exact = (D(days_184) * 184 + D(days_181) * 181) / 365
        return exact.quantize(D("0.01"), ROUND_HALF_EVEN)

    expected = {
        **{("v1", c): share(alone[c], with_discount[c]) - D(alone[c]) for c in alone},
        **{("v2", c): share("0", with_discount[c]) for c in with_discount},
        ("v2", "UM"): share("0", "103.17"),
        ("v2", "MED"): share("0", "43.52"),
        ("v1", "UM"): D("0.00"),
        ("v1", "MED"): D("0.00"),
    }
    assert {(c.item, c.coverage): c.difference for c in change.cells} == expected
    assert written.premium == change.premium == sum(expected.values())
    assert (written.fees, written.tax) == (D("1.76"), D("0.00"))  # a vehicle's fraud assessment
    assert [(levy.name, levy.difference) for levy in change.levies] == [
        ("Vehicle fraud assessment", D("1.76")),
        ("Policy fee", D("0.00")),
    ]
    assert_invariants_hold()


def test_a_preview_writes_nothing():
    policy = factories.policy_in_force()

    with clock.travel(AUGUST):
        change = selectors.plan_change(policy, effective_on=SEPTEMBER, patch=[VALUE_DOWN])

    assert (change.premium, change.total) == (D("-77.13"), D("-77.13"))
    assert policy.terms.get().transactions.count() == 1
    assert policy.events.count() == 1


def test_a_change_is_one_transaction_one_event_and_one_posting():
    policy = factories.policy_in_force()

    change = endorse(policy, VALUE_DOWN, note="Appraised again")

    event = policy.events.order_by("-seq").first()
    assert (change.sequence, change.kind, change.premium) == (2, "endorsement", D("-77.13"))
    assert (event.kind, event.from_state, event.to_state) == ("endorse", "in_force", "in_force")
    assert (event.note, event.facts["premium"]) == ("Appraised again", "-77.13")
    assert balances(policy) == {
        A.PREMIUM_RECEIVABLE: D("1417.01"),  # 1494.14 - 77.13
        A.WRITTEN_PREMIUM: D("-1395.25"),
        A.FEE_INCOME: D("-21.76"),
        A.CHANGE_IN_UNEARNED_PREMIUM: D("1395.25"),
        A.UNEARNED_PREMIUM: D("-1395.25"),
    }
    assert_invariants_hold()


def test_commission_of_another_carrier_is_taken_back_with_the_premium():
    """Harborline, half a year to 1 September 2026; from 1 June 92 of 184 days, half to the day.

    $10,000 against $25,000: its own curve; whatever the premium comes to, commission is 15 % of
    what is written, rounded once on the whole.
    """
    policy = factories.policy_in_force(carrier="HARBOR")

    endorse(policy, VALUE_DOWN, on=date(2026, 6, 1), at=datetime(2026, 5, 20, tzinfo=UTC))

    term = policy.terms.get()
    commission = (term.written * D("0.15")).quantize(D("0.01"), ROUND_HALF_EVEN)
    assert term.written < D("681.50")
    assert balances(policy)[A.COMMISSION_INCOME] == -commission
    assert balances(policy)[A.CARRIER_PAYABLE] == commission - term.total
    assert_invariants_hold()


# The bills


def test_what_is_still_to_be_billed_is_spread_anew():
    """Quarterly: 368.10 is billed; 1,104.28 - 77.13 = 1,027.15 in three: 342.39, 342.38, 342.38."""
    policy = factories.policy_in_force(pay_plan="quarterly")

    endorse(policy, VALUE_DOWN)

    account = BillingAccount.objects.get(policy_number=policy.number)
    rows = account.instalments.order_by("sequence")
    assert [row.premium for row in rows] == [
        D("368.10"),
        D("342.39"),
        D("342.38"),
        D("342.38"),
    ]
    assert not CreditNote.objects.exists()
    assert_invariants_hold()


def test_more_premium_without_open_instalments_is_billed_at_once():
    policy = factories.policy_in_force()
    risk = {**factories.risk(), "vehicles": [*factories.risk()["vehicles"], second_vehicle()]}

    change = endorse(
        policy, *with_vehicle(second_vehicle(), factories.usual_coverages("BIND-PA", risk))
    )

    account = BillingAccount.objects.get(policy_number=policy.number)
    first, second = account.invoices.order_by("pk")
    assert first.total == D("1494.14")
    assert second.total == change.premium + D("1.76")
    assert second.due_on == date(2026, 8, 15)


def test_returned_premium_pays_what_is_open_first():
    policy = factories.policy_in_force()

    endorse(policy, VALUE_DOWN)

    invoice = BillingAccount.objects.get(policy_number=policy.number).invoices.get()
    note = CreditNote.objects.get()
    assert (invoice.paid, invoice.owed) == (D("77.13"), D("1417.01"))
    assert (note.amount, note.unapplied, note.memo) == (D("77.13"), D("0.00"), "Endorsement")


def test_returned_premium_of_a_paid_policy_is_credit_on_the_account():
    policy = factories.policy_in_force()
    invoice = BillingAccount.objects.get(policy_number=policy.number).invoices.get()
    pay_invoice(
        invoice=invoice,
        amount=D("1494.14"),
        method="check",
        idempotency_key="check-4711",
        by=factories.person("accountant"),
    )

    endorse(policy, VALUE_DOWN)

    account = BillingAccount.objects.get(policy_number=policy.number)
    assert account.credit == D("77.13")
    assert account.invoices.get().state == InvoiceState.PAID
    assert balances(policy)[A.UNAPPLIED_CASH] == D("-77.13")
    assert A.PREMIUM_RECEIVABLE not in balances(policy)
    assert_invariants_hold()


# Out of sequence


def test_a_change_for_an_earlier_day_lets_the_later_ones_survive():
    policy = factories.policy_in_force()
    endorse(policy, setting(USE, "business"), on=JULY, at=datetime(2026, 6, 20, tzinfo=UTC))

    endorse(policy, setting(MILES, 20000), on=MAY, by=back_dater())

    assert [
        (vehicle_on(policy, day)["use"], vehicle_on(policy, day)["annual_miles"])
        for day in (date(2026, 4, 30), MAY, JULY)
    ] == [("commute", 12000), ("commute", 20000), ("business", 20000)]


CHANGES = (
    (MAY, (setting(MILES, 20000),)),
    (JULY, (setting(USE, "business"),)),
    (SEPTEMBER, (VALUE_DOWN, setting("risk.multi_policy", True))),
)


def test_every_order_of_the_same_changes_is_the_same_cover_and_the_same_cents():
    by = back_dater()
    outcomes = []

    for order in permutations(CHANGES):
        policy = factories.policy_in_force()
        for day, patch in order:
            endorse(policy, *patch, on=day, by=by)
        term = policy.terms.get()
        outcomes.append((insured(policy), term.written, term.fees, term.tax))

    assert len(outcomes) == 6
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert_invariants_hold()


# Conflicts


def conflicts_of(policy, *patch, on):
    with clock.travel(AUGUST):
        change = selectors.plan_change(policy, effective_on=on, patch=patch)
    return [(one.name, one.kind, one.choices) for one in change.conflicts]


def test_two_changes_of_the_same_thing_on_the_same_day_are_for_a_person_to_decide():
    policy = factories.policy_in_force()
    endorse(policy, VALUE_DOWN)
    mine = setting(VALUE, 12000)

    ((name, kind, choices),) = conflicts_of(policy, mine, on=SEPTEMBER)
    refusal = refused(policy, mine)
    endorse(policy, mine, decisions={name: "mine"})

    assert (name, kind, choices) == (f"same_day.2.{VALUE}", "same_day", ("mine", "theirs"))
    assert (refusal.field, "Decide which" in str(refusal)) == (name, True)
    assert vehicle_on(policy, SEPTEMBER)["value"] == 12000


def test_letting_the_other_stand_leaves_that_part_out():
    policy = factories.policy_in_force()
    endorse(policy, VALUE_DOWN)
    decisions = {f"same_day.2.{VALUE}": "theirs"}

    written = endorse(policy, setting(VALUE, 12000), setting(MILES, 9000), decisions=decisions)

    assert written.patch == [setting(MILES, 9000)]
    assert vehicle_on(policy, SEPTEMBER)["value"] == 10000
    assert "changes nothing" in str(
        refused(policy, setting(VALUE, 12000), decisions={f"same_day.2.{VALUE}": "theirs"})
    )


@pytest.mark.parametrize(("choice", "from_september"), [("keep", 10000), ("reach", 18000)])
def test_an_earlier_change_reaches_past_a_later_one_when_a_person_says_so(choice, from_september):
    policy = factories.policy_in_force()
    endorse(policy, VALUE_DOWN)

    endorse(
        policy,
        setting(VALUE, 18000),
        on=MAY,
        by=back_dater(),
        decisions={f"later.2.{VALUE}": choice},
    )

    assert vehicle_on(policy, MAY)["value"] == 18000
    assert vehicle_on(policy, SEPTEMBER)["value"] == from_september
    assert_invariants_hold()


def test_a_change_of_what_is_not_insured_on_that_day_is_left_out_by_a_person():
    policy = factories.policy_in_force()
    gone = setting("risk.vehicles.v9.use", "business")

    assert conflicts_of(policy, gone, on=SEPTEMBER) == [
        ("gone.0.risk.vehicles.v9.use", "gone", ("drop",))
    ]
    written = endorse(
        policy, gone, setting(MILES, 9000), decisions={"gone.0.risk.vehicles.v9.use": "drop"}
    )

    assert written.patch == [setting(MILES, 9000)]


# What is refused


def test_a_change_of_nothing_is_refused():
    policy = factories.policy_in_force()

    assert "changes nothing" in str(refused(policy, setting(MILES, 12000)))
    assert "changes nothing" in str(refused(policy))


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ([setting(MILES, -1)], "vehicles.v1.annual_miles"),
        ([setting("risk.vehicles.v1.wheels", 3)], "vehicles.v1"),
        ([removing("coverages.v1:PD")], "coverages.v1:PD"),
        ([setting("coverages.v1:BI.limit", "25/50")], "coverages.v1:BI.limit"),
        ([removing("risk.vehicles.v1")], "vehicles"),
        ([setting("coverages", "all")], "patch"),
        ([setting("risk", "none")], "patch"),
        ([setting("coverages.v1:BI", 5)], "coverages.v1:BI"),
        ([setting("coverages.v1:BI.limit", ["100/300"])], "coverages.v1:BI.limit"),
        ([setting("risk.vehicles.v1.key", "v9")], "patch"),
        ([setting("risk.vehicles", [{"key": ["v1"]}])], "vehicles.0.annual_miles"),
        ([{"op": ["set"], "path": USE, "value": 1}], "patch"),
        ([{"op": "spend", "path": "risk.vehicles", "value": 1}], "patch"),
        ([{"op": "set", "path": "", "value": {}}], "patch"),
        ([{"op": "set", "path": USE}], USE),
        ([{"op": "add", "path": "risk.vehicles", "value": {}}], "risk.vehicles"),
    ],
)
def test_what_cannot_be_insured_is_refused_with_its_field(patch, field):
    """25/50 is below what California demands (30/60); PD is mandatory there."""
    policy = factories.policy_in_force()

    assert refused(policy, *patch).field == field
    assert policy.terms.get().transactions.count() == 1


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2027, 3, 1)])
def test_a_day_outside_of_every_term_is_refused(day):
    assert refused(factories.policy_in_force(), VALUE_DOWN, on=day).field == "effective_on"


def test_what_somebody_else_has_changed_meanwhile_is_looked_at_again():
    policy = factories.policy_in_force()
    endorse(policy, VALUE_DOWN, recorded=1)

    assert "Somebody has changed" in str(refused(policy, setting(MILES, 9000), recorded=1))


def test_only_who_may_endorse_does():
    policy = factories.policy_in_force()

    with pytest.raises(PermissionDenied):
        endorse(policy, VALUE_DOWN, by=factories.person("accountant"))
    with pytest.raises(PermissionDenied):
        endorse(policy, VALUE_DOWN, by=factories.agent().user)


def test_the_agent_who_sold_it_may_change_it():
    policy = factories.policy_in_force()

    assert endorse(policy, VALUE_DOWN, by=policy.agent.user).recorded_by == policy.agent.user


def test_going_back_in_time_takes_authority_for_so_many_days():
    """From 15 August to 1 May are 106 days."""
    policy = factories.policy_in_force()
    by = factories.person("policy_administrator")

    nobody = refused(policy, setting(MILES, 9000), on=MAY, by=by)
    limit = may_go_back(by, 105)
    short = refused(policy, setting(MILES, 9000), on=MAY, by=by)
    type(limit).objects.filter(pk=limit.pk).update(amount=106)
    written = endorse(policy, setting(MILES, 9000), on=MAY, by=by)

    assert "no authority" in str(nobody)
    assert "105 days" in str(short)
    assert "106 days" in str(short)
    assert written.effective_on == MAY


def test_the_day_is_taken_where_the_insured_lives():
    """16 August 2026, 05:00 UTC is still 15 August in Los Angeles: not back in time."""
    policy = factories.policy_in_force()

    written = endorse(
        policy, VALUE_DOWN, on=date(2026, 8, 15), at=datetime(2026, 8, 16, 5, tzinfo=UTC)
    )

    assert written.effective_on == date(2026, 8, 15)


def test_no_cover_is_bound_through_an_agent_without_a_licence_on_that_day():
    policy = factories.policy_in_force()
    Licence.objects.filter(agent=policy.agent).update(valid_to=SEPTEMBER)

    assert "licence" in str(refused(policy, VALUE_DOWN))
    assert endorse(policy, VALUE_DOWN, on=date(2026, 8, 31)).sequence == 2


# Reversal


def test_a_reversal_derives_the_term_anew_and_keeps_what_it_took_back():
    policy = factories.policy_in_force()
    before = insured(policy)
    change = endorse(policy, VALUE_DOWN)

    undone = reverse(change)

    assert insured(policy) == before
    assert (undone.kind, undone.reverses, undone.premium) == ("reversal", change, D("77.13"))
    assert policy.terms.get().transactions.count() == 3
    assert policy.events.order_by("-seq").first().kind == "reverse"
    assert_invariants_hold()


def test_later_changes_survive_a_reversal():
    policy = factories.policy_in_force()
    early = endorse(policy, setting(MILES, 20000))
    endorse(policy, setting(USE, "business"), on=date(2026, 10, 1))

    reverse(early)

    october = vehicle_on(policy, date(2026, 10, 1))
    assert (october["annual_miles"], october["use"]) == (12000, "business")


def test_the_reversal_of_a_reversal_puts_the_change_back():
    policy = factories.policy_in_force()
    change = endorse(policy, VALUE_DOWN)
    changed = insured(policy)

    reverse(reverse(change))

    assert insured(policy) == changed
    assert policy.terms.get().written == D("1395.25")
    assert_invariants_hold()


def test_a_transaction_is_reversed_once():
    change = endorse(factories.policy_in_force(), VALUE_DOWN)
    reverse(change)

    with pytest.raises(Refused, match="already"):
        reverse(change)
    with pytest.raises(IntegrityError), transaction.atomic():
        TermTransaction.objects.create(
            term=change.term,
            sequence=9,
            kind="reversal",
            effective_on=change.effective_on,
            patch=[],
            reverses=change,
            worksheet=[],
            premium=0,
            fees=0,
            tax=0,
            recorded_at=clock.now(),
            recorded_by=change.recorded_by,
        )


def test_new_business_is_cancelled_and_not_reversed():
    policy = factories.policy_in_force()

    with pytest.raises(Refused, match="Cancel or reinstate"):
        reverse(policy.terms.get().transactions.get())


def test_a_reversal_that_would_leave_what_cannot_be_insured_is_refused():
    """The second driver came with a change; a vehicle that came later is theirs."""
    policy = factories.policy_in_force()
    driver = {**factories.risk()["drivers"][0], "key": "d2", "name": "Leo Johnson"}
    came = endorse(policy, {"op": "add", "path": "risk.drivers", "value": driver})
    endorse(policy, setting("risk.vehicles.v1.primary_driver", "d2"), on=date(2026, 10, 1))

    with pytest.raises(Refused) as refusal:
        reverse(came)

    assert refusal.value.field == "vehicles.v1.primary_driver"


def test_only_who_may_take_back_does():
    policy = factories.policy_in_force()
    change = endorse(policy, VALUE_DOWN)

    with pytest.raises(PermissionDenied):
        reverse(change, by=policy.agent.user)
