"""Letters: what they say, in which language, sent once."""

import pikepdf
import pytest

from claims import tasks
from claims.models import Letter
from office import documents
from office.models import OutboxMessage

pytestmark = pytest.mark.django_db


def issue(letter):
    tasks.issue_letter.run(
        OutboxMessage.objects.get(task="claims.issue_letter", payload={"letter_id": letter.pk}).pk
    )
    return Letter.objects.get(pk=letter.pk)


def text_of(letter):
    """What a program reads out of the PDF: its tagged strings are the letter's words."""
    content = documents.open(letter.document).read()
    with pikepdf.open(documents.open(letter.document)) as pdf:
        assert pdf.Root.Lang == letter.language + "-US"
    return content
