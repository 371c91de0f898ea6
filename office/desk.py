"""The desk: the work whose turn is mine, what is due, and my figures."""

from typing import Any

from django.db.models import Count, Model

from office.models import User


def desk_of(user: User) -> dict[str, Any]:
    """What stands on this person's desk today."""
    return {"figures": [], "queues": []}


def counts_by_state(model: type[Model], user: User) -> dict[str, int]:
    """How many records of a kind that this person may see stand in each state."""
    rows = model._default_manager.for_user(user).values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows.order_by()}
