"""What is looked at before papers go out: the checklist of an issue, the forms that it needs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext as _

from accounting.models import BillingAccount
from customers.places import name_of
from customers.selectors import missing_credentials
from office import documents
from office.exceptions import Refused
from policies import assembly, checklist
from policies.assembly import Assembly, Lack, Missing
from policies.catalogue import Form, label
from policies.catalogue.application import coverage_errors, risk_errors
from policies.enums import FilingKind, FormEditionState, TransactionKind
from policies.models import (
    Filing,
    FormEdition,
    Issuance,
    IssuanceCheck,
    IssuedForm,
    Term,
)
from policies.selectors.documents import declarations
from policies.selectors.endorsements import Recorded, endorsement, recorded_change
from policies.selectors.products import product_definition

BEGINS = frozenset({TransactionKind.NEW_BUSINESS, TransactionKind.RENEWAL})


class PaperFile:
    """Everything that the issue of one change is checked by and made of, read once."""

    def __init__(self, issuance: Issuance) -> None:
        self.issuance, self.policy, self.term = issuance, issuance.policy, issuance.term
        self.first, self.last = issuance.first, issuance.last
        self.first.term = self.last.term = self.term
        self.term.policy = self.policy
        self.begins_a_term = self.first.kind in BEGINS
        self.definition = product_definition(self.term.version)

    @cached_property
    def change(self) -> Recorded:
        return recorded_change(self.first, self.last)

    @property
    def risk(self) -> dict[str, Any]:
        return self.change.after.get("risk", {})

    @property
    def coverages(self) -> list[dict[str, Any]]:
        return self.change.after.get("coverages", [])

    @cached_property
    def needed(self) -> list[Form]:
        """The forms that the contract needs after the change."""
        chosen = {row["coverage"] for row in self.coverages}
        return assembly.forms_needed(self.definition.forms, chosen)

    @cached_property
    def assembly(self) -> Assembly:
        """The forms to issue with this change: those that the term does not have yet."""
        numbers = [form.number for form in self.needed]
        return assembly.assemble(
            numbers,
            register_of(numbers),
            jurisdiction=self.policy.jurisdiction,
            on=self.issuance.day,
            held=forms_held(self.term),
        )

    @property
    def template(self) -> str:
        return "declarations" if self.begins_a_term else "endorsement"

    def data(self, language: str) -> dict[str, Any]:
        """The data of the first paper of the package."""
        if self.begins_a_term:
            said = declarations(self.term, language=language)
            with translation.override(language):
                return said | {"forms": self.form_lines()}
        said = endorsement(self.change, language=language)
        with translation.override(language):
            return said | {"forms": self.added_lines()}

    def form_lines(self) -> list[str]:
        """The forms of the contract as they are about to be issued, one line each."""
        issued = {row.form.number: row.edition.edition for row in forms_of(self.term)}
        chosen = {one.number: one.edition.edition for one in self.assembly.chosen}
        editions = issued | chosen
        return [
            f"{form.number} ({editions.get(form.number, form.edition)}): {label(form.names)}"
            for form in self.needed
        ]

    def added_lines(self) -> list[str]:
        """The forms that this change adds to the contract, one line each."""
        rows = self.issuance.forms.select_related("form", "edition") if self.issuance.pk else ()
        added = {row.form.number: row.edition.edition for row in rows}
        added |= {one.number: one.edition.edition for one in self.assembly.chosen}
        return [
            f"{form.number} ({added[form.number]}): {label(form.names)}"
            for form in self.needed
            if form.number in added
        ]


def file_of_new(issuance: Issuance) -> PaperFile:
    """The file of an issue that is about to be opened, by what its transactions refer to."""
    return PaperFile(issuance)


def file_of(issuance: Issuance) -> PaperFile:
    """The file of an issue, with what its checks and papers look at."""
    rows = Issuance.objects.select_related(
        "policy__customer", "policy__agent__user", "policy__address", "policy__product__carrier",
        "term__version__product", "first__recorded_by", "last", "released_by", "returned_by",
    )  # fmt: skip
    return PaperFile(rows.defer("term__version__definition").get(pk=issuance.pk))


# The register


def register_of(numbers: Collection[str]) -> dict[str, list[assembly.Edition]]:
    """The editions of these forms with their filings, by number."""
    filings = Prefetch("filings", Filing.objects.filter(kind=FilingKind.FORM))
    rows = FormEdition.objects.filter(form__number__in=numbers).select_related("form")
    found = defaultdict(list)
    for row in rows.defer("texts").prefetch_related(filings):
        found[row.form.number].append(_edition(row))
    return dict(found)


def _edition(row: FormEdition) -> assembly.Edition:
    filed = tuple(
        assembly.Filed(
            one.pk, one.jurisdiction, one.effective_on, one.is_in_effect(one.effective_on)
        )
        for one in row.filings.all()
    )
    return assembly.Edition(
        key=row.pk,
        number=row.form.number,
        edition=row.edition,
        in_use_from=row.in_use_from,
        in_use_to=row.in_use_to,
        is_approved=row.state == FormEditionState.APPROVED,
        filings=filed,
    )


def forms_held(term: Term) -> set[str]:
    """The forms that were issued for a term so far, by number."""
    rows = IssuedForm.objects.filter(issuance__term=term)
    return set(rows.values_list("form__number", flat=True))


def forms_of(term: Term) -> list[IssuedForm]:
    """The forms of the contract: all that were issued for the term, as they were."""
    rows = IssuedForm.objects.filter(issuance__term=term)
    related = rows.select_related("form", "edition__form", "filing", "document")
    return list(related.defer("edition__texts").order_by("pk"))


# The checklist


def checklist_of(file: PaperFile, *, draws_papers: bool = True) -> list[checklist.Item]:
    """Each line of the checklist as it stands now.

    draws_papers: the papers are drawn to find a field that is missing. Whoever draws them anyway
    leaves it out.
    """
    items = [
        _application(file),
        _insured(file),
        _forms(file),
        *(_rates(file) if file.begins_a_term else ()),
        *(_billing(file) if file.begins_a_term else ()),
        *(_licences(file) if file.first.kind != TransactionKind.RENEWAL else ()),
        *(_papers(file) if draws_papers else ()),
    ]
    return [*items, *_confirmed(file)]


def _application(file: PaperFile) -> checklist.Item:
    place = file.policy.jurisdiction
    errors = risk_errors(file.definition, file.risk) or coverage_errors(
        file.definition, file.risk, file.coverages, place
    )
    said = tuple(f"{error.path}: {error.message}" for error in errors)
    return checklist.Item("complete", _("What is insured is complete and correct"), said)


def _insured(file: PaperFile) -> checklist.Item:
    address, customer = file.policy.address, file.policy.customer
    told = {
        _("The name is missing."): customer.display_name,
        _("The street is missing."): address.street,
        _("The city is missing."): address.city,
        _("The ZIP code is missing."): address.postal_code,
    }
    said = tuple(sentence for sentence, value in told.items() if not value.strip())
    return checklist.Item("insured_complete", _("Name and address are complete"), said)


def _forms(file: PaperFile) -> checklist.Item:
    said = tuple(lack_text(one, file.policy.jurisdiction) for one in file.assembly.missing)
    return checklist.Item("forms", _("Every form is reviewed and filed"), said)


def lack_text(missing: Missing, jurisdiction: str) -> str:
    """Why a form cannot be issued, in a sentence."""
    sentence = {
        Lack.UNKNOWN: _("The register has no form %(form)s."),
        Lack.NOT_IN_USE: _("No edition of %(form)s is in use on that day."),
        Lack.NOT_REVIEWED: _("%(form)s has not passed the legal review."),
        Lack.NOT_FILED: _("No filing of %(form)s is in effect in %(place)s."),
    }[missing.why]
    return sentence % {"form": missing.number, "place": name_of(jurisdiction)}


def _rates(file: PaperFile) -> Iterable[checklist.Item]:
    filings = Filing.objects.in_effect(on=file.term.valid_from).filter(
        kind=FilingKind.RATE,
        version=file.term.version_id,
        jurisdiction=file.policy.jurisdiction,
    )
    said: tuple[str, ...] = ()
    if not filings.exists():
        said = (
            _("No filing of version %(version)s is in effect in %(place)s.")
            % {
                "version": file.term.version.version,
                "place": name_of(file.policy.jurisdiction),
            },
        )
    yield checklist.Item("rates", _("The rates are filed"), said)


def _billing(file: PaperFile) -> Iterable[checklist.Item]:
    account = BillingAccount.objects.filter(policy_number=file.policy.number).first()
    is_planned = account is not None and bool(account.pay_plan.get("code"))
    said = () if is_planned else (_("There is no pay plan."),)
    yield checklist.Item("billing", _("A pay plan is agreed"), said)


def _licences(file: PaperFile) -> Iterable[checklist.Item]:
    policy = file.policy
    if policy.agent is None:
        return
    missing = missing_credentials(
        agent=policy.agent,
        carrier=policy.product.carrier,
        line=policy.product.line,
        jurisdiction=policy.jurisdiction,
        on=file.first.effective_on,
    )
    yield checklist.Item("licences", _("The agent is licensed and appointed"), tuple(missing))


def _papers(file: PaperFile) -> Iterable[checklist.Item]:
    said: tuple[str, ...] = ()
    try:
        draw(file, language=file.policy.customer.language)
    except Refused as refusal:
        said = (str(refusal),)
    yield checklist.Item("papers", _("No field of the papers is missing"), said)


def draw(file: PaperFile, *, language: str) -> bytes:
    """The first paper of the package as it would be issued, marked as a preview."""
    return documents.render(file.template, file.data(language), language=language, is_preview=True)


def _confirmed(file: PaperFile) -> list[checklist.Item]:
    """What a person stands for, with who did and what they wrote."""
    asked = checklist.items_to_confirm(
        file.policy.product.kind,
        kind=file.first.kind,
        risk=file.risk,
        held=file.first.facts.get("held", ()),
    )
    if not asked or file.issuance.pk is None:
        return asked
    rows = IssuanceCheck.objects.filter(
        issuance=file.issuance, cycle=file.issuance.cycle
    ).select_related("confirmed_by")
    known = {row.code: row for row in rows}
    return [
        replace(item, is_confirmed=True, note=row.note, who=str(row.confirmed_by))
        if (row := known.get(item.code))
        else item
        for item in asked
    ]


def item_of(file: PaperFile, code: str) -> checklist.Item | None:
    """One line that a person confirms, by its code."""
    return next((item for item in _confirmed(file) if item.code == code), None)


def form_data(edition: FormEdition, language: str) -> Mapping[str, Any]:
    """The data of `templates/documents/form.typ`."""
    form = edition.form
    return {
        "title": form.names.get(language) or label(form.names),
        "number": f"{form.number} ({edition.edition})",
        "carrier": form.carrier.name,
        "parts": list(_parts(edition.texts[language])),
    }


def _parts(text: str) -> Iterable[dict[str, str]]:
    """Paragraphs by what they are: a heading, a point of a list, a text."""
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        words = " ".join(paragraph.split())
        if words.startswith("# "):
            yield {"kind": "heading", "words": words[2:]}
        elif words.startswith("- "):
            yield {"kind": "point", "words": words[2:]}
        elif words:
            yield {"kind": "text", "words": words}
