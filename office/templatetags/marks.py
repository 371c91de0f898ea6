"""Quick marks for the rows of a long table, where a component for each cell would be slow."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

STEPS = 8


@register.simple_tag
def micro(step: int | None, tone: str = "", label: str = "") -> SafeString:
    """A claim's step as eight small blocks with a text for those who do not see them."""
    return _micro(int(step or 0), tone, str(label), get_language())


@lru_cache(maxsize=512)
def _micro(step: int, tone: str, label: str, _language: str | None) -> SafeString:
    label = label or _("Step %(step)s of %(steps)s") % {"step": step, "steps": STEPS}
    blocks = "".join(_block(number, step, tone) for number in range(1, STEPS + 1))
    return format_html(
        '<span class="micro {}" role="img" aria-label="{}" title="{}">{}</span>',
        tone,
        label,
        label,
        mark_safe(blocks),  # eight constant elements
    )


def _block(number: int, step: int, tone: str) -> str:
    if number < step or (number == step and tone):
        return '<i class="done"></i>'
    return '<i class="now"></i>' if number == step else "<i></i>"


@register.simple_tag
def avatar(name: str = "", size: str = "") -> SafeString:
    """A person's initials in a circle; a dashed circle for nobody. The name stands beside it."""
    return _avatar(str(name or ""), size)


@lru_cache(maxsize=2048)
def _avatar(name: str, size: str) -> SafeString:
    kind = size if name else f"{size} nobody"
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', kind, initials(name))


def initials(name: str) -> str:
    """First letters of the first and the last word: "Marguerite Okafor-Lindqvist" is MO."""
    words = [word for word in name.split() if word[0].isalnum()]
    chosen = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in chosen).upper()
