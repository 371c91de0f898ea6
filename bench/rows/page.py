"""`page.worklist`: the list of claims in a browser, filtered and sorted, fifty rows a page.

One client, granian with two workers, everything on: session, second factor, policy headers. The
floor is its one query and the same HTML from code (floor_page.py), served by the same granian.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path

from bench import book, processes
from bench.harness import Contest, Row, milliseconds
from bench.office import Office, build_static

MILLION = 1_000_000
FLAT_FROM = 1_000
MEDIAN = 50
VISITS = 12  # to each address a round
QUERIES = 12
ADDRESSES = (
    "/claims/?view=open&line=property",
    "/claims/?view=open&state=investigating",
    "/claims/?view=overdue&line=casualty",
    "/claims/?view=newest&state=closed",
    "/claims/?view=newest",
)
ROWS_OF_A_PAGE = re.compile(r'(.*<tbody id="rows">)(.*)(</tbody>.*)', re.DOTALL)


@contextmanager
def worklist(office: Office, size: int) -> Iterator[Contest]:
    from tests import factories
    from tests.claims import scenes

    book.at_least(office, size)
    build_static()
    client = factories.signed_in(scenes.supervisor())
    client.defaults["SERVER_NAME"] = "127.0.0.1"
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    addresses = [*ADDRESSES, _behind(client, ADDRESSES[0])]
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages.json"
        looked = {address: Looked(client, address) for address in addresses}
        pages.write_text(json.dumps({address: one.page for address, one in looked.items()}))
        with (
            processes.web("office.wsgi:application") as (ours, _pid),
            processes.web("bench.floor_page:application", BENCH_PAGES=str(pages)) as (floor, _pid),
            processes.Browser(ours, cookies) as reader,
            processes.Browser(floor) as hand,
        ):
            _compare(reader, hand, addresses)
            visits = list(addresses) * VISITS
            yield Contest(
                lambda: milliseconds(reader.get, visits, MEDIAN),
                lambda: milliseconds(hand.get, visits, MEDIAN),
                also=_facts(looked),
            )


class Looked:
    """What a page asked the database, and what stands around its rows."""

    def __init__(self, client, address: str) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        found = ROWS_OF_A_PAGE.match(answer.content.decode())
        assert found, f"{address} has no rows ({answer.status_code})"
        self.queries = len(asked)
        statement = next(
            query["sql"]
            for query in asked.captured_queries
            if 'FROM "claims_claim"' in query["sql"] and "LIMIT" in query["sql"]
        )
        self.page = {"statement": statement, "head": found[1], "tail": found[3]}


def _behind(client, address: str) -> str:
    """The page after the first, as the pager links to it."""
    answer = client.get(address).content.decode()
    links = re.findall(r'href="([^"]*\bpage=[^"]+)"', answer)
    return f"/claims/{unescape(links[-1])}" if links else address


def _compare(reader: processes.Browser, hand: processes.Browser, addresses: list[str]) -> None:
    """The floor must not have less to write."""
    for address in addresses:
        ours, floor = len(reader.get(address)), len(hand.get(address))
        assert 0.9 < floor / ours < 1.2, f"{address}: {ours} bytes, the floor {floor}"


def _facts(looked: Mapping[str, Looked]) -> dict[str, bool]:
    most = max(one.queries for one in looked.values())
    return {f"{most} queries of at most {QUERIES}": most <= QUERIES}


ROWS = [
    Row(
        "page.worklist",
        "ms p50",
        goal=3.0,
        size=MILLION,
        prepare=worklist,
        flat_from=FLAT_FROM,
    )
]
