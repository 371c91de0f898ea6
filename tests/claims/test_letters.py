"""Letters: what they say, in whose language, sent once."""

import pytest

from accounting import services as accounting
from claims import services, tasks
from claims.enums import ClaimState
from claims.models import Letter
from customers.models import Message
from customers.places import REGULATORS
from office import clock, documents
from office.exceptions import Refused
from office.models import OutboxMessage
from tests.claims import scenes
from tests.papers import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _without_the_site(monkeypatch):
    """The address of the portal's page is the site's matter, not the letters'."""
    monkeypatch.setattr("claims.selectors.letters._link", lambda claim: "https://office.example/c")


def issue(claim, kind):
    """The letter, made and sent by the outbox's task; and what its PDF says."""
    letter = claim.letters.get(kind=kind)
    message = OutboxMessage.objects.get(
        task="claims.issue_letter", payload={"letter_id": letter.pk}
    )
    with clock.travel(scenes.NOTICE):
        tasks.issue_letter(message_id=message.pk)
    letter = Letter.objects.select_related("document", "message").get(pk=letter.pk)
    said = words_of(documents.open(letter.document).read()) if letter.document else ""
    return letter, " ".join(said.split())


LETTERS = {
    ("acknowledgement", "en"): ["We have received your claim", "March 10, 2026", "Fire or smoke"],
    ("acknowledgement", "es"): ["Hemos recibido su reclamo", "10 de marzo de 2026"],
    ("document_request", "en"): ["Photos of the damage", "Fire department report"],
    ("document_request", "es"): ["Fotos del daño", "Informe de bomberos"],
    ("offer", "en"): ["$7,500.00", "Depreciation", "-$1,500.00", "Deductible", "Dispute"],
    ("offer", "es"): ["$7,500.00", "Depreciación", "Deducible", "Impugnarla"],
    ("denial", "en"): ["Exclusion A.8", "California Department of Insurance", "800-927-4357"],
    ("denial", "es"): ["Exclusion A.8", "California Department of Insurance", "autoridad"],
    ("payment", "en"): ["We have paid your claim", "$7,500.00", "6789"],
    ("payment", "es"): ["Hemos pagado su reclamo", "$7,500.00", "6789"],
}
STATE_OF = {
    "acknowledgement": ClaimState.RECEIVED,
    "document_request": ClaimState.DOCUMENTING,
    "offer": ClaimState.OFFERED,
    "denial": ClaimState.DENIED,
    "payment": ClaimState.CLOSED,
}


@pytest.mark.parametrize(("kind", "language"), list(LETTERS))
def test_letter_says_what_it_must_in_the_customers_language(kind, language):
    policy = scenes.policy_in_force(language=language)
    claim = scenes.claim_at(STATE_OF[kind], policy=policy)
    if kind == "payment":
        payment = claim.latest_settlement().payout().payment
        payment = accounting.send_payment(payment=payment, by=scenes.office())
        services.record_payment_confirmed(payment=payment, by=scenes.office())

    letter, said = issue(claim, kind)

    assert letter.document.language == language
    assert letter.document.source == claim.source
    assert [words for words in LETTERS[kind, language] if words not in said] == []
    assert letter.message.language == language
    assert letter.message.reference == claim.source
    assert list(letter.message.documents.all()) == [letter.document]


def test_a_letter_is_made_and_sent_once_however_often_its_task_runs():
    claim = scenes.claim_at(ClaimState.RECEIVED)
    first, _said = issue(claim, "acknowledgement")

    services.issue_letter(letter=first, by=scenes.office())

    assert Message.objects.filter(reference=claim.source).count() == 1
    assert claim.events.filter(kind="acknowledge").count() == 1


def test_a_letter_waits_for_a_claim_that_moved_on():
    """Papers were asked for; before the letter left, the claim was denied."""
    claim = scenes.claim_at(ClaimState.DENIED)

    _letter, said = issue(claim, "document_request")

    assert "March 27, 2026" in said  # 15 calendar days from 12 March


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("closed", None),
        ("withdrawn", ClaimState.WITHDRAWN),
        ("handed_over", ClaimState.WITH_CARRIER),
    ],
)
def test_short_messages_go_without_a_pdf(kind, state):
    if state:
        claim = scenes.claim_at(state)
    else:
        claim = scenes.claim_at(ClaimState.INVESTIGATING)
        with clock.travel(scenes.NOTICE):
            claim = scenes.to_coverage_review(claim, loss="800.00", depreciation="0.00")
            claim = scenes.to_settlement_notice(scenes.to_evaluating(claim))

    letter, _said = issue(claim, kind)

    assert letter.document is None
    assert claim.number in letter.message.subject + letter.message.body_text


def test_a_denial_without_the_regulators_address_is_refused(monkeypatch):
    claim = scenes.claim_at(ClaimState.EVALUATING)
    monkeypatch.setattr("customers.places.regulators", dict)

    with pytest.raises(Refused, match="regulator of US-CA is not on file"):
        services.deny_claim(
            claim=claim, clauses=["intentional"], reasons="Set on purpose.", by=scenes.handler()
        )


def test_every_jurisdiction_of_the_deadline_table_has_a_regulator():
    from claims.deadlines import _table
    from customers.places import regulators

    assert REGULATORS.exists()
    assert {row["jurisdiction"] for row in _table()["statutes"]} <= set(regulators())
