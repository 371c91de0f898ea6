"""Logs say what happened to which record by whom, as ids. They never say a name or an address."""

import re

import structlog

PERSONAL = {"ip", "user_agent", "email", "phone", "name", "address", "iban", "account", "referer"}
LOOKS_PERSONAL = re.compile(
    r"(?<=/invitation/)[\w-]+|(?<=/reset/key/)[\w-]+|"  # addresses that open a door
    r"[\w.+-]+@[\w-]+\.[\w.-]+|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b|"
    r"(?<![A-Z]-)(?<![\d-])\+?\d[\d ().-]{8,}\d"
)
PROBES = (" /healthz", " /readyz")
KEPT_DIGITS = re.compile(r"^[\d:.T+Z -]+$")


def drop_personal_data(_logger, _method, event):
    """Remove fields that hold personal data, and mask what looks like it in free text."""
    for key in PERSONAL & event.keys():
        del event[key]
    for key in ("event", "exception", "request"):
        value = event.get(key)
        if isinstance(value, str) and not KEPT_DIGITS.match(value):
            event[key] = LOOKS_PERSONAL.sub("[masked]", value)
    return event


def drop_probes(_logger, _method, event):
    """Whoever asks `/healthz` or `/readyz` reads the answer: a line each second tells nothing."""
    if str(event.get("request", "")).endswith(PROBES):
        raise structlog.DropEvent
    return event


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.format_exc_info,
    drop_personal_data,
]


def configuration(*, level, pretty):
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if pretty
        else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["console"], "propagate": False},
            # One line for each ring of the outbox's doorbell says nothing about the office.
            "django_structlog.celery": {"level": "WARNING"},
        },
    }


def structlog_configuration():
    return {
        "processors": [
            structlog.stdlib.filter_by_level,
            drop_probes,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        "logger_factory": structlog.stdlib.LoggerFactory(),
        "cache_logger_on_first_use": True,
    }
