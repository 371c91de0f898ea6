"""The API is what its schema says, whatever it is sent: no 5xx, no undocumented answer (G9)."""

from datetime import UTC, datetime

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from accounting.models import Entry
from office import clock, keys
from office.models import Role
from tests import factories
from tests.claims import scenes
from tests.factories import claim_at
from tests.figures import figure

pytestmark = pytest.mark.django_db
load_all_checks()
CHECKED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


@pytest.fixture(autouse=True)
def noon():
    with clock.travel(datetime(2026, 3, 12, 18, 0, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def one_connection():
    """The test's own transaction outlives each request, as with Django's test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def numbers():
    """Records that exist, by the beginning of the addresses that name them."""
    claim = claim_at("evaluating")
    policy = claim.policy
    with clock.travel(datetime(2026, 3, 2, 18, 0, tzinfo=UTC)):
        quote = factories.quote("BIND")
    return {
        "claims": claim.number,
        "customers": claim.customer.number,
        "policies": policy.number,
        "submissions": quote.submission.number,
        "quotes": quote.number,
        "renewals": factories.renewal_offered(policy).number,
        "ledger": str(Entry.objects.latest("id")),
        "claim": claim,
    }


def all_roles():
    user = factories.person(name="Omni Potens", department_id="claims")
    user.roles.set(Role.objects.exclude(code="agent"))
    return user


@pytest.mark.parametrize("who", ["staff", "policyholder"])
def test_every_operation_conforms(who, numbers):
    claim = numbers.pop("claim")
    user = all_roles() if who == "staff" else scenes.with_login(claim.customer)
    _row, secret = keys.make_key(user=user, name="fuzz", scopes=keys.SCOPES)
    bearer = {"Authorization": f"Bearer {secret}"}
    application = get_wsgi_application()
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application, headers=bearer)
    operations = [operation.ok() for operation in schema.get_all_operations()]

    answers = [code for one in operations for code in _examples(one, bearer, numbers)]

    assert len(operations) > 60
    assert {200, 400, 404} <= set(answers)


def _examples(operation, headers, numbers):
    """Call one operation with what its schema allows; half of the time about a known record."""
    answers = []
    part = operation.path.removeprefix("/api/").split("/")[0]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=figure(50),
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case):
        if part in numbers and "number" in case.path_parameters and len(answers) % 2 == 0:
            case.path_parameters["number"] = numbers[part]
        response = case.call(headers=headers)
        answers.append(response.status_code)
        case.validate_response(response, checks=CHECKED)

    call()
    return answers
