"""PDFs are rewritten by a process of its own, with little memory, little time and no files."""

import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.exceptions import Refused

CLEANER = Path(__file__).with_name("pdf_cleaner.py")
SECONDS = 15
REFUSALS = {
    "encrypted": gettext_lazy(
        "This PDF is locked with a password. Please save it without one and send it again."
    ),
    "damaged": gettext_lazy("This PDF is damaged. Please save or scan it again."),
    "too_long": gettext_lazy("This PDF has too many pages or parts: we take up to 500 pages."),
}


def rewrite(content: bytes) -> tuple[str, bytes]:
    """The PDF without scripts, actions, attachments and forms that act."""
    try:
        cleaner = subprocess.run(
            [sys.executable, "-I", str(CLEANER)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(_("This PDF takes too long to open.")) from None
    if cleaner.returncode == 0:
        return "application/pdf", cleaner.stdout
    words = cleaner.stderr.decode(errors="replace").split()
    reason = words[-1] if words else "damaged"
    raise Refused(REFUSALS.get(reason, REFUSALS["damaged"]))
