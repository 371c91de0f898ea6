"""The one way a record changes state: lock it, ask, move it, write it down."""

import json
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, models, transaction
from django.db.models.expressions import DatabaseDefault
from django.utils.translation import gettext as _
from django_fsm import RETURN_VALUE, FSMField, can_proceed

from office import clock, numbering, outbox
from office.exceptions import Refused
from office.models import WorkflowEdge
from office.models.event import EVENT_FORMAT

NOTHING = ""  # the state of a record that does not exist yet
LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"


@dataclass(frozen=True)
class Move:
    """An act open to somebody now: a button, a key of the API's `actions`."""

    act: str
    label: str
    icon: str
    step: int | None
    primary: bool


def begin(record, act, *, by, note="", facts=None, tell=(), **kwargs):
    """Create `record` in the state that `act` leads to, with its first event.

    `record` is unsaved, its state empty. Returns it saved, in one statement where it has its key
    already (`numbering.number_record`). Raises `Refused` or `PermissionDenied`.
    """
    with transaction.atomic(savepoint=False):
        at = clock.now()
        record.created_at, record.created_by = at, by
        transition = _permitted(record, act, by)
        if transition.custom.get("guarded"):
            _name_act(act)
        _perform(record, act, by=by, at=at, **kwargs)
        if record.pk is None:
            record.pk = numbering.next_key(type(record))
        event = _next_event(record, transition, NOTHING, record.cycle, by, at, note, facts)
        event.record_id = record.pk
        event.hash = record.event_head = event.digest()
        _write(_insert(record), event, tell)
        record._state.adding, record._state.db = False, connection.alias
    return record


def move(record, act, *, by, note="", facts=None, tell=(), **kwargs):
    """Perform `act` on `record` for `by` and append the event that proves it.

    The row is read again under a lock, so the caller's copy may be stale: use the returned record.
    `kwargs` go to the transition; `facts` (JSON) to the event; `tell` (`outbox.message(…)`) to the
    outbox. One locking read, one statement. Raises `Refused` (the state or the record forbids it,
    or somebody holds it) or `PermissionDenied`; either way the transaction leaves no trace.
    """
    with transaction.atomic(savepoint=False):
        record, calendar = _locked(record)
        before = _columns(record)
        from_state, cycle = record.state, record.cycle
        at = clock.now()
        transition = _permitted(record, act, by)
        with clock.calendar(calendar):
            _perform(record, act, by=by, at=at, **kwargs)
        event = _next_event(record, transition, from_state, cycle, by, at, note, facts)
        event.record_id = record.pk
        event.hash = record.event_head = event.digest()
        after = _columns(record)
        changed = {name for name, value in after.items() if before[name] != value}
        _write(_update(record, changed), event, tell)
    return record


def demand_open(record, act, *, by):
    """Refuse what `move` would refuse by the state and the person, before the arguments are read.

    A door asks it first, so that nobody learns by the choices of a form what they may not do.
    Raises `Refused` or `PermissionDenied`.
    """
    _permitted(record, act, by)


def demand_duty(record, act, *, by):
    """Refuse whoever may not do the act on this record in any state. Raises `PermissionDenied`."""
    transitions = record._meta.get_field("state").get_all_transitions(type(record))
    if not any(one.has_perm(record, by) for one in transitions if one.name == act):
        raise _not_theirs(record, act)


def moves_open_to(user, record):
    """The acts that `user` may perform on `record` now: the buttons of its page, as declared."""
    field = record._meta.get_field("state")
    return [
        Move(
            act=transition.name,
            label=transition.custom.get("label", transition.name),
            icon=transition.custom.get("icon", "arrow-right"),
            step=transition.custom.get("step"),
            primary=transition.custom.get("primary", False),
        )
        for transition in field.get_all_transitions(type(record))
        if record.state and transition.source == record.state
        if transition.has_perm(record, user)
    ]


def verify_chain(record):
    """The seq of the first event of `record` that was altered, cut or lost; None when intact."""
    previous, count = b"", 0
    for count, event in enumerate(record.events.order_by("seq"), start=1):
        intact = (
            event.seq == count
            and bytes(event.previous_hash) == previous
            and bytes(event.hash) == event.digest()
        )
        if not intact:
            return event.seq
        previous = bytes(event.hash)
    if count != record.event_count or previous != bytes(record.event_head):
        return count + 1
    return None


def declared_edges():
    """Every (table, act, source, target, guarded) that the models' transitions declare."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, FSMField):
                for transition in field.get_all_transitions(model):
                    for target in targets_of(transition):
                        guarded = bool(transition.custom.get("guarded"))
                        table = model._meta.db_table
                        yield table, transition.name, transition.source, target, guarded


def write_edges(using="default"):
    """Make the database's table of legal edges equal to the declarations. Migrate calls this."""
    declared = set(declared_edges())
    columns = ("record_table", "act", "source", "target", "is_guarded")
    edges = WorkflowEdge.objects.using(using)
    known = {tuple(row[1:]): row[0] for row in edges.values_list("pk", *columns)}
    stale = [pk for row, pk in known.items() if row not in declared]
    if stale:
        edges.filter(pk__in=stale).delete()
    missing = [dict(zip(columns, row, strict=True)) for row in sorted(declared - known.keys())]
    edges.bulk_create([WorkflowEdge(**row) for row in missing])


def guard_sql(table):
    """SQL for a migration: the table's state obeys the edges. (forward, backward)"""
    return f"SELECT office_guard_state_of('{table}')", f"DROP TRIGGER guard_state ON {table}"


def append_only_sql(table):
    """SQL for a migration: the table takes inserts only. (forward, backward)"""
    backward = f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table}"
    return f"SELECT office_make_append_only('{table}')", backward


def targets_of(transition):
    """The states that an act may lead to: none where the state stays, several where it computes."""
    if transition.target is None:
        return []
    if isinstance(transition.target, RETURN_VALUE):
        return list(transition.target.allowed_states)
    return [transition.target]


def _locked(record):
    """The record as it stands, locked against other acts but not against rows that refer to it,
    and the version of the calendar where it was read too."""
    model = type(record)
    try:
        if record.read_with_lock:
            return _locking(model).select_related(*record.read_with_lock).get(pk=record.pk), None
        return _read_by(_locking_statement(model), model, record.pk)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
            raise Refused(
                _("Somebody else is working on %(record)s right now. Please try again in a moment.")
                % {"record": record}
            ) from error
        raise


def _locking(model):
    return model._base_manager.select_for_update(of=("self",), no_key=True)


@cache
def _locking_statement(model):
    """The locking SELECT by key: (SQL, names, converters). Compiled once, as every act begins so;
    to compile it anew took longer than to run it. It reads the calendar's version as well."""
    compiler = _locking(model).filter(pk=0).query.get_compiler(connection=connection)
    sql, _params = compiler.as_sql()
    columns = [column for column, _sql, _alias in compiler.select]
    sql = sql.replace(" FROM ", f", {clock.CALENDAR} FROM ", 1)
    return sql, [column.target.attname for column in columns], compiler.get_converters(columns)


def _read_by(statement, model, key):
    sql, names, converters = statement
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        row = cursor.fetchone()
    if row is None:
        raise model.DoesNotExist
    *values, version = row
    for place, (convert, column) in converters.items():
        for converter in convert:
            values[place] = converter(values[place], column, connection)
    return model.from_db(connection.alias, names, values), version


def _permitted(record, act, by):
    method = getattr(record, act)
    if not can_proceed(method, check_conditions=False):
        raise Refused(
            _("%(record)s is “%(state)s” now, so “%(act)s” is not possible.")
            % {"record": record, "state": record.get_state_display(), "act": label_of(record, act)}
        )
    transition = method._django_fsm.get_transition(record.state)
    if not transition.has_perm(record, by):
        raise _not_theirs(record, act)
    return transition


def _not_theirs(record, act):
    sentence = _("You may not do “%(act)s” on %(record)s.")
    return PermissionDenied(sentence % {"record": record, "act": label_of(record, act)})


def label_of(record, act):
    """The act's label in the reader's language, whatever state the record is in."""
    for transition in record._meta.get_field("state").get_all_transitions(type(record)):
        if transition.name == act:
            return transition.custom.get("label", act)
    return act


def _perform(record, act, **kwargs):
    getattr(record, act)(**kwargs)


def _name_act(act):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('office.act', %s, true)", [act])


def _next_event(record, transition, from_state, cycle, by, at, note, facts):
    """`cycle` is the one in which the act was done: an act that goes back begins the next."""
    event_model = record._meta.get_field("events").related_model
    record.event_count += 1
    return event_model(
        seq=record.event_count,
        at=at,
        by_id=by.pk,
        kind=transition.name,
        from_state=from_state,
        to_state=record.state,
        step=transition.custom.get("step"),
        cycle=cycle,
        note=note,
        facts=facts or {},
        format=EVENT_FORMAT,
        previous_hash=bytes(record.event_head),
    )


def _columns(record):
    """The record's values, to tell which of them an act has changed.

    A list or a dictionary may be changed in its place, so it is kept as JSON, the quickest copy.
    """
    columns = {}
    for field in record._meta.concrete_fields:
        value = field.pre_save(record, False)
        if isinstance(value, dict | list):
            value = json.dumps(value, cls=DjangoJSONEncoder)
        columns[field.attname] = value
    return columns


def _write(row, event, tell):
    """The row, by its statement and parameters, the event and the outbox in one statement."""
    parts = {"moved": row, "written": _insert(event)}
    if tell:
        parts["told"] = outbox.insert_sql(tell)
    named = ", ".join(f"{name} AS ({sql})" for name, (sql, _params) in parts.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {named} SELECT 1", [p for _sql, params in parts.values() for p in params]
        )
    if tell:
        outbox.ring_after_commit()


def _update(record, changed):
    fields = [field for field in record._meta.concrete_fields if field.attname in changed]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    params = [_prepared(field, field.pre_save(record, False)) for field in fields]
    return f'UPDATE "{record._meta.db_table}" SET {sets} WHERE id = %s', [*params, record.pk]


def _insert(instance: models.Model):
    """Every column that has a value: a key to come and a default of the database have none."""
    values = {
        field: field.pre_save(instance, True)
        for field in instance._meta.concrete_fields
        if not (field.generated or (field.primary_key and instance.pk is None))
    }
    values = {f: value for f, value in values.items() if not isinstance(value, DatabaseDefault)}
    columns = ", ".join(f'"{field.column}"' for field in values)
    marks = ", ".join(["%s"] * len(values))
    params = [_prepared(field, value) for field, value in values.items()]
    return f'INSERT INTO "{instance._meta.db_table}" ({columns}) VALUES ({marks})', params


def _prepared(field, value):
    return field.get_db_prep_save(value, connection)
