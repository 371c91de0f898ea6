"""Keys of programs: shown once, kept as a hash, good for their scopes and until their day."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office import clock
from office.exceptions import Refused
from office.models import ApiKey, User

PREFIX = "bk_"
NOTED_EVERY = timedelta(minutes=1)  # a busy key is not written to on each of its requests
PARTS = {
    "customers": gettext_lazy("Customers"),
    "quotes": gettext_lazy("Applications and quotes"),
    "policies": gettext_lazy("Products and policies"),
    "claims": gettext_lazy("Claims and their files"),
    "invoices": gettext_lazy("Invoices and their payment"),
    "payments": gettext_lazy("Payments"),
    "ledger": gettext_lazy("Ledger"),
}
READ_ONLY = frozenset({"payments", "ledger"})
SCOPES = tuple(
    f"{part}:{kind}"
    for part in PARTS
    for kind in ("read", "write")
    if kind == "read" or part not in READ_ONLY
)


def make_key(
    *, user: User, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key for `user`. Returns (row, secret); the secret is shown once and never stored."""
    scopes = sorted(set(scopes))
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise Refused(
            _("A key needs scopes out of these: %(scopes)s.") % {"scopes": ", ".join(SCOPES)},
            field="scopes",
        )
    prefix, secret = PREFIX + secrets.token_hex(4), secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=scopes,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    return row, f"{prefix}.{secret}"


def find_key(text: str) -> ApiKey | None:
    """The key in force that was sent, with its user and their grants; None for anything else.

    Every request of a program begins here, so it is one statement, written once.
    """
    prefix, _dot, secret = text.partition(".")
    now = clock.now()
    key = _look_up(prefix, now)
    if key is None or not secrets.compare_digest(bytes(key.digest), _digest(secret)):
        return None
    if key.last_used_at is None or now - key.last_used_at > NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _look_up(prefix: str, now: datetime) -> ApiKey | None:
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [prefix, now])
        row = cursor.fetchone()
    if row is None:
        return None
    names, people = _names_of(ApiKey), _names_of(User)
    *fields, roles, grants = row
    key = ApiKey.from_db(connection.alias, names, fields[: len(names)])
    key.user = User.from_db(connection.alias, people, fields[len(names) :])
    key.user.remember_roles(roles, grants)
    return key


@cache
def _statement() -> str:
    columns = [
        f'{alias}."{field.column}"'
        for alias, model in (("k", ApiKey), ("u", User))
        for field in model._meta.concrete_fields
    ]
    held = "office_user_roles h JOIN office_role r ON r.code = h.role_id AND h.user_id = u.id"
    return f"""
        SELECT {", ".join(columns)},
            ARRAY(SELECT r.code FROM {held}), ARRAY(SELECT unnest(r.permissions) FROM {held})
        FROM office_apikey k JOIN office_user u ON u.id = k.user_id
        WHERE k.prefix = %s AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > %s)
    """


@cache
def _names_of(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def revoke_key(*, key: ApiKey) -> ApiKey:
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now())
    key.refresh_from_db()
    return key


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
