"""A repeated request has one effect: its key and answer are kept with the work itself."""

import hashlib

from django.db import connection, transaction
from django.utils.translation import gettext as _

from office.exceptions import Refused
from office.models import IdempotencyKey


class Busy(Refused):
    """The same request is being worked on right now (HTTP 409 with Retry-After)."""


class OtherBody(Refused):
    """The key was used before for something else (HTTP 422)."""


def once(*, actor, key, body: bytes, work):
    """Do `work() -> (status, payload)` at most once for this actor and key.

    Returns (status, payload, replayed). The advisory lock is taken first and never waited for, so
    that a crowd of repetitions cannot fill the pool; the answer commits with the work.
    """
    body_hash = hashlib.sha256(body).digest()
    with transaction.atomic():
        if not _alone(actor, key):
            raise Busy(_("This request is already being worked on. Please try again shortly."))
        known = IdempotencyKey.objects.filter(actor=actor, key=key).first()
        if known:
            if bytes(known.body_hash) != body_hash:
                raise OtherBody(_("This Idempotency-Key was used before with another request."))
            return known.status, known.payload, True
        status, payload = work()
        IdempotencyKey.objects.create(
            actor=actor, key=key, body_hash=body_hash, status=status, payload=payload
        )
    return status, payload, False


def _alone(actor, key):
    digest = hashlib.sha256(f"{actor.pk}:{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]
