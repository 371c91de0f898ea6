"""What stands at every door: headers, language, second factor, who may enter which part."""

from functools import wraps
from http import HTTPStatus
from time import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from office import history, workflow
from office.exceptions import Refused
from office.models import User


class GrantsBackend(BaseBackend):
    """Finds the signed-in user; what they may do stands in `User.has_perm`."""

    def get_user(self, user_id):
        return User.objects.select_related("department").filter(pk=user_id).first()


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: staff are added by an administrator, policyholders are invited."""

    def is_open_for_signup(self, request):
        return False


class SecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere; the admin's own scripts and styles get what they need."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/admin/"):
            parts.update = {**settings.ADMIN_CONTENT_SECURITY_POLICY, **(parts.update or {})}
        return parts


class LanguageMiddleware:
    """The language of the cookie, else of the browser, until we know who it is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class PersonalSettingsMiddleware:
    """The signed-in person's own language and time zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            timezone.activate(request.user.time_zone)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class AuthorMiddleware:
    """Whoever asks is the author of the rows that this request changes (office/history.py)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with history.acting(lambda: request.user):
            return self.get_response(request)


class SecondFactorMiddleware:
    """Staff work only in a session that was opened with a second factor (not in demo mode).

    It asks how this session was opened, not whether a device exists: a session from before the
    device was added does not count. Passkeys are two factors in one.
    """

    OPEN = ("/accounts/", "/healthz", "/readyz", "/static/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self._demanded(request) and not has_second_factor(request):
            return self._ask(request)
        return self.get_response(request)

    def _demanded(self, request):
        user = request.user
        works_here = user.is_authenticated and (user.is_staff or user.is_superuser)
        return works_here and not settings.DEMO and not request.path.startswith(self.OPEN)

    def _ask(self, request):
        if request.path.startswith("/api/") and request.path != "/api/":
            return _problem(403, _("Staff sign in with a second factor."))
        from allauth.mfa.utils import is_mfa_enabled

        return redirect("mfa_reauthenticate" if is_mfa_enabled(request.user) else "mfa_index")


def _problem(code, detail):
    """Problem details (RFC 9457) for a program that does not get as far as the API's own."""
    body = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code}
    return JsonResponse(
        body | {"detail": detail}, status=code, content_type="application/problem+json"
    )


def has_second_factor(request):
    records = get_authentication_records(request, request.user)
    return any(
        record.get("method") == "mfa" and record.get("at", 0) <= time() for record in records
    )


class NoStoreMiddleware:
    """Pages about people are kept by no cache, so that Back after signing out shows nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
        return response


def staff_required(view):
    """The workbench is for staff and agents; a policyholder is sent to the portal."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_staff:
            return redirect("portal:home")
        return view(request, *args, **kwargs)

    return guarded


def policyholder_required(view):
    """The portal shows a person what is theirs; somebody without a customer record has nothing."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not hasattr(request.user, "customer"):
            raise PermissionDenied(_("This page is for policyholders."))
        return view(request, *args, **kwargs)

    return guarded


def permission_required(permission):
    """Staff whose roles grant `permission`; others are refused with 403."""

    def decorate(view):
        @staff_required
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.may(permission):
                raise PermissionDenied(_("Your roles do not include this part of the office."))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def demand_open(request, record, act):
    """Show the form of an act to nobody who may not do it, nor at a time when it cannot be done.

    What was sent too late is shown again with what was typed: there the service says why not.
    Raises `PermissionDenied` or `Refused`, each with its sentence.
    """
    workflow.demand_duty(record, act, by=request.user)
    if request.method != "POST":
        workflow.demand_open(record, act, by=request.user)


class RefusalMiddleware:
    """A refusal that no form has taken up is a page of its own, with the sentence that says why."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            return render(request, "409.html", {"exception": str(exception)}, status=409)
        return None


def shell(request):
    """What every page's frame needs."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "demo": settings.DEMO,
        "office_name": settings.OFFICE_NAME,
        "theme": user.theme if signed_in else request.COOKIES.get("theme", "system"),
        "density": user.density if signed_in else "comfortable",
    }
