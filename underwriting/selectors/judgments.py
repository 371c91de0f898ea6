"""What was judged, in the reader's words."""

from django.utils.translation import gettext as _

from policies.catalogue import label
from underwriting.judgment import names_of
from underwriting.models import Judgment


def judgment_rows(judgment: Judgment | None, kind: str) -> list[tuple[str, str]]:
    """Each characteristic with its per cent, then their sum; nothing where nothing was judged."""
    if judgment is None or not judgment.parts:
        return []
    names = names_of(kind)
    rows = [(label(names[code]), f"{percent:+} %") for code, percent in judgment.parts.items()]
    return [*rows, (_("Together"), str(judgment))]
