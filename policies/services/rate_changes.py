"""Measuring new rates on the book: a job in chunks, one page of packed segments each."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from office import clock, jobs, outbox
from office.exceptions import Refused
from office.models import Job, User
from policies import rules, selectors
from policies.catalogue import CatalogueError
from policies.models import BookPage, ProductDraft, ProductVersion, RateChange


@transaction.atomic
def measure_rates(
    *,
    draft: ProductDraft | None = None,
    version: ProductVersion | None = None,
    day: date,
    cap: Decimal | None = None,
    by: User,
) -> RateChange:
    """Begin to measure a draft, or a later version, on every policy in force on a day."""
    if not rules.may_measure_rates(by):
        raise PermissionDenied(_("You may not measure what new rates change."))
    if (draft is None) == (version is None):
        raise Refused(_("Choose a draft or a version."), field="rates")
    if draft is not None and (problems := selectors.read_draft(draft).problems):
        raise CatalogueError(problems)
    target = draft or version
    assert target is not None
    title = _("Rate change: %(rates)s") % {"rates": target}
    measured = RateChange.objects.create(
        product_id=target.product_id,
        draft=draft,
        revision=draft.revision if draft else None,
        version=version,
        day=day,
        cap=cap,
        job=jobs.start(kind="policies.rate_change", title=title, total=0, by=by),
        created_at=clock.now(),
        created_by=by,
    )
    outbox.put("policies.prepare_rate_change", rate_change_id=measured.pk)
    return measured


def prepare_rate_change(*, measured: RateChange, by: User) -> None:
    """Pack what is new in the book, then one message a page."""
    pack_book(product=measured.product_id, by=by)
    pages = list(BookPage.objects.filter(product_id=measured.product_id).values("pk", "segments"))
    Job.objects.filter(pk=measured.job_id).update(total=sum(page["segments"] for page in pages))
    for page in pages:
        outbox.put("policies.rate_page", rate_change_id=measured.pk, page_id=page["pk"])
    if not pages:
        jobs.finish(measured.job_id)


def rate_page(*, measured: RateChange, page: BookPage, by: User) -> None:
    """Rate one page by the policies' own versions and by the new one; keep lines and tally."""
    from policies.services.pages import measure_page  # numpy

    measure_page(measured, page)


def pack_book(*, product: str, by: User) -> int:
    """Pack the segments of a product that no page holds yet; returns how many they were."""
    from policies.services.book import pack_segments  # numpy

    return pack_segments(product)
