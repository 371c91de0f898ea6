"""Carriers that answer an application: from rating tables here, or from a system of their own."""

from underwriting.carriers.protocol import Answer, Carrier, Question, Unreachable
from underwriting.carriers.remote import Line, RemoteCarrier
from underwriting.carriers.tables import TableCarrier

__all__ = [
    "Answer",
    "Carrier",
    "Line",
    "Question",
    "RemoteCarrier",
    "TableCarrier",
    "Unreachable",
]
