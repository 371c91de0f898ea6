"""The systems of carriers: kept by who may, and how one carrier is asked."""

from typing import Any

import pybreaker
import redis
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Carrier
from office import clock
from office.exceptions import Refused
from office.models import User
from policies import selectors as cover
from underwriting import carriers, rules
from underwriting.models import CarrierConnection, Quote, RuleSetVersion


@transaction.atomic
def connect_carrier(
    *, carrier: Carrier, url: str, key: str = "", is_active: bool = True, by: User, **limits: int
) -> CarrierConnection:
    """Keep how a carrier's system is reached; an empty `key` leaves the one that is kept.

    `limits`: connect_seconds, read_seconds, attempts, failures, rest_seconds.
    """
    if not rules.may_connect_carriers(by):
        raise PermissionDenied(_("You may not connect the systems of carriers."))
    kept = CarrierConnection.objects.select_for_update().filter(carrier=carrier).first()
    if not (key or kept):
        raise Refused(_("Write the key that the carrier gave to the office."), field="key")
    row = kept or CarrierConnection(carrier=carrier)
    given: dict[str, Any] = {"url": url, "is_active": is_active, **limits}
    if key:
        given["key"] = key
    for name, value in given.items():
        setattr(row, name, value)
    _refuse_wrong(row)
    row.changed_at, row.changed_by = clock.now(), by
    row.save()
    return row


def _refuse_wrong(row: CarrierConnection) -> None:
    try:
        row.clean_fields(exclude=["carrier", "key", "changed_by", "changed_at"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Refused(sentences[0], field=field) from error


def carrier_of(quote: Quote, rule_version: RuleSetVersion) -> carriers.Carrier:
    """Whoever answers for this quote: the carrier's own system where one is in use."""
    tables = carriers.TableCarrier(
        cover.product_definition(quote.version),
        cover.rating_plan(quote.version),
        rule_version.rules,
    )
    row = CarrierConnection.objects.filter(carrier=quote.carrier_id, is_active=True).first()
    if row is None:
        return tables
    line = carriers.Line(row.url, row.key, row.connect_seconds, row.read_seconds, row.attempts)
    return carriers.RemoteCarrier(quote.carrier.name, line, tables, _breaker(row))


def _breaker(row: CarrierConnection) -> pybreaker.CircuitBreaker:
    """One for each carrier and address, kept where all workers see it."""
    storage = pybreaker.CircuitRedisStorage(
        pybreaker.STATE_CLOSED,
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2),
        namespace=f"bindery:carrier:{row.carrier_id}:{row.url}",
    )
    return pybreaker.CircuitBreaker(
        fail_max=row.failures,
        reset_timeout=row.rest_seconds,
        exclude=[Refused],
        state_storage=storage,
        throw_new_error_on_trip=False,
    )
