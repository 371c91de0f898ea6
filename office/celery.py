"""The queue: Celery rings, the outbox remembers (office/outbox.py)."""

import os
import time

from celery import Celery
from celery.beat import PersistentScheduler
from celery.signals import heartbeat_sent, setup_logging, task_prerun, worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "office.settings")

app = Celery("office")
app.add_defaults(lambda: settings.CELERY)  # lazily: office.embedded runs before settings
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "relay the outbox": {"task": "office.relay_outbox", "schedule": 2},
    "prove the invariants": {"task": "office.prove_invariants", "schedule": 3600},
    "tidy the uploads": {"task": "office.tidy_uploads", "schedule": 900},
    "sweep the outbox": {"task": "office.sweep_outbox", "schedule": 15},
    "ask the bank": {"task": "accounting.sweep_payments", "schedule": 15},
    "escalate what is due": {"task": "claims.escalate_deadlines", "schedule": 900},
    "invoice what is due": {"task": "accounting.announce_due_invoices", "schedule": 900},
    "end policies that are due": {"task": "policies.end_what_is_due", "schedule": 900},
    "let policies expire": {"task": "policies.expire_policies", "schedule": 900},
    "renew what is due": {"task": "underwriting.renew_by_the_clock", "schedule": 900},
    "chase loss control": {"task": "underwriting.chase_loss_control", "schedule": 900},
    "let quotes expire": {"task": "underwriting.expire_quotes", "schedule": 900},
}
BEAT_SECONDS = 5


def heartbeat(process):
    """Say in the cache that `process` lives; /readyz reads it."""
    from django.core.cache import cache

    cache.set(f"heartbeat:{process}", time.time(), 60)


class HeartbeatScheduler(PersistentScheduler):
    """The file-backed scheduler, which also says that it lives."""

    _last_beat = 0.0

    def tick(self, *args, **kwargs):
        if time.time() - self._last_beat >= BEAT_SECONDS:
            self._last_beat = time.time()
            try:
                heartbeat("beat")
            except Exception:
                self.logger.warning("The cache did not take the heartbeat.")
        return min(super().tick(*args, **kwargs), BEAT_SECONDS)


@worker_ready.connect
@heartbeat_sent.connect
def _worker_lives(**_kwargs):
    heartbeat("worker")


@task_prerun.connect
def _works_for_the_office(**_kwargs):
    """What a task changes has the office itself as its author."""
    from office import history
    from office.models import User

    history.act_as(User.objects.service)


@setup_logging.connect
def _keep_our_logging(**_kwargs):
    """Celery leaves logging as Django's settings made it."""
