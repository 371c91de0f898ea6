"""The register of forms and filings as pages show it, and the page of an issue."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from customers import places
from office import clock
from office.workflow import label_of
from policies.catalogue import label
from policies.enums import FilingKind, IssuanceState
from policies.models import FormEdition, Issuance, PolicyForm
from policies.selectors.issuing import checklist_of, file_of, lack_text


def edition_rows() -> QuerySet[FormEdition]:
    """Every edition, with how many states have a filing of it in effect today."""
    today = clock.today()
    early = Q(filings__status="filed", filings__method__in=["file_and_use", "use_and_file"])
    in_effect = (Q(filings__status="approved") | early) & Q(filings__effective_on__lte=today)
    filed_in = Count(
        "filings__jurisdiction",
        filter=in_effect & Q(filings__kind=FilingKind.FORM),
        distinct=True,
    )
    return FormEdition.objects.annotate(filed_in=filed_in)


def form_page(form: PolicyForm) -> dict[str, Any]:
    """A form with its editions, newest first, and where each is filed."""
    editions = list(form.editions.defer("texts").prefetch_related("filings"))
    today = clock.today()
    return {
        "form": form,
        "title": label(form.names),
        "editions": [(one, _places(one, today)) for one in editions],
    }


def _places(edition: FormEdition, today: Any) -> list[dict[str, Any]]:
    return [
        {
            "filing": filing,
            "place": places.name_of(filing.jurisdiction),
            "is_in_effect": filing.is_in_effect(today),
        }
        for filing in sorted(edition.filings.all(), key=lambda one: one.jurisdiction)
    ]


def edition_page(edition: FormEdition) -> dict[str, Any]:
    """An edition: its words, its filings, who did what."""
    events = list(edition.events.select_related("by").order_by("-seq"))
    return {
        "edition": edition,
        "title": label(edition.form.names),
        "text": label(edition.texts),
        "places": _places(edition, clock.today()),
        "events": [(label_of(edition, event.kind), event) for event in events],
        "issued": edition.issued.count(),
    }


def issuance_page(issuance: Issuance) -> dict[str, Any]:
    """The checklist while the papers wait, what went out afterwards, and the history."""
    file = file_of(issuance)
    is_open = issuance.state != IssuanceState.ISSUED
    items = checklist_of(file) if is_open else []
    forms = issuance.forms.select_related("form", "edition", "filing", "document")
    events = list(issuance.events.select_related("by").order_by("-seq"))
    return {
        "issuance": file.issuance,
        "policy": file.policy,
        "items": items,
        "open_count": sum(not item.holds for item in items),
        "to_issue": [
            {
                "name": f"{one.number} ({one.edition.edition})",
                "filing": one.filing.key,
            }
            for one in (file.assembly.chosen if is_open else ())
        ],
        "lacks": [
            lack_text(one, file.policy.jurisdiction)
            for one in (file.assembly.missing if is_open else ())
        ],
        "issued": [(label(row.form.names), row) for row in forms.defer("edition__texts")],
        "papers": issuance.papers.select_related("document").order_by("pk"),
        "copies": issuance.copies.order_by("pk"),
        "events": [(label_of(issuance, event.kind), event) for event in events],
    }
