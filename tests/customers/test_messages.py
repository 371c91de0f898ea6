"""Messages: written in the customer's language, delivered once, every failure visible."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from customers import services, tasks
from customers.models import Message
from customers.services.messages import ATTEMPTS_AT_MOST, NotDelivered
from customers.services.rendering import render
from office import clock, storage
from office.exceptions import Refused
from office.models import Document, OutboxMessage
from tests.customers.people import clerk, person, someone

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "messages"
NAMES = sorted(path.stem for path in (TEMPLATES / "en").glob("*.txt") if path.stem != "letter")
LINK = "https://office.example/portal/"
FIELDS = {
    "name": "María Núñez",
    "claim_number": "CL-2026-000042",
    "policy_number": "PA-2026-000001",
    "lost_on": date(2026, 3, 1),
    "due_on": date(2026, 3, 16),
    "documents": ["Police report", "Estimate"],
    "coverage": "Collision",
    "amount": Decimal("1234.50"),
    "reasons": ["Repair 1,734.50", "Deductible 500.00"],
    "clauses": ["Part D, exclusion 4"],
    "rights": "You may dispute this offer.",
    "regulator": "California Department of Insurance, 1-800-927-4357",
    "offered_on": date(2026, 3, 10),
    "account_last4": "3000",
    "carrier_name": "Harbor Mutual",
    "subject_number": "CL-2026-000042",
    "status_sentence": "An adjuster was assigned.",
    "expires_on": date(2026, 3, 20),
    "product_name": "Personal auto",
    "valid_from": date(2026, 4, 1),
    "valid_to": date(2026, 10, 1),
    "invoice_number": "INV-000001",
    "paid_on": date(2026, 4, 2),
    "effective_on": date(2026, 5, 1),
    "ends_on": date(2026, 10, 1),
    "from_on": date(2026, 5, 1),
    "to_on": date(2026, 10, 1),
    "reason": "The premium was not paid.",
    "returned": Decimal("120.00"),
    "total": Decimal("980.00"),
    "changes": ["2023 Subaru Outback is added"],
    "is_more": True,
    "is_less": False,
    "survey_number": "SV-2026-000001",
    "location": "12 Alder Street, Sacramento",
    "visited_on": date(2026, 5, 4),
    "recommendations": ["Service the sprinkler pump"],
    "title": "Service the sprinkler pump",
    "certificate": "Boiler: basement",
    "link": LINK,
}
LETTERS = "acknowledgement document_request offer denial payment invitation declarations invoice"


def _head(language, name):
    return (TEMPLATES / language / f"{name}.txt").read_text().splitlines()[:2]


def _queue(customer, by, template="acknowledgement", key="claim:CL-1:ack", **options):
    return services.queue_message(
        customer=customer,
        template=template,
        context=FIELDS,
        reference="claim:CL-2026-000042",
        idempotency_key=key,
        by=by,
        **options,
    )


def test_the_letters_of_a_claim_and_a_policy_are_there():
    assert set(LETTERS.split()) < set(NAMES)


def test_spanish_is_complete():
    assert sorted(p.stem for p in (TEMPLATES / "es").glob("*.txt") if p.stem != "letter") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_version_and_fields(name):
    assert _head("en", name) == _head("es", name)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_use_the_same_variables_and_differ_in_words(name):
    english, spanish = ((TEMPLATES / lang / f"{name}.txt").read_text() for lang in ("en", "es"))
    uses = [
        sorted(set(re.findall(r"{{ (\w+) }}|{% if (\w+) %}", text))) for text in (english, spanish)
    ]

    assert uses[0] == uses[1]
    assert english != spanish


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", NAMES)
def test_every_template_renders_with_its_fields_and_its_link(name, language):
    rendered = render(name, FIELDS, language=language)

    assert rendered.version == 1
    assert "{" not in rendered.text + rendered.subject
    assert f": {LINK}" in rendered.text
    assert f'href="{LINK}"' in rendered.html
    assert f'lang="{language}"' in rendered.html


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", NAMES)
def test_a_missing_field_is_named(name, language):
    needed = _head(language, name)[1].removeprefix("{# needs ").removesuffix(" #}").split()

    for field in needed:
        context = {key: value for key, value in FIELDS.items() if key != field}
        with pytest.raises(Refused, match=f"{name}.*{field} is missing"):
            render(name, context, language=language)


def test_dates_and_amounts_are_written_as_the_reader_writes_them():
    english = render("invoice", FIELDS, language="en")
    spanish = render("invoice", FIELDS, language="es")

    assert english.subject == "Invoice INV-000001: $1,234.50 due on March 16, 2026"
    assert spanish.subject == "Factura INV-000001: $1,234.50, vence el 16 de marzo de 2026"


def test_what_a_customer_wrote_becomes_neither_markup_nor_a_button():
    hostile = {
        **FIELDS,
        "name": "<script>alert(1)</script>\n\n[Win](https://evil.example)",
        "status_sentence": "[Sign in](https://evil.example)",
    }

    rendered = render("status", hostile, language="en")

    assert "<script>alert" not in rendered.html
    assert 'href="https://evil.example"' not in rendered.html
    assert "\n\n[Win]" not in rendered.text


def test_a_line_break_in_a_value_does_not_reach_the_headers():
    rendered = render("status", {**FIELDS, "subject_number": "X\nBcc: all@b.co"}, language="en")

    assert rendered.subject == "News about X Bcc: all@b.co"


def test_an_unknown_template_is_refused():
    with pytest.raises(Refused, match="no message template"):
        render("love_letter", FIELDS, language="en")


@pytest.mark.django_db
def test_a_message_is_written_in_the_customers_language_and_left_to_the_outbox():
    author = clerk()
    customer = person(by=author, language="es")

    message = _queue(customer, author)

    assert message.subject == "Recibimos su reclamo CL-2026-000042"
    assert (message.language, message.channel, message.state) == ("es", "email", "queued")
    assert list(OutboxMessage.objects.values_list("task", "payload")) == [
        ("customers.deliver", {"message_id": str(message.pk)})
    ]


@pytest.mark.django_db
def test_the_same_key_is_one_message():
    author = clerk()
    customer = person(by=author)

    first, second = _queue(customer, author), _queue(customer, author)

    assert first == second
    assert Message.objects.count() == OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_a_mail_goes_out_with_its_documents_and_its_own_id():
    author = clerk()
    kept = storage.keep(b"%PDF-1.7 letter", folder="documents", suffix=".pdf")
    paper = Document.objects.create(
        kind="letter",
        title="Letter",
        language="en",
        template="letter",
        source="claim:CL-2026-000042",
        size=kept.size,
        sha256=kept.sha256,
        path=kept.path,
        created_at=clock.now(),
        created_by=author,
    )
    message = _queue(person(by=author), author, documents=[paper])

    sent = services.deliver_message(message_id=message.pk)

    (out,) = mail.outbox
    assert out.attachments == [("Letter.pdf", b"%PDF-1.7 letter", "application/pdf")]
    assert (sent.state, sent.attempts, sent.problem) == ("sent", 1, "")
    assert sent.sent_at is not None
    assert out.to == ["maria@example.com"]
    assert out.extra_headers["Message-ID"] == "<claim%3ACL-1%3Aack@bindery.example>"
    assert out.message()["Message-ID"] == "<claim%3ACL-1%3Aack@bindery.example>"
    assert out.alternatives[0].mimetype == "text/html"


@pytest.mark.django_db
def test_delivering_twice_sends_once():
    author = clerk()
    message = _queue(person(by=author), author)

    services.deliver_message(message_id=message.pk)
    services.deliver_message(message_id=message.pk)

    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_once():
    author = clerk()
    message = _queue(person(by=author), author)
    (row,) = OutboxMessage.objects.filter(task="customers.deliver")
    start, failures = Barrier(8), []

    def work():
        start.wait()
        try:
            tasks.deliver(message_id=row.pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert len(mail.outbox) == 1
    assert Message.objects.get(pk=message.pk).attempts == 1
    assert OutboxMessage.objects.get(pk=row.pk).done_at is not None


def _failing(error):
    class Failing(EmailBackend):
        def send_messages(self, messages):
            raise error

    return Failing


@pytest.fixture
def mail_fails(monkeypatch, settings):
    def fail_with(error):
        monkeypatch.setattr("tests.customers.test_messages.Backend", _failing(error))
        settings.EMAIL_BACKEND = "tests.customers.test_messages.Backend"

    return fail_with


Backend = EmailBackend


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_away_is_tried_again_and_the_attempt_shows(mail_fails, settings):
    author = clerk()
    message = _queue(person(by=author), author)
    mail_fails(SMTPServerDisconnected("gone"))

    with pytest.raises(NotDelivered):
        services.deliver_message(message_id=message.pk)
    waiting = Message.objects.get(pk=message.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sent = services.deliver_message(message_id=message.pk)

    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.problem.startswith("The mail server could not be reached")
    assert (sent.state, sent.attempts, sent.problem) == ("sent", 2, "")
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_an_outbox_row_stays_open_until_the_mail_is_out(mail_fails, settings):
    author = clerk()
    _queue(person(by=author), author)
    (row,) = OutboxMessage.objects.all()
    mail_fails(ConnectionRefusedError())

    with pytest.raises(NotDelivered):
        tasks.deliver(message_id=row.pk)

    assert OutboxMessage.objects.get(pk=row.pk).done_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.deliver(message_id=row.pk)
    assert OutboxMessage.objects.get(pk=row.pk).done_at is not None
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_after_the_last_attempt_the_message_has_failed(mail_fails):
    author = clerk()
    message = _queue(person(by=author), author)
    Message.objects.filter(pk=message.pk).update(attempts=ATTEMPTS_AT_MOST - 1)
    mail_fails(TimeoutError())

    failed = services.deliver_message(message_id=message.pk)

    assert (failed.state, failed.attempts, failed.sent_at) == ("failed", 8, None)
    assert failed.problem == "The mail server could not be reached in 8 attempts."


@pytest.mark.django_db
def test_a_mailbox_that_does_not_exist_marks_message_and_address(mail_fails):
    author = clerk()
    customer = person(by=author)
    message = _queue(customer, author)
    mail_fails(SMTPRecipientsRefused({"maria@example.com": (550, b"no such user")}))

    returned = services.deliver_message(message_id=message.pk)

    assert returned.state == "bounced"
    assert "maria" not in returned.problem
    assert customer.contact_points.get(kind="email").bounced_on is not None


@pytest.mark.django_db
def test_a_full_mailbox_is_only_a_delay(mail_fails):
    author = clerk()
    message = _queue(person(by=author), author)
    mail_fails(SMTPRecipientsRefused({"maria@example.com": (452, b"mailbox full")}))

    with pytest.raises(NotDelivered):
        services.deliver_message(message_id=message.pk)

    assert Message.objects.get(pk=message.pk).state == "queued"


@pytest.mark.django_db
def test_a_refused_message_has_failed_and_can_be_sent_again(mail_fails, settings):
    author = clerk()
    message = _queue(person(by=author), author)
    mail_fails(SMTPDataError(554, b"looks like spam"))
    failed = services.deliver_message(message_id=message.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    services.send_again(message=failed, by=author)
    services.deliver_message(message_id=message.pk)

    assert (failed.state, failed.problem) == (
        "failed",
        "The mail server refused the message (554).",
    )
    assert Message.objects.get(pk=message.pk).state == "sent"
    assert mail.outbox[0].extra_headers["Message-ID"] == "<claim%3ACL-1%3Aack@bindery.example>"


@pytest.mark.django_db
def test_without_an_address_the_message_fails_and_says_so():
    author = clerk()
    message = _queue(person(by=author, email=""), author)

    failed = services.deliver_message(message_id=message.pk)

    assert (failed.state, failed.problem) == (
        "failed",
        "The customer has no e-mail address in use.",
    )


@pytest.mark.django_db
def test_a_report_of_a_bounce_marks_a_sent_message():
    author = clerk()
    message = _queue(person(by=author), author)
    services.deliver_message(message_id=message.pk)

    returned = services.record_bounce(message=message, reason="Mailbox unknown.", by=author)

    assert (returned.state, returned.problem) == ("bounced", "Mailbox unknown.")


@pytest.mark.django_db
def test_in_the_portal_a_message_is_there_at_once():
    author = clerk()
    message = _queue(person(by=author, channel="portal"), author)

    sent = services.deliver_message(message_id=message.pk)

    assert (sent.state, mail.outbox) == ("sent", [])


@pytest.mark.django_db
def test_a_letter_waits_until_somebody_posted_it():
    author = clerk()
    message = _queue(person(by=author, channel="post"), author)

    waiting = services.deliver_message(message_id=message.pk)
    posted = services.confirm_message(message=message, by=author)

    assert (waiting.state, waiting.attempts) == ("queued", 0)
    assert posted.state == "sent"
    assert posted.sent_at is not None


@pytest.mark.django_db
def test_a_mail_is_not_confirmed_by_hand():
    author = clerk()
    message = _queue(person(by=author), author)

    with pytest.raises(Refused, match="does not wait for a person"):
        services.confirm_message(message=message, by=author)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["confirm_message", "send_again"])
def test_only_who_sends_messages_may_send_again_or_confirm(act):
    author = clerk()
    message = _queue(person(by=author), author)

    with pytest.raises(PermissionDenied), transaction.atomic():
        getattr(services, act)(message=message, by=someone("accountant"))
