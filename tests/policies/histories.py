"""Transactions of one term that the tests of time share."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

from policies.segments import Transaction, whole
from tests.policies.risks import select

START, END = date(2026, 1, 1), date(2027, 1, 1)
MARCH, MAY, JULY, SEPTEMBER = (date(2026, month, 1) for month in (3, 5, 7, 9))

STATE = {
    "risk": {
        "vehicles": [
            {"key": "v1", "use": "commute", "miles": 12000},
            {"key": "v2", "use": "pleasure", "miles": 4000},
        ],
        "multi_policy": False,
    },
    "coverages": [select("BI", "v1"), select("COLL", "v1"), select("BI", "v2")],
}


def moment(minutes: int) -> datetime:
    return datetime(2025, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)


def opened(state=None, minutes: int = 0) -> Transaction:
    return Transaction("new_business", START, moment(minutes), whole(state or deepcopy(STATE)))


def endorsed(on: date, minutes: int, *patch) -> Transaction:
    return Transaction("endorsement", on, moment(minutes), patch)


def reversing(other: Transaction, minutes: int) -> Transaction:
    return Transaction("reversal", other.effective_on, moment(minutes), reverses=other.recorded_at)


def setting(path: str, value):
    return {"op": "set", "path": path, "value": value}


def adding(path: str, value):
    return {"op": "add", "path": path, "value": value}


def removing(path: str):
    return {"op": "remove", "path": path}


USE, MILES = "risk.vehicles.v1.use", "risk.vehicles.v1.miles"
