"""The pages' own forms as the API's bodies and filters: one statement of what an act takes."""

from datetime import UTC, date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from office.forms import FilesField
from office.money import MoneyFormField

LARGEST_KEY = 2**63 - 1
# Outside of these, time zones and due dates run over the ends of the calendar.
DAYS = [
    MinValueValidator(date(1900, 1, 1), _("Write a day from 1900 on.")),
    MaxValueValidator(date(2199, 12, 31), _("Write a day before 2200.")),
]
LONGEST_TEXT = 10_000


class Moment(serializers.DateTimeField):
    """Always in UTC, whoever asks: programs compare moments as text."""

    def __init__(self, **options):
        super().__init__(default_timezone=UTC, **options)


def serializer_of(form_class, name, *, without=(), optional=(), **fields):
    """A serializer with the fields of a form, for types and schema; `fields` are added to it."""
    made = {
        field_name: _field(field, required=field.required and field_name not in optional)
        for field_name, field in form_class.base_fields.items()
        if field_name not in without
    }
    return type(name, (serializers.Serializer,), made | fields)


def cleaned(form_class, params):
    """The values of a list's filters that were sent; a filter that makes no sense is refused."""
    if not params:
        return dict.fromkeys(form_class.base_fields)
    serializer = filters_of(form_class)(data=params.dict())
    serializer.is_valid(raise_exception=True)
    sent = {name: value for name, value in serializer.validated_data.items() if value != ""}
    form = form_class(sent)
    if not form.is_valid():
        raise ValidationError(form.errors)
    return {name: form.cleaned_data.get(name) for name in form_class.base_fields}


_filters = {}


def filters_of(form_class):
    if form_class not in _filters:
        _filters[form_class] = serializer_of(form_class, f"{form_class.__name__}Filters")
    return _filters[form_class]


def filled(form_class, sent, *, optional=(), keys=None, **options):
    """The form, bound to values that a serializer has typed, and valid; else 400 by field.

    `keys` names rows otherwise than by their primary key: {"adjuster": "email"}.
    """
    files = {name: value for name, value in sent.items() if _is_files(value)}
    plain = {name: value for name, value in sent.items() if name not in files}
    form = form_class(plain, MultiValueDict(files), **options)
    for name in optional:
        form.fields[name].required = False
    for name, key in (keys or {}).items():
        if name in form.fields:
            form.fields[name].to_field_name = key
    if not form.is_valid():
        raise ValidationError(
            {"non_field_errors" if k == "__all__" else k: v for k, v in form.errors.items()}
        )
    return form


def _is_files(value):
    return isinstance(value, list) and bool(value) and hasattr(value[0], "read")


def _field(field, *, required):
    options = {"required": required, "help_text": field.help_text or field.label or ""}
    for kind, make in MAKERS:
        if isinstance(field, kind):
            return make(field, options)
    raise TypeError(f"No serializer field for {type(field).__name__}.")


def _plain(made, **more):
    """An optional value may be null as well as absent."""
    return lambda field, options: made(
        **options, **({} if options["required"] else {"allow_null": True}), **more
    )


def _text(field, options):
    longest = getattr(field, "max_length", None) or LONGEST_TEXT
    return serializers.CharField(**options, max_length=longest, allow_blank=not options["required"])


def _choice(field, options):
    choices = [(value, label) for value, label in field.choices if value != ""]
    if not choices:
        return _text(field, options)
    return serializers.ChoiceField(choices, **options, allow_blank=not options["required"])


def _row(field, options):
    if field.to_field_name:
        return _text(field, options)
    return _plain(serializers.IntegerField, min_value=1, max_value=LARGEST_KEY)(field, options)


def _several(child):
    return lambda field, options: serializers.ListField(
        child=child(), **options, allow_empty=not options["required"], max_length=200
    )


MAKERS = (
    (FilesField, _several(serializers.FileField)),
    (forms.NullBooleanField, _plain(serializers.BooleanField)),
    (forms.BooleanField, lambda field, options: serializers.BooleanField(**options)),
    (MoneyFormField, _plain(serializers.DecimalField, max_digits=16, decimal_places=2)),
    (forms.DateTimeField, _plain(Moment)),
    (forms.DateField, _plain(serializers.DateField, validators=DAYS)),
    (forms.TimeField, _plain(serializers.TimeField)),
    (forms.ModelMultipleChoiceField, _several(serializers.IntegerField)),
    (forms.ModelChoiceField, _row),
    (forms.MultipleChoiceField, _several(serializers.CharField)),
    (forms.ChoiceField, _choice),
    (forms.EmailField, lambda field, options: _email(options)),
    (forms.UUIDField, _plain(serializers.UUIDField)),
    (forms.IntegerField, _plain(serializers.IntegerField)),
    (forms.CharField, _text),
)


def _email(options):
    return serializers.EmailField(**options, max_length=254, allow_blank=not options["required"])
