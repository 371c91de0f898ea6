"""Account numbers: what can be checked without asking the bank."""

from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from office.exceptions import Refused

ROUTING_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)


def read_iban(text: str) -> str:
    """An IBAN without blanks, its check digits, length and country right (ISO 13616)."""
    try:
        return str(IBAN(text))
    except SchwiftyException:
        raise Refused(
            _("This IBAN is not valid: a digit is wrong or missing. Copy it from a statement."),
            field="account",
        ) from None


def read_routing(text: str) -> str:
    """A US routing number: nine digits whose weighted sum is a multiple of ten (ABA 3-7-1)."""
    digits = "".join(text.split())
    right = len(digits) == 9 and digits.isascii() and digits.isdigit()
    if not right or sum(w * int(d) for w, d in zip(ROUTING_WEIGHTS, digits, strict=True)) % 10:
        raise Refused(
            _("This routing number is not valid. It is the nine digits at the foot of a check."),
            field="routing",
        )
    if digits == "0" * 9:
        raise Refused(_("This routing number belongs to no bank."), field="routing")
    return digits


def read_us_account(text: str) -> str:
    """A US account number: four to seventeen digits, blanks and hyphens dropped."""
    digits = text.replace(" ", "").replace("-", "")
    if not (4 <= len(digits) <= 17 and digits.isascii() and digits.isdigit()):
        raise Refused(
            _("A US account number has between four and seventeen digits."), field="account"
        )
    return digits


def looks_like_iban(text: str) -> bool:
    return text.strip()[:2].isalpha()
