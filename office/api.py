"""What every API of the office shares: keys, scopes, pages, problems."""

import hashlib
import json
import secrets
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from office import clock, idempotency
from office.exceptions import Refused
from office.models import ApiKey

PREFIX = "bk_"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def make_key(*, user, name, scopes, expires_at=None):
    """A new key for `user`. Returns (row, secret); the secret is shown once and never stored."""
    prefix, secret = PREFIX + secrets.token_hex(4), secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        digest=hashlib.sha256(secret.encode()).digest(),
        scopes=scopes,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    return row, f"{prefix}.{secret}"


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer bk_….…`: the program acts as the key's user within its scopes."""

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        prefix, _dot, secret = words[-1].decode("latin-1").partition(".")
        now = clock.now()
        key = (
            ApiKey.objects.select_related("user")
            .filter(Q(expires_at=None) | Q(expires_at__gt=now), prefix=prefix, revoked_at=None)
            .first()
        )
        digest = hashlib.sha256(secret.encode("latin-1")).digest()
        if not key or not secrets.compare_digest(bytes(key.digest), digest):
            raise exceptions.AuthenticationFailed(_("This API key is not valid."))
        if not key.user.is_active:
            raise exceptions.AuthenticationFailed(_("This API key's user may not sign in."))
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return key.user, key

    def authenticate_header(self, request):
        return "Bearer"


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "ApiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "bk_<prefix>.<secret>"}


class HasScope(BasePermission):
    """Signed in; and with a key, one whose scopes name this view: `claims:read`, `claims:write`."""

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, ApiKey):
            return True
        part = getattr(view, "scope", None)
        kind = "write" if request.method in WRITES else "read"
        return part is not None and f"{part}:{kind}" in request.auth.scopes


class KeysetPagination(CursorPagination):
    """Pages by position, not by number: as quick at the millionth row as at the first."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def problem_details(error, context):
    """Every error as RFC 9457 problem details: a sentence, and the fields that it speaks of."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, Refused):
        return _refusal(error)
    if not isinstance(error, exceptions.APIException):
        return None
    errors = error.detail if isinstance(error, exceptions.ValidationError) else None
    detail = _("The request is not valid.") if errors is not None else str(error.detail)
    response = _problem(error.status_code, detail, errors)
    if getattr(error, "wait", None):
        response["Retry-After"] = str(int(error.wait))
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header
    return response


def _refusal(refused):
    code = 422 if isinstance(refused, idempotency.OtherBody) else 409
    errors = {refused.field: [str(refused)]} if refused.field else None
    response = _problem(code, str(refused), errors)
    if isinstance(refused, idempotency.Busy):
        response["Retry-After"] = "1"
    return response


def _problem(code, detail, errors=None):
    body = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
    }
    if errors is not None:
        body["errors"] = errors if isinstance(errors, dict) else {"non_field_errors": errors}
    return Response(body, status=code, content_type="application/problem+json")


def repeatable(request, work):
    """Answer a POST whose repetition must have no second effect.

    `work() -> (status, payload)`. The header `Idempotency-Key` is demanded.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 120:
        sentence = _("Send an Idempotency-Key header of 8 to 120 characters with this request.")
        raise exceptions.ValidationError({"Idempotency-Key": [sentence]})
    body = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    code, payload, replayed = idempotency.once(
        actor=request.user, key=key, body=body.encode(), work=work
    )
    return Response(payload, status=code, headers={"Idempotent-Replayed": str(replayed).lower()})


PROBLEMS = {
    "400": "The request is not valid.",
    "401": "Sign in or send an API key.",
    "403": "Your roles or the key's scopes do not include this.",
    "404": "There is no such record, or it is not yours to see.",
    "405": "This address does not take that method.",
    "406": "This address answers application/json.",
    "409": "The office refuses this now; the detail says why.",
    "415": "Send application/json.",
    "422": "The Idempotency-Key was used for another request.",
    "429": "Too many requests; wait as Retry-After says.",
}


def document_problems(result, generator, request, public):
    """Add the problem answers to every operation of the schema."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "object", "additionalProperties": True},
        },
    }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in result["paths"].values():
        for operation in methods.values():
            for code, description in PROBLEMS.items():
                answer = {"description": description, "content": content}
                operation["responses"].setdefault(code, answer)
    return result
