"""Certificates of insurance: what they may say, who gets them, how they end with the policy."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from customers.models import Message
from office import clock, documents
from office.exceptions import Refused
from policies import services
from policies.models import Certificate, PolicyDocument
from tests import factories
from tests.papers import words_of
from tests.policies.papers import analyst, opened, refuses
from tests.policies.risks import liability

pytestmark = pytest.mark.django_db

JULY = datetime(2026, 7, 15, 18, tzinfo=UTC)
HOLDER = {
    "name": "Prairie Holdings LLC",
    "email": "leasing@prairie.example",
    "street": "1 Market Square",
    "city": "Omaha",
    "jurisdiction": "US-NE",
    "postal_code": "68102",
}


def asked(policy, by=None, **changes):
    told = {
        "holder": HOLDER | changes.pop("holder", {}),
        "operations": "Lease of the shop on Dodge Street",
        "notice": "copy",
        "by": by or analyst(),
    }
    with clock.travel(JULY):
        return services.request_certificate(policy=policy, **(told | changes))


def issued(policy, **changes):
    certificate = asked(policy, **changes)
    with clock.travel(JULY):
        return services.issue_certificate(certificate=certificate, by=analyst())


def insured(**fields):
    return factories.policy_in_force("liability", "US-NE", **fields)


def test_a_certificate_states_the_limits_and_goes_to_its_holder():
    certificate = issued(insured())

    said = " ".join(words_of(documents.open(certificate.document).read()).split())

    for words in (
        "Prairie Holdings LLC",
        "$1,000,000 / $2,000,000",
        "confers no rights upon the holder",
        "Lease of the shop on Dodge Street",
        "receives a copy of that notice",
        "March 1, 2027",
    ):
        assert words in said
    message = Message.objects.get(template="certificate")
    assert message.customer == certificate.holder
    assert [one.pk for one in message.documents.all()] == [certificate.document_id]
    assert PolicyDocument.objects.filter(document=certificate.document).exists()


def test_additional_insured_only_where_the_policy_names_the_holder():
    named = liability(
        additional_insureds=[
            {
                "key": "a1", "name": "Prairie Holdings LLC", "interest": "landlord",
                "address": "1 Market Square, Omaha",
            }
        ]
    )  # fmt: skip

    with refuses(Refused, match="does not name Prairie Holdings LLC"):
        asked(insured(), is_additional_insured=True)

    assert asked(insured(application=named), is_additional_insured=True).is_additional_insured


def test_the_policyholder_asks_and_the_office_issues():
    owner = factories.customer("US-NE", login=True)
    policy = insured(insured=owner)

    certificate = asked(policy, by=owner.login)

    assert certificate.state == "requested"
    with refuses(PermissionDenied):
        services.issue_certificate(certificate=certificate, by=owner.login)
    with refuses(PermissionDenied):
        asked(policy, by=factories.customer(login=True).login)


def test_a_holder_of_two_certificates_is_one_record():
    policy = insured()

    assert issued(policy).holder == issued(policy, holder={"name": "prairie holdings llc"}).holder


def test_the_holder_is_told_of_the_notice_and_of_its_withdrawal_once_each():
    policy = insured()
    certificate = issued(policy)
    pia = analyst()
    with clock.travel(JULY):
        services.cancel_policy(
            policy=policy, side="carrier", reason="nonpayment", effective_on=date(2026, 8, 31),
            by=pia,
        )  # fmt: skip
        factories.work("policies.issue_cancellation")
        services.rescind_cancellation(policy=policy, by=pia)
        factories.work("policies.issue_rescission")

    told = Message.objects.filter(template="holder_notice").order_by("created_at", "pk")
    assert {one.customer for one in told} == {certificate.holder}
    said = sorted("stays in force" in one.body_text for one in told)
    assert said == [False, True]
    assert Certificate.objects.get(pk=certificate.pk).state == "issued"


def test_a_cancelled_policy_ends_its_certificates():
    policy = insured()
    certificate = issued(policy)
    with clock.travel(JULY):
        services.cancel_policy(
            policy=policy, side="insured", reason="sold", effective_on=date(2026, 7, 15),
            by=analyst(),
        )  # fmt: skip
        factories.work("policies.issue_cancellation")

    certificate = Certificate.objects.get(pk=certificate.pk)
    assert (certificate.state, certificate.ended_on, certificate.ended_because) == (
        "ended",
        date(2026, 7, 15),
        "cancelled",
    )
    assert "has been cancelled" in Message.objects.get(template="holder_notice").body_text


def test_certificates_end_with_their_term():
    certificate = issued(insured())

    services.expire_certificates(on=date(2027, 2, 28), by=factories.office())
    assert Certificate.objects.get().state == "issued"
    services.expire_certificates(on=date(2027, 3, 1), by=factories.office())

    assert Certificate.objects.get().ended_because == "expired"
    assert certificate.valid_to == date(2027, 3, 1)


@pytest.mark.parametrize(
    "changes",
    [{"issued_by": None}, {"ended_on": date(2026, 8, 1)}, {"document": None}],
)
def test_the_database_holds_a_certificate_to_its_state(changes):
    certificate = issued(insured())

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**changes)


# Papers issued again


def test_a_paper_issued_again_names_the_one_that_it_replaces_and_both_stay():
    policy = factories.policy_in_force()
    opened(policy)
    paper = policy.documents.get(document__kind="id_card")

    again = services.reissue_document(paper=paper, reason="The card was lost.", by=analyst())

    assert (again.replaces, again.replaced_because) == (paper.document, "The card was lost.")
    assert "The card was lost." in words_of(documents.open(again).read())
    assert documents.open(paper.document).read().startswith(b"%PDF")
    with refuses(Refused, match="replaced already"):
        services.reissue_document(paper=paper, reason="Again.", by=analyst())
    with refuses(PermissionDenied):
        services.reissue_document(paper=paper, reason="Mine.", by=policy.agent.user)


def test_each_document_keeps_the_version_and_the_hash_of_its_template():
    policy = factories.policy_in_force()
    opened(policy)

    for row in policy.documents.select_related("document"):
        assert row.document.template_version == 1
        assert len(row.document.template_sha256) == 64


# Pages


@pytest.mark.parametrize("rows", [1, 3])
def test_the_register_takes_the_same_statements_for_one_row_and_for_three(
    rows, django_assert_num_queries
):
    policy = insured()
    for number in range(rows):
        asked(policy, holder={"name": f"Holder {number}"})
    client = factories.signed_in(analyst())

    with django_assert_num_queries(4):
        response = client.get(reverse("policies:certificates"))

    assert response.content.decode().count('class="id"') == rows


def test_a_policyholder_finds_all_of_their_papers_in_the_portal():
    owner = factories.customer(login=True)
    policy = factories.policy_in_force(insured=owner)
    opened(policy)
    other = factories.signed_in(factories.customer(login=True).login)
    mine = factories.signed_in(owner.login)

    page = mine.get(reverse("portal:policy", args=[policy.number])).content.decode()
    form = policy.issuances.get().forms.first()
    address = reverse("portal:form", args=[policy.number, form.pk])

    for words in ("Declarations of policy", "ID card", "BM PA 00 01 (01 25)"):
        assert words in page
    assert b"".join(mine.get(address)).startswith(b"%PDF")
    assert other.get(address).status_code == 404
