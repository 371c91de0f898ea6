"""Long work that a page waits for: a row with its progress, polled until it is finished."""

from django.db.models import F

from office import clock
from office.enums import JobState
from office.models import Job


def start(*, kind, title, total, by, reference=""):
    return Job.objects.create(
        kind=kind,
        title=title,
        total=total,
        reference=reference,
        created_at=clock.now(),
        created_by=by,
    )


def advance(job_id, by=1, message=""):
    """Count `by` units as done. Safe from many workers at once."""
    changes = {"done": F("done") + by} | ({"message": message} if message else {})
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(**changes)


def finish(job_id, result=None):
    _end(job_id, state=JobState.DONE, result=result or {})


def fail(job_id, message):
    _end(job_id, state=JobState.FAILED, message=message[:300])


def _end(job_id, **changes):
    running = Job.objects.filter(pk=job_id, state=JobState.RUNNING)
    running.update(finished_at=clock.now(), **changes)
