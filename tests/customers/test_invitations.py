"""The way into the portal: a link that works once, for a fortnight, for one customer."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from customers import services
from customers.models import Customer, Invitation, Message
from office import clock, logs
from office.exceptions import Refused
from office.models import User
from tests.customers.people import clerk, organisation, person, someone

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase 7"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _invite(customer, by):
    """The token that arrives in the customer's mailbox."""
    services.invite_to_portal(customer=customer, by=by)
    message = Message.objects.filter(template="invitation").order_by("-created_at").first()
    services.deliver_message(message_id=message.pk)
    return re.search(r"/customers/invitation/([\w-]+)/", mail.outbox[-1].body)[1]


def test_the_customer_chooses_a_password_and_signs_in(client):
    customer = person(by=clerk(), language="es")
    token = _invite(customer, clerk())

    page = client.get(f"/customers/invitation/{token}/")
    answer = client.post(
        f"/customers/invitation/{token}/", {"password": PASSWORD, "password_again": PASSWORD}
    )

    login = Customer.objects.get(pk=customer.pk).login
    assert "Elija una contraseña" in page.content.decode() or page.status_code == 200
    assert answer.status_code == 302
    assert (login.email, login.language, login.is_staff) == ("maria@example.com", "es", False)
    assert login.role_codes == {"policyholder"}
    assert EmailAddress.objects.get(user=login).verified
    assert client.login(email="maria@example.com", password=PASSWORD)
    assert [e.kind for e in customer.events.order_by("seq")] == ["add", "invite", "join_portal"]


def test_the_link_is_in_the_mail_and_nowhere_else():
    customer = person(by=clerk())

    token = _invite(customer, clerk())

    message = Message.objects.get()
    assert token in mail.outbox[0].body
    assert token in mail.outbox[0].alternatives[0].content
    assert token not in message.body_text + message.body_html
    assert message.secret is None
    with connection.cursor() as cursor:
        for table in ("customers_message", "customers_invitation", "office_outboxmessage"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone() == (0,), table


def test_the_log_does_not_hold_the_link():
    """The log names each request's path, and this path opens a login."""
    event = {"request": "GET /customers/invitation/Ab3-xy_Z/", "event": "request_started"}

    assert logs.drop_personal_data(None, "info", event)["request"] == (
        "GET /customers/invitation/[masked]/"
    )


def test_until_it_is_sent_the_link_is_sealed():
    services.invite_to_portal(customer=person(by=clerk()), by=clerk())

    message = Message.objects.get()

    assert message.secret.startswith("http")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM customers_message")
        assert b"invitation" not in bytes(cursor.fetchone()[0])


def test_a_used_link_does_not_work_again(client):
    token = _invite(person(by=clerk()), clerk())
    services.accept_invitation(token=token, password=PASSWORD, by=_nobody())

    answer = client.get(f"/customers/invitation/{token}/")

    assert answer.status_code == 404
    assert "already used" in answer.content.decode()
    with pytest.raises(Refused, match="already used"), transaction.atomic():
        services.accept_invitation(token=token, password=PASSWORD, by=_nobody())
    assert User.objects.filter(email="maria@example.com").count() == 1


def test_a_link_expires_after_a_fortnight(client):
    with clock.travel(NOON):
        token = _invite(person(by=clerk()), clerk())

    with clock.travel(NOON + timedelta(days=14) - timedelta(seconds=1)):
        assert client.get(f"/customers/invitation/{token}/").status_code == 200
    with clock.travel(NOON + timedelta(days=14)):
        answer = client.get(f"/customers/invitation/{token}/")
        with pytest.raises(Refused, match="expired"), transaction.atomic():
            services.accept_invitation(token=token, password=PASSWORD, by=_nobody())

    assert answer.status_code == 404
    assert "expired" in answer.content.decode()


def test_a_wrong_link_is_not_known(client):
    _invite(person(by=clerk()), clerk())

    answer = client.get("/customers/invitation/not-a-token-of-ours/")

    assert answer.status_code == 404
    assert "do not know this link" in answer.content.decode()


def test_a_new_invitation_ends_the_earlier_one():
    customer = person(by=clerk())
    first = _invite(customer, clerk())
    second = _invite(customer, clerk())

    with pytest.raises(Refused, match="expired"), transaction.atomic():
        services.accept_invitation(token=first, password=PASSWORD, by=_nobody())

    assert services.accept_invitation(token=second, password=PASSWORD, by=_nobody())


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", "short", "too short"),
        (PASSWORD, "another pass phrase", "not the same"),
        ("password123", "password123", "too common"),
    ],
)
def test_a_weak_or_mistyped_password_is_explained_and_the_link_still_works(
    client, password, again, sentence
):
    customer = person(by=clerk())
    token = _invite(customer, clerk())

    answer = client.post(
        f"/customers/invitation/{token}/", {"password": password, "password_again": again}
    )

    assert sentence in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None
    assert not User.objects.filter(email="maria@example.com").exists()


def test_an_address_that_signs_in_already_is_refused():
    User.objects.create_user("maria@example.com", PASSWORD, name="Another María")
    token = _invite(person(by=clerk()), clerk())

    with pytest.raises(Refused, match="cannot be used to sign in"), transaction.atomic():
        services.accept_invitation(token=token, password=PASSWORD, by=_nobody())


def test_somebody_signed_in_does_not_accept(client):
    token = _invite(person(by=clerk()), clerk())

    with pytest.raises(Refused, match="Sign out first"), transaction.atomic():
        services.accept_invitation(token=token, password=PASSWORD, by=clerk())


def test_a_customer_without_mail_cannot_be_invited():
    with pytest.raises(Refused, match="no e-mail"), transaction.atomic():
        services.invite_to_portal(customer=organisation(by=clerk(), email=""), by=clerk())


def test_who_has_a_login_is_not_invited_again():
    customer = person(by=clerk())
    services.accept_invitation(token=_invite(customer, clerk()), password=PASSWORD, by=_nobody())

    with pytest.raises(Refused, match="already signs in"), transaction.atomic():
        services.invite_to_portal(customer=customer, by=clerk())


def test_an_accountant_invites_nobody():
    with pytest.raises(PermissionDenied), transaction.atomic():
        services.invite_to_portal(customer=person(by=clerk()), by=someone("accountant"))


def _nobody():
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()
