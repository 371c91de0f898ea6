"""Names, addresses and numbers in the one spelling in which they are compared."""

import re
import unicodedata

COMPANY_FORMS = frozenset(
    {"ag", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "limited"}
    | {"llc", "llp", "lp", "ltd", "nv", "plc", "sa", "sarl", "sl", "slu", "srl"}
)
WORDS_AT_MOST = 8
NORTH_AMERICA = "+1"


def fold(text: str) -> str:
    """Lower case without accents, single spaces: "Núñez  Ортега" becomes "nunez ортега".

    Compatibility decomposition (Unicode NFKD) parts a letter from its marks, which are dropped;
    letters that have no decomposition in Unicode, such as ø and ł, are spelled out here.
    """
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE_LETTERS))
    plain = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return " ".join(plain.split())


_WHOLE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe"})


def words_of(text: str) -> list[str]:
    """The words somebody searches for, folded; more than eight only slow the search down."""
    return fold(text).split()[:WORDS_AT_MOST]


def is_number(word: str) -> bool:
    """Whether a folded word is the whole number of a customer, such as cu-2026-000042."""
    return bool(re.fullmatch(r"cu-\d{4}-\d{6,}", word))


def match_key(name: str) -> str:
    """A name for comparing with a list: neither word order, punctuation nor company forms count,
    nor initials beside two full words."""
    words = re.findall(r"\w+", fold(name).replace("'", "").replace("’", "").replace(".", ""))
    telling = [word for word in words if word not in COMPANY_FORMS]
    full = [word for word in telling if len(word) > 1]
    return " ".join(sorted(full if len(full) > 1 else telling or words))


def email_key(text: str) -> str:
    """An e-mail address for the blind index; upper and lower case reach the same mailbox."""
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def phone_key(text: str) -> str:
    """A phone number as E.164, "" when it cannot be one. Ten digits are North American."""
    digits = "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())
    if text.strip().startswith("+"):
        number = f"+{digits}"
    elif digits.startswith("00"):
        number = f"+{digits[2:]}"
    elif len(digits) == 10:
        number = f"{NORTH_AMERICA}{digits}"
    elif len(digits) == 11 and digits.startswith("1"):
        number = f"+{digits}"
    else:
        return ""
    return number if 8 <= len(number) - 1 <= 15 else ""


def looks_like_phone(text: str) -> bool:
    return bool(re.fullmatch(r"[\d\s().+\-/]{7,24}", text.strip()))
