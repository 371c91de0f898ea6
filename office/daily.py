"""Beat jobs that run once per business date, whoever starts them and however often."""

from datetime import date

from celery import shared_task
from django.db import transaction

from office import clock
from office.models import DailyRun


def once_a_day(name):
    """Declare a beat job: `function(business_date)` runs in one transaction with its own proof.

    Beat asks every quarter of an hour; the first who asks on a date does the work, the others
    find its row. A worker that dies leaves no row, so the next one does the work.
    """

    def declare(function):
        @shared_task(name=name)
        def task():
            today = clock.today()
            with transaction.atomic():
                if _first(name, today):
                    function(today)

        return task

    return declare


def _first(name: str, today: date) -> bool:
    _row, created = DailyRun.objects.get_or_create(job=name, business_date=today)
    return created
