"""Form fields made of the risk schema's fields and of the coverages on offer."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from office.forms import day_input
from policies import wording
from policies.catalogue import Coverage, choice_titles, label
from policies.rating.plan import Json

NOT_CHOSEN = ("", "—")


def field_of(
    name: str, schema: Json, *, required: bool, linked: Mapping[str, str] | None = None
) -> forms.Field:
    """The form field of one plain field of the schema; `linked`: keys and titles it may name."""
    options: dict[str, Any] = {
        "label": wording.field_title(name, schema),
        "help_text": label(schema["x-help"]) if "x-help" in schema else "",
        "required": required,
    }
    if linked is not None:
        return forms.ChoiceField(choices=[NOT_CHOSEN, *linked.items()], **options)
    if "enum" in schema:
        choices = choice_titles(schema)
        return forms.ChoiceField(choices=[NOT_CHOSEN, *choices.items()], **options)
    return _plain(schema, options)


def _plain(schema: Json, options: dict[str, Any]) -> forms.Field:
    if schema.get("type") == "boolean":
        return forms.BooleanField(**(options | {"required": False}))
    if schema.get("type") == "integer":
        # The bounds are checked once, with the rest of the schema, in the schema's own words.
        return forms.IntegerField(
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **options
        )
    if schema.get("format") == "date":
        return forms.DateField(widget=day_input(), **options)
    return forms.CharField(max_length=schema.get("maxLength", 200), **options)


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def as_initial(schema: Json, value: Any) -> Any:
    if schema.get("format") == "date" and value:
        return date.fromisoformat(value)
    return value


def options_of(coverages: Iterable[Coverage], part: str, jurisdiction: str) -> dict[str, str]:
    """What any carrier offers, from the legal minimum upwards: codes and titles, low to high."""
    found = {
        option.code: option
        for coverage in coverages
        if (choice := getattr(coverage, part))
        for option in choice.allowed(jurisdiction)
    }
    ordered = sorted(found.values(), key=lambda option: (option.percent or 0, option.amount or 0))
    return {option.code: wording.option_text(option) for option in ordered}


def default_of(coverages: Iterable[Coverage], part: str) -> str:
    return next(choice.default for coverage in coverages if (choice := getattr(coverage, part)))


def choice_field(title: str, options: Mapping[str, str], *, may_be_left: bool) -> forms.ChoiceField:
    """A limit or deductible; where the coverage need not be bought, it may be left."""
    blank = [("", _("Not wanted"))] if may_be_left else []
    return forms.ChoiceField(
        label=title, choices=[*blank, *options.items()], required=not may_be_left
    )


def flag_field(title: str, *, mandatory: bool) -> forms.BooleanField:
    return forms.BooleanField(label=title, required=False, disabled=mandatory)
