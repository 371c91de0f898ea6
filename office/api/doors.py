"""Who knocks: a program with its key, or a person with a session."""

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS, BasePermission

from office import keys
from office.models import ApiKey


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer bk_….…`: the program acts as the key's user within its scopes."""

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        sent = words[1].decode("latin-1") if len(words) == 2 else ""
        key = keys.find_key(sent)
        if key is None:
            raise exceptions.AuthenticationFailed(_("This API key is not valid."))
        if not key.user.is_active:
            raise exceptions.AuthenticationFailed(_("This API key's user may not sign in."))
        translation.activate(key.user.language)
        return key.user, key

    def authenticate_header(self, request):
        return "Bearer"


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "office.api.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "bk_<prefix>.<secret>"}


class HasScope(BasePermission):
    """Signed in; with a key, one whose scopes name this view; and with the view's own grant.

    A view says its part (`scope = "claims"`) and, where rows have no owner whom `for_user` could
    ask for, the permission that it demands (`grant = "accounting.view_ledger"`).
    """

    def has_permission(self, request, view):
        user = request.user
        if not user.is_authenticated:
            return False
        grant = getattr(view, "grant", None)
        if grant and not user.may(grant):
            return False
        return not isinstance(request.auth, ApiKey) or self._is_in_scope(request, view)

    def _is_in_scope(self, request, view):
        kind = "read" if request.method in SAFE_METHODS else "write"
        return f"{getattr(view, 'scope', '')}:{kind}" in request.auth.scopes
