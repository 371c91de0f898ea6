"""Headers, second factor and caches at every door (G13)."""

import time

import pytest
from django.test import Client

from office.models import User

pytestmark = pytest.mark.django_db
STAFF_DOORS = ["/", "/admin/", "/api/"]


@pytest.fixture
def staff():
    return User.objects.create_user(
        "dana@bindery.example", name="Dana Ruiz", is_staff=True, is_superuser=True
    )


def _client(user, *methods):
    """A session of `user`, opened by these methods, as django-allauth records them."""
    client = Client()
    client.force_login(user, backend="office.doors.GrantsBackend")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": method, "at": time.time()} for method in methods
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.mark.parametrize("door", STAFF_DOORS)
def test_staff_without_a_second_factor_stand_outside(door, staff):
    answer = _client(staff, "password").get(door)

    assert (answer.status_code == 403) or (
        answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/2fa/")
    )


@pytest.mark.parametrize("door", STAFF_DOORS)
def test_a_session_opened_with_a_second_factor_enters(door, staff):
    assert _client(staff, "password", "mfa").get(door).status_code == 200


def test_a_device_added_later_does_not_open_an_older_session(staff):
    """The session's methods count, not that an authenticator exists."""
    staff.authenticator_set.create(type="totp", data={"secret": "x"})

    answer = _client(staff, "password").get("/")

    assert answer.headers["Location"].startswith("/accounts/2fa/reauthenticate")


def test_demo_mode_lets_staff_in_and_says_so_loudly(staff, settings):
    settings.DEMO = True

    page = _client(staff, "password").get("/").content.decode()

    assert "the second factor is switched off" in page


def test_strict_headers(staff):
    answer = _client(staff, "password", "mfa").get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_only_the_admin_has_a_looser_policy(staff):
    client = _client(staff, "password", "mfa")

    policies = [client.get(door).headers["Content-Security-Policy"] for door in ("/admin/", "/")]

    assert ["'unsafe-eval'" in policy for policy in policies] == [True, False]


def test_nobody_signs_up():
    page = Client().get("/accounts/signup/").content.decode()

    assert "<form" not in page or "password1" not in page


def test_the_person_speaks_their_language(staff):
    User.objects.filter(pk=staff.pk).update(language="es")

    answer = _client(staff, "password", "mfa").get("/")

    assert answer.headers["Content-Language"] == "es"
