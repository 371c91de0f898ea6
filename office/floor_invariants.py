"""What must always be true of the floor itself: states, the outbox, files."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from office import workflow
from office.models import Document, OutboxMessage, Recorded, Upload, WorkflowEdge

Finding = tuple[str, bool, str]
OLDEST_SECONDS = 15 * 60
SHOWN = 5


def invariants() -> Iterator[Finding]:
    """(name, holds, what is broken) for each promise of the floor."""
    yield _edges_follow_the_code()
    yield _chains_are_intact()
    yield _outbox_is_young()
    yield _files_have_rows()


def _edges_follow_the_code() -> Finding:
    columns = ("record_table", "act", "source", "target", "is_guarded")
    stored = set(WorkflowEdge.objects.values_list(*columns))
    wrong = stored ^ set(workflow.declared_edges())
    detail = ", ".join(f"{table}: {source}→{target}" for table, _, source, target, _ in wrong)
    return "The legal edges are those that the code declares", not wrong, detail[:300]


def _chains_are_intact() -> Finding:
    """Every record's events are the ones that were written, none altered, cut or lost."""
    broken = [
        f"{record} at event {seq}"
        for model in apps.get_models()
        if issubclass(model, Recorded)
        for record in model._default_manager.iterator()
        if (seq := workflow.verify_chain(record)) is not None
    ]
    return "Every history is as it was written", not broken, "; ".join(broken[:SHOWN])


def _outbox_is_young() -> Finding:
    """Work that is due has been done within a quarter of an hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {OutboxMessage._meta.db_table} WHERE done_at IS NULL "
            "AND greatest(put_at, due_at) < now() - %s * interval '1 second'",
            [OLDEST_SECONDS],
        )
        (late,) = cursor.fetchone()
    return "No accepted work is left undone", late == 0, f"{late} late" if late else ""


def _files_have_rows() -> Finding:
    """Each kept file belongs to a row, and each row has its file."""
    known = {
        path
        for model in (Document, Upload)
        for path in model.objects.values_list("path", flat=True)
    }
    root = Path(settings.MEDIA_ROOT)
    stored = {
        str(path.relative_to(root))
        for folder in ("documents", "uploads")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }
    lost = {path for path in known if path} - stored
    orphans = stored - known
    detail = f"{len(lost)} lost, {len(orphans)} without a row" if lost or orphans else ""
    return "Every file has its row and every row its file", not lost and not orphans, detail
