"""What a measurement of new rates found, as its page shows it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from office import money
from office.enums import JobState
from office.models import User
from policies.catalogue import label
from policies.models import ProductDraft, ProductVersion, RateChange, RateChangeLine
from policies.rating.results import BUCKET, HIGHEST, LOWEST
from policies.selectors.products import product_definition

WORST = 20
LATE = 20


def rate_changes_of_late(user: User) -> list[RateChange]:
    """The newest measurements that somebody may see."""
    rows = RateChange.objects.for_user(user).select_related("job", "draft", "version", "created_by")
    return list(rows.order_by("-pk")[:LATE])


def rates_to_measure() -> list[tuple[str, str]]:
    """Open drafts, then every version but the first of its product, newest first."""
    drafts = ProductDraft.objects.filter(state="open").order_by("-pk")
    versions = ProductVersion.objects.defer("definition").order_by("product_id", "-version")
    later = [one for one in versions if one.version > 1]
    return [
        *((f"draft:{one.pk}", str(one)) for one in drafts),
        *((f"version:{one.pk}", str(one)) for one in later),
    ]


def rate_change_page(measured: RateChange) -> dict[str, Any]:
    """Progress while it runs; then sums, distribution, the worst twenty, and segments."""
    runs = measured.job.state == JobState.RUNNING
    page = {"measured": measured, "job": measured.job, "runs": runs}
    if runs or not measured.result:
        return page
    return page | {
        "figures": _figures(measured),
        "buckets": _buckets(measured.result["buckets"]),
        "worst": list(_worst(measured)),
        "segments": _segments(measured),
    }


def _figures(measured: RateChange) -> list[dict[str, Any]]:
    found = measured.result
    old, new = _amount(found["old"]), _amount(found["new"])
    figures = [
        {"label": _("Policies"), "value": f"{found['policies']:,}", "hint": _moved(found)},
        {"label": _("Premium now"), "value": money.format(old)},
        {"label": _("New premium"), "value": money.format(new)},
        {"label": _("Change"), "value": money.format(new - old), "hint": _percent(old, new)},
    ]
    if measured.cap is not None:
        held = _amount(found["capped"])
        kept = _("%(count)s held back") % {"count": found["held_back"]}
        figures.append({"label": _("With the cap"), "value": money.format(held), "hint": kept})
    return figures


def _moved(found: Mapping[str, Any]) -> str:
    return _("%(count)s change") % {"count": found["moved"]}


def _amount(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-money.PLACES)


def _percent(old: Decimal, new: Decimal) -> str:
    if not old:
        return ""
    return f"{(new - old) / old * 100:+.1f} %"


def _buckets(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each bucket between the outermost that hold anybody, so that gaps show."""
    if not found:
        return []
    ends = [int(end) for end in found]
    rows = range(min(ends), max(ends) + BUCKET, BUCKET)
    return [(_range(end), found.get(str(end), 0)) for end in rows]


def _range(end: int) -> str:
    if end == HIGHEST:
        return _("%(percent)s %% and more") % {"percent": f"+{HIGHEST}"}
    if end == LOWEST:
        return _("below %(percent)s %%") % {"percent": LOWEST + BUCKET}
    return _("%(low)s to %(high)s %%") % {"low": f"{end:+}", "high": f"{end + BUCKET:+}"}


def _worst(measured: RateChange) -> QuerySet[RateChangeLine]:
    """Those who would pay the most more."""
    lines = measured.lines.filter(change__gt=0).select_related("policy__customer")
    return lines.order_by("-change", "-id")[:WORST]


def _segments(measured: RateChange) -> list[dict[str, Any]]:
    titles = {
        "jurisdiction": _("State of risk"),
        "coverage": _("Coverage"),
        "deductible": _("Deductible"),
        "agent": _("Agent"),
        "tenure": _("Years with us"),
    }
    found = measured.result["segments"]
    names = _names(measured)
    return [
        {"title": title, "rows": list(_rows(found[key], names if key == "coverage" else {}))}
        for key, title in titles.items()
        if found.get(key)
    ]


def _names(measured: RateChange) -> dict[str, str]:
    draft = measured.draft
    version = draft.based_on if draft else measured.version
    assert version is not None
    return {one.code: label(one.names) for one in product_definition(version).coverages}


def _rows(found: Mapping[str, Iterable[int]], names: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for key, (count, old, new) in sorted(found.items()):
        before, after = _amount(old), _amount(new)
        yield {
            "name": names.get(key) or key.lstrip("0") or key or _("none"),
            "count": count,
            "old": before,
            "new": after,
            "change": after - before,
            "percent": _percent(before, after),
        }
