"""Words that a letter must not say: pure.

Calling a partial payment final, asking for a full release against it, or asking a claimant to
drop a complaint to the regulator is an unfair practice (10 CCR 2695.7(h)(2) and 2695.4(g);
the model act NAIC 900 §4). The rules hold for English and Spanish, whatever the letter's language.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.exceptions import Refused


@dataclass(frozen=True)
class Phrase:
    """A forbidden pattern over folded text: lower case, no accents, single spaces."""

    pattern: re.Pattern
    only_partial: bool
    why: str | Promise


_FINAL = gettext_lazy("A partial payment must not be called final.")
_RELEASE = gettext_lazy("A partial payment must not ask for a full release.")
_COMPLAINT = gettext_lazy("A letter must not ask to drop a complaint to the regulator.")

PHRASES = (
    Phrase(re.compile(r"\bfinal\b|\bdefinitiv[oa]s?\b|\bfinales\b"), True, _FINAL),
    Phrase(
        re.compile(r"\bpayment in full\b|\bfull (and complete )?settlement\b|\bpago total\b"),
        True,
        _FINAL,
    ),
    Phrase(
        re.compile(
            r"\b(full|general|complete) (and \w+ )?release\b|\brelease (of )?all claims\b"
            r"|\bfiniquito\b|\brenuncia (total|general)\b|\bliberacion (total|completa|general)\b"
        ),
        True,
        _RELEASE,
    ),
    Phrase(
        re.compile(
            r"\b(drop|withdraw\w*|retract\w*|dismiss\w*|rescind\w*|not (file|make|submit))\b"
            r"[^.;!?]{0,60}\b(complaints?|grievances?|inquir(y|ies))\b"
            r"|\b(retir\w+|desist\w+|renunci\w+|no present\w+)\b"
            r"[^.;!?]{0,60}\b(quejas?|reclamos? ante)\b"
        ),
        False,
        _COMPLAINT,
    ),
)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(plain.lower().split())


def faults(text: str, *, is_partial: bool) -> list[str]:
    """A sentence for each forbidden wording in `text`, in the order of the rules."""
    folded = _fold(text)
    found = [
        phrase.why
        for phrase in PHRASES
        if (is_partial or not phrase.only_partial) and phrase.pattern.search(folded)
    ]
    return [str(why) for why in dict.fromkeys(found)]


def require_lawful(text: str, *, is_partial: bool, field: str = "reasons") -> None:
    """Refuse a letter that says what it must not."""
    found = faults(text, is_partial=is_partial)
    if found:
        raise Refused(_("The letter cannot go out. ") + " ".join(found), field=field)
