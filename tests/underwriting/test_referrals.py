"""Referrals: put before whoever has the authority, decided once, voided by an edit."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from office import clock, workflow
from office.enums import AuthorityKind
from office.exceptions import Refused
from tests import factories
from tests.api.callers import session
from underwriting import selectors, services
from underwriting.models import Quote, Referral

pytestmark = pytest.mark.django_db


def referred(**fields) -> Quote:
    """A quote of a driver with two accidents, which needs an underwriter's approval."""
    risk = factories.risk()
    risk["drivers"][0]["at_fault_accidents"] = 2
    return factories.quote("BIND", application=risk, **fields)


def act(name, referral, by, note="Looked at it."):
    return getattr(services, f"{name}_referral")(referral=referral, by=by, note=note)


def test_a_referred_quote_goes_to_those_whose_authority_covers_it():
    junior, senior = factories.underwriter(up_to="10.00"), factories.underwriter(name="Sam Senior")
    quote = referred()

    referral = Referral.objects.get(quote=quote)

    assert (referral.kind, referral.state, referral.amount) == ("quote", "waiting", quote.total)
    assert [row["rule"] for row in referral.trace] == ["two_accidents"]
    assert senior.pk in referral.routed_to
    assert junior.pk not in referral.routed_to
    assert quote.submission.agent.user_id in referral.authors
    assert list(Referral.objects.routed_to(senior)) == [referral]
    assert not Referral.objects.routed_to(junior).exists()
    assert senior in selectors.who_could_decide(referral)


def test_it_is_asked_about_answered_and_approved_and_the_quote_with_it():
    underwriter = factories.underwriter()
    quote = referred()
    agent = quote.submission.agent.user
    referral = Referral.objects.get()

    referral = act("ask", referral, underwriter, "When was the last accident?")
    assert (referral.state, referral.assigned_to) == ("asked", underwriter)
    assert selectors.referrals_to_answer(agent, 10) == [referral]
    referral = act("reply", referral, agent, "In March.")
    assert (referral.state, referral.answer) == ("waiting", "In March.")
    assert selectors.referrals_for_desk(underwriter, 10) == [referral]
    referral = act("approve", referral, underwriter, "Long ago.")

    quote = Quote.objects.get(pk=quote.pk)
    assert (referral.state, referral.decided_by, referral.reason) == (
        "approved",
        underwriter,
        "Long ago.",
    )
    assert (quote.state, quote.approved_by) == ("approved", underwriter)
    assert quote.approved_under == referral.approved_under
    assert [e.kind for e in referral.events.order_by("seq")] == ["refer", "ask", "reply", "approve"]
    assert workflow.verify_chain(Referral.objects.get()) is None


def test_approving_the_quote_itself_decides_its_referral_and_so_does_declining():
    underwriter = factories.underwriter()
    first, second = referred(), referred()

    services.approve_quote(quote=first, by=underwriter, note="Fine.")
    services.decline_quote(quote=second, by=underwriter, note="Too much.")

    assert Referral.objects.get(quote=first).state == "approved"
    declined = Referral.objects.get(quote=second)
    assert (declined.state, declined.reason, declined.decided_by) == (
        "declined",
        "Too much.",
        underwriter,
    )


def test_neither_the_author_nor_an_administrator_nor_somebody_with_less_authority_decides():
    author, junior = factories.underwriter(), factories.underwriter(up_to="10.00")
    root = factories.person("underwriter", name="Ada Root", is_superuser=True)
    referral = Referral.objects.get(quote=referred(by=author))

    with pytest.raises(PermissionDenied), transaction.atomic():
        act("approve", referral, author)
    with pytest.raises(Refused, match="ends at"), transaction.atomic():
        act("approve", referral, junior)
    with pytest.raises(Refused, match="no authority"), transaction.atomic():
        act("approve", referral, root)
    assert Referral.objects.get().state == "waiting"


def test_it_is_assigned_only_to_somebody_who_could_decide():
    lead, other = factories.underwriter(), factories.underwriter(name="Otto Other")
    quote = referred()
    referral = Referral.objects.get()

    with pytest.raises(Refused, match="no authority"), transaction.atomic():
        services.assign_referral(referral=referral, to=factories.underwriter(up_to="1.00"), by=lead)
    with pytest.raises(Refused, match="no authority"), transaction.atomic():
        services.assign_referral(referral=referral, to=quote.submission.agent.user, by=lead)
    referral = services.assign_referral(referral=referral, to=other, by=lead)

    assert list(Referral.objects.assigned_to(other)) == [referral]
    assert not Referral.objects.routed_to(lead).exists()


def test_an_edit_voids_what_was_approved_and_asks_again():
    underwriter = factories.underwriter()
    quote = referred()
    first = act("approve", Referral.objects.get(), underwriter)
    submission = quote.submission
    application = submission.application | {"years_insured": 3}

    services.edit_application(
        submission=submission,
        application=application,
        coverages=submission.coverages,
        effective_on=submission.effective_on,
        revision=submission.revision,
        by=submission.agent.user,
    )
    factories.work("underwriting.quote_at_carrier")

    first, second = Referral.objects.order_by("pk")
    assert (first.state, first.approved_under, first.reason) == (
        "voided",
        None,
        "The application was edited.",
    )
    assert first.events.get(kind="approve").by == underwriter
    assert (second.state, Quote.objects.get(pk=quote.pk).state) == ("waiting", "referred")


def test_a_withdrawn_or_bound_submission_leaves_no_referral_open():
    quote = referred()

    services.close_submission(
        submission=quote.submission, by=quote.submission.agent.user, note="Went elsewhere."
    )

    assert Referral.objects.get().state == "voided"


def test_the_database_lets_no_author_approve_and_nothing_stand_twice(as_owner):
    author = factories.underwriter()
    referral = Referral.objects.get(quote=referred(by=author))
    limit = author.authority_limits.get().pk
    forbidden = [
        "UPDATE underwriting_referral SET state = 'approved', decided_at = now(), "
        f"decided_by_id = {author.pk}, approved_under_id = {limit}",
        "UPDATE underwriting_referral SET policy_id = NULL, kind = 'change'",
        "UPDATE underwriting_referral SET decided_at = now()",
        "UPDATE underwriting_referral SET state = 'bound'",
        "DELETE FROM underwriting_referralevent",
    ]

    for statement in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic(), as_owner():
            connection.cursor().execute(statement)
    referral.refresh_from_db(fields=["number"])


# Changes of a policy


def change(policy, **fields):
    """A second accident of the driver, which makes the rules refer the policy."""
    patch = [{"op": "set", "path": "risk.drivers.d1.at_fault_accidents", "value": 2}]
    asked = {"policy": policy, "effective_on": clock.today() + timedelta(days=1), "patch": patch}
    return asked | fields


def test_a_change_is_referred_by_the_agent_and_issued_by_the_approval():
    policy = factories.policy_in_force()
    agent, underwriter = policy.agent.user, factories.underwriter()
    with pytest.raises(Refused, match="underwriter"), transaction.atomic():
        services.endorse_policy(by=agent, **change(policy))

    referral = services.refer_change(by=agent, note="Told me today.", **change(policy))
    other = services.refer_change(by=agent, note="Once more.", **change(policy))
    with pytest.raises(PermissionDenied), transaction.atomic():
        act("approve", referral, agent)
    referral = act("approve", referral, underwriter, "Still a good driver.")

    endorsed = policy.terms.get().transactions.order_by("sequence").last()
    assert (referral.state, endorsed.kind) == ("approved", "endorsement")
    assert endorsed.recorded_by == underwriter
    assert Referral.objects.get(pk=other.pk).state == "voided"


def test_a_change_that_another_overtook_is_void_and_can_be_withdrawn():
    policy = factories.policy_in_force()
    agent = policy.agent.user
    first = services.refer_change(by=agent, note="Told me.", **change(policy))
    far = [{"op": "set", "path": "risk.vehicles.v1.annual_miles", "value": 14000}]

    services.endorse_policy(by=agent, **change(policy, patch=far))

    assert Referral.objects.get(pk=first.pk).reason == "Another change was issued meanwhile."
    second = services.refer_change(by=agent, note="Told me.", **change(policy))
    second = act("void", second, agent, "A mistake.")
    assert (second.state, second.reason) == ("voided", "A mistake.")


def test_what_nothing_holds_up_or_the_rules_reject_is_not_referred():
    policy = factories.policy_in_force()
    agent = policy.agent.user
    far = [{"op": "set", "path": "risk.vehicles.v1.annual_miles", "value": 14000}]
    many = [{"op": "set", "path": "risk.drivers.d1.at_fault_accidents", "value": 3}]

    with pytest.raises(Refused, match="Nothing holds this change up"), transaction.atomic():
        services.refer_change(by=agent, note="x", **change(policy, patch=far))
    with pytest.raises(Refused, match="do not allow this"), transaction.atomic():
        services.refer_change(by=agent, note="x", **change(policy, patch=many))


# Pages and the API


@pytest.mark.parametrize("count", [1, 3])
def test_the_worklist_is_one_read(count, django_assert_num_queries):
    underwriter = factories.underwriter()
    quotes = [referred() for _number in range(count)]
    client = factories.signed_in(underwriter)
    client.get("/")

    with django_assert_num_queries(4):
        page = client.get("/quotes/referrals/?view=unassigned").content.decode()

    assert page.count("RF-") >= count
    assert "mar" in page.lower()
    assert len(quotes) == count


def test_the_record_says_why_and_who_could_approve_and_takes_the_decision():
    underwriter = factories.underwriter(name="Uma Reyes")
    quote = referred()
    referral = Referral.objects.get()
    client = factories.signed_in(underwriter)

    page = client.get(referral.get_absolute_url()).content.decode()
    empty = client.post(f"{referral.get_absolute_url()}approve/", {"note": ""})
    done = client.post(f"{referral.get_absolute_url()}approve/", {"note": "Fine."})

    assert "risk.drivers[].at_fault_accidents" in page
    assert "Who could approve this?" in page
    assert "Uma Reyes" in page
    assert empty.status_code == 200
    assert done.url == referral.get_absolute_url()
    assert Quote.objects.get(pk=quote.pk).state == "approved"


def test_programs_read_the_worklist_and_decide():
    underwriter = factories.underwriter()
    referred()
    referral = Referral.objects.get()
    caller = session(underwriter)

    rows = caller.get("referrals/", mine="true").json()["results"]
    assigned = caller.post(f"referrals/{referral.number}/assign/", {"to": underwriter.email})
    done = caller.post(f"referrals/{referral.number}/approve/", {"note": "Fine."})

    assert [row["number"] for row in rows] == [referral.number]
    assert assigned.json()["assigned_to"] == underwriter.name
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert done.json()["fired"][0]["rule"] == "two_accidents"


def test_an_agent_sees_their_own_and_no_price_that_a_rule_holds_back():
    quote = referred()
    stranger = factories.agent(name="Robin Hale").user
    agent = quote.submission.agent.user
    referral = Referral.objects.get()

    assert list(Referral.objects.for_user(agent)) == [referral]
    assert not Referral.objects.for_user(stranger).exists()
    assert not Referral.objects.for_user(factories.person("policyholder", is_staff=False)).exists()
    referral.blocks = "quote"
    assert not selectors.shows_amount(referral, agent)
    assert selectors.shows_amount(referral, factories.underwriter())


def test_authority_counts_its_own_kind():
    """Authority to settle claims is none to underwrite."""
    user = factories.person("underwriter", name="Cleo Claims")
    factories.authority(user, AuthorityKind.SETTLEMENT, "100000.00")
    referred()

    with pytest.raises(Refused, match="no authority"):
        act("approve", Referral.objects.get(), user)


# Renewals


def test_a_renewal_that_the_rules_hold_up_is_referred_and_offered_once_approved():
    """Two more accidents since the term began: the rules did not speak of the driver then."""
    policy = factories.policy_in_force(from_on=clock.today() - timedelta(days=300))
    underwriter, office = factories.underwriter(), factories.office()
    renewal = services.prepare_renewal(policy=policy, by=office)
    assert not Referral.objects.exists()
    risk = renewal.risk | {
        "drivers": [renewal.risk["drivers"][0] | {"at_fault_accidents": 2}],
    }

    renewal = services.rework_renewal(renewal=renewal, risk=risk, by=underwriter, note="MVR")
    first = Referral.objects.get(renewal=renewal)
    assert (first.state, first.amount) == ("waiting", renewal.total)
    renewal = services.rework_renewal(renewal=renewal, risk=risk, by=underwriter, note="Again")
    first, second = Referral.objects.order_by("pk")
    assert (first.state, second.state) == ("voided", "waiting")
    with pytest.raises(Refused), transaction.atomic():
        services.offer_renewal(renewal=renewal, by=underwriter)
    second = act("approve", second, underwriter, "Still worth keeping.")

    renewal.refresh_from_db(fields=["approved_by"])
    assert (second.state, renewal.approved_by) == ("approved", underwriter)
    assert services.offer_renewal(renewal=renewal, by=underwriter).state == "offered"
