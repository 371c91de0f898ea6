"""Money: rounded once, shared out to the last cent, written as the reader writes it.

An amount is a `Decimal` with two places. Nothing here takes a float: 0.1 has no exact float,
and a ledger that balances to the cent cannot be fed from one.
"""

import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any, NamedTuple

from babel import Locale, numbers
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from office.exceptions import Refused

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
DIGITS, PLACES = 16, 2
LARGEST = Decimal("99999999999999.99")

# The office sells in the United States, where Spanish too is written 1,234.56 (CLDR es_US).
_LOCALES = {"en": "en_US", "es": "es_US"}


def round(amount: Decimal | int) -> Decimal:
    """Round to the cent, half to even, so that many roundings do not drift upwards."""
    if isinstance(amount, float):
        raise TypeError("Money is never a float.")
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_EVEN)


def exact(amount: Decimal | int) -> Decimal:
    """The amount with two places; refuses what two places cannot hold, and never rounds."""
    if isinstance(amount, float):
        raise TypeError("Money is never a float.")
    amount = Decimal(amount)
    if not amount.is_finite():
        raise Refused(_("This is not an amount of money."))
    if abs(amount) > LARGEST:
        raise Refused(_("This amount is larger than the office can book."))
    cents = amount.quantize(CENT, rounding=ROUND_HALF_EVEN)
    if cents != amount:
        raise Refused(_("An amount of money has at most two decimals."))
    return cents


def allocate(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share `total` by `weights` to the cent: largest remainder, ties to the earlier share.

    The shares sum to `total` exactly. A weight of zero receives nothing. A negative total is
    the mirror of the positive one, so that a refund undoes a charge share by share.
    """
    cents = int(exact(total).scaleb(PLACES))
    whole = _as_integers(weights)
    sum_of_weights = sum(whole)
    if not sum_of_weights:
        if cents:
            raise ValueError("There is no weight to share the total by.")
        return [ZERO] * len(whole)
    parts = [divmod(abs(cents) * weight, sum_of_weights) for weight in whole]
    left = abs(cents) - sum(share for share, _remainder in parts)
    order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    lucky = set(order[:left])
    sign = -1 if cents < 0 else 1
    return [
        Decimal(sign * (share + (i in lucky))).scaleb(-PLACES)
        for i, (share, _remainder) in enumerate(parts)
    ]


def _as_integers(weights: Sequence[Decimal | int]) -> list[int]:
    """Weights as integers in the same proportion, so that no division is rounded."""
    if any(isinstance(weight, float) or weight < 0 for weight in weights):
        raise ValueError("A weight is a Decimal or an integer, zero or more.")
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = math.lcm(*(denominator for _numerator, denominator in ratios))
    return [numerator * (scale // denominator) for numerator, denominator in ratios]


class _Writing(NamedTuple):
    """How one language writes amounts of one currency."""

    before: str
    after: str
    minus_before: str
    minus_after: str


def format(amount: Decimal, currency: str = "USD", language: str | None = None) -> str:
    """The amount as the reader of `language` writes it, with its currency: "$1,234.50"."""
    amount = round(amount)
    writing = _writing(currency, locale_of(language))
    digits = format_figure(abs(amount), language)
    if amount < 0:
        return f"{writing.minus_before}{digits}{writing.minus_after}"
    return f"{writing.before}{digits}{writing.after}"


def format_figure(amount: Decimal, language: str | None = None) -> str:
    """The amount without its currency, for a column whose head or total names it."""
    group, decimal = _signs(locale_of(language))
    digits = f"{round(amount):,.2f}"
    if (group, decimal) == (",", "."):
        return digits
    return digits.translate({ord(","): group, ord("."): decimal})


def format_plain(amount: Decimal, language: str | None = None) -> str:
    """The amount as it is typed into a field: no currency, no grouping."""
    decimal = _signs(locale_of(language))[1]
    return f"{round(amount):.2f}".replace(".", decimal)


@cache
def _writing(currency: str, locale: str) -> _Writing:
    """Ask babel once how an amount looks: a list of 50 rows cannot afford to ask it 150 times."""
    plus, minus = (
        numbers.format_currency(
            Decimal(sample), currency, locale=locale, currency_digits=False, group_separator=False
        )
        for sample in ("1234.56", "-1234.56")
    )
    _group, decimal = _signs(locale)
    before, after = plus.split(f"1234{decimal}56")
    minus_before, minus_after = minus.split(f"1234{decimal}56")
    return _Writing(before, after, minus_before, minus_after)


@cache
def _signs(locale: str) -> tuple[str, str]:
    return numbers.get_group_symbol(locale), numbers.get_decimal_symbol(locale)


def locale_of(language: str | None) -> str:
    """The babel locale of a language: the active one when none is given."""
    language = language or get_language() or "en"
    if language in _LOCALES:
        return _LOCALES[language]
    return str(Locale.parse(language, sep="-" if "-" in language else "_"))


def parse(text: str, language: str | None = None) -> Decimal:
    """Read an amount as the person typed it, by the signs of their language.

    Refuses a third decimal and groups that are not of three digits: "1,50" typed by somebody
    who thinks of one dollar fifty must not become 150.
    """
    group, decimal = _signs(locale_of(language))
    found = _amount(group, decimal).fullmatch(text.strip())
    if not found:
        example = f"1{group}234{decimal}56"
        raise Refused(_("Write the amount like %(example)s.") % {"example": example})
    sign, whole, places = found.groups(default="")
    if len(places) > PLACES:
        raise Refused(_("An amount of money has at most two decimals."))
    whole = re.sub(r"[^0-9]", "", whole)
    return exact(Decimal(f"{'' if sign in '+' else '-'}{whole or '0'}.{places or '0'}"))


@cache
def _amount(group: str, decimal: str) -> re.Pattern[str]:
    group = r"\s" if group.isspace() else re.escape(group)
    decimal = re.escape(decimal)
    whole = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+|(?={decimal}[0-9])"
    return re.compile(rf"([-+\u2212]?)\$?\s?({whole})(?:{decimal}([0-9]*))?")


class MoneyFormField(forms.DecimalField):
    """A field in which a person types an amount the way their language writes it."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", DIGITS)
        options.setdefault("decimal_places", PLACES)
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # stubs say int
        if value in self.empty_values:
            return None
        try:
            return exact(value) if isinstance(value, Decimal | int) else parse(str(value))
        except Refused as refusal:
            raise ValidationError(str(refusal), code="invalid") from refusal

    def prepare_value(self, value: Any) -> Any:
        return format_plain(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {"inputmode": "decimal", "autocomplete": "off"}


class MoneyField(models.DecimalField):
    """A column for an amount: two places, and the database refuses a third.

    `numeric(16, 2)` would round 2.345 in silence. The column is therefore plain `numeric`,
    and a check on it speaks up.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options["max_digits"], options["decimal_places"] = DIGITS, PLACES
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, args, options

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def db_check(self, connection: Any) -> str:
        column = connection.ops.quote_name(self.column)
        return f"scale({column}) <= {PLACES} AND abs({column}) <= {LARGEST}"

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is None or hasattr(value, "as_sql"):
            return value
        return exact(Decimal(value) if isinstance(value, str) else value)

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": MoneyFormField, **options})
