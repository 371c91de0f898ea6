"""The sanctions list, replaced as a whole from the file that the authority publishes."""

import csv
from datetime import date
from typing import Any, TextIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from customers import names, rules
from customers.models import SanctionEntry
from office import clock
from office.exceptions import Refused
from office.models import User

COLUMNS = ("reference", "name", "aliases", "programme", "listed_on")
REPLACED = ("words", "programme", "listed_on", "is_current", "loaded_at", "loaded_by")
BATCH = 2_000


def load_sanctions(*, file: TextIO, source: str, by: User) -> dict[str, int]:
    """Make the list `source` equal to a CSV with the columns of `COLUMNS`, all or nothing.

    `aliases` are separated by semicolons; `listed_on` is YYYY-MM-DD or empty. Names that left the
    list are kept and marked. A bad line is refused by its number.
    """
    if not rules.may_load_sanctions(by):
        raise PermissionDenied(_("Your roles do not include the sanctions list."))
    entries = _read(file, source, by)
    with transaction.atomic():
        before = SanctionEntry.objects.filter(source=source, is_current=True)
        before.update(is_current=False)
        SanctionEntry.objects.bulk_create(
            entries,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["source", "reference", "name"],
            update_fields=REPLACED,
        )
        of_list = SanctionEntry.objects.filter(source=source)
        return {
            "on_the_list": of_list.filter(is_current=True).count(),
            "no_longer": of_list.filter(is_current=False).count(),
        }


def _read(file: TextIO, source: str, by: User) -> list[SanctionEntry]:
    rows = csv.DictReader(file)
    if rows.fieldnames is None or set(COLUMNS) - set(rows.fieldnames):
        raise Refused(
            _("The first line must name these columns: %(columns)s.")
            % {"columns": ", ".join(COLUMNS)}
        )
    at = clock.now()
    entries: dict[tuple[str, str], SanctionEntry] = {}
    for row in rows:
        for name in _names_of(row, rows.line_num):
            reference = (row["reference"] or "").strip()
            entries[reference, name] = SanctionEntry(
                source=source,
                reference=reference,
                name=name,
                words=names.match_key(name).split(),
                programme=(row["programme"] or "").strip(),
                listed_on=_day_of(row, rows.line_num),
                loaded_at=at,
                loaded_by=by,
            )
    if not entries:
        raise Refused(_("The file holds no names; the list was left as it is."))
    return list(entries.values())


def _names_of(row: dict[str, Any], line: int) -> list[str]:
    found = [row["name"] or "", *(row["aliases"] or "").split(";")]
    spelled = [" ".join(name.split()) for name in found]
    if not spelled[0] or not (row["reference"] or "").strip():
        raise Refused(_("Line %(line)d has no reference or no name.") % {"line": line})
    return [name for name in dict.fromkeys(spelled) if names.match_key(name)]


def _day_of(row: dict[str, Any], line: int) -> date | None:
    text = (row["listed_on"] or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(
            _("Line %(line)d: “%(text)s” is not a date like 2026-03-31.")
            % {"line": line, "text": text}
        ) from None
