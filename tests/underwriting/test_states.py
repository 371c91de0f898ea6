"""Every state, every act, every role: what is open to whom."""

import pytest

from office import workflow
from office.models import Role
from policies.enums import PolicyState
from policies.models import Policy
from tests import factories
from underwriting import services
from underwriting.enums import QuoteState, ReferralState, RenewalState, SubmissionState
from underwriting.models import Quote, Submission

pytestmark = pytest.mark.django_db

# Which roles may do an act, whatever the state. An agent only on what they sell.
QUOTE_ACTS = {
    "requote": {"underwriter", "agent", "office"},  # the office re-markets renewals
    "negotiate": {"underwriter", "agent", "office"},
    "withdraw": {"underwriter", "agent"},
    "bind": {"underwriter", "agent"},
    "judge": {"underwriter"},
    "approve": {"underwriter"},
    "decline": {"underwriter"},
    "expire": {"office"},
    "rate": {"office"},
    "refer": {"office"},
    "reject": {"office"},
    "fail": {"office"},
}
QUOTE_STATES = {
    "pending": {"rate", "refer", "reject", "fail", "requote", "withdraw"},
    "rated": {"requote", "negotiate", "judge", "withdraw", "expire", "bind"},
    "referred": {"requote", "negotiate", "judge", "withdraw", "expire", "approve", "decline"},
    "approved": {"requote", "negotiate", "judge", "withdraw", "expire", "bind"},
    "declined": {"requote", "negotiate"},
    "failed": {"requote", "withdraw"},
    "expired": {"requote"},
    "withdrawn": set(),
    "bound": set(),
}
SUBMISSION_ACTS = {
    "edit": {"underwriter", "agent"},
    "quote": {"underwriter", "agent", "office"},
    "advise": {"underwriter", "agent"},
    "acknowledge": {"underwriter", "agent"},
    "bind": {"underwriter", "agent"},
    "close": {"underwriter", "agent"},
}
SUBMISSION_STATES = {
    "open": {"edit", "quote", "advise", "acknowledge", "bind", "close"},
    "bound": set(),
    "closed": set(),
}
REFERRAL_ACTS = {
    "assign": {"underwriter"},
    "ask": {"underwriter"},
    "reply": {"customer_service", "underwriter", "policy_administrator", "agent"},
    "approve": {"underwriter"},
    "decline": {"underwriter"},
    "void": {"customer_service", "underwriter", "policy_administrator", "agent"},
}
REFERRAL_STATES = {
    "waiting": {"assign", "ask", "approve", "decline", "void"},
    "asked": {"assign", "reply", "approve", "decline", "void"},
    "approved": {"void"},
    "declined": set(),
    "voided": set(),
}
DESK = {"customer_service", "underwriter", "policy_administrator"}
WRITERS = {"underwriter", "policy_administrator"}
# Agents and policyholders only on what is theirs; an end takes effect by the office itself.
POLICY_ACTS = {
    "endorse": DESK,
    "reverse": WRITERS,
    "cancel": DESK,
    "rescind": DESK,
    "reinstate": WRITERS,
    "nonrenew": WRITERS,
    "renew": DESK | {"accountant"},  # a payment can be the answer to an offer
    "expire": {"office"},
    "take_effect": set(),
}
POLICY_STATES = {
    "in_force": {"endorse", "reverse", "cancel", "nonrenew", "renew", "expire"},
    "pending_cancellation": {"endorse", "reverse", "rescind", "nonrenew", "take_effect"},
    "cancelled": {"reinstate"},
    "expired": {"endorse", "reverse"},
}

RENEWERS = {"underwriter", "policy_administrator", "office"}
RENEWAL_ACTS = {
    **dict.fromkeys(("rework", "remarket", "offer", "revise"), RENEWERS),
    "approve": {"underwriter"},
    "judge": {"underwriter"},
    "pay": {"accountant"},
    "accept": DESK,
    "decline": DESK,
    "move": {"underwriter"},
    "lapse": set(),  # the office itself
}
RENEWAL_STATES = {
    "working": {"rework", "remarket", "approve", "judge", "offer", "decline", "move", "lapse"},
    "offered": {"revise", "pay", "accept", "decline", "move", "lapse"},
    "accepted": set(),
    "declined": set(),
    "lapsed": set(),
    "moved": set(),
}


def everybody():
    return {code: factories.person(code) for code in Role.objects.values_list("code", flat=True)}


def open_to(user, record):
    return {move.act for move in workflow.moves_open_to(user, record)}


def matrix(record, states, acts, people):
    """The record's moves by state and role, and what they should be."""
    found, wanted = {}, {}
    for state, of_state in states.items():
        record.__dict__["state"] = state
        for role, user in people.items():
            found[state, role] = open_to(user, record)
            wanted[state, role] = {act for act in of_state if role in acts[act]}
    return found, wanted


def test_the_states_of_the_tables_are_all_there_are():
    assert set(QUOTE_STATES) == set(QuoteState.values)
    assert set(SUBMISSION_STATES) == set(SubmissionState.values)
    assert set(REFERRAL_STATES) == set(ReferralState.values)
    assert set(POLICY_STATES) == set(PolicyState.values)
    assert set(RENEWAL_STATES) == set(RenewalState.values)


def test_quotes():
    quote = factories.quote()
    people = everybody()
    people["agent"] = quote.submission.agent.user

    found, wanted = matrix(quote, QUOTE_STATES, QUOTE_ACTS, people)

    assert found == wanted


def test_submissions():
    submission = factories.submission()
    people = everybody()
    people["agent"] = submission.agent.user

    found, wanted = matrix(submission, SUBMISSION_STATES, SUBMISSION_ACTS, people)

    assert found == wanted


def test_referrals():
    risk = factories.risk()
    risk["drivers"][0]["at_fault_accidents"] = 2
    quote = factories.quote(application=risk)
    people = everybody()
    people["agent"] = quote.submission.agent.user

    found, wanted = matrix(quote.referrals.get(), REFERRAL_STATES, REFERRAL_ACTS, people)

    assert found == wanted


def test_policies():
    found, wanted = matrix(factories.policy_in_force(), POLICY_STATES, POLICY_ACTS, everybody())

    assert found == wanted


def test_renewals():
    renewal = factories.renewal_offered(factories.policy_in_force())

    found, wanted = matrix(renewal, RENEWAL_STATES, RENEWAL_ACTS, everybody())

    assert found == wanted


def test_another_agents_papers_are_out_of_reach():
    quote = factories.quote()
    stranger = factories.agent(name="Robin Hale").user

    assert open_to(stranger, quote) == set()
    assert open_to(stranger, quote.submission) == set()


def test_the_author_does_not_find_approve_among_the_moves():
    author = factories.underwriter()
    risk = factories.risk()
    risk["drivers"][0]["at_fault_accidents"] = 2
    quote = factories.quote(by=author, application=risk)

    assert quote.state == "referred"
    assert "approve" not in open_to(author, quote)
    assert "approve" in open_to(factories.underwriter(), quote)


@pytest.mark.parametrize("model", [Submission, Quote, Policy])
def test_rows_are_shown_to_those_they_concern(model):
    """The customer, the agent who sold it, staff with the grant. Nobody else, nothing else."""
    insured = factories.customer(login=True)
    seller = factories.agent()
    policy = factories.policy_in_force(insured=insured, seller=seller)
    other = factories.policy_in_force()
    own = {
        Policy: policy,
        Submission: policy.quote.submission,
        Quote: policy.quote,
    }[model]
    foreign = {Policy: other, Submission: other.quote.submission, Quote: other.quote}[model]

    def seen(user):
        return set(model.objects.for_user(user).filter(pk__in=[own.pk, foreign.pk]))

    assert seen(insured.login) == {own}
    assert seen(seller.user) == {own}
    assert seen(factories.underwriter()) == {own, foreign}
    assert seen(factories.person("policyholder", is_staff=False)) == set()
    assert seen(factories.person()) == set()
    assert seen(factories.person("agent")) == set()


def test_somebody_who_left_sees_nothing():
    policy = factories.policy_in_force()
    seller = policy.agent.user
    seller.is_active = False

    assert not Policy.objects.for_user(seller).exists()
    assert not Submission.objects.for_user(seller).exists()


def test_the_events_of_a_quote_tell_its_life_and_their_chain_is_whole():
    policy = factories.policy_in_force()

    events = [(e.kind, e.from_state, e.to_state) for e in policy.quote.events.order_by("seq")]
    assert events == [
        ("request", "", "pending"),
        ("rate", "pending", "rated"),
        ("bind", "rated", "bound"),
    ]
    assert workflow.verify_chain(Quote.objects.get(pk=policy.quote.pk)) is None
    assert workflow.verify_chain(Policy.objects.get(pk=policy.pk)) is None
    assert workflow.verify_chain(Submission.objects.get(pk=policy.quote.submission_id)) is None


def test_services_and_moves_have_the_same_names():
    """One verb travels unchanged from the button to the event."""
    for act in ("approve", "decline", "withdraw", "bind", "expire"):
        assert callable(getattr(services, f"{act}_quote"))
        assert callable(getattr(Quote, act))
