"""The least that a page of claims needs: its one query, and the same HTML out of code.

`BENCH_PAGES` names a file that says, for each address, the statement and what stands around the
rows. Served by granian as the office is.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

Start = Callable[[str, list[tuple[str, str]]], object]
_threads = threading.local()
_pages: dict[str, dict[str, str]] = {}

ROW = (
    '<tr><td class="pick"><input type="checkbox" name="pick" value="{pk}" aria-label="Select '
    '{number}"></td><td data-label="Claim"><a class="id" href="/claims/{number}/">{number}</a></td>'
    '<td data-label="Policyholder" class="clip">{holder}</td>'
    '<td data-label="Due" class="due {tone}"><time datetime="{due_on}">{due}</time></td>'
    '<td data-label="Line" class="clip c-mid"><span class="row tight">{icon}{line}</span></td>'
    '<td data-label="Loss" class="date c-wide"><time datetime="{lost_on}">{lost}</time></td>'
    '<td data-label="Step" class="clip">{micro}</td>'
    '<td data-label="Status"><span class="badge info">{status}</span></td>'
    '<td data-label="Reserve" class="num">{reserve}</td>'
    '<td data-label="Paid" class="num c-wide">{paid}</td>'
    '<td data-label="Adjuster" class="c-mid"><span class="who"><span class="avatar " '
    'aria-hidden="true">{initials}</span>{adjuster}</span></td></tr>'
)
ICON = (
    '<svg class="icon" width="15" height="15" viewBox="0 0 24 24" fill="none" '
    'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
    'aria-hidden="true" focusable="false"><path d="M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8" />'
    '<path d="M3 10a2 2 0 0 1 .709-1.528l7-6a2 2 0 0 1 2.582 0l7 6A2 2 0 0 1 21 10v9a2 2 0 0 1-2 '
    '2H5a2 2 0 0 1-2-2z" /></svg>'
)
MICRO = (
    '<span class="micro " role="img" aria-label="Step 3 of 8" title="Step 3 of 8">'
    '<i class="done"></i><i class="done"></i><i class="now"></i><i></i><i></i><i></i><i></i>'
    "<i></i></span>"
)


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """WSGI: /healthz, and the addresses of the file."""
    address = environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]
    page = _known().get(address)
    body = _drawn(page).encode() if page else b"ok"
    length = str(len(body))
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", length)])
    return [body]


def _known() -> dict[str, dict[str, str]]:
    if not _pages:
        _pages.update(json.loads(Path(os.environ["BENCH_PAGES"]).read_text()))
    return _pages


def _drawn(page: dict[str, str]) -> str:
    rows = _connection().execute(page["statement"].encode()).fetchall()[:50]
    today = date.today()  # noqa: DTZ011  a floor has no office's clock
    return page["head"] + "".join([_row(row, today) for row in rows]) + page["tail"]


def _connection() -> Any:
    if not hasattr(_threads, "connection"):
        _threads.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row
        )
    return _threads.connection


def _row(row: dict[str, Any], today: date) -> str:
    adjuster = escape(row["adjuster__name"] or "Unassigned")
    due = row["due_on"]
    late = (today - due).days if due else 0
    return ROW.format(
        pk=row["pk"],
        number=row["number"],
        due_on=due,
        lost_on=row["lost_on"],
        holder=escape(row["customer__display_name"]),
        tone="bad" if late > 0 else "",
        due=f"{late} days late" if late > 0 else f"{due:%b %d}" if due else "—",
        icon=ICON,
        line=row["line"].capitalize(),
        lost=f"{row['lost_on']:%d %b %Y}",
        micro=MICRO,
        status=row["state"].capitalize(),
        reserve=f"{row['reserved']:,.2f}",
        paid=f"{row['paid_total']:,.2f}",
        initials=adjuster[:2],
        adjuster=adjuster,
    )
