"""Writing through the API: repeatable, with the body read as the page's form reads it."""

import hashlib
import json
import re

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser as FrameworkJSONParser
from rest_framework.response import Response

from office import idempotency, workflow
from office.api.rendering import JSONRenderer

KEY = re.compile(r"[\x21-\x7e]{8,120}")
CANNOT_BE_KEPT = re.compile("[\ud800-\udfff\x00]")


class JSONParser(FrameworkJSONParser):
    """JSON that the database can keep: no lone surrogates, no NUL, no bottomless nesting."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from error
        if any(CANNOT_BE_KEPT.search(text) for text in _texts_of(data)):
            raise exceptions.ParseError(_("A text holds a character that cannot be kept."))
        return data


def _texts_of(data):
    waiting = [data]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            waiting += [*node.keys(), *node.values()]
        elif isinstance(node, list):
            waiting += node


def repeatable(request, work):
    """Answer a POST whose repetition must have no second effect.

    `work() -> (status, payload)`. The header `Idempotency-Key` is demanded.
    """
    code, payload, replayed = idempotency.once(
        actor=request.user,
        key=idempotency_key(request),
        body=_fingerprint(request),
        work=lambda: _as_plain_json(*work()),
    )
    return Response(payload, status=code, headers={"Idempotent-Replayed": str(replayed).lower()})


def idempotency_key(request):
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        sentence = _(
            "Send an Idempotency-Key header of 8 to 120 visible ASCII characters with this request."
        )
        raise exceptions.ValidationError({"Idempotency-Key": [sentence]})
    return key


def own_key(request):
    """The caller's key for whom it is handed on to: two people with the same one are two."""
    return hashlib.sha256(f"{request.user.pk}:{idempotency_key(request)}".encode()).hexdigest()


def _as_plain_json(code, payload):
    """What is kept for repetitions is what was sent: amounts and moments as text."""
    return code, json.loads(JSONRenderer().render(payload))


def _fingerprint(request):
    """Method, address and body; files by their content."""
    told = [request.method, request.path]
    if hasattr(request.data, "lists"):
        told.append(
            {
                name: [_of_file(one) if hasattr(one, "read") else one for one in values]
                for name, values in request.data.lists()
            }
        )
    else:
        told.append(request.data)
    return json.dumps(told, sort_keys=True, default=str).encode()


def _of_file(file):
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [file.name, digest.hexdigest()]


class Action(serializers.Serializer):
    """An act that is open to the caller now."""

    act = serializers.CharField()
    label = serializers.CharField()
    href = serializers.CharField(help_text="POST here to do it.")
    is_primary = serializers.BooleanField()


def actions_of(user, record, acts, href):
    """The acts open to `user` on `record` that this API offers: the buttons of its page."""
    return [
        {
            "act": move.act,
            "label": str(move.label),
            "href": f"{href}{move.act}/",
            "is_primary": move.primary,
        }
        for move in workflow.moves_open_to(user, record)
        if move.act in acts
    ]


def act_schema(name, *, tag, request, response, label, media_type="application/json"):
    """The schema of one act's POST."""
    return extend_schema(
        operation_id=name,
        summary=str(label),
        tags=[tag],
        request={media_type: request} if request else None,
        responses={200: response},
    )
