"""A renewal taken up by its payment, changed before it is offered, moved to another carrier.

Personal auto from 1 March 2026: of Bindery Mutual to 1 March 2027; of Harbor for six months, to
1 September 2026, and its plans renew on payment.
"""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounting.enums import AccountCode, InvoiceState
from accounting.models import BillingAccount, Invoice, Receipt
from accounting.selectors import account_balance
from accounting.selectors import invariants as books
from accounting.services import pay_invoice
from office import clock
from office.exceptions import Refused
from policies import selectors as cover
from policies import services as policies
from policies.models import Policy
from tests import factories
from tests.policies.test_issue import FEES, PREMIUM, issue
from underwriting import selectors, services
from underwriting.models import Quote, Renewal

pytestmark = pytest.mark.django_db

AHEAD = datetime(2026, 12, 1, 18, tzinfo=UTC)  # 90 days before 1 March 2027
FIRST_DAY = date(2027, 3, 1)
SUMMER = datetime(2026, 7, 15, 18, tzinfo=UTC)  # 48 days before 1 September 2026
ON_THE_DAY = datetime(2027, 3, 1, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _bank(settings, tmp_path):
    settings.OFFICE_VAR = tmp_path


def prepared(policy, at=AHEAD):
    with clock.travel(at):
        return services.prepare_renewal(policy=policy, by=factories.office())


def offered(policy, at=AHEAD):
    renewal = prepared(policy, at)
    with clock.travel(at):
        return services.offer_renewal(renewal=renewal, by=factories.office())


def offered_by_harbor(**fields):
    return offered(factories.policy_in_force(carrier="HARBOR", **fields), SUMMER)


def pay(renewal, *, by=None, at=SUMMER, **changes):
    asked = {"pay_plan": "monthly", "method": "card", "token": "tok", "idempotency_key": "k1"}
    with clock.travel(at):
        by = by or factories.person("accountant")
        return services.pay_renewal(renewal=renewal, by=by, **(asked | changes))


def holds():
    broken = [one for one in cover.invariants() if not one[1]]
    return not broken and all(one.ok for one in books())


# Paid


def test_the_first_instalment_makes_the_offer_the_next_term():
    renewal = offered_by_harbor()
    plan = selectors.plan_of(renewal, "monthly")
    first = selectors.first_payment(renewal, plan)

    renewal = pay(renewal)

    policy = Policy.objects.get(pk=renewal.policy_id)
    second = policy.terms.get(sequence=2)
    receipt = Receipt.objects.latest("pk")
    invoice = receipt.allocations.get().invoice
    # A quarter of the premium down, and all of the fees; California has no tax on it.
    assert (
        first == (renewal.premium * D("0.25")).quantize(D("0.01")) + renewal.fees + renewal.tax * 0
    )
    assert (renewal.state, second.total) == ("accepted", renewal.total)
    assert (receipt.amount, receipt.unapplied) == (first, D("0.00"))
    assert (invoice.due_on, invoice.state) == (second.valid_from, InvoiceState.PAID)
    assert renewal.events.latest("seq").kind == "pay"
    assert holds()


def test_without_a_payment_such_a_plan_renews_nothing():
    renewal = offered_by_harbor()

    with clock.travel(SUMMER), pytest.raises(Refused, match="payment of its first instalment"):
        services.accept_renewal(renewal=renewal, by=factories.person("policy_administrator"))

    assert renewal.policy.terms.count() == 1


def test_a_declined_card_renews_nothing():
    renewal = offered_by_harbor()
    plan = selectors.plan_of(renewal, "full")
    # 40.51 is what the dummy bank declines: bring the first payment there by credit.
    owed = selectors.first_payment(renewal, plan)
    BillingAccount.objects.update(credit=owed - D("40.51"))

    with pytest.raises(Refused, match="not enough money"):
        pay(renewal, pay_plan="full")

    assert Renewal.objects.get(pk=renewal.pk).state == "offered"
    assert renewal.policy.terms.count() == 1
    assert not Receipt.objects.exists()


def test_credit_of_the_account_pays_first():
    policy = issue()
    with clock.travel(AHEAD):
        pay_invoice(
            invoice=Invoice.objects.get(),
            amount=PREMIUM + FEES + D("500.00"),
            method="check",
            idempotency_key="too-much",
            by=factories.person("accountant"),
        )
    renewal = offered(policy)

    renewal = pay(renewal, pay_plan="full", at=AHEAD)

    second = Invoice.objects.latest("pk")
    assert Receipt.objects.latest("pk").amount == PREMIUM + FEES - D("500.00")
    assert (second.total, second.state) == (PREMIUM + FEES, InvoiceState.PAID)
    assert account_balance(AccountCode.UNAPPLIED_CASH, FIRST_DAY) == 0
    assert holds()


def test_the_policyholder_pays_in_the_portal_once_though_the_button_is_pressed_twice():
    holder = factories.customer(login=True)
    renewal = offered_by_harbor(insured=holder)
    client = factories.signed_in(holder.login)
    address = reverse("portal:answer_renewal", args=[renewal.number, "pay"])

    with clock.travel(SUMMER):
        page = client.get(reverse("portal:renewal", args=[renewal.number])).content.decode()
        form = client.get(address).context["form"]
        sent = {"pay_plan": "monthly", "key": str(form["key"].value())}
        client.post(address, sent)
        client.post(address, sent)

    assert "Your new term begins with this payment" in page
    assert reverse("portal:answer_renewal", args=[renewal.number, "accept"]) not in page
    assert Renewal.objects.get(pk=renewal.pk).state == "accepted"
    assert Receipt.objects.count() == 1
    assert renewal.policy.terms.count() == 2


def test_who_takes_no_payments_is_refused():
    renewal = offered_by_harbor()

    with pytest.raises(Exception, match="may not"):
        pay(renewal, by=factories.person("underwriter"))


def test_an_unpaid_offer_lapses_and_says_so():
    renewal = offered_by_harbor()

    with clock.travel(datetime(2026, 9, 1, 18, tzinfo=UTC)):
        renewal = services.lapse_renewal(renewal=renewal, by=factories.office())
        factories.work("underwriting.issue_renewal_lapse")

    policy = renewal.policy
    letter = policy.documents.get(document__kind="renewal_lapse")
    assert renewal.state == "lapsed"
    assert policy.customer.messages.filter(documents=letter.document).count() == 1


# Changed before it is offered


def test_what_is_insured_is_changed_on_a_form_and_explained():
    renewal = prepared(issue())
    client = factories.signed_in(factories.person("underwriter"))
    address = reverse("underwriting:insure_renewal", args=[renewal.number])

    with clock.travel(AHEAD):
        typed = sent_of(client.get(address).context["form"])
        client.post(address, typed | {"vehicles.v1.value": "10000", "do": "save"})

    renewal = Renewal.objects.get(pk=renewal.pk)
    steps = dict(selectors.steps_of(renewal))
    # $10,000 instead of $25,000: COLL 311.50 for 432.64, COMP 88.47 for 122.88 (docs/policies.md).
    assert renewal.is_edited
    assert renewal.risk["vehicles"][0]["value"] == 10000
    assert steps["What is insured"] == D("-155.55")  # -121.14 - 34.41
    assert renewal.premium == PREMIUM - D("155.55")
    assert (
        cover.as_of(renewal.policy, date(2026, 9, 1), AHEAD).risk["vehicles"][0]["value"] == 25000
    )


def sent_of(form):
    """What the browser would send of an application that nobody has changed."""
    data = {"vehicles": "v1", "drivers": "d1"}
    for field in form:
        value = field.value()
        if value is not None and value is not False:
            data[field.html_name] = "on" if value is True else value
    return data


def test_a_mistake_stays_on_the_form_and_keeps_the_renewal_as_it_was():
    renewal = prepared(issue())
    client = factories.signed_in(factories.person("underwriter"))
    address = reverse("underwriting:insure_renewal", args=[renewal.number])

    with clock.travel(AHEAD):
        typed = sent_of(client.get(address).context["form"])
        page = client.post(address, typed | {"vehicles.v1.model_year": "1800", "do": "save"})

    assert page.status_code == 200
    assert "1800" in page.content.decode()
    assert not Renewal.objects.get(pk=renewal.pk).is_edited


def test_what_was_edited_stays_until_it_is_worked_out_afresh():
    renewal = prepared(issue())
    by = factories.person("underwriter")
    risk = {**renewal.risk, "credit_tier": "excellent"}

    with clock.travel(AHEAD):
        renewal = services.rework_renewal(renewal=renewal, risk=risk, by=by)
        again = services.rework_renewal(renewal=renewal, by=by)
        afresh = services.rework_renewal(renewal=renewal, afresh=True, by=by)

    assert (again.risk["credit_tier"], again.is_edited) == ("excellent", True)
    assert again.premium == renewal.premium
    assert (afresh.premium, afresh.is_edited) == (PREMIUM, False)


def test_an_offer_is_taken_back_and_made_again_with_a_letter_of_its_own():
    renewal = offered(issue())
    by = factories.person("underwriter")

    with clock.travel(AHEAD):
        factories.work("underwriting.issue_renewal_offer")
        renewal = services.revise_renewal(renewal=renewal, by=by, note="A car was sold.")
        assert renewal.state == "working"
        services.offer_renewal(renewal=renewal, by=by)
        factories.work("underwriting.issue_renewal_offer")

    assert renewal.policy.documents.filter(document__kind="renewal_offer").count() == 2
    assert renewal.policy.customer.messages.filter(template="renewal_offer").count() == 2


# Moved to another carrier


def remarketed(**fields):
    renewal = prepared(factories.policy_in_force(**fields))
    with clock.travel(AHEAD):
        renewal = services.remarket_renewal(renewal=renewal, by=factories.office())
        factories.work("underwriting.quote_at_carrier")
    return renewal


def test_binding_the_other_carrier_ends_the_policy_with_its_term():
    renewal = remarketed()
    quote = renewal.submission.quotes.get(carrier_id="HARBOR")
    seller = renewal.policy.agent.user

    with clock.travel(AHEAD):
        new = services.bind_quote(quote=quote, pay_plan="full", by=seller)

    renewal = Renewal.objects.get(pk=renewal.pk)
    old = Policy.objects.get(pk=renewal.policy_id)
    assert (renewal.state, renewal.moved_to) == ("moved", new)
    assert new.terms.get().valid_from == old.terms.get().valid_to == FIRST_DAY
    assert renewal.events.latest("seq").facts["policy"] == new.number
    # The day before one of them covers, from that day on the other: no gap, no overlap.
    before, after = date(2027, 2, 28), FIRST_DAY
    assert [cover.as_of(one, before, ON_THE_DAY) is not None for one in (old, new)] == [True, False]
    assert [cover.as_of(one, after, ON_THE_DAY) is not None for one in (old, new)] == [False, True]
    with clock.travel(ON_THE_DAY):
        assert list(cover.policies_past_their_term()) == [old]
        assert policies.expire_policy(policy=old, by=factories.office()).state == "expired"
    assert selectors.policies_to_renew(AHEAD.date()) == []
    assert holds()


def test_after_the_policy_was_renewed_the_other_carrier_is_not_bound():
    renewal = remarketed()
    quote = renewal.submission.quotes.get(carrier_id="HARBOR")
    with clock.travel(AHEAD):
        renewal = services.offer_renewal(renewal=renewal, by=factories.office())
        services.accept_renewal(renewal=renewal, by=factories.person("policy_administrator"))

        with pytest.raises(Refused, match="is renewed already"), transaction.atomic():
            services.bind_quote(quote=quote, pay_plan="full", by=renewal.policy.agent.user)

    assert Policy.objects.count() == 1


def test_another_first_day_is_refused():
    renewal = remarketed()
    with clock.travel(AHEAD):
        submission = services.edit_application(
            submission=renewal.submission,
            application=renewal.submission.application,
            coverages=renewal.submission.coverages,
            effective_on=date(2027, 3, 2),
            revision=renewal.submission.revision,
            by=renewal.policy.agent.user,
        )
        factories.work("underwriting.quote_at_carrier")
        quote = submission.quotes.get(carrier_id="HARBOR")

        with pytest.raises(Refused, match="no gap, no overlap"), transaction.atomic():
            services.bind_quote(quote=quote, pay_plan="full", by=renewal.policy.agent.user)

    assert Quote.objects.get(pk=quote.pk).state == "rated"


def test_the_page_lays_the_carriers_side_by_side():
    renewal = remarketed()
    quote = renewal.submission.quotes.get(carrier_id="HARBOR")
    client = factories.signed_in(renewal.policy.agent.user)

    with clock.travel(AHEAD):
        page = client.get(renewal.get_absolute_url()).content.decode()

    bind = reverse("underwriting:quote_act", args=[renewal.submission.number, quote.number, "bind"])
    assert bind in page
    assert f"Move to {quote.carrier.name}" in page


def test_the_database_wants_to_know_where_it_moved():
    renewal = prepared(issue())

    with (
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE underwriting_renewal SET moved_to_id = policy_id WHERE id = %s", [renewal.pk]
        )
    assert error.value.__cause__.diag.constraint_name == "renewal_that_moved_says_where"


@pytest.mark.parametrize("times", [0, 2])
def test_the_page_takes_the_same_statements_however_often_it_was_worked_out(
    times, django_assert_num_queries
):
    renewal = remarketed()
    by = factories.person("underwriter")
    client = factories.signed_in(by)
    with clock.travel(AHEAD):
        for _time in range(times):
            services.rework_renewal(renewal=renewal, by=by)
        client.get(renewal.get_absolute_url())

        with django_assert_num_queries(PAGE):
            page = client.get(renewal.get_absolute_url()).content.decode()

    assert page.count("Work out again") == 1 + times


PAGE = 7  # session, person, roles, renewal, losses, quotes, events
