"""`rating.write_back`, `rating.celery`: premiums written back, and a book measured by workers.

The floor of writing is one COPY of ready rows into a twin of the table: the same columns, checks,
keys and indexes, none of our triggers. The floor of measuring is the same pages in one process,
one after the other, without queue and workers; the peer is one policy after the other in chunks of
five hundred: read, rated by the compiled plan, set-wise updated.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import Any

import psycopg

from bench import book, twins
from bench.harness import Contest, Row
from bench.office import Office
from bench.processes import running

FEW = 100
CHUNK = 500
POLL = 0.005  # seconds between two looks at the job
PATIENCE = 600
PRODUCT = "BIND-PA"
COLUMNS = "(rate_change_id, policy_id, old, new, capped, reason)"
SEGMENTS = """
INSERT INTO policies_segment (term_id, transaction_id, valid, recorded, insured)
SELECT t.id, x.id, daterange(t.valid_from, t.valid_to), tstzrange(x.recorded_at, NULL),
    jsonb_set(
        jsonb_set(s.insured, '{risk,vehicles,0,value}', to_jsonb(5000 + (t.id * 37) %% 40000)),
        '{risk,vehicles,0,annual_miles}', to_jsonb(3000 + (t.id * 91) %% 20000))
FROM policies_term t
JOIN policies_policy p ON p.id = t.policy_id AND p.product_id = %(product)s
JOIN (SELECT * FROM policies_segment WHERE term_id = %(term)s LIMIT 1) s ON true
JOIN policies_termtransaction x ON x.id = s.transaction_id
WHERE t.id > %(first)s AND NOT EXISTS (SELECT FROM policies_segment o WHERE o.term_id = t.id)
"""


@contextmanager
def write_back(office: Office, size: int) -> Iterator[Contest]:
    from django.db import transaction

    from policies.models import Policy
    from policies.services.pages import write_lines

    book.at_least(office, FEW)
    policies = list(Policy.objects.order_by("pk").values_list("pk", flat=True)[:FEW])
    twin = twins.make(office, "policies_ratechangeline")
    owned = [policies[n % len(policies)] for n in range(size)]
    cents = [40_000 + n * 7919 % 300_000 for n in range(size)]
    change = measurement().pk

    def ours() -> float:
        began = perf_counter()
        with transaction.atomic():
            premiums = ((amount, amount + 1_234, amount) for amount in cents)
            write_lines(change, owned, premiums, {})
        return size / (perf_counter() - began)

    ready = ready_rows(change, owned, cents)

    def floor() -> float:
        began = perf_counter()
        with (
            psycopg.connect(office.application_url) as line,
            line.cursor().copy(f"COPY {twin} {COLUMNS} FROM STDIN".encode()) as copy,
        ):
            copy.write(ready)
        return size / (perf_counter() - began)

    try:
        yield Contest(ours, floor)
    finally:
        twins.remove(office)


def ready_rows(change: int, policies: list[int], cents: list[int]) -> str:
    rows = io.StringIO()
    for policy, amount in zip(policies, cents, strict=True):
        old, new = (f"{some // 100}.{some % 100:02}" for some in (amount, amount + 1_234))
        rows.write(f"{change}\t{policy}\t{old}\t{new}\t{old}\t\n")
    return rows.getvalue()


def measurement() -> Any:
    """A measurement of the product's own version, as somebody who may asks for it."""
    from office import clock
    from policies import services
    from tests import factories

    by = factories.person("actuary")
    version = factories.version(PRODUCT)
    return services.measure_rates(version=version, day=clock.today(), by=by)


@contextmanager
def celery(office: Office, size: int) -> Iterator[Contest]:
    from office.models import OutboxMessage
    from policies import services
    from tests import factories

    book.at_least(office, size)
    write_segments(office)
    services.pack_book(product=PRODUCT, by=factories.office())
    OutboxMessage.objects.filter(done_at=None).delete()
    worker = ("celery", "--app", "office.celery", "--quiet", "worker", "--concurrency", "2")
    with running(*worker, "--loglevel", "ERROR", OFFICE_PROCESS="worker"):
        yield Contest(by_workers, in_one_process, {"chunks of 500": lambda: in_chunks(office)})


def write_segments(office: Office) -> None:
    """What each policy of the book insures: the template's likeness with another car and miles."""
    from policies.models import Segment

    first = Segment.objects.filter(term__policy__product=PRODUCT).earliest("pk")
    with office.loading() as owner:
        named = {"product": PRODUCT, "term": first.term_id, "first": book.FIRST}
        owner.execute(SEGMENTS, named)
        owner.commit()
    office.settle()


def by_workers() -> float:
    """From the order to the last page: policies a second."""
    from office.models import Job

    began = perf_counter()
    measured = measurement()
    while True:
        job = Job.objects.get(pk=measured.job_id)
        if job.finished_at:
            break
        assert perf_counter() - began < PATIENCE, "Nobody measures the book."
        sleep(POLL)
    return job.total / (perf_counter() - began)


def in_one_process() -> float:
    from django.db import transaction

    from policies.models import BookPage
    from policies.services.pages import measure_page

    with transaction.atomic():
        measured = measurement()
        began = perf_counter()
        pages = list(BookPage.objects.filter(product_id=PRODUCT))
        for page in pages:
            measure_page(measured, page)
        took = perf_counter() - began
        transaction.set_rollback(True)
    return sum(page.segments for page in pages) / took


def in_chunks(office: Office) -> float:
    """Four chunks, one policy after the other by the compiled plan."""
    from policies.models import Segment
    from policies.selectors import rating_plan
    from tests import factories

    plan = rating_plan(factories.version(PRODUCT))
    own = Segment.objects.filter(term__policy__product=PRODUCT).order_by("pk")
    keys = list(own.values_list("pk", flat=True)[: 4 * CHUNK])
    began = perf_counter()
    with psycopg.connect(office.application_url) as line:
        line.execute("CREATE TEMP TABLE premium (segment bigint PRIMARY KEY, amount numeric)")
        line.execute("INSERT INTO premium SELECT unnest(%s::bigint[]), 0", [keys])
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            facts = Segment.objects.filter(pk__in=chunk).values_list(
                "pk", "insured", "term__policy__jurisdiction", "term__valid_from"
            )
            rated = {
                pk: plan.rate(insured["risk"], insured["coverages"], place, on).premium
                for pk, insured, place, on in facts
            }
            line.execute(
                "UPDATE premium p SET amount = n.amount "
                "FROM unnest(%s::bigint[], %s::numeric[]) AS n (segment, amount) "
                "WHERE p.segment = n.segment",
                [list(rated), list(rated.values())],
            )
    return len(keys) / (perf_counter() - began)


ROWS = [
    Row("rating.write_back", "premiums/s", goal=0.5, size=1_000_000, prepare=write_back),
    Row("rating.celery", "policies/s", goal=1.0, size=150_000, prepare=celery),
]
