"""Carriers, agents, licences, appointments and courses. One rule for all: who keeps agents."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from customers import places, rules
from customers.models import Agent, Appointment, Carrier, Course, Licence
from office import clock
from office.exceptions import Refused
from office.models import User


def add_carrier(*, code: str, name: str, is_own: bool = False, by: User) -> Carrier:
    return _keep(Carrier(code=code, name=name, is_own=is_own), by, is_new=True)


def edit_carrier(*, carrier: Carrier, by: User, **fields: Any) -> Carrier:
    return _edit(carrier, by, fields, ("name", "is_own"))


def add_agent(
    *, code: str, name: str, user: User | None = None, agency: str = "", by: User
) -> Agent:
    return _keep(Agent(code=code, name=name, user=user, agency=agency), by, is_new=True)


def edit_agent(*, agent: Agent, by: User, **fields: Any) -> Agent:
    return _edit(agent, by, fields, ("name", "user", "agency"))


def add_licence(
    *,
    agent: Agent,
    jurisdiction: str,
    line: str,
    number: str,
    valid_from: date,
    valid_to: date | None = None,
    by: User,
) -> Licence:
    licence = Licence(
        agent=agent,
        jurisdiction=jurisdiction,
        line=line,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return _keep(licence, by, is_new=True)


def edit_licence(*, licence: Licence, by: User, **fields: Any) -> Licence:
    return _edit(licence, by, fields, ("number", "valid_from", "valid_to"))


def add_appointment(
    *,
    agent: Agent,
    carrier: Carrier,
    line: str,
    valid_from: date,
    valid_to: date | None = None,
    by: User,
) -> Appointment:
    appointment = Appointment(
        agent=agent, carrier=carrier, line=line, valid_from=valid_from, valid_to=valid_to
    )
    return _keep(appointment, by, is_new=True)


def edit_appointment(*, appointment: Appointment, by: User, **fields: Any) -> Appointment:
    return _edit(appointment, by, fields, ("valid_from", "valid_to"))


def record_course(
    *,
    agent: Agent,
    jurisdiction: str,
    title: str,
    certificate: str,
    hours: Decimal,
    completed_on: date,
    is_ethics: bool = False,
    provider: str = "",
    by: User,
) -> Course:
    """Count a completed course; a certificate counts once in a state, and never in advance."""
    if completed_on > clock.today():
        raise Refused(_("A course counts once it is completed."), field="completed_on")
    course = Course(
        agent=agent,
        jurisdiction=jurisdiction,
        title=title,
        provider=provider,
        certificate=certificate,
        hours=hours,
        is_ethics=is_ethics,
        completed_on=completed_on,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    return _keep(course, by, is_new=True)


def _edit(row: Any, by: User, fields: dict[str, Any], editable: tuple[str, ...]) -> Any:
    with transaction.atomic(savepoint=False):
        rows = type(row).objects.select_for_update(of=("self",), no_key=True)
        fresh = rows.get(pk=row.pk)
        for name, value in fields.items():
            if name not in editable:
                raise TypeError(f"{name} of {fresh} stays as it is.")
            setattr(fresh, name, value)
        return _keep(fresh, by, is_new=False)


def _keep(row: Any, by: User, *, is_new: bool) -> Any:
    if not rules.may_keep_agents(by):
        raise PermissionDenied(_("Your roles do not include carriers and agents."))
    _demand_order(row)
    try:
        with transaction.atomic():
            row.save(force_insert=is_new, force_update=not is_new)
    except IntegrityError as error:
        raise Refused(
            _("There is already a %(what)s of this kind.") % {"what": row._meta.verbose_name}
        ) from error
    return row


def _demand_order(row: models.Model) -> None:
    if isinstance(row, Licence | Course) and not places.is_known(row.jurisdiction):
        raise Refused(_("Choose the state in which this counts."), field="jurisdiction")
    ends = getattr(row, "valid_to", None)
    if ends and ends <= row.valid_from:  # type: ignore[attr-defined]  # both have periods
        raise Refused(_("The last day must lie after the first."), field="valid_to")
