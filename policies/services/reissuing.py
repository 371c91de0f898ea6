"""Papers issued again: a new one that names the one it stands in for, and why."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from office import clock
from office.exceptions import Refused
from office.models import Document, User
from policies import rules, selectors
from policies.enums import DocumentKind
from policies.models import PolicyDocument
from policies.selectors.issuing import PaperFile
from policies.services.papers import Paper, keep_paper, papers_of_change, papers_of_term

# A letter is served once: what was told then stays told.
REISSUABLE = frozenset({DocumentKind.DECLARATIONS, DocumentKind.ENDORSEMENT, DocumentKind.ID_CARD})


@transaction.atomic
def reissue_document(*, paper: PolicyDocument, reason: str, by: User) -> Document:
    """Make a paper of a policy anew as it reads now; the earlier one stays as it was issued."""
    policy, old = paper.policy, paper.document
    if not rules.may_reissue(policy, by):
        raise PermissionDenied(_("You may not issue papers again."))
    if not reason.strip():
        raise Refused(_("Write down why it is issued again."), field="reason")
    if old.kind not in REISSUABLE or paper.issuance is None:
        raise Refused(_("This paper is not issued again. Write a letter instead."))
    if hasattr(old, "replaced_by"):
        raise Refused(_("This paper was replaced already; issue the latest one again."))
    file = selectors.file_of(paper.issuance)
    fresh = _fresh(file, paper)
    with translation.override(policy.customer.language):
        told = _("%(title)s of %(day)s. %(reason)s") % {
            "title": old.title,
            "day": date_format(clock.day_of(old.created_at, policy.time_zone)),
            "reason": reason.strip(),
        }
    again = Paper(fresh.kind, {**fresh.data, "replaces": told}, fresh.title, fresh.part)
    return keep_paper(file, again, by=by, replaces=old, because=reason.strip())


def _fresh(file: PaperFile, paper: PolicyDocument) -> Paper:
    papers = papers_of_term(file) if file.begins_a_term else papers_of_change(file)
    for one in papers:
        if (one.kind, one.part) == (paper.document.kind, paper.part):
            return one
    raise Refused(_("What this paper is about is not insured any more."))
