import hashlib
import json
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

EVENT_FORMAT = 1


class Recorded(models.Model):
    """A record whose every act leaves an event. The head of the chain stands on the row itself,
    which each act locks anyway, so that the next link needs no further read.

    read_with_lock: what the rules and services of its acts look at besides the row. It is read
    with the lock and not locked, so only references that never change may be named.
    """

    read_with_lock: ClassVar[tuple[str, ...]] = ()

    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1, editable=False)
    event_count = models.PositiveIntegerField(default=0, editable=False)
    event_head = models.BinaryField(max_length=32, default=bytes, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        abstract = True


class Event(models.Model):
    """One line of a record's history: who moved it, from where to where, and why.

    Subclasses add `record = ForeignKey(…, PROTECT, related_name="events")`. The table takes
    inserts only. `hash` is SHA-256 over the previous hash and this event's content, so that an
    altered or missing event shows. `step` is filled by the acts that end a step: once a cycle.
    """

    seq = models.PositiveIntegerField()
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("act"), max_length=40)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24, blank=True)
    step = models.PositiveSmallIntegerField(null=True)
    cycle = models.PositiveSmallIntegerField(default=1)
    note = models.TextField(_("note"), blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    format = models.PositiveSmallIntegerField(default=EVENT_FORMAT)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        abstract = True
        ordering = ["record_id", "-seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "seq"], name="%(app_label)s_%(class)s_has_one_place"
            ),
            models.UniqueConstraint(
                fields=["record", "step", "cycle"],
                condition=Q(step__isnull=False),
                name="%(app_label)s_%(class)s_ends_a_step_once",
            ),
        ]

    def __str__(self):
        return f"{self.record_id}/{self.seq} {self.kind}"

    def digest(self):
        """SHA-256 over the previous hash and the canonical JSON of what this event says."""
        body = json.dumps(
            [
                self.format,
                self._meta.db_table,
                self.record_id,
                self.seq,
                self.at.isoformat(),
                self.by_id,
                self.kind,
                self.from_state,
                self.to_state,
                self.step,
                self.cycle,
                self.note,
                self.facts,
            ],
            cls=DjangoJSONEncoder,
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )
        return hashlib.sha256(bytes(self.previous_hash) + body.encode()).digest()


class WorkflowEdge(models.Model):
    """A state change that the transitions declare; the database's trigger reads this table.

    Written by migrate from the declarations, by nothing else. A guarded edge is open only while
    its act is named in the transaction's setting `office.act`.
    """

    record_table = models.CharField(max_length=63)
    act = models.CharField(max_length=40)
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24)
    is_guarded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_table", "source", "target", "act"], name="one_row_per_edge"
            )
        ]

    def __str__(self):
        return f"{self.record_table}: {self.source or '·'} → {self.target} ({self.act})"
