"""`api.claims`: fifty claims as JSON to a program with a key, by the whole stack in one process.

The floor is the same query by `values()` through the same encoder, with no door before it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from bench import book
from bench.harness import Contest, Row, rate
from bench.office import Office

CALLS_A_ROUND = 60
MILLION = 1_000_000


@contextmanager
def claims(office: Office, size: int) -> Iterator[Contest]:
    book.at_least(office, size)
    from office import keys
    from tests.claims import scenes

    user = scenes.supervisor()
    _row, secret = keys.make_key(user=user, name="bench", scopes=["claims:read"])
    answer = json.loads(call(secret))
    assert len(answer["results"]) == min(50, len(answer["results"])) > 0
    calls = range(CALLS_A_ROUND)
    yield Contest(
        lambda: rate(lambda _n: call(secret), calls),
        lambda: rate(lambda _n: by_values(user), calls),
        {"DRF ModelSerializer": lambda: rate(lambda _n: by_serializer(user), calls)},
    )


def call(secret: str) -> bytes:
    """One GET through the server's own entrance: middleware, key, view, encoder."""
    from office.wsgi import application

    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/claims/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "HTTP_ACCEPT": "application/json",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.url_scheme": "http",
    }
    response = application(environ, lambda status, _headers: told.append(status))
    body = b"".join(response)
    response.close()
    assert told == ["200 OK"], (told, body)
    return body


def by_values(user: Any) -> str:
    from claims.api import doors
    from claims.models import Claim
    from office.api.rendering import Encoder

    found = Claim.objects.for_user(user).order_by("-id")
    rows = list(found.values("id", *doors.SHOWN_TO_STAFF, **doors.JOINED)[:51])
    return json.dumps({"results": rows[:50]}, cls=Encoder, separators=(",", ":"))


def by_serializer(user: Any) -> bytes:
    from claims.models import Claim
    from office.api.rendering import JSONRenderer

    found = Claim.objects.for_user(user).select_related("customer", "policy", "adjuster")
    rows = found.order_by("-id")[:51]
    return JSONRenderer().render({"results": model_serializer()(rows[:50], many=True).data})


def model_serializer() -> Any:
    from rest_framework import serializers

    from claims.api import doors
    from claims.models import Claim

    class ClaimSerializer(serializers.ModelSerializer):
        policyholder = serializers.CharField(source="customer.display_name")
        policy_number = serializers.CharField(source="policy.number")
        adjuster_name = serializers.CharField(source="adjuster.name", default=None)

        class Meta:
            model = Claim
            fields = ("id", *doors.SHOWN_TO_STAFF, *doors.JOINED)

    return ClaimSerializer


ROWS = [Row("api.claims", "answers/s", goal=0.7, size=MILLION, prepare=claims)]
