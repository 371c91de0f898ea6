"""Settings come from the environment, and a missing or wrong one explains itself."""

import os
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name, default=None, *, why=""):
    """The setting as it stands; without a default it must be there."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"The setting {name} is missing. {why} Set it in the environment; .env.example names "
            f"every setting, and `make run` sets all of them by itself."
        )
    return value


def flag(name, default=False):
    value = text(name, str(int(default))).strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"The setting {name} must be 1 or 0, not “{value}”.")
    return value in TRUE


def number(name, default):
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(
            f"The setting {name} must be a whole number, not “{value}”."
        ) from None


def words(name, default=""):
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name, **options):
    """Django's database dictionary from a URL such as postgresql://role:secret@host:5432/bindery."""
    url = text(name, why="Bindery keeps everything in PostgreSQL 18.")
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"The setting {name} must begin with postgresql://.")
    return {**dj_database_url.parse(url), **options}


def redis(name):
    url = text(name, why="Bindery needs Valkey or Redis for its queue and cache.")
    if urlsplit(url).scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured(f"The setting {name} must begin with redis:// or rediss://.")
    return url


def mail(name):
    """Django's mail settings from smtp://user:secret@host:25 or smtps://…

    Empty keeps the mail inside: it stands in the office's own outbox only.
    """
    url = urlsplit(text(name, ""))
    if not url.scheme:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if url.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured(f"The setting {name} must begin with smtp:// or smtps://.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or 25,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": url.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,
    }
