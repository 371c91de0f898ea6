"""First look at a product document: its shape, by the schema beside this file."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError

from policies.catalogue.reading import Path_, Source

SCHEMA = Path(__file__).with_name("product.schema.yaml")


@cache
def _validator() -> Draft202012Validator:
    schema = yaml.load(SCHEMA.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def check_structure(source: Source) -> None:
    """Note each place that does not have the shape of a product."""
    for error in _validator().iter_errors(source.document):
        for path, reason in _reasons(error):
            source.refuse(path, reason)
    try:
        Draft202012Validator.check_schema(source.document.get("risk_schema", {}))
    except SchemaError as error:
        place = ("risk_schema", *error.absolute_path)
        source.refuse(place, _("this is no JSON Schema: %(why)s") % {"why": error.message})


def _reasons(error: ValidationError) -> Iterator[tuple[Path_, str]]:
    path = tuple(error.absolute_path)
    instance: Any = error.instance
    schema: Any = error.schema
    if error.validator == "additionalProperties" and isinstance(instance, dict):
        for name in sorted(set(instance) - set(schema.get("properties", {}))):
            yield (*path, name), _("this name is not known here")
    elif error.validator == "oneOf":
        choices = " / ".join(", ".join(one["required"]) for one in schema["oneOf"])
        yield path, _("give exactly one of: %(choices)s") % {"choices": choices}
    elif error.validator == "pattern":
        facts = {"value": instance, "pattern": error.validator_value}
        yield path, _("“%(value)s” does not have the form %(pattern)s") % facts
    else:
        yield path, error.message
