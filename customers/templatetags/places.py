"""Places in the reader's words: "California" for US-CA, "New York" for America/New_York."""

from django import template

from customers import places

register = template.Library()


@register.filter
def place_name(jurisdiction: str) -> str:
    return places.name_of(jurisdiction) if jurisdiction else ""


@register.filter
def zone_name(time_zone: str) -> str:
    """The city that an IANA zone is named after."""
    return time_zone.rpartition("/")[2].replace("_", " ")
