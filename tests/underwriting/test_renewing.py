"""Renewal: worked out ahead, explained, offered, answered; once for each term.

Personal auto in Los Angeles from 1 March 2026 to 1 March 2027: premium 1,472.38, fees 21.76, by
hand in tests/policies/test_issue.py. A year later the driver and the car are in the same bands.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounting.models import BillingAccount
from claims.enums import ClaimState
from office import clock
from office.enums import JobState
from office.exceptions import Refused
from office.models import Job
from policies import selectors as cover
from policies import services as policies
from policies.models import Policy
from tests import factories
from tests.claims import scenes
from tests.policies.spoiling import copy_of_one_product, spoil
from tests.policies.test_issue import FEES, PREMIUM, issue
from underwriting import selectors, services
from underwriting.models import Renewal, Submission
from underwriting.tasks import renew_by_the_clock

pytestmark = pytest.mark.django_db

AHEAD = datetime(2026, 12, 1, 18, tzinfo=UTC)  # 90 days before 1 March 2027
OFFERED = datetime(2027, 1, 15, 18, tzinfo=UTC)  # 45 days before
FIRST_DAY = date(2027, 3, 1)


def prepared(policy=None, at=AHEAD):
    policy = policy or issue()
    with clock.travel(at):
        return services.prepare_renewal(policy=policy, by=factories.office())


def offered(policy=None, at=AHEAD):
    renewal = prepared(policy, at)
    with clock.travel(at):
        return services.offer_renewal(renewal=renewal, by=factories.office())


def accept(renewal, *, at=AHEAD, by=None, **fields):
    with clock.travel(at):
        return services.accept_renewal(
            renewal=renewal, by=by or factories.person("policy_administrator"), **fields
        )


def new_rates(tmp_path, old='[US-CA, COLL, "338.00"]', new='[US-CA, COLL, "372.00"]'):
    """A second version of the product, in force from 2027 on."""
    folder = copy_of_one_product(tmp_path)
    spoil(
        folder,
        "version: 1\neffective_from: 2025-01-01",
        "version: 2\neffective_from: 2027-01-01",
    )
    spoil(folder, old, new)
    policies.load_catalogue(folder=folder, by=factories.office())


def broken():
    return [finding for finding in cover.invariants() if not finding[1]]


# Worked out


def test_work_begins_ninety_days_before_the_end():
    policy = issue()

    assert selectors.policies_to_renew(date(2026, 11, 30)) == []
    assert selectors.policies_to_renew(date(2026, 12, 1)) == [policy.pk]
    assert selectors.policies_to_renew(date(2027, 3, 1)) == []


def test_the_same_risk_at_the_same_rates_costs_the_same():
    renewal = prepared()

    assert (renewal.state, renewal.sequence, renewal.valid_from) == ("working", 2, FIRST_DAY)
    assert (renewal.expiring, renewal.premium, renewal.fees) == (PREMIUM, PREMIUM, FEES)
    assert renewal.number == f"{renewal.policy.number}-2"
    assert [amount for _label, amount in selectors.steps_of(renewal)] == [0, 0, 0, 0]


def test_new_rates_are_a_step_of_their_own(tmp_path):
    policy = issue()
    new_rates(tmp_path)

    renewal = prepared(policy)

    # COLL 372.00 x 1.28 = 476.16 instead of 432.64.
    assert renewal.version.version == 2
    assert selectors.steps_of(renewal)[0] == ("New rates", D("43.52"))
    assert renewal.premium == PREMIUM + D("43.52")


def test_claims_of_the_term_are_a_step_of_their_own():
    policy = scenes.policy_in_force()
    scenes.claim_at(ClaimState.EVALUATING, policy=policy)

    renewal = prepared(policy, at=datetime(2026, 11, 1, tzinfo=UTC))

    steps = dict(selectors.steps_of(renewal))
    assert renewal.loss_count == 1
    assert renewal.risk["losses"] == 1
    assert renewal.incurred > 0
    assert steps["Claims"] > 0
    assert renewal.expiring + sum(steps.values()) == renewal.premium


def test_what_is_to_be_insured_can_be_changed_and_worked_out_again():
    renewal = prepared()
    risk = {**renewal.risk, "credit_tier": "excellent"}

    with clock.travel(AHEAD):
        renewal = services.rework_renewal(
            renewal=renewal, risk=risk, by=factories.person("underwriter")
        )

    steps = dict(selectors.steps_of(renewal))
    assert renewal.risk["credit_tier"] == "excellent"
    assert steps["What is insured"] == 0
    assert renewal.premium == PREMIUM + steps["Credit tier, discounts and judgment"]


def test_a_risk_that_the_new_version_does_not_take_is_not_offered():
    renewal = prepared()
    risk = {**renewal.risk, "credit_tier": "unheard of"}

    with clock.travel(AHEAD):
        renewal = services.rework_renewal(
            renewal=renewal, risk=risk, by=factories.person("underwriter")
        )
        with pytest.raises(Refused, match="credit_tier"):
            services.offer_renewal(renewal=renewal, by=factories.person("underwriter"))

    assert (renewal.premium, renewal.steps) == (0, None)


# The run over the book


def work_all():
    while factories.work():
        pass


def run(at=AHEAD, by=None):
    with clock.travel(at):
        job = services.start_renewal_run(by=by or factories.office())
        factories.work("underwriting.prepare_renewals")
    return Job.objects.get(pk=job.pk)


def test_a_run_works_out_each_policy_once_and_a_second_finds_nothing():
    for _policy in range(3):
        issue()

    first, second = run(), run()

    assert (first.state, first.done, first.total) == (JobState.DONE, 3, 3)
    assert first.result == {"prepared": 3}
    assert (second.state, second.total) == (JobState.DONE, 0)
    assert Renewal.objects.count() == 3


def test_a_policy_that_cannot_holds_up_no_other():
    one, other = issue(), issue()
    with clock.travel(AHEAD):
        job = services.start_renewal_run(by=factories.office())
        policies.cancel_policy(
            policy=one,
            side="insured",
            reason="request",
            effective_on=AHEAD.date(),
            by=factories.person("policy_administrator"),
        )
        factories.work("underwriting.prepare_renewals")

    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert Renewal.objects.get().policy == other


def test_the_clock_begins_offers_and_lets_go():
    policy = issue()

    with clock.travel(AHEAD):
        renew_by_the_clock()
        work_all()
    assert policy.renewals.get().state == "working"
    with clock.travel(OFFERED):
        renew_by_the_clock()
        work_all()
    renewal = policy.renewals.get()
    assert renewal.state == "offered"
    assert policy.documents.filter(document__kind="renewal_offer").count() == 1
    with clock.travel(datetime(2027, 3, 1, 18, tzinfo=UTC)):
        renew_by_the_clock()
        work_all()
    assert policy.renewals.get().state == "lapsed"


def test_what_is_not_to_be_renewed_is_left_out():
    policy = issue()
    with clock.travel(AHEAD):
        policies.nonrenew_policy(
            policy=policy, reason="Three losses.", by=factories.person("underwriter")
        )

    assert selectors.policies_to_renew(AHEAD.date()) == []
    with pytest.raises(Refused, match="is not renewed"):
        prepared(Policy.objects.get(pk=policy.pk))


def test_a_steep_increase_is_put_to_the_other_carriers(tmp_path):
    # COLL from 338.00 to 700.00: 700.00 x 1.28 = 896.00 instead of 432.64, 463.36 more of
    # 1,472.38, which is 31 %: above the 15 % of personal auto.
    policy = factories.policy_in_force()
    new_rates(tmp_path, new='[US-CA, COLL, "700.00"]')

    renewal = prepared(policy)
    with clock.travel(AHEAD):
        factories.work("underwriting.remarket_renewal")

    renewal = Renewal.objects.get(pk=renewal.pk)
    submission = Submission.objects.get(pk=renewal.submission_id)
    assert submission.effective_on == FIRST_DAY
    assert {quote.carrier_id for quote in submission.quotes.all()} == {"BIND", "HARBOR"}
    assert renewal.events.latest("seq").facts["submission"] == submission.number


# Answered


def test_an_accepted_offer_is_the_next_term_posted_and_billed():
    renewal = offered()

    renewal = accept(renewal, pay_plan="monthly")

    policy = Policy.objects.get(pk=renewal.policy_id)
    first, second = policy.terms.order_by("sequence")
    account = BillingAccount.objects.get(policy_number=policy.number)
    assert renewal.state == "accepted"
    assert (second.valid_from, second.valid_to) == (first.valid_to, date(2028, 3, 1))
    assert second.total == renewal.total
    assert second.transactions.get().kind == "renewal"
    assert account.pay_plan["code"] == "monthly"
    assert account.instalments.filter(due_on__gte=FIRST_DAY).count() == 11
    assert cover.as_of(policy, date(2027, 9, 1), AHEAD + timedelta(days=1)) is not None
    assert broken() == []


def test_the_policyholder_accepts_in_the_portal():
    holder = factories.customer(login=True)
    renewal = offered(issue(customer=holder))
    client = factories.signed_in(holder.login)

    with clock.travel(AHEAD):
        page = client.get(reverse("portal:renewal", args=[renewal.number])).content.decode()
        assert "$1,494.14" in page
        assert "New rates" in page
        client.post(
            reverse("portal:answer_renewal", args=[renewal.number, "accept"]),
            {"pay_plan": "full"},
        )

    assert Renewal.objects.get(pk=renewal.pk).state == "accepted"
    assert renewal.policy.terms.count() == 2
    assert renewal.events.latest("seq").by == holder.login


def test_another_policyholder_sees_nothing_of_it():
    renewal = offered()
    stranger = factories.signed_in(factories.customer(login=True).login)

    assert stranger.get(reverse("portal:renewal", args=[renewal.number])).status_code == 404


def test_an_offer_is_taken_up_once():
    renewal = offered()
    accept(renewal)

    with pytest.raises(Refused, match="is “Renewed” now"):
        accept(renewal)
    assert renewal.policy.terms.count() == 2


def test_who_does_not_want_the_term_lets_the_policy_end():
    renewal = offered()

    with clock.travel(AHEAD):
        renewal = services.decline_renewal(
            renewal=renewal, note="Sold the car", by=factories.person("customer_service")
        )
    with clock.travel(datetime(2027, 3, 1, 18, tzinfo=UTC)):
        [policy] = cover.policies_past_their_term()
        policy = policies.expire_policy(policy=policy, by=factories.office())

    assert (renewal.state, policy.state) == ("declined", "expired")


def test_who_may_do_what():
    renewal = prepared()

    for act in (services.offer_renewal, services.decline_renewal):
        with clock.travel(AHEAD), pytest.raises(PermissionDenied), transaction.atomic():
            act(renewal=renewal, by=factories.person("claims_handler"))
    with clock.travel(AHEAD), pytest.raises(PermissionDenied):
        services.offer_renewal(renewal=renewal, by=factories.person("customer_service"))


def test_a_renewed_policy_that_is_cancelled_loses_both_terms():
    renewal = offered()
    accept(renewal)
    policy = Policy.objects.get(pk=renewal.policy_id)

    with clock.travel(AHEAD):
        policy = policies.cancel_policy(
            policy=policy,
            side="insured",
            reason="sold",
            effective_on=AHEAD.date(),
            by=factories.person("policy_administrator"),
        )

    first, second = policy.terms.order_by("sequence")
    assert second.total == 0
    assert not second.segments.current().exists()
    assert broken() == []
    with clock.travel(AHEAD):
        policies.reinstate_policy(
            policy=policy, from_on=AHEAD.date(), by=factories.person("policy_administrator")
        )
    first, second = policy.terms.order_by("sequence")
    assert (first.written, second.written) == (PREMIUM, PREMIUM)
    assert broken() == []


def test_the_database_holds_one_renewal_for_each_term():
    renewal = prepared()
    renewal.pk = None
    renewal.number = "PA-2026-999999-2"

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        renewal.save(force_insert=True)
    assert error.value.__cause__.diag.constraint_name == "one_renewal_for_each_term"


# Pages


def test_the_list_costs_the_same_however_long(django_assert_num_queries):
    by = factories.person("underwriter")
    client = factories.signed_in(by)
    prepared()
    with clock.travel(AHEAD):
        address = reverse("underwriting:renewals")
        client.get(address)
        with django_assert_num_queries(QUERIES):
            one = client.get(address).content.decode()
        for _policy in range(2):
            prepared()
        with django_assert_num_queries(QUERIES):
            three = client.get(address).content.decode()

    assert one.count("/quotes/renewals/PA-") == 1
    assert three.count("/quotes/renewals/PA-") == 3


QUERIES = 5


def test_the_page_explains_and_the_acts_are_done_by_it():
    renewal = prepared()
    client = factories.signed_in(factories.person("underwriter"))

    with clock.travel(AHEAD):
        page = client.get(renewal.get_absolute_url()).content.decode()
        client.post(reverse("underwriting:renewal_act", args=[renewal.number, "offer"]), {})

    assert "Why the premium changes" in page
    assert "1,472.38" in page
    assert Renewal.objects.get(pk=renewal.pk).state == "offered"


def test_a_run_is_started_by_hand():
    issue()
    client = factories.signed_in(factories.person("underwriter"))

    with clock.travel(AHEAD):
        client.post(reverse("underwriting:run_renewals"))
        factories.work("underwriting.prepare_renewals")
        desk = client.get("/").content.decode()

    assert Renewal.objects.count() == 1
    assert "Renewals at 90, 60 and 45 days" in desk
