"""Keys, scopes, sessions, second factor, and the shape of every problem."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from office import clock, keys
from office.exceptions import Refused
from office.models import ApiKey
from tests import factories
from tests.api.callers import Caller, is_problem, program, session, stranger

pytestmark = pytest.mark.django_db
LISTS = {
    "claims/": "claims",
    "customers/": "customers",
    "renewals/": "quotes",
    "submissions/": "quotes",
    "policies/": "policies",
    "products/": "policies",
    "invoices/": "invoices",
    "payments/": "payments",
    "ledger/entries/": "ledger",
    "ledger/lines/": "ledger",
    "ledger/accounts/": "ledger",
    "ledger/trial-balance/": "ledger",
}


def all_seeing():
    return factories.person("compliance", name="Cora Blum")


def test_strangers_are_asked_who_they_are():
    answers = {path: stranger().get(path) for path in [*LISTS, "schema/", "nowhere/"]}

    assert [path for path, answer in answers.items() if not is_problem(answer, 401)] == []
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {"Bearer"}


def test_a_key_opens_what_its_scopes_name_and_nothing_else():
    user = all_seeing()

    opened = {
        path: {part: program(user, f"{part}:read").get(path).status_code for part in keys.PARTS}
        for path in LISTS
    }

    assert opened == {
        path: {part: 200 if part == own else 403 for part in keys.PARTS}
        for path, own in LISTS.items()
    }


def test_reading_is_not_writing():
    user = factories.person("customer_service")

    assert is_problem(program(user, "customers:read").post("customers/", {}), 403)
    assert is_problem(program(user, "customers:write").get("customers/"), 403)
    assert is_problem(program(user, "customers:write").post("customers/", {}), 400)


@pytest.mark.parametrize(
    "end",
    [
        lambda key: ApiKey.objects.update(expires_at=clock.now() - timedelta(seconds=1)),
        lambda key: keys.revoke_key(key=key),
        lambda key: type(key.user).objects.filter(pk=key.user_id).update(is_active=False),
    ],
    ids=["expired", "revoked", "user gone"],
)
def test_a_key_ends(end):
    row, secret = keys.make_key(user=all_seeing(), name="test", scopes=["claims:read"])
    assert Caller(secret=secret).get("claims/").status_code == 200

    end(row)

    assert is_problem(Caller(secret=secret).get("claims/"), 401)


@pytest.mark.parametrize("secret", ["bk_00000000.guess", "x", "a b c", "bk_é.ü"])
def test_a_guess_is_no_key(secret):
    assert is_problem(Caller(secret=secret).get("claims/"), 401)


def test_a_wrong_secret_behind_a_right_prefix_is_no_key():
    row, _secret = keys.make_key(user=all_seeing(), name="test", scopes=["claims:read"])

    assert is_problem(Caller(secret=f"{row.prefix}.guess").get("claims/"), 401)


def test_only_the_hash_is_kept():
    row, secret = keys.make_key(user=all_seeing(), name="test", scopes=["claims:read"])

    stored = ApiKey.objects.filter(pk=row.pk).values().get()

    assert secret.partition(".")[2] not in str(
        {k: bytes(v) if k == "digest" else v for k, v in stored.items()}
    )
    assert len(bytes(stored["digest"])) == 32


def test_a_scope_that_does_not_exist_is_refused():
    with pytest.raises(Refused, match="claims:read"):
        keys.make_key(user=all_seeing(), name="test", scopes=["claims:burn"])


def test_the_command_prints_the_secret_once(capsys):
    user = all_seeing()

    call_command("make_api_key", "--user", user.email, "--scopes", "claims:read", "--days", "7")

    secret = capsys.readouterr().out.strip()
    row = ApiKey.objects.get()
    assert Caller(secret=secret).get("claims/").status_code == 200
    assert row.user == user
    assert row.expires_at - row.created_at < timedelta(days=7, minutes=1)


def test_the_command_refuses_an_unknown_user():
    with pytest.raises(CommandError, match="no active user"):
        call_command("make_api_key", "--user", "nobody@bindery.example", "--scopes", "claims:read")


def test_staff_sessions_need_a_second_factor_and_keys_do_not():
    user = all_seeing()
    browser = Client()
    browser.force_login(user, backend="office.doors.GrantsBackend")

    assert is_problem(Caller(browser).get("claims/"), 403)
    assert session(user).get("claims/").status_code == 200
    assert program(user).get("claims/").status_code == 200


def test_a_session_posts_only_with_the_csrf_token():
    browser = Client(enforce_csrf_checks=True)
    user = factories.customer(login=True).login
    browser.force_login(user, backend="office.doors.GrantsBackend")

    assert is_problem(Caller(browser).post("claims/", {}), 403)


def test_sentences_come_in_the_language_of_the_key_s_user():
    user = all_seeing()
    type(user).objects.filter(pk=user.pk).update(language="es")

    answer = program(user).get("claims/CL-1999-000001/")

    assert answer.headers["Content-Language"] == "es"


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda c: c.get("nowhere/"), 404),
        (lambda c: c.get("claims/", cursor="bm9uc2Vuc2U="), 404),
        (lambda c: c.get("claims/", cursor="é"), 404),
        (lambda c: c.get("claims/", state="nonsense"), 400),
        (lambda c: c.get("claims/", q="\x00"), 400),
        (lambda c: c.get("policies/PA-2026-000001/", known_at="yesterday"), 400),
        (lambda c: c.client.delete("/api/claims/", headers=c.headers), 405),
        (lambda c: c.client.get("/api/claims/", headers=c.headers | {"Accept": "text/csv"}), 406),
        (
            lambda c: c.client.post(
                "/api/claims/", "<a/>", content_type="text/xml", headers=c.headers | KEY
            ),
            415,
        ),
        (
            lambda c: c.client.post(
                "/api/claims/", "{", content_type="application/json", headers=c.headers | KEY
            ),
            400,
        ),
        (
            lambda c: c.client.post(
                "/api/claims/",
                "[" * 100_000,
                content_type="application/json",
                headers=c.headers | KEY,
            ),
            400,
        ),
        (
            lambda c: c.client.post(
                "/api/claims/",
                '{"policy": "\\ud800"}',
                content_type="application/json",
                headers=c.headers | KEY,
            ),
            400,
        ),
    ],
)
def test_every_error_is_a_problem(call, status):
    answer = call(program(all_seeing()))

    assert answer.status_code == status
    assert status == 200 or is_problem(answer, status)


KEY = {"Idempotency-Key": "a-key-of-its-own"}
