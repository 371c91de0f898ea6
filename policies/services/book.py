"""The book packed: each segment read once into a page of columns, and never again."""

from collections.abc import Iterable

from django.db import connection, transaction

from office import clock
from policies.models import BookColumn, BookPage, ProductVersion
from policies.rating.book import Book, BookPlan, Frame
from policies.selectors import book as packed

PAGE = 16_000  # segments: some seconds to pack, a tenth of one to rate


def pack_segments(product: str) -> int:
    """Pack what no page holds yet. A reading of rows that never change, so it names nobody."""
    newest = ProductVersion.objects.filter(product_id=product).order_by("-version").first()
    if newest is None:
        return 0
    waiting = packed.unpacked_segments(product)
    for start in range(0, len(waiting), PAGE):
        _pack_page(newest, waiting[start : start + PAGE])
    return len(waiting)


@transaction.atomic
def _pack_page(version: ProductVersion, segments: list[int]) -> None:
    """One page. Who packs the same segments at once waits here, and finds them packed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"pack {version.product_id}"])
        cursor.execute(
            "SELECT segment_id FROM policies_packedsegment WHERE segment_id = ANY(%s)", [segments]
        )
        done = {pk for (pk,) in cursor.fetchall()}
    insured = [*packed.insured_of(set(segments) - done)]
    if not insured:
        return
    many, frame = packed.book_plan(version), Frame.of(insured)
    page = BookPage.objects.create(
        product_id=version.product_id,
        segments=len(insured),
        frame=frame.to_bytes(),
        packed_at=clock.now(),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO policies_packedsegment (segment_id, page_id) "
            "SELECT unnest(%s::bigint[]), %s",
            [[one.id for one in insured], page.pk],
        )
    _keep(page.pk, Book(frame, many.pack(insured)))


def _keep(page: int, book: Book) -> None:
    rows = [BookColumn(page_id=page, name=n, data=c.to_bytes()) for n, c in book.columns.items()]
    BookColumn.objects.bulk_create(rows, ignore_conflicts=True)


def book_of_page(page: int, plans: Iterable[BookPlan]) -> Book:
    """A page with every column that the plans read; what it lacks is read once and kept."""
    plans = list(plans)
    wanted = {name: many for many in plans for name in many.wanted}
    book = packed.read_page(page, wanted)
    lacking = wanted.keys() - book.columns.keys()
    if lacking:
        insured = [*packed.insured_of(book.frame.ids.tolist())]
        new: dict = {}
        for many in plans:
            new |= many.pack(insured, lacking & many.wanted.keys() - new.keys())
        _keep(page, Book(book.frame, new))
        book = Book(book.frame, book.columns | new)
    return book
