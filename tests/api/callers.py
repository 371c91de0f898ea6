"""Who calls the API in its tests: sessions, keys, and what they send."""

import itertools
import json
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from office import keys
from tests import factories

_count = itertools.count(1)


class Caller:
    """A program or a browser that speaks JSON; each POST has a key of its own unless told."""

    def __init__(self, client=None, secret=""):
        self.client = client or Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path, **params):
        return self.client.get(f"/api/{path}", params, headers=self.headers)

    def post(self, path, body=None, *, key=None, files=None):
        headers = self.headers | {"Idempotency-Key": key or f"test-key-{next(_count)}"}
        if files is not None:
            return self.client.post(f"/api/{path}", files, headers=headers)
        return self.client.post(
            f"/api/{path}",
            json.dumps({} if body is None else body),
            content_type="application/json",
            headers=headers,
        )


def session(user):
    """The person in a browser, signed in with a second factor."""
    client = factories.signed_in(user)
    client.raise_request_exception = False
    return Caller(client)


def program(user, *scopes):
    """A program with a key of this user."""
    _row, secret = keys.make_key(user=user, name="test", scopes=scopes or keys.SCOPES)
    return Caller(secret=secret)


def stranger():
    return Caller()


def is_problem(answer, status):
    """Whether the answer is RFC 9457 problem details of this status."""
    body = answer.json()
    return (
        answer.status_code == body["status"] == status
        and answer.headers["Content-Type"] == "application/problem+json"
        and set(body) - {"errors"} == {"type", "title", "status", "detail"}
        and body["detail"] != ""
    )


def picture(name="kitchen.png"):
    content = BytesIO()
    Image.new("RGB", (40, 30), "#aa3311").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/png")
