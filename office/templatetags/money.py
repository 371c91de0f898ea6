"""Amounts as the reader writes them: `{{ paid|money:currency }}`, in tables `{{ paid|figure }}`."""

from decimal import Decimal

from babel import numbers
from django import template
from django.utils.translation import gettext as _

from office import money as amounts

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str = "USD") -> str:
    """The amount with its currency; a dash where there is none."""
    if amount is None or amount == "":
        return "—"
    return amounts.format(Decimal(amount), currency or "USD")


@register.filter
def figure(amount: Decimal | None) -> str:
    """The amount without its currency, for a column whose head or total names it."""
    if amount is None or amount == "":
        return "—"
    return amounts.format_figure(Decimal(amount))


@register.filter
def short_money(amount: Decimal | None, currency: str = "USD") -> str:
    """A large sum for a figure strip: "$1.2M". The exact one belongs into the table below."""
    if amount is None or amount == "":
        return "—"
    return numbers.format_compact_currency(
        Decimal(amount), currency or "USD", locale=amounts.locale_of(None), fraction_digits=1
    )


@register.filter
def percent(share: Decimal | None) -> str:
    """A share such as 0.0825 as "8.25%"."""
    if share is None or share == "":
        return _("not known")
    return numbers.format_percent(Decimal(share), "#,##0.##%", locale=amounts.locale_of(None))
