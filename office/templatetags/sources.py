"""Links from a row to what it is about, where the row itself keeps only the word."""

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()

PAGES = {
    "customer": "customers:detail",
    "claim": "claims:detail",
    "policy": "policies:detail",
    "payment": "accounting:payment",
    "invoice": "accounting:invoice",
    "receipt": "accounting:receipt",
}


@register.filter
def source_href(source: str) -> str:
    """The page of "claim:CL-2026-000042"; nothing where there is none."""
    kind, _colon, number = source.partition(":")
    try:
        return reverse(PAGES[kind], args=[number])
    except (KeyError, NoReverseMatch):
        return ""


@register.filter
def source_number(source: str) -> str:
    """The number that a person knows it by."""
    return source.partition(":")[2] or source
