"""What the page furniture asks: which act comes first, which field is a box, where we are."""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language

from office import navigation

register = template.Library()

BESIDE = 2  # acts that stand beside the primary one; the rest goes under "More"


@register.simple_tag
def sort_acts(acts: Iterable[Any]) -> dict[str, Any]:
    """The primary act, two beside it, and the others."""
    acts = [_as_dict(act) for act in acts or []]
    primary = next((act for act in acts if act.get("primary")), None)
    others = [act for act in acts if act is not primary]
    return {"primary": primary, "beside": others[:BESIDE], "more": others[BESIDE:]}


def _as_dict(act: Any) -> dict[str, Any]:
    if isinstance(act, dict):
        return act
    return {name: getattr(act, name, "") for name in ("label", "href", "icon", "primary")}


@register.filter
def is_single_choice_box(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_file(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.FileInput)


@register.filter
def faulty_fields(form: forms.BaseForm | None) -> list[forms.BoundField]:
    return [field for field in form if field.errors] if form else []


@register.simple_tag
def filters_in_use(form: forms.BaseForm, request: HttpRequest) -> list[dict[str, str]]:
    """Each filter of the address that narrows the list, in words, and the address without it."""
    used = []
    for bound in form.visible_fields():
        value = request.GET.get(bound.html_name, "")
        if value and not bound.errors:
            label, words = str(capfirst(bound.label)), _in_words(bound, value)
            used.append(
                {"label": label, "value": words, "without": _without(bound.html_name, request)}
            )
    return used


def _without(name: str, request: HttpRequest) -> str:
    """The address without one filter, without empty ones, from the first page."""
    query = request.GET.copy()
    for other, value in request.GET.items():
        if other in (name, "page") or not value:
            del query[other]
    return f"{request.path}?{query.urlencode()}".rstrip("?")


def _in_words(bound: forms.BoundField, value: str) -> str:
    cleaned = getattr(bound.form, "cleaned_data", {}).get(bound.name)
    if isinstance(cleaned, Model):
        return str(cleaned)
    choices = getattr(bound.field, "choices", None)
    if choices is not None:
        return str(dict(choices).get(value, value))
    return "✓" if isinstance(bound.field, forms.BooleanField) else value


@register.simple_tag(takes_context=True)
def sidebar(context: template.Context) -> dict[str, Any]:
    """The sidebar's sections, and what tells them from another person's on another page."""
    sections = navigation.sidebar(context["request"])
    entries = [entry for section in sections for entry in section["entries"]]
    return {
        "sections": sections,
        "key": tuple((entry["href"], entry["current"]) for entry in entries),
    }


@register.simple_tag(takes_context=True)
def portal_bar(context: template.Context) -> list[dict[str, Any]]:
    return navigation.portal_bar(context["request"], str(context.get("portal_section", "")))


@register.tag
def once(parser: template.base.Parser, token: template.base.Token) -> "OnceNode":
    """`{% once key %}…{% endonce %}`: drawn once a process for each language and key.

    For what is the same on many pages: nothing inside may depend on the request beyond the key.
    """
    keys = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodes = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(keys, nodes)


class OnceNode(template.Node):
    """Remembers what it drew, for so many keys as an office has kinds of people and pages."""

    KEPT = 512

    def __init__(self, keys: list[Any], nodelist: template.NodeList) -> None:
        self.keys = keys
        self.nodelist = nodelist
        self.drawn: dict[Any, str] = {}

    def render(self, context: template.Context) -> str:
        values = [key.resolve(context) for key in self.keys]
        key = (get_language(), settings.ROOT_URLCONF, *values)
        found = self.drawn.get(key)
        if found is None:
            if len(self.drawn) >= self.KEPT:
                self.drawn.clear()
            found = self.drawn[key] = self.nodelist.render(context)
        return found


@register.tag
def capture(parser: template.base.Parser, token: template.base.Token) -> "CaptureNode":
    """`{% capture name %}…{% endcapture %}`: a block may stand in two places of a page."""
    name = token.split_contents()[1]
    nodes = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(name, nodes)


class CaptureNode(template.Node):
    """Renders its content into a variable; the content has escaped what it needed to."""

    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return ""
