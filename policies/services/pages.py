"""One page of the book rated twice: by the policies' own versions and by the new rates.

Not offered by `policies.services` at once: it loads numpy, which only a worker at this needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from office import clock, jobs
from office.exceptions import Refused
from office.models import Job
from policies.models import BookPage, ProductVersion, RateChange
from policies.rating import CompiledPlan, Rated
from policies.rating.book import Book, BookPlan, Frame, impact
from policies.rating.book.sharing import starts_of
from policies.rating.reading import full_years
from policies.selectors import book as packed
from policies.services.book import book_of_page

CENT = Decimal("0.01")
LOST = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
COPY_LINES = (
    "COPY policies_ratechangeline (rate_change_id, policy_id, old, new, capped, reason) FROM STDIN"
)
MOST_REASON = 300
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@transaction.atomic
def measure_page(measured: RateChange, page: BookPage) -> None:
    """Keep the lines and add the tally; the last page finishes the job."""
    held = packed.held_in(page.pk, day=measured.day)
    new, versions = _new_plan(measured), _versions(held)
    old = {pk: packed.book_plan(version) for pk, version in versions.items()}
    book = book_of_page(page.pk, [new, *old.values()])
    with translation.override(measured.created_by.language):
        rated = _PageRated(book, held, new, old)
    tally = rated.tally(measured.cap)
    premiums = zip(rated.old.tolist(), rated.new.tolist(), rated.capped.tolist(), strict=True)
    write_lines(measured.pk, [one.policy for one in held], premiums, rated.reasons)
    locked = RateChange.objects.select_for_update(of=("self",), no_key=True).get(pk=measured.pk)
    locked.result = impact.added(locked.result, tally)
    locked.save(update_fields=["result"])
    jobs.advance(measured.job_id, by=page.segments)
    job = Job.objects.get(pk=measured.job_id)
    if job.done >= job.total:
        jobs.finish(job.pk, {"rate_change": measured.pk})


def _new_plan(measured: RateChange) -> BookPlan:
    if measured.version is not None:
        return packed.book_plan(measured.version)
    assert measured.draft is not None
    assert measured.revision is not None
    return packed.draft_book_plan(measured.draft, measured.revision)


def _versions(held: Iterable[packed.Held]) -> dict[int, ProductVersion]:
    keys = {one.version for one in held}
    return ProductVersion.objects.defer("definition").in_bulk(keys)


class _PageRated:
    """Both premiums of each policy that a page holds, or why one of them is missing."""

    def __init__(
        self, book: Book, held: Sequence[packed.Held], new: BookPlan, old: dict[int, BookPlan]
    ) -> None:
        self.frame, self.held = book.frame, held
        self.at = np.searchsorted(book.frame.ids, [one.segment for one in held])
        owners = book.frame.risk_of[book.frame.place_of]
        self.starts = starts_of(owners, len(book.frame.ids))
        self.owners = owners
        self.reasons: dict[int, str] = {}
        self.insured: dict[int, Any] = {}
        version_of = np.array([one.version for one in held])
        self.old = np.zeros(len(held), np.int64)
        self.old_amounts = np.zeros(len(owners), np.int64)
        for version, many in old.items():
            self._rate(many, book, np.flatnonzero(version_of == version), self.old, "old")
        self.new, self.new_amounts = np.zeros_like(self.old), np.zeros_like(self.old_amounts)
        self._rate(new, book, np.arange(len(held)), self.new, "new")
        self.good = np.array([index not in self.reasons for index in range(len(held))], bool)

    def _rate(self, many: BookPlan, book: Book, which: Any, premiums: Any, side: str) -> None:
        """Premiums of some policies; what the integers leave out the engine rates alone."""
        amounts = self.old_amounts if side == "old" else self.new_amounts
        rated = many.rate(book)
        premiums[which] = rated.premium[self.at[which]]
        mine = np.zeros(len(self.frame.ids), bool)
        mine[self.at[which]] = True
        amounts[mine[self.owners]] = rated.amounts[mine[self.owners]]
        left = which[~rated.fits[self.at[which]]].tolist()
        self._read({self.held[index].segment for index in left})
        for index in left:
            alone = self._alone(many.plan, index)
            if isinstance(alone, str):
                self.reasons.setdefault(index, alone[:MOST_REASON])
                continue
            premiums[index] = int(alone.premium / CENT)
            risk = int(self.at[index])
            cents = [int(amount.premium / CENT) for amount in alone.amounts]
            amounts[int(self.starts[risk]) : int(self.starts[risk + 1])] = cents

    def _read(self, segments: set[int]) -> None:
        for one in packed.insured_of(segments - self.insured.keys()):
            self.insured[one.id] = one

    def _alone(self, plan: CompiledPlan, index: int) -> Rated | str:
        one = self.insured[self.held[index].segment]
        try:
            return plan.rate(one.risk, one.coverages, one.jurisdiction, one.on)
        except Refused as refusal:
            return str(refusal)
        except LOST:
            return _("What is insured cannot be read.")

    def tally(self, cap: Decimal | None) -> impact.Tally:
        """Sums of the policies that could be rated on both, and how many could not."""
        good = self.good
        old, new = self.old[good], self.new[good]
        scaled = None if cap is None else int(cap.scaleb(impact.CAP_PLACES))
        self.capped = impact.capped(self.old, self.new, scaled)
        rated = [one for one, is_good in zip(self.held, good.tolist(), strict=True) if is_good]
        groups = {
            "jurisdiction": [one.jurisdiction for one in rated],
            "agent": [one.agent for one in rated],
            "tenure": [_tenure(one) for one in rated],
        }
        tally = impact.tally_of(old, new, self.capped[good], groups)
        tally["segments"] |= self._by_selection(good)
        return tally | {"faulty": int((~good).sum())}

    def _by_selection(self, good: Any) -> dict[str, dict[str, list[int]]]:
        mine = np.zeros(len(self.frame.ids), bool)
        mine[self.at[good]] = True
        chosen = mine[self.owners]
        old, new = self.old_amounts[chosen], self.new_amounts[chosen]
        return {
            name: impact.by_selection(column.codes[chosen], column.entries, old, new)
            for name, column in _selections(self.frame).items()
        }


def _selections(frame: Frame) -> dict[str, Any]:
    return {"coverage": frame.coverages, "deductible": frame.deductibles}


def _tenure(one: packed.Held) -> str:
    """Full years since the customer's first cover, as two digits that sort."""
    return f"{min(full_years(one.customer_since, clock.today()), 99):02}"


def write_lines(
    rate_change: int,
    policies: Sequence[int],
    premiums: Iterable[tuple[int, int, int]],
    reasons: Mapping[int, str],
) -> None:
    """One line a policy, appended in one COPY; a line that is there is never changed.

    premiums: old, new and capped of each policy in cents, none below zero. reasons: by the place
    of a policy, why it has no premiums. The rows are set as text at once: to adapt each value took
    longer than to write it.
    """
    lines = [
        f"{rate_change}\t{policy}\t{old // 100}.{old % 100:02}\t{new // 100}.{new % 100:02}"
        f"\t{capped // 100}.{capped % 100:02}\t\n"
        for policy, (old, new, capped) in zip(policies, premiums, strict=True)
    ]
    for place, reason in reasons.items():
        said = reason.translate(ESCAPED)
        lines[place] = f"{rate_change}\t{policies[place]}\t\\N\t\\N\t\\N\t{said}\n"
    with connection.cursor() as cursor, cursor.copy(COPY_LINES) as copy:
        copy.write("".join(lines))
