"""The register of forms: written, reviewed by the legal department, filed, taken out of use."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers.models import Carrier
from office import clock, workflow
from office.exceptions import Refused
from office.models import User
from policies import catalogue, rules
from policies.enums import FilingKind, FilingMethod, FilingStatus, FormEditionState
from policies.models import (
    Filing,
    FilingItem,
    FormEdition,
    FormEditionEvent,
    PolicyForm,
    ProductVersion,
)

Key = tuple[str, str]
Forms = Mapping[Key, tuple[catalogue.ProductDefinition, catalogue.Form]]


def known_forms(numbers: Sequence[str] | None = None) -> frozenset[Key]:
    """The editions of the register, by number and edition; only of these numbers, if told."""
    rows = FormEdition.objects.all()
    if numbers is not None:
        rows = rows.filter(form__number__in=numbers)
    return frozenset(rows.values_list("form__number", "edition"))


# What was in use before


def adopt_forms(
    definitions: Iterable[catalogue.ProductDefinition],
    entries: Mapping[str, catalogue.RegisterEntry],
    *,
    by: User,
) -> dict[Key, FormEdition]:
    """Bring in the forms of products that the catalogue's register lists and ours does not have.

    They count as reviewed: they were in use. Written in few statements, for a whole catalogue.
    """
    known = known_forms()
    listed: Forms = {
        (form.number, form.edition): (product, form)
        for product in definitions
        if product.code in entries
        for form in product.forms
        if (form.number, form.edition) in entries[product.code].forms
    }
    wanted = {key: pair for key, pair in listed.items() if key not in known}
    if not wanted:
        return {}
    forms = _add_forms(wanted)
    return _adopt(wanted, forms, by=by)


def _add_forms(wanted: Forms) -> dict[str, PolicyForm]:
    PolicyForm.objects.bulk_create(
        [
            PolicyForm(
                number=form.number, names=dict(form.names), carrier_id=product.carrier,
                line=product.line,
            )
            for product, form in wanted.values()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return {
        form.number: form
        for form in PolicyForm.objects.filter(number__in=[number for number, _edition in wanted])
    }


def _adopt(wanted: Forms, forms: Mapping[str, PolicyForm], *, by: User) -> dict[Key, FormEdition]:
    """The editions with their first event, as `workflow.begin` would write them one by one."""
    if not rules.may_adopt_form(None, by):
        raise PermissionDenied(_("You may not publish products."))
    at = clock.now()
    editions, events = {}, []
    for key, pk in zip(wanted, _next_keys(len(wanted)), strict=True):
        product, form = wanted[key]
        edition = FormEdition(
            pk=pk,
            form=forms[form.number],
            edition=form.edition,
            texts=catalogue.words_of_form(product, form),
            in_use_from=product.effective_from,
            created_at=at,
            created_by=by,
            event_count=1,
            state=FormEditionState.APPROVED,
            is_adopted=True,
            drafted_at=at,
            drafted_by=by,
            reviewed_at=at,
            reviewed_by=by,
        )
        event = FormEditionEvent(
            record_id=pk, seq=1, at=at, by_id=by.pk, kind="adopt", from_state="",
            to_state=FormEditionState.APPROVED, previous_hash=b"",
        )  # fmt: skip
        event.hash = edition.event_head = event.digest()
        editions[key] = edition
        events.append(event)
    FormEdition.objects.bulk_create(editions.values())
    FormEditionEvent.objects.bulk_create(events)
    return editions


def _next_keys(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [FormEdition._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def adopt_filings(
    versions: Iterable[ProductVersion],
    definitions: Mapping[str, catalogue.ProductDefinition],
    entries: Mapping[str, catalogue.RegisterEntry],
    editions: Mapping[Key, FormEdition],
) -> None:
    """The filings that stand behind what was adopted: of the forms, and of the rates.

    A later version of a product is not rated on what was filed for an earlier one.
    """
    on_record = {one.number: one for one in Filing.objects.all()}
    new: list[Filing] = []
    items: list[FilingItem] = []
    for version in versions:
        product = definitions[version.product_id]
        keys = [(form.number, form.edition) for form in product.forms]
        adopted = [editions[key] for key in keys if key in editions]
        entry = entries.get(version.product_id)
        for one in entry.filings if entry else ():
            is_form = one.kind == FilingKind.FORM
            filing = on_record.get(one.number)
            if filing is None and (adopted or not is_form):
                filing = _filing(one, version, product)
                new.append(filing)
            if filing is not None and is_form:
                items += [FilingItem(filing=filing, edition=edition) for edition in adopted]
    Filing.objects.bulk_create(new)
    FilingItem.objects.bulk_create(items)


def _filing(
    one: catalogue.FilingEntry, version: ProductVersion, product: catalogue.ProductDefinition
) -> Filing:
    return Filing(
        number=one.number,
        carrier_id=product.carrier,
        kind=one.kind,
        jurisdiction=one.jurisdiction,
        method=one.method,
        status=FilingStatus.APPROVED if one.decided_on else FilingStatus.FILED,
        filed_on=one.filed_on,
        decided_on=one.decided_on,
        effective_on=one.effective_on,
        version=version if one.kind == FilingKind.RATE else None,
    )


# What the office writes itself


@transaction.atomic
def draft_edition(
    *,
    number: str,
    edition: str,
    texts: Mapping[str, str],
    in_use_from: date,
    by: User,
    names: Mapping[str, str] | None = None,
    carrier: Carrier | None = None,
    line: str = "",
    note: str = "",
) -> FormEdition:
    """Write a further edition of a form; names, carrier and line for a form that is new."""
    if not rules.may_draft_form(None, by):
        raise PermissionDenied(_("You may not write forms."))
    form = PolicyForm.objects.filter(number=number).first()
    if form is None:
        if not (names and carrier and line):
            raise Refused(_("The register has no form of this number."), field="number")
        form = PolicyForm.objects.create(
            number=number, names=dict(names), carrier=carrier, line=line
        )
    if form.editions.filter(edition=edition).exists():
        raise Refused(_("The register has this edition already."), field="edition")
    written = FormEdition(form=form, edition=edition, texts=dict(texts), in_use_from=in_use_from)
    return workflow.begin(written, "draft", by=by, note=note)


def revise_edition(
    *,
    edition: FormEdition,
    texts: Mapping[str, str],
    in_use_from: date,
    by: User,
    note: str = "",
) -> FormEdition:
    """Change the words before they are under review, or after they were refused."""
    return workflow.move(
        edition, "revise", by=by, note=note, texts=dict(texts), in_use_from=in_use_from
    )


def submit_edition(*, edition: FormEdition, by: User, note: str = "") -> FormEdition:
    return workflow.move(edition, "submit", by=by, note=note)


def approve_edition(*, edition: FormEdition, by: User, note: str = "") -> FormEdition:
    """The legal department lets it be used, once its filing is in effect."""
    return workflow.move(edition, "approve", by=by, note=note)


def refuse_edition(*, edition: FormEdition, by: User, note: str) -> FormEdition:
    """Back to its author, with what has to be changed."""
    if not note.strip():
        raise Refused(_("Write down what has to be changed."), field="note")
    return workflow.move(edition, "refuse", by=by, note=note)


def retire_edition(
    *, edition: FormEdition, in_use_to: date, by: User, note: str = ""
) -> FormEdition:
    """No policy that begins on that day or later gets it; those that have it keep it."""
    return workflow.move(edition, "retire", by=by, note=note, in_use_to=in_use_to)


@transaction.atomic
def file_with_state(
    *,
    number: str,
    carrier: Carrier,
    kind: str,
    jurisdiction: str,
    method: str,
    filed_on: date,
    effective_on: date,
    by: User,
    editions: Sequence[FormEdition] = (),
    version: ProductVersion | None = None,
) -> Filing:
    """Enter what was put before a state's regulator: editions of forms, or a version's rates."""
    _demand_keeper(by)
    if kind == FilingKind.FORM and not editions:
        raise Refused(_("Name the forms that were filed."), field="editions")
    if kind == FilingKind.RATE and version is None:
        raise Refused(_("Name the version whose rates were filed."), field="version")
    if Filing.objects.filter(number=number).exists():
        raise Refused(_("This number is in the register already."), field="number")
    filing = Filing.objects.create(
        number=number,
        carrier=carrier,
        kind=kind,
        jurisdiction=jurisdiction,
        method=method,
        filed_on=filed_on,
        effective_on=effective_on,
        version=version if kind == FilingKind.RATE else None,
    )
    if kind == FilingKind.FORM:
        FilingItem.objects.bulk_create(
            FilingItem(filing=filing, edition=edition) for edition in editions
        )
    return filing


@transaction.atomic
def decide_filing(
    *, filing: Filing, status: str, decided_on: date, by: User, effective_on: date | None = None
) -> Filing:
    """What the regulator said. An approval may move the day from which it may be used."""
    _demand_keeper(by)
    filing = Filing.objects.select_for_update(no_key=True).get(pk=filing.pk)
    if filing.status == FilingStatus.WITHDRAWN:
        raise Refused(_("This filing was withdrawn."))
    if decided_on < filing.filed_on:
        raise Refused(_("It was decided after it was filed."), field="decided_on")
    effective_on = effective_on or filing.effective_on
    is_prior = filing.method == FilingMethod.PRIOR_APPROVAL
    if status == FilingStatus.APPROVED and is_prior and effective_on < decided_on:
        raise Refused(
            _("Where approval comes first, it takes effect on that day or later."),
            field="effective_on",
        )
    filing.status, filing.decided_on, filing.effective_on = status, decided_on, effective_on
    filing.save(update_fields=["status", "decided_on", "effective_on"])
    return filing


def _demand_keeper(by: User) -> None:
    if not rules.may_keep_filings(by):
        raise PermissionDenied(_("You may not keep the register of filings."))
