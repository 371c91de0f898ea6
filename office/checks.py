"""What `check --deploy` asks of an office that opens its doors to others."""

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def two_roles(app_configs, **_kwargs) -> list[CheckMessage]:
    """The application must not be the owner: an owner can switch every guard off."""
    application, owner = (
        urlsplit(os.environ.get(name, "")).username
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    )
    if application and application == owner:
        return [
            Error(
                f"DATABASE_URL and DATABASE_OWNER_URL sign in as one role, “{owner}”.",
                hint="Serve as a role that owns no table: docs/operations.md, “Two roles”.",
                id="office.E001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def no_demo(app_configs, **_kwargs) -> list[CheckMessage]:
    if settings.DEMO:
        return [
            Error(
                "DEMO is on: the second factor is off and everybody knows the passwords.",
                hint="Set DEMO=0.",
                id="office.E002",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def vault_has_a_key(app_configs, **_kwargs) -> list[CheckMessage]:
    if settings.VAULT_KEYS:
        return []
    return [
        Error(
            "VAULT_KEYS is empty: personal data cannot be sealed.",
            hint="Make one as .env.example shows, and keep a copy where the backups are not.",
            id="office.E003",
        )
    ]


@register(deploy=True)
def mail_goes_out(app_configs, **_kwargs) -> list[CheckMessage]:
    if not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        return []
    return [
        Warning(
            "EMAIL_URL is empty: letters stay in the outbox page and reach nobody.",
            hint="Set EMAIL_URL=smtp://user:password@host:587.",
            id="office.W001",
        )
    ]
