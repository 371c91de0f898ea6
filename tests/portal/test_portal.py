"""What a policyholder sees and does: their own, in plain words, and nothing else."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounting.models import Invoice, Receipt
from claims.enums import ClaimState, DocumentState
from claims.models import Claim
from policies.models import Policy
from portal import selectors
from tests.claims import scenes
from tests.claims.scenes import claim_at, policy_in_force, service_agent, with_login
from tests.claims.test_doors import _png as png
from tests.factories import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy():
    return policy_in_force()


@pytest.fixture
def holder(policy):
    """The policyholder's browser."""
    return signed_in(with_login(policy.customer))


def _text(answer):
    return answer.content.decode()


def _notice(**changes):
    return {
        "lost_on": "2026-03-10",
        "lost_time": "22:30",
        "cause": "fire",
        "place": "12 Alder Street",
        "description": "My kitchen burned.",
        **changes,
    }


def test_staff_are_not_policyholders():
    assert signed_in(service_agent()).get("/portal/").status_code == 403


def test_a_policyholder_is_sent_from_the_workbench_to_the_portal(holder):
    answers = [holder.get(door) for door in ("/", "/claims/", "/customers/", "/policies/")]

    assert {answer.headers["Location"] for answer in answers} == {"/portal/"}


def test_home_says_that_nothing_is_to_be_done(holder):
    with scenes.clock.travel(scenes.clock.start_of(Invoice.objects.get().due_on)):
        page = _text(holder.get("/portal/"))

    assert "You do not need to do anything" in page


def _head_of_home(claim):
    page = signed_in(with_login(claim.customer)).get("/portal/")
    return page.context["hero"]


@pytest.mark.parametrize(
    ("state", "button"),
    [
        (ClaimState.OFFERED, "Read the offer"),
        (ClaimState.DOCUMENTING, "See what we need"),
        (ClaimState.PAYABLE, "See your claim"),
    ],
)
def test_home_begins_with_what_waits_for_the_policyholder(state, button):
    claim = claim_at(state)

    head = _head_of_home(claim)

    assert (head["kicker"], head["button"]) == (claim.number, button)
    assert head["href"] == f"/portal/claims/{claim.number}/"


def test_home_asks_nothing_while_the_office_works():
    assert selectors.what_to_do([claim_at(ClaimState.EVALUATING)], []) == {}


def test_home_tells_of_a_bill_that_is_late(holder):
    invoice = Invoice.objects.get()

    with scenes.clock.travel(scenes.clock.start_of(invoice.due_on + timedelta(days=1))):
        head = holder.get("/portal/").context["hero"]

    assert head["href"] == f"/portal/billing/{invoice.number}/"


def test_with_one_policy_there_is_nothing_to_choose(holder, policy):
    answer = holder.get("/portal/claims/report/")

    assert answer.headers["Location"] == f"/portal/claims/report/{policy.number}/"


def test_a_loss_is_reported_with_photos(holder, policy):
    with scenes.clock.travel(scenes.NOTICE):
        answer = holder.post(
            f"/portal/claims/report/{policy.number}/",
            _notice(uploads=[png("one.png"), png("two.png")]),
        )

    claim = Claim.objects.get()
    assert answer.headers["Location"] == f"/portal/claims/{claim.number}/"
    assert claim.reporter_kind == "policyholder"
    assert claim.attachments.count() == 2


@pytest.mark.parametrize("lost_on", ["2025-12-31", "2026-03-20"])
def test_a_notice_that_cannot_be_is_refused_next_to_its_day_and_kept(holder, policy, lost_on):
    with scenes.clock.travel(scenes.NOTICE):
        page = holder.post(f"/portal/claims/report/{policy.number}/", _notice(lost_on=lost_on))

    assert list(page.context["form"].errors) == ["lost_on"]
    assert "My kitchen burned." in _text(page)


@pytest.mark.parametrize("state", list(ClaimState))
def test_the_tracker_speaks_plainly_in_every_state(state):
    claim = claim_at(state)

    page = signed_in(with_login(claim.customer)).get(f"/portal/claims/{claim.number}/")

    assert page.status_code == 200
    assert page.context["headline"] in _text(page)
    assert len(page.context["steps"]) == 8


def test_what_we_need_is_named_and_a_file_answers_it(policy, holder):
    claim = claim_at(ClaimState.DOCUMENTING, policy=policy)
    asked = claim.documents.first()

    before = _text(holder.get(f"/portal/claims/{claim.number}/"))
    holder.post(
        f"/portal/claims/{claim.number}/files/",
        {"document": str(asked.pk), "uploads": [png("paper.png")]},
    )

    asked.refresh_from_db()
    assert "What we need from you" in before
    assert asked.state == DocumentState.RECEIVED


def test_the_offer_is_accepted_as_it_was_read(policy, holder):
    claim = claim_at(ClaimState.OFFERED, policy=policy)
    address = f"/portal/claims/{claim.number}/accept/"
    page = _text(holder.get(address))
    read = re.search(r'name="sha256" value="(\w{64})"', page)[1]

    holder.post(address, {"sha256": read, "agrees": "on"})

    assert Claim.objects.get(pk=claim.pk).state == ClaimState.PAYABLE


def test_an_offer_that_is_not_the_one_read_is_not_accepted(policy, holder):
    claim = claim_at(ClaimState.OFFERED, policy=policy)

    page = holder.post(
        f"/portal/claims/{claim.number}/accept/", {"sha256": "0" * 64, "agrees": "on"}
    )

    assert page.context["form"].errors
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.OFFERED


def test_a_dispute_needs_its_reason_and_goes_back(policy, holder):
    claim = claim_at(ClaimState.OFFERED, policy=policy)
    address = f"/portal/claims/{claim.number}/dispute/"
    sha256 = claim.open_offer().sha256

    without = holder.post(address, {"sha256": sha256, "reason": ""})
    holder.post(address, {"sha256": sha256, "reason": "The cabinets cost more."})

    assert list(without.context["form"].errors) == ["reason"]
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.EVALUATING


def test_an_account_number_that_is_none_is_refused_next_to_it(holder):
    page = holder.post(
        "/portal/account/bank/",
        {"holder": "Elena Vargas", "iban_or_account": "12", "routing": "121000358"},
    )

    assert list(page.context["form"].errors) == ["iban_or_account"]


def test_an_account_is_kept_and_shows_its_last_four_digits(holder, policy):
    holder.post(
        "/portal/account/bank/",
        {"holder": "Elena Vargas", "iban_or_account": "000123456789", "routing": "121000358"},
    )

    page = _text(holder.get("/portal/billing/"))
    assert policy.customer.bank_accounts.get().last4 == "6789"
    assert "ending in 6789" in page
    assert "000123456789" not in page


def test_an_invoice_is_paid_once_though_the_button_is_pressed_twice(holder):
    invoice = Invoice.objects.get()
    address = f"/portal/billing/{invoice.number}/"
    key = holder.get(address).context["form"].initial["key"]

    for _ in range(2):
        holder.post(address, {"key": str(key)})

    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert Receipt.objects.filter(customer=invoice.customer).count() == 1


# Nobody sees what belongs to somebody else (G8)


def test_everything_of_somebody_else_is_not_found(policy, holder):
    other = claim_at(ClaimState.OFFERED)
    invoice = Invoice.objects.get(customer=other.customer)
    addresses = [
        f"/portal/policies/{other.policy.number}/",
        f"/portal/claims/{other.number}/",
        f"/portal/claims/{other.number}/accept/",
        f"/portal/claims/{other.number}/files/",
        f"/portal/claims/report/{other.policy.number}/",
        f"/portal/billing/{invoice.number}/",
    ]

    assert {holder.get(address).status_code for address in addresses} == {404}


def test_no_page_of_ones_own_mentions_somebody_else(policy, holder):
    mine = claim_at(ClaimState.OFFERED, policy=policy)
    other = claim_at(
        ClaimState.OFFERED, policy=policy_in_force(holder=scenes.customer("Bruno Castellanos"))
    )
    canaries = ["Castellanos", other.number, other.policy.number]

    pages = [
        _text(holder.get(address))
        for address in (
            "/portal/",
            "/portal/policies/",
            "/portal/claims/",
            "/portal/billing/",
            f"/portal/claims/{mine.number}/",
            f"/portal/policies/{policy.number}/",
        )
    ]

    assert [canary for canary in canaries for page in pages if canary in page] == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_read_as_often_for_three_as_for_one(
    policy, holder, count, django_assert_num_queries
):
    for number in range(count):
        lost_at = scenes.LOSS - timedelta(days=5 * number)
        claim_at(ClaimState.RECEIVED, policy=policy, lost_at=lost_at, is_another_loss=True)

    with django_assert_num_queries(5):
        page = holder.get("/portal/claims/")

    assert len(page.context["cards"]) == count


def test_a_stranger_signs_in_first():
    assert "/accounts/login/" in Client().get("/portal/").headers["Location"]


def test_the_policy_shows_its_coverages_and_what_is_not_covered(policy, holder):
    page = _text(holder.get(f"/portal/policies/{policy.number}/"))

    assert Policy.objects.count() == 1
    assert "Dwelling" in page
    assert "What is not covered" in page
