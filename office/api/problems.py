"""Every error as RFC 9457 problem details: a sentence, and the fields that it speaks of."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from office import idempotency
from office.api.rendering import JSONRenderer
from office.exceptions import Refused

MEDIA_TYPE = "application/problem+json"
# What each status means, for the schema.
SENTENCES = {
    400: "The request is not valid; `errors` names each field by its path.",
    401: "Sign in or send an API key.",
    403: "The person's roles or the key's scopes do not include this.",
    404: "There is no such record, or it is not yours to see.",
    405: "This address does not take that method.",
    406: "This address answers application/json.",
    409: "The office refuses this now; `detail` says why, `errors` names the field.",
    413: "The request is too large.",
    415: "This address does not take that content type.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests; wait as Retry-After says.",
}


def problem_details(error, context):
    """What Django REST framework asks for every exception of a view."""
    if isinstance(error, Refused):
        return _refusal(error)
    error = _in_words_of_the_framework(error)
    if not isinstance(error, exceptions.APIException):
        return None
    errors = error.detail if isinstance(error, exceptions.ValidationError) else None
    detail = _("The request is not valid.") if errors is not None else str(error.detail)
    response = problem(error.status_code, detail, errors)
    if getattr(error, "wait", None):
        response["Retry-After"] = str(int(error.wait))
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header
    return response


def problem(code, detail, errors=None):
    body = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
    }
    if errors is not None:
        body["errors"] = errors_by_path(errors)
    return Problem(body, status=code)


class Problem(Response):
    """JSON whatever the view renders: the schema's YAML, a file."""

    @property
    def rendered_content(self):
        self["Content-Type"] = MEDIA_TYPE
        return JSONRenderer().render(self.data)


def errors_by_path(errors, path=""):
    """Nested errors as one level: {"coverages.0.limit": ["…"]}."""
    found = {}
    if isinstance(errors, dict):
        for name, inner in errors.items():
            found |= errors_by_path(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(errors, list | tuple) and any(isinstance(e, dict | list) for e in errors):
        for place, inner in enumerate(errors):
            found |= errors_by_path(inner, f"{path}.{place}" if path else str(place))
    elif errors:
        sentences = errors if isinstance(errors, list | tuple) else [errors]
        found[path or "non_field_errors"] = [str(sentence) for sentence in sentences]
    return found


def _in_words_of_the_framework(error):
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, RequestDataTooBig):
        too_large = exceptions.APIException(str(error) or _("The request is too large."))
        too_large.status_code = 413
        return too_large
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError()
    return error


def _refusal(refused):
    code = 422 if isinstance(refused, idempotency.OtherBody) else 409
    errors = {refused.field: [str(refused)]} if refused.field else None
    response = problem(code, str(refused), errors)
    if isinstance(refused, idempotency.Busy):
        response["Retry-After"] = "1"
    return response
