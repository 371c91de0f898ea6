"""What the office does by the clock for itself."""

from datetime import timedelta

import structlog
from celery import shared_task

from office import clock, proofs, uploads
from office.daily import once_a_day

log = structlog.get_logger(__name__)
UNFINISHED_FOR = timedelta(days=1)


@shared_task(name="office.prove_invariants")
def prove_invariants():
    """Hourly: what does not hold is an error in the log, by the name of the promise."""
    for name, holds, _detail in proofs.findings():
        if not holds:
            log.error("office.invariant_broken", promise=name)


@once_a_day("office.tidy_uploads")
def tidy_uploads(business_date):
    """Files whose act never finished are thrown away after a day."""
    uploads.tidy(before=clock.now() - UNFINISHED_FOR)
