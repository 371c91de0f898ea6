"""The issue of what is bound: opened by the worker, checked, released, made, handed over."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Message
from customers.services import queue_message, write_to_agent
from office import clock, documents, outbox, workflow
from office.exceptions import Refused
from office.models import Document, User
from policies import checklist, selectors
from policies.assembly import Chosen
from policies.catalogue import label
from policies.enums import DocumentKind, IssuanceState, Lane, TransactionKind
from policies.models import (
    FormEdition,
    FormPaper,
    Issuance,
    IssuanceCheck,
    IssuedForm,
    PackageCopy,
    TermTransaction,
)
from policies.selectors.issuing import PaperFile
from policies.services.certificates import renew_certificates
from policies.services.papers import keep_paper, papers_of_change, papers_of_term


@transaction.atomic
def open_issuance(*, first: TermTransaction, last: TermTransaction, by: User) -> Issuance:
    """Put the papers of a change on the way: out at once where everything holds.

    `first` to `last` are the transactions of one act.
    """
    file = _opened(first, last, by=by)
    issuance = file.issuance
    if issuance.lane == Lane.STRAIGHT:
        try:
            with transaction.atomic():
                issuance = _release(file, selectors.checklist_of(file, draws_papers=False), by=by)
                make_package(issuance=issuance, by=by)
        except Refused:
            return Issuance.objects.get(pk=issuance.pk)
    return issuance


def _opened(first: TermTransaction, last: TermTransaction, *, by: User) -> PaperFile:
    term = first.term
    issuance = Issuance(
        number=f"{term.policy.number}-{term.sequence}-{first.sequence}",
        policy=term.policy,
        term=term,
        first=first,
        last=last,
        day=max(first.effective_on, term.valid_from),
    )
    file = selectors.file_of_new(issuance)
    items = selectors.checklist_of(file, draws_papers=False)
    issuance.lane = checklist.lane_of(term.policy.product.kind, items)
    facts = {"lane": issuance.lane, "open": checklist.open_items(items)}
    file.issuance = workflow.begin(issuance, "open", by=by, facts=facts)
    return file


def confirm_item(*, issuance: Issuance, code: str, by: User, note: str = "") -> Issuance:
    """Stand for one line of the checklist that the office cannot check by itself."""
    with transaction.atomic():
        file = selectors.file_of(issuance)
        item = selectors.item_of(file, code)
        if item is None:
            raise Refused(_("The checklist has no such line."))
        if item.is_confirmed:
            raise Refused(_("This is confirmed already."))
        if item.is_held and not note.strip():
            raise Refused(_("Write down why this may go out."), field="note")
        issuance = workflow.move(
            issuance, "confirm", by=by, note=note, facts={"item": code}, item=item
        )
        IssuanceCheck.objects.create(
            issuance=issuance,
            cycle=issuance.cycle,
            code=code,
            note=note,
            confirmed_at=clock.now(),
            confirmed_by=by,
        )
    return issuance


@transaction.atomic
def release_issuance(*, issuance: Issuance, by: User, note: str = "") -> Issuance:
    """Issue the papers, once every line of the checklist holds. A worker makes them."""
    workflow.demand_open(issuance, "release", by=by)
    file = selectors.file_of(issuance)
    issuance = _release(file, selectors.checklist_of(file), by=by, note=note)
    outbox.put("policies.make_package", issuance_id=issuance.pk)
    return issuance


def _release(
    file: PaperFile, items: Iterable[checklist.Item], *, by: User, note: str = ""
) -> Issuance:
    """Refused with what does not hold; the forms are part of the contract from here on."""
    wanting = checklist.open_items(list(items))
    if wanting:
        raise Refused(_("This keeps the papers back: %(what)s") % {"what": " ".join(wanting)})
    facts = {"forms": [f"{one.number} ({one.edition.edition})" for one in file.assembly.chosen]}
    issuance = workflow.move(file.issuance, "release", by=by, note=note, facts=facts)
    _issue_forms(issuance, file, by=by)
    return issuance


def send_back_issuance(*, issuance: Issuance, reason: str, by: User) -> Issuance:
    """Back to the agent with what is missing; what was confirmed is confirmed anew."""
    return workflow.move(issuance, "send_back", by=by, note=reason, reason=reason)


def resubmit_issuance(*, issuance: Issuance, by: User, note: str) -> Issuance:
    """The agent has brought what was missing."""
    if not note.strip():
        raise Refused(_("Write down what you have brought."), field="note")
    return workflow.move(issuance, "resubmit", by=by, note=note)


# The forms


def _issue_forms(issuance: Issuance, file: PaperFile, *, by: User) -> None:
    chosen = file.assembly.chosen
    papers = _papers_of(chosen, file.policy.customer.language, by=by)
    IssuedForm.objects.bulk_create(
        IssuedForm(
            issuance=issuance,
            form_id=papers[one.edition.key].edition.form_id,
            edition_id=one.edition.key,
            filing_id=one.filing.key,
            day=issuance.day,
            document=papers[one.edition.key].document,
            sha256=papers[one.edition.key].document.sha256,
        )
        for one in chosen
    )


def _papers_of(chosen: Iterable[Chosen], language: str, *, by: User) -> dict[int, FormPaper]:
    """The file of each edition in a language; set when somebody needs it for the first time."""
    keys = [one.edition.key for one in chosen]
    found = FormPaper.objects.filter(edition__in=keys, language=language)
    papers = {row.edition_id: row for row in found.select_related("document", "edition")}
    missing = [key for key in keys if key not in papers]
    rows = FormEdition.objects.filter(pk__in=missing).select_related("form__carrier")
    for edition in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
        known = FormPaper.objects.filter(edition=edition, language=language)
        row = known.select_related("document", "edition").first()
        papers[edition.pk] = row or _set_form(edition, language, by=by)
    return papers


def _set_form(edition: FormEdition, language: str, *, by: User) -> FormPaper:
    document = documents.issue(
        template="form",
        data=selectors.form_data(edition, language),
        language=language,
        kind=DocumentKind.FORM,
        title=f"{edition.form.number} ({edition.edition}), {edition.form.names[language]}"[:160],
        source=f"form:{edition.pk}",
        by=by,
    )
    return FormPaper.objects.create(edition=edition, language=language, document=document)


# The package


@transaction.atomic
def make_package(*, issuance: Issuance, by: User) -> list[Document]:
    """The papers of a released change, and a copy for the policyholder and for the agent.

    Once: a package that is made already is left as it is.
    """
    if issuance.state != IssuanceState.ISSUED or issuance.papers.exists():
        return []
    file = selectors.file_of(issuance)
    made = papers_of_term(file) if file.begins_a_term else papers_of_change(file)
    papers = [keep_paper(file, paper, by=by) for paper in made]
    _hand_over(file, papers, by=by)
    if file.first.kind == TransactionKind.RENEWAL:
        renew_certificates(term=file.term, by=by)
    return papers


def _hand_over(file: PaperFile, papers: list[Document], *, by: User) -> None:
    policy = file.policy
    message = _tell_insured(file, papers, by=by)
    copies = [PackageCopy(to=PackageCopy.To.INSURED, name=policy.customer.display_name)]
    copies[0].message = message
    if policy.agent is not None:
        copies.append(PackageCopy(to=PackageCopy.To.AGENT, name=policy.agent.name))
        outbox.put("policies.mail_agent_copy", issuance_id=file.issuance.pk)
    for copy in copies:
        copy.issuance, copy.handed_at = file.issuance, clock.now()
    PackageCopy.objects.bulk_create(copies)


def mail_agent_copy(*, issuance: Issuance) -> bool:
    """Tell the agent that the papers are out, and which; called by a worker, until it is sent."""
    file = selectors.file_of(issuance)
    policy, agent = file.policy, file.policy.agent
    if agent is None or agent.user is None:
        return False
    with translation.override(agent.user.language):
        rows = issuance.papers.select_related("document").order_by("pk")
        context = {
            "policy_number": policy.number,
            "insured": policy.customer.display_name,
            "product_name": label(file.definition.names),
            "effective_on": issuance.day,
            "papers": [*(row.document.title for row in rows), *file.added_lines()],
            "link": f"{settings.OFFICE_URL}{policy.get_absolute_url()}",
        }
    return write_to_agent(
        agent=agent,
        template="agent_copy",
        context=context,
        idempotency_key=f"issuance:{issuance.number}:agent",
    )


def _tell_insured(file: PaperFile, papers: list[Document], *, by: User) -> Message:
    policy, key = file.policy, f"policy:{file.policy.number}:transaction:{file.first.pk}"
    if file.begins_a_term:
        template, context = "declarations", _told_of_term(file)
    else:
        template, context = "endorsement", selectors.endorsement_letter(file.change)
    return queue_message(
        customer=policy.customer,
        template=template,
        context=context,
        reference=f"policy:{policy.number}",
        documents=papers,
        idempotency_key=key,
        by=by,
    )


def _told_of_term(file: PaperFile) -> dict[str, Any]:
    policy, term = file.policy, file.term
    with translation.override(policy.customer.language):
        return {
            "policy_number": policy.number,
            "product_name": label(file.definition.names),
            "valid_from": term.valid_from,
            "valid_to": term.valid_to,
            "forms": file.form_lines(),
            "link": f"{settings.OFFICE_URL}{reverse('portal:policy', args=[policy.number])}",
        }
