"""The application, drawn from the risk schema of a kind of product.

Each field is named by its path with stable keys, `vehicles.v1.model_year`, so an error of the
schema finds its field by name. A list posts the keys of its rows under its own name; a row is
added or removed by a button of the same form, and what was typed stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from policies import wording
from policies.catalogue import ProductDefinition, label
from policies.catalogue.application import risk_errors
from policies.rating.plan import POLICY, Json
from underwriting.forms.cover import CoverForm
from underwriting.forms.fields import as_initial, as_json, field_of


class PathForm(forms.Form):
    """The plain fields of the risk or of one item, named by their path."""

    def add_prefix(self, field_name):
        return f"{self.prefix}.{field_name}" if self.prefix else field_name


@dataclass
class Row:
    """One item: its own fields and the cover chosen for it."""

    key: str
    title: str
    form: PathForm
    cover: CoverForm


@dataclass
class Section:
    """A heading of the page. A list can grow and shrink between its bounds."""

    name: str
    title: str
    rows: list[Row]
    is_list: bool = False
    singular: str = ""
    least: int = 0
    most: int = 1

    @property
    def can_add(self) -> bool:
        return self.is_list and len(self.rows) < self.most

    @property
    def can_remove(self) -> bool:
        return self.is_list and len(self.rows) > self.least


@dataclass
class ApplicationForm:
    """`data` as sent, or what to begin with: `risk` and `coverages`, or what was `typed` so far."""

    offers: Sequence[ProductDefinition]
    jurisdiction: str
    data: QueryDict | None = None
    risk: Mapping[str, Any] = field(default_factory=dict)
    coverages: Sequence[Mapping[str, str]] = ()
    typed: QueryDict | None = None
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.posted = self.typed if self.data is None else self.data
        self.schema = self.offers[0].risk_schema
        self.is_bound = self.data is not None
        self.properties = self.schema["properties"]
        self.sections = [self._plain_section(), *self._item_sections()]
        self.cover = self.cover_of(POLICY, "")

    # Building

    def _plain_section(self) -> Section:
        form = self._form("", self.schema, self.risk)
        return Section("", _("About the risk"), [Row("", "", form, self.cover_of("", ""))])

    def _item_sections(self) -> Iterator[Section]:
        for name, schema in self.properties.items():
            if schema.get("type") == "array":
                yield self._list_section(name, schema)
            elif schema.get("type") == "object":
                yield self._object_section(name, schema)

    def _object_section(self, name: str, schema: Json) -> Section:
        thing = self.risk.get(name, {})
        key = thing.get("key", name)
        row = Row(key, "", self._form(name, schema, thing), self.cover_of(name, key))
        return Section(name, wording.field_title(name, schema), [row])

    def _list_section(self, name: str, schema: Json) -> Section:
        items = {item["key"]: item for item in self.risk.get(name, [])}
        singular = label(schema["x-singular"])
        rows = [
            Row(
                key,
                f"{singular} {place}",
                self._form(f"{name}.{key}", schema["items"], items.get(key, {})),
                self.cover_of(name, key),
            )
            for place, key in enumerate(self.keys_of(name), start=1)
        ]
        least, most = schema.get("minItems", 0), schema.get("maxItems", 100)
        return Section(name, wording.field_title(name, schema), rows, True, singular, least, most)

    def _form(self, path: str, schema: Json, thing: Mapping[str, Any]) -> PathForm:
        plain = {
            name: spec
            for name, spec in schema["properties"].items()
            if name != "key"
            and spec.get("type") not in ("array", "object")
            and not _is_filled_in(spec)
        }
        initial = {name: as_initial(spec, thing.get(name)) for name, spec in plain.items()}
        form = PathForm(self.data, prefix=path, initial=initial)
        if self.typed is not None:
            form.initial = {name: self.typed.get(form.add_prefix(name)) for name in plain}
        for name, spec in plain.items():
            linked = self._titles_of(spec["x-link"]) if "x-link" in spec else None
            required = name in schema.get("required", ())
            form.fields[name] = field_of(name, spec, required=required, linked=linked)
        return form

    def cover_of(self, per: str, item: str) -> CoverForm:
        """The cover to choose for one item, or for the policy."""
        return CoverForm(
            self.data,
            offers=self.offers,
            per=per,
            item=item,
            jurisdiction=self.jurisdiction,
            chosen=self.coverages,
            typed=self.typed,
        )

    # Rows

    def keys_of(self, name: str) -> list[str]:
        """The keys of a list's rows, in order: as posted, as stored, or those of empty rows."""
        if self.posted is not None:
            return [key for key in self.posted.getlist(name) if key.isalnum()]
        stored = [item["key"] for item in self.risk.get(name, [])]
        least = self.properties[name].get("minItems", 0)
        return stored or [f"{self._letter(name)}{number + 1}" for number in range(least)]

    def next_key(self, name: str) -> str:
        """A key that no row of the list has, after all that it has."""
        letter = self._letter(name)
        tails = [key.removeprefix(letter) for key in self.keys_of(name)]
        return f"{letter}{max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1}"

    def _letter(self, name: str) -> str:
        """What the keys of a list begin with: as much of its name as no other list shares."""
        lists = [n for n, spec in self.properties.items() if spec.get("type") == "array"]
        for length in range(1, len(name)):
            if sum(other[:length] == name[:length] for other in lists) == 1:
                return name[:length].replace("_", "")
        return name.replace("_", "")

    def _titles_of(self, name: str) -> dict[str, str]:
        schema = self.properties[name]
        titles = {}
        for place, key in enumerate(self.keys_of(name), start=1):
            title = wording.item_title(schema["items"], {"key": key, **self._raw(name, key)})
            generic = f"{label(schema['x-singular'])} {place}"
            titles[key] = generic if title == wording.field_title(key, schema["items"]) else title
        return titles

    def _raw(self, name: str, key: str) -> dict[str, Any]:
        """What is known of an item before it is checked."""
        if self.posted is None:
            stored = {item["key"]: item for item in self.risk.get(name, [])}
            return stored.get(key, {})
        fields = self.properties[name]["items"]["properties"]
        typed = {one: self.posted.get(f"{name}.{key}.{one}") for one in fields}
        return {
            one: int(value) if value.isdecimal() else value for one, value in typed.items() if value
        }

    # Checking

    def every_form(self) -> Iterator[forms.Form]:
        for section in self.sections:
            for row in section.rows:
                yield row.form
                yield row.cover
        yield self.cover

    def __iter__(self) -> Iterator[forms.BoundField]:
        for form in self.every_form():
            yield from form

    @property
    def errors(self) -> list[Any]:
        return [*self.others, *(form.errors for form in self.every_form() if form.errors)]

    def non_field_errors(self) -> list[str]:
        return self.others

    def is_valid(self) -> bool:
        """Each field for itself, then the whole against the schema."""
        checked = [form.is_valid() for form in self.every_form()]
        if self.is_bound and all(checked):
            for error in risk_errors(self.offers[0], self.cleaned_risk()):
                self.add_error(error.path, error.message)
        return self.is_bound and not self.errors

    def add_error(self, path: str, message: str) -> None:
        """Put an error next to the field that it speaks of, else at the top."""
        prefix, _dot, name = path.rpartition(".")
        for form in self.every_form():
            if isinstance(form, PathForm) and form.prefix == prefix and name in form.fields:
                form.add_error(name, message)
                return
        self.others.append(message)

    def cleaned_risk(self) -> dict[str, Any]:
        filled = [name for name, spec in self.properties.items() if _is_filled_in(spec)]
        risk = {name: self.risk[name] for name in filled if name in self.risk}
        risk |= self._cleaned(self.sections[0].rows[0].form)
        for section in self.sections[1:]:
            items = [{"key": row.key, **self._cleaned(row.form)} for row in section.rows]
            if section.is_list:
                risk[section.name] = items
            else:
                has_key = "key" in self.properties[section.name]["properties"]
                risk[section.name] = items[0] if has_key else self._cleaned(section.rows[0].form)
        return risk

    def _cleaned(self, form: PathForm) -> dict[str, Any]:
        values = {name: as_json(value) for name, value in form.cleaned_data.items()}
        return {name: value for name, value in values.items() if value not in (None, "")}

    def cleaned_coverages(self) -> list[dict[str, str]]:
        chosen = [*self.cover.selections()]
        for section in self.sections:
            for row in section.rows:
                chosen += row.cover.selections()
        return chosen


def _is_filled_in(spec: Json) -> bool:
    """By the office: the first day of cover, an underwriter's judgment. Nobody types it here."""
    return bool(spec.get("x-stamp") or spec.get("x-judgment"))


def with_row_changed(form: ApplicationForm, *, add: str = "", remove: str = "") -> ApplicationForm:
    """The form as typed so far, with an empty row more in one list, or without one row.

    Nothing is checked: who adds a row has not finished yet.
    """
    typed = form.posted.copy()
    if add in form.properties:
        new = form.next_key(add)
        typed.setlist(add, [*form.keys_of(add), new])
        typed.update(form.cover_of(add, new).as_posted())
    name, _dot, key = remove.partition(".")
    if name in form.properties:
        typed.setlist(name, [kept for kept in form.keys_of(name) if kept != key])
    return ApplicationForm(form.offers, form.jurisdiction, typed=typed)
