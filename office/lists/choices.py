"""A filter's choices, drawn in one go: Django renders a template for each option of a select."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SELECTED = mark_safe(" selected")


class Choices(forms.Select):
    """A select of plain options; those in groups are left to Django."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        # One by one: list() would first count the rows that a choice of records reads.
        choices = [(str(key), label) for key, label in self.choices]
        if any(isinstance(label, list | tuple) for _key, label in choices):
            return super().render(name, value, attrs, renderer)
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SELECTED if key in chosen else "", label) for key, label in choices),
        )
        around = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(around), options)


def quick(field: forms.Field) -> forms.Field:
    """The field, its plain select drawn in one go."""
    if type(field.widget) is forms.Select and isinstance(field, forms.ChoiceField):
        plain = field.widget
        field.widget = Choices(plain.attrs)
        field.widget.is_required = plain.is_required
        field.widget.choices = plain.choices
    return field
