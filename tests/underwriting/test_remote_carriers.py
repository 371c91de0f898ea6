"""Carriers that answer from systems of their own: slow, failing, wrong, and well."""

import json
import threading
import time
from datetime import date
from decimal import Decimal as D
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pybreaker
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from customers.models import Carrier
from office.exceptions import Refused
from policies.selectors import product_definition, rating_plan
from tests import factories
from underwriting import carriers, services
from underwriting.models import CarrierConnection

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 1)
QUICK = {"connect_seconds": 1, "read_seconds": 1, "attempts": 3}


class System:
    """A carrier's system on this machine. `script` holds what each call is answered with:

    (status, body), or a function that writes to the handler itself. The last one stays.
    """

    def __init__(self):
        self.script, self.heard = [], []
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                system.heard.append((dict(self.headers), json.loads(body)))
                step = system.script.pop(0) if len(system.script) > 1 else system.script[0]
                if callable(step):
                    step(self)
                    return
                status, told = step
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/quote"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def system():
    running = System()
    yield running
    running.close()


def _tables():
    version = factories.version("HARBOR-PA")
    return carriers.TableCarrier(product_definition(version), rating_plan(version), [])


def _question():
    risk = factories.risk("auto")
    return carriers.Question(
        key="Q-1-2",
        risk=risk,
        wanted=factories.usual_coverages("HARBOR-PA", risk),
        jurisdiction="US-CA",
        effective_on=ON,
    )


def _remote(system, *, breaker=None, **line):
    given = {"url": system.url, "key": "s3cret", "pause": 0.01, **QUICK, **line}
    breaker = breaker or pybreaker.CircuitBreaker(throw_new_error_on_trip=False)
    return carriers.RemoteCarrier("Harborline", carriers.Line(**given), _tables(), breaker)


def _offer(**changes):
    """What the carrier's filed rates come to, as its system would say it."""
    filed = _tables().answer(_question())
    told = {
        "coverages": filed.coverages,
        "notes": ["Photos of the car are due within 30 days."],
        **{name: str(getattr(filed, name)) for name in ("premium", "tax", "fees", "total")},
    }
    return {**told, **changes}


# What is said and heard


def test_the_offer_is_read_with_the_carriers_notes_at_its_filed_price(system):
    system.script = [(200, _offer())]

    answer = _remote(system).answer(_question())

    filed = _tables().answer(_question())
    assert answer.total == filed.total > 0
    assert answer.worksheet == filed.worksheet
    assert answer.notes == ["Photos of the car are due within 30 days."]
    assert answer.act == "rate"


def test_the_question_carries_the_application_the_key_and_the_name_of_the_asking(system):
    system.script = [(200, _offer())]

    _remote(system).answer(_question())

    headers, body = system.heard[0]
    assert headers["Authorization"] == "Bearer s3cret"
    assert headers["Idempotency-Key"] == "Q-1-2"
    assert (body["product"], body["jurisdiction"]) == ("HARBOR-PA", "US-CA")
    assert body["effective_on"] == "2026-03-01"
    assert body["risk"] == _question().risk


def test_what_the_carrier_finds_decides_with_what_our_rules_find(system):
    finding = {
        "code": "prior_claims",
        "blocks": "bind",
        "messages": {"en": "Two earlier claims.", "es": "Dos reclamos anteriores."},
    }
    system.script = [(200, _offer(findings=[finding]))]

    answer = _remote(system).answer(_question())

    assert (answer.blocks, answer.act) == ("bind", "refer")
    assert answer.trace[-1]["messages"]["en"] == "Two earlier claims."


def test_a_reasoned_refusal_is_the_carriers_own_sentence(system):
    system.script = [(422, {"detail": "We do not insure sports cars here."})]

    with pytest.raises(Refused, match="We do not insure sports cars here"):
        _remote(system).answer(_question())


def test_a_price_other_than_the_filed_one_is_no_offer(system):
    filed = _tables().answer(_question())
    system.script = [(200, _offer(total=str(filed.total + D("0.01"))))]

    with pytest.raises(carriers.Unreachable, match="Such a price cannot be offered"):
        _remote(system).answer(_question())


@pytest.mark.parametrize(
    "told",
    [
        b"<html>Service</html>",
        b"",
        [],
        {"premium": 12.5},
        {"detail": "no coverages"},
        b" " * 1_000_001,
    ],
)
def test_an_answer_that_cannot_be_read_is_none(system, told):
    system.script = [(200, told)]

    with pytest.raises(carriers.Unreachable, match="cannot be read"):
        _remote(system).answer(_question())


# Waiting


def test_a_carrier_that_is_busy_twice_is_asked_three_times_under_one_key(system):
    system.script = [(503, {}), (429, {}), (200, _offer())]

    answer = _remote(system).answer(_question())

    assert answer.act == "rate"
    assert [headers["Idempotency-Key"] for headers, _body in system.heard] == ["Q-1-2"] * 3


def test_after_the_last_attempt_it_does_not_answer(system):
    system.script = [(503, {})]

    with pytest.raises(carriers.Unreachable, match="Harborline does not answer"):
        _remote(system).answer(_question())

    assert len(system.heard) == 3


def test_a_key_that_is_turned_away_is_not_tried_again(system):
    system.script = [(401, {})]

    with pytest.raises(carriers.Unreachable, match=r"turns the office away \(401\)"):
        _remote(system).answer(_question())

    assert len(system.heard) == 1


def test_a_redirection_is_not_followed(system):
    def elsewhere(handler):
        handler.send_response(307)
        handler.send_header("Location", "http://127.0.0.1:9/steal")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    system.script = [elsewhere]

    with pytest.raises(carriers.Unreachable, match=r"\(307\)"):
        _remote(system).answer(_question())


def test_a_carrier_that_says_nothing_is_left_after_its_time(system):
    system.script = [lambda handler: time.sleep(1.5)]

    with pytest.raises(carriers.Unreachable, match="does not answer"):
        _remote(system, attempts=1).answer(_question())


def test_an_answer_that_trickles_is_left_after_its_time(system):
    """Each byte comes within the time to answer; all of them would take 30 seconds."""

    def trickle(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "60")
        handler.end_headers()
        for _number in range(60):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.5)

    system.script = [trickle]
    remote = _remote(system, attempts=1)

    with pytest.raises(carriers.Unreachable):
        remote.answer(_question())

    assert remote.line.seconds == 2  # one to connect, one to answer


def test_nobody_there_is_no_answer():
    running = System()
    running.close()

    with pytest.raises(carriers.Unreachable, match="does not answer"):
        _remote(running, attempts=2).answer(_question())


def test_a_carrier_that_keeps_failing_rests_and_is_then_tried_once(system):
    """Two failures open the circuit; while it rests nobody calls; one good answer closes it."""
    breaker = pybreaker.CircuitBreaker(2, reset_timeout=0.2, throw_new_error_on_trip=False)
    remote = _remote(system, breaker=breaker, attempts=1)
    system.script = [(503, {})]
    for _number in range(2):
        with pytest.raises(carriers.Unreachable):
            remote.answer(_question())

    with pytest.raises(carriers.Unreachable, match="Ask again in a while"):
        remote.answer(_question())
    assert len(system.heard) == 2
    time.sleep(0.25)
    system.script = [(200, _offer())]

    assert remote.answer(_question()).act == "rate"
    assert breaker.current_state == "closed"


def test_refusals_with_a_reason_are_answers_and_open_no_circuit(system):
    breaker = pybreaker.CircuitBreaker(1, exclude=[Refused], throw_new_error_on_trip=False)
    remote = _remote(system, breaker=breaker)
    system.script = [(422, {"detail": "No."})]

    for _number in range(3):
        with pytest.raises(Refused):
            remote.answer(_question())

    assert breaker.current_state == "closed"


# Connecting, and quoting with one carrier that is remote


@pytest.fixture
def keeper():
    return factories.person("agency_manager", name="Gil Moss")


def _connect(system, keeper, **changes):
    factories.version("HARBOR-PA")
    given = {"url": system.url, "key": "s3cret", **QUICK, "failures": 2, **changes}
    return services.connect_carrier(carrier=Carrier.objects.get(pk="HARBOR"), by=keeper, **given)


def test_only_who_may_connects_a_carrier(system):
    with pytest.raises(PermissionDenied):
        _connect(system, factories.underwriter())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://quotes.example.com/"}, "url"),
        ({"url": "https://user:word@quotes.example.com/"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"read_seconds": 31}, "read_seconds"),
        ({"attempts": 0}, "attempts"),
        ({"key": ""}, "key"),
    ],
)
def test_a_wrong_connection_is_refused_by_its_field(system, keeper, changes, field):
    with pytest.raises(Refused) as refusal:
        _connect(system, keeper, **changes)

    assert refusal.value.field == field


def test_the_key_is_kept_sealed_and_stays_when_none_is_written(system, keeper):
    _connect(system, keeper)
    row = _connect(system, keeper, key="", read_seconds=5)

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM underwriting_carrierconnection")
        (kept,) = cursor.fetchone()
    assert b"s3cret" not in bytes(kept)
    assert CarrierConnection.objects.get(pk=row.pk).key == "s3cret"


def test_the_database_refuses_to_wait_without_end(system, keeper):
    _connect(system, keeper)

    with (
        pytest.raises(IntegrityError, match="carrier_connection_waits_within_limits"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE underwriting_carrierconnection SET read_seconds = 600")


def test_a_slow_carrier_shows_as_such_beside_the_one_that_answered(system, keeper):
    _connect(system, keeper, attempts=1)
    system.script = [lambda handler: time.sleep(1.5)]

    quotes = {quote.carrier_id: quote for quote in factories.quoted().quotes.all()}

    assert (quotes["BIND"].state, quotes["HARBOR"].state) == ("rated", "failed")
    assert quotes["HARBOR"].reason == "Harborline Insurance does not answer."


def test_a_remote_quote_is_bound_at_the_price_that_was_offered(system, keeper):
    _connect(system, keeper)
    seller = factories.agent()
    submission = factories.submission("auto", seller=seller)
    version = factories.version("HARBOR-PA")
    tables = carriers.TableCarrier(product_definition(version), rating_plan(version), [])
    filed = tables.answer(
        carriers.Question(
            "", submission.application, submission.coverages, "US-CA", submission.effective_on
        )
    )
    names = ("premium", "tax", "fees", "total")
    told = {name: str(getattr(filed, name)) for name in names}
    system.script = [(200, {"coverages": filed.coverages, **told})]
    factories.work("underwriting.quote_at_carrier")

    policy = services.bind_quote(
        quote=submission.quotes.get(carrier_id="HARBOR"), pay_plan="full", by=seller.user
    )

    assert policy.terms.get().total == filed.total
    assert [headers["Authorization"] for headers, _body in system.heard] == ["Bearer s3cret"]


def test_workers_share_the_circuit_of_a_carrier(system, keeper):
    """Two quotes fail, each asked once; the third does not call any more."""
    _connect(system, keeper, attempts=1)
    system.script = [(503, {})]
    for _number in range(3):
        factories.quoted()

    assert len(system.heard) == 2


def test_the_administrator_connects_a_carrier_and_never_sees_the_key(system, keeper):
    factories.version("HARBOR-PA")
    browser = factories.signed_in(keeper)
    told = {"carrier": "HARBOR", "url": system.url, "new_key": "s3cret", "is_active": "on"}
    limits = {**QUICK, "failures": 5, "rest_seconds": 60}
    add = "/admin/underwriting/carrierconnection/add/"

    wrong = browser.post(add, {**told, **limits, "url": "http://quotes.example.com/"})
    browser.post(add, {**told, **limits})
    page = browser.get("/admin/underwriting/carrierconnection/HARBOR/change/").content.decode()

    assert "Write an address that begins with https://." in wrong.content.decode()
    assert CarrierConnection.objects.get().changed_by == keeper
    assert system.url in page
    assert "s3cret" not in page
