"""Staff only with a second factor, on every door (G13): the whole map, not a sample of it."""

import re
import time
import uuid
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests import factories

OPEN = ("/accounts/", "/healthz", "/readyz")  # signing in, and the probes
WORDS = {"int": "1", "uuid": str(uuid.UUID(int=1)), "slug": "a", "str": "a", "path": "a"}


def every_address():
    """One address for each route, the admin's too; what it names need not exist."""
    return sorted({"/" + address for address in _walk(get_resolver(), "")})


def _walk(resolver, before):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, before + _filled(pattern.pattern))
        else:
            yield before + _filled(pattern.pattern)


def _filled(pattern):
    text = re.sub(r"\(\?P<\w+>[^)]*\)", "a", str(pattern))  # those of packages
    text = re.sub(r"<(?:(\w+):)?\w+>", lambda found: WORDS[found[1] or "str"], text)
    return text.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


def session_without(user, *methods):
    """A browser in which `user` signed in by these methods, none of which is a second factor."""
    client = Client()
    client.force_login(user, backend="office.doors.GrantsBackend")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": method, "at": time.time()} for method in methods
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


PEOPLE = {
    "staff": lambda: factories.person("claims_handler"),
    "agent": lambda: factories.person("agent"),
    "administrator": lambda: factories.person(is_superuser=True),
    "administrator who is no staff": lambda: factories.person(is_superuser=True, is_staff=False),
}


@pytest.mark.parametrize(("periods", "taken"), [(-2, False), (-1, True), (0, True), (2, False)])
def test_a_code_may_end_while_it_is_typed(periods, taken):
    """RFC 6238, section 5.2: at most one period back for the delay of the wire and the person."""
    secret, now = totp.generate_totp_secret(), 1_000_000_000
    code = totp.format_hotp_value(totp.hotp_value(secret, now // 30 + periods))
    with mock.patch.object(totp.time, "time", return_value=now):
        assert totp.validate_totp_code(secret, code) is taken


def test_the_map_is_whole():
    """The admin and the API are in it, and nothing of a pattern is left in an address."""
    addresses = every_address()

    assert len(addresses) > 250
    assert "/admin/office/role/" in addresses
    assert any(one.startswith("/api/") for one in addresses)
    assert [one for one in addresses if set(one) & set("<>()[]?^$\\")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_door_is_closed_to_a_session_without_a_second_factor(who, method, settings):
    settings.DEMO = False
    client = session_without(PEOPLE[who](), "password")
    let_in = {}

    for address in every_address():
        if address.startswith(OPEN):
            continue
        answer = getattr(client, method)(address)
        is_asked = answer.status_code == 302 and answer["Location"] == "/accounts/2fa/"
        is_api = address.startswith("/api/") and address != "/api/"
        if not (answer.status_code == 403 if is_api else is_asked):
            let_in[address] = answer.status_code

    assert let_in == {}


@pytest.mark.django_db
def test_a_device_alone_opens_nothing_to_a_session_from_before_it(settings):
    settings.DEMO = False
    user = factories.person("claims_handler")
    client = session_without(user, "password")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    let_in = {}

    for address in every_address():
        if address.startswith(OPEN) or address.startswith("/api/"):
            continue
        answer = client.get(address)
        if (answer.status_code, answer.get("Location")) != (302, "/accounts/2fa/reauthenticate/"):
            let_in[address] = answer.status_code

    assert let_in == {}
