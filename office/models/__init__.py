from office.models.event import Event, Recorded, WorkflowEdge
from office.models.files import Document, Upload
from office.models.history import RowChange
from office.models.own_view import OwnView
from office.models.people import ApiKey, AuthorityLimit, Department, Role, User
from office.models.work import (
    DailyRun,
    GaplessCounter,
    Holiday,
    IdempotencyKey,
    InboxReceipt,
    Job,
    OutboxMessage,
)

__all__ = [
    "ApiKey",
    "AuthorityLimit",
    "DailyRun",
    "Department",
    "Document",
    "Event",
    "GaplessCounter",
    "Holiday",
    "IdempotencyKey",
    "InboxReceipt",
    "Job",
    "OutboxMessage",
    "OwnView",
    "Recorded",
    "Role",
    "RowChange",
    "Upload",
    "User",
    "WorkflowEdge",
]
