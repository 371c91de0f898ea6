"""Issuing a policy: the premium by hand, the term, the segment, the books, the bills."""

import copy
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounting.enums import AccountCode as A
from accounting.models import BillingAccount, Invoice, Line
from office import clock
from office.exceptions import Refused
from policies import selectors, services
from policies.models import Policy, Segment, TermTransaction
from tests import factories

pytestmark = pytest.mark.django_db

BOUGHT_AT = datetime(2026, 2, 20, 18, tzinfo=UTC)

# Bindery Mutual in Los Angeles, 21 years licensed, no accidents, 12,000 miles, to work and back,
# a sedan of 2021 worth $25,000: every factor but base, territory 1.28 and limit is 1.00.
BY_HAND = {
    "BI": D("492.03"),  # 310.00 * 1.28 = 396.80; * 1.24 = 492.032
    "PD": D("278.14"),  # 205.00 * 1.28 = 262.40; * 1.06 = 278.144
    "UM": D("103.17"),  # 62.00 * 1.28 = 79.36; * 1.30 = 103.168
    "MED": D("43.52"),  # 34.00 * 1.28
    "COMP": D("122.88"),  # 96.00 * 1.28
    "COLL": D("432.64"),  # 338.00 * 1.28
}
PREMIUM = D("1472.38")  # the sum
FEES = D("21.76")  # fraud assessment 1.76 a vehicle + policy fee 20.00


def issue(**changes):
    """Personal auto of our own carrier, from 1 March 2026, straight at the service."""
    risk = changes.pop("risk", factories.risk())
    owner = changes.pop("customer", None) or factories.customer()
    fields = {
        "version": factories.version("BIND-PA"),
        "customer": owner,
        "agent": None,
        "risk": risk,
        "coverages": factories.usual_coverages("BIND-PA", risk),
        "valid_from": date(2026, 3, 1),
        "jurisdiction": "US-CA",
        "address": factories.current_address(owner),
        "pay_plan": "full",
        "by": changes.pop("by", None) or factories.person("policy_administrator"),
    }
    with clock.travel(BOUGHT_AT):
        return services.issue_policy(**{**fields, **changes})


def amounts_in_ledger(policy):
    lines = Line.objects.filter(entry__source=f"policy:{policy.number}")
    return {line.account_id: line.amount for line in lines}


def test_the_premium_is_the_one_worked_out_by_hand():
    policy = issue()

    term = policy.terms.get()
    segment = term.segments.get()
    premiums = {row.coverage: row.written for row in segment.premiums.all()}
    assert premiums == BY_HAND
    assert sum(BY_HAND.values()) == PREMIUM
    assert (term.written, term.fees, term.tax) == (PREMIUM, FEES, D("0.00"))


def test_the_term_has_one_transaction_and_one_segment_over_all_its_days():
    policy = issue()

    term = policy.terms.get()
    transaction = term.transactions.get()
    segment = term.segments.get()
    assert (term.valid_from, term.valid_to) == (date(2026, 3, 1), date(2027, 3, 1))
    assert (transaction.kind, transaction.premium) == ("new_business", PREMIUM)
    assert transaction.recorded_at == BOUGHT_AT
    assert (segment.valid.lower, segment.valid.upper) == (date(2026, 3, 1), date(2027, 3, 1))
    assert (segment.recorded.lower, segment.recorded.upper) == (BOUGHT_AT, None)


def test_the_worksheet_ends_at_the_total():
    transaction = TermTransaction.objects.get(term__policy=issue())

    assert D(transaction.worksheet[-1]["amount"]) == D("1494.14")  # 1472.38 + 21.76


def test_our_own_premium_is_written_and_unearned():
    policy = issue()

    assert amounts_in_ledger(policy) == {
        A.PREMIUM_RECEIVABLE: D("1494.14"),
        A.WRITTEN_PREMIUM: -PREMIUM,
        A.FEE_INCOME: -FEES,
        A.CHANGE_IN_UNEARNED_PREMIUM: PREMIUM,
        A.UNEARNED_PREMIUM: -PREMIUM,
    }


def test_premium_of_another_carrier_is_owed_to_it_less_commission():
    """Harborline, six months, each step rounded half up and the annual premium to the dollar.

    Experience at 21 years: 1 + 0.05 × 11 ÷ 35 = 1.016. Value $25,000: 1 + 0.75 ÷ 8 = 1.094.
    BI 272 × 1.14 = 310.08 × 1.22 = 378.30 × 1.016 = 384.35 × 1.20 = 461.22 × 0.88 = 405.87: 203.00
    PD 158 × 1.14 = 180.12 × 1.22 = 219.75 × 1.016 = 223.27 × 1.05 = 234.43 × 0.88 = 206.30: 103.00
    UM 55 × 1.14 = 62.70 × 1.22 = 76.49 × 1.26 = 96.38: 48.00
    MED 21 × 1.14 = 23.94 × 1.016 = 24.32 × 1.70 = 41.34: 20.50
    COMP 118 × 1.14 = 134.52 × 1.22 = 164.11 × 1.094 = 179.54 × 0.95 = 170.56: 85.50
    COLL 306 × 1.14 = 348.84 × 1.22 = 425.58 × 1.016 = 432.39 × 1.094 = 473.03 × 0.95 = 449.38
         × 1.12 = 503.31 × 0.88 = 442.91: 221.50
    Premium 681.50, fee 0.88, commission 15 % = 102.225, half to even 102.22.
    """
    risk = factories.risk()

    policy = issue(
        version=factories.version("HARBOR-PA"),
        coverages=factories.usual_coverages("BIND-PA", risk),
        risk=risk,
    )

    assert policy.terms.get().valid_to == date(2026, 9, 1)
    assert amounts_in_ledger(policy) == {
        A.PREMIUM_RECEIVABLE: D("682.38"),
        A.CARRIER_PAYABLE: D("-580.16"),  # 682.38 - 102.22
        A.COMMISSION_INCOME: D("-102.22"),
    }


def test_instalments_and_invoices_sum_to_the_cent():
    """Quarterly: a quarter down, three more; $3.00 with each but the first; fees with the first.

    1472.38 ÷ 4 = 368.095: two quarters have 368.10, two 368.09.
    """
    policy = issue(pay_plan="quarterly")

    account = BillingAccount.objects.get(policy_number=policy.number)
    instalments = list(account.instalments.order_by("due_on"))
    assert [row.due_on for row in instalments] == [
        date(2026, 3, 1),
        date(2026, 6, 1),
        date(2026, 9, 1),
        date(2026, 12, 1),
    ]
    assert sum(row.premium for row in instalments) == PREMIUM
    assert {row.premium for row in instalments} <= {D("368.09"), D("368.10")}
    assert [row.fees for row in instalments] == [FEES, D("0.00"), D("0.00"), D("0.00")]
    assert sum(row.total for row in instalments) == D("1503.14")  # 1494.14 + 3 * 3.00


def test_what_is_due_soon_is_invoiced_at_once():
    policy = issue()

    invoice = Invoice.objects.get(billing_account__policy_number=policy.number)
    assert (invoice.total, invoice.due_on) == (D("1494.14"), date(2026, 3, 1))


def test_the_event_says_which_version_was_issued():
    policy = issue()

    event = policy.events.get()
    assert (event.kind, event.from_state, event.to_state) == ("issue", "", "in_force")
    assert event.facts == {"product": "BIND-PA", "version": 1, "from": "2026-03-01"}


def test_the_declarations_are_left_to_a_worker_and_made_once():
    policy = issue()

    factories.work("policies.issue_declarations")
    factories.work("policies.issue_declarations")

    document = policy.documents.get().document
    assert document.title == f"Declarations of policy {policy.number}"
    assert document.media_type == "application/pdf"
    assert document.source == f"policy:{policy.number}"


def test_the_declarations_speak_the_customers_language():
    policy = issue(customer=factories.customer(language="es"))

    factories.work("policies.issue_declarations")
    said = selectors.declarations(policy.terms.get(), language="es")

    assert policy.documents.get().document.language == "es"
    assert said["groups"][0]["rows"][0][:2] == [
        "Responsabilidad por lesiones corporales",
        "$100,000 / $300,000",
    ]
    assert ["Cargo antifraude por vehículo", "$1.76"] in said["charges"]


def test_every_charge_of_the_declarations_adds_up():
    said = selectors.declarations(issue().terms.get(), language="en")

    assert said["charges"] == [
        ["Premium", "$1,472.38"],
        ["Vehicle fraud assessment", "$1.76"],
        ["Policy fee", "$20.00"],
    ]
    assert said["total"] == "$1,494.14"


def refused(**changes):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        issue(**changes)
    assert not Policy.objects.exists()
    return refusal.value


def test_a_state_without_a_row_is_refused():
    refusal = refused(jurisdiction="US-TX")

    assert (refusal.field, "US-TX" in str(refusal)) == ("jurisdiction", True)


def test_a_version_that_is_not_in_force_on_the_first_day_is_refused():
    """The shipped version begins on 1 January 2025."""
    assert refused(valid_from=date(2024, 12, 31)).field == "effective_on"


def test_a_risk_that_breaks_the_schema_is_refused_with_its_field():
    risk = factories.risk()
    bad = copy.deepcopy(risk)
    bad["vehicles"][0]["vin"] = "TOO-SHORT"

    refusal = refused(risk=bad, coverages=factories.usual_coverages("BIND-PA", risk))

    assert refusal.field == "vehicles.v1.vin"


def test_a_mandatory_coverage_cannot_be_left_out():
    risk = factories.risk()
    some = [row for row in factories.usual_coverages("BIND-PA", risk) if row["coverage"] != "PD"]

    assert refused(risk=risk, coverages=some).field == "coverages.v1:PD"


def test_an_unknown_pay_plan_is_refused():
    assert "weekly" in str(refused(pay_plan="weekly"))


def test_somebody_without_the_grant_may_not_issue():
    with pytest.raises(PermissionDenied), transaction.atomic():
        issue(by=factories.person("customer_service"))
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "days"),
    [
        (date(2028, 2, 29), date(2029, 2, 28), 365),
        (date(2027, 3, 1), date(2028, 3, 1), 366),
        (date(2026, 12, 31), date(2027, 12, 31), 365),
    ],
)
def test_terms_over_leap_days_and_year_ends_have_no_gap(valid_from, valid_to, days):
    term = issue(valid_from=valid_from).terms.get()

    segment = term.segments.get()
    assert term.valid_to == valid_to
    assert (segment.valid.upper - segment.valid.lower).days == days
    assert (segment.valid.lower, segment.valid.upper) == (valid_from, valid_to)


def test_the_invariants_hold():
    issue(pay_plan="monthly")
    factories.policy_in_force(carrier="HARBOR")
    factories.policy_in_force("home", "US-FL")

    assert [finding for finding in selectors.invariants() if not finding[1]] == []


def test_an_invariant_names_the_term_whose_premium_was_bent(as_owner):
    term = issue().terms.get()
    term.written += D("0.01")
    term.save(update_fields=["written"])

    broken = {name: detail for name, holds, detail in selectors.invariants() if not holds}

    assert broken == {
        "The written premium of a term is that of its segments and charges": str(term.pk),
        "A term is the sum of its transactions": str(term.pk),
        "The ledger holds what the policies have written": str(term.policy_id),
    }


def test_a_policy_expires_when_its_last_term_is_over_where_the_insured_lives():
    """1 March 2027, 00:00 in Los Angeles is 08:00 UTC."""
    policy = issue()

    with clock.travel(datetime(2027, 3, 1, 7, 59, tzinfo=UTC)):
        assert not selectors.policies_past_their_term().exists()
        with pytest.raises(Refused, match="Cover runs until"), transaction.atomic():
            services.expire_policy(policy=policy, by=factories.office())
    with clock.travel(datetime(2027, 3, 1, 8, 0, tzinfo=UTC)):
        assert list(selectors.policies_past_their_term()) == [policy]
        expired = services.expire_policy(policy=policy, by=factories.office())

    assert expired.state == "expired"


def test_one_policy_is_written_in_a_bounded_number_of_statements(django_assert_num_queries):
    """A third of them write: policy, event, term, transaction, segment, premiums, entry, bills."""
    first = issue()
    by = factories.person("policy_administrator")
    by.may("policies.issue_policy")
    risk = factories.risk()

    with django_assert_num_queries(21):
        services.issue_policy(
            version=first.terms.get().version,
            customer=first.customer,
            agent=None,
            risk=risk,
            coverages=factories.usual_coverages("BIND-PA", risk),
            valid_from=date(2026, 3, 1),
            jurisdiction="US-CA",
            address=first.address,
            pay_plan="full",
            by=by,
        )

    assert Segment.objects.count() == 2
