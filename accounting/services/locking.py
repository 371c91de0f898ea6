"""Rows locked before they are read and changed, in the order: payment, billing account, account."""

from typing import TypeVar

from django.db import OperationalError, models
from django.utils.translation import gettext as _

from office.exceptions import Refused

LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"

Row = TypeVar("Row", bound=models.Model)


def locked(model: type[Row], pk: int) -> Row:
    """The row as it stands, locked until the commit. `Refused` when somebody holds it too long."""
    rows = model._base_manager.select_for_update(of=("self",), no_key=True)
    try:
        return rows.get(pk=pk)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
            raise Refused(
                _("Somebody else is working on this right now. Please try again in a moment.")
            ) from error
        raise
