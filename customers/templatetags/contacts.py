"""How a customer's contact details are read out."""

import re

from django import template

register = template.Library()

AMERICAN = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")


@register.filter
def telephone(number: str) -> str:
    """A number of the North American plan in its groups; any other as it is kept."""
    found = AMERICAN.fullmatch(number)
    return "+1 {} {} {}".format(*found.groups()) if found else number
