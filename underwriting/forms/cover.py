"""The cover that is wanted for the policy or for one item: limits and deductibles to choose."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from policies.catalogue import Coverage, ProductDefinition, label
from policies.catalogue.application import coverage_key
from underwriting.forms.fields import choice_field, default_of, flag_field, options_of

PARTS = ("limit", "deductible")


class CoverForm(forms.Form):
    """Fields `cover.<item>.<coverage>.limit`; a coverage without choices is a box to tick.

    What any of the carriers offers can be chosen; each then quotes the nearest that it has.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        offers: Sequence[ProductDefinition],
        per: str,
        item: str,
        jurisdiction: str,
        chosen: Sequence[Mapping[str, str]] = (),
        typed: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, prefix=f"cover.{item or 'policy'}")
        self.item = item
        self.fixed: dict[str, dict[str, str]] = {}
        self.stored = {row["coverage"]: row for row in chosen if row["item"] == item}
        self.is_new = not chosen
        for code, coverages in _by_code(offers, per, jurisdiction).items():
            self._add(code, coverages, jurisdiction)
        if typed is not None and any(self.add_prefix(name) in typed for name in self.fields):
            self.initial = {name: typed.get(self.add_prefix(name), "") for name in self.fields}

    def add_prefix(self, field_name: str) -> str:
        return f"{self.prefix}.{field_name}"

    def _add(self, code: str, coverages: list[Coverage], jurisdiction: str) -> None:
        """A part with one option needs no choosing; a coverage without any is a box to tick."""
        mandatory = any(jurisdiction in coverage.mandatory for coverage in coverages)
        usual = mandatory or any(coverage.usual for coverage in coverages)
        title = label(coverages[0].names)
        offered = {part: options_of(coverages, part, jurisdiction) for part in PARTS}
        self.fixed[code] = {p: next(iter(o)) for p, o in offered.items() if len(o) == 1}
        open_parts = [part for part in PARTS if len(offered[part]) > 1]
        if not open_parts:
            self.fields[code] = flag_field(title, mandatory=mandatory)
            self.initial[code] = usual if self.is_new else code in self.stored
        for place, part in enumerate(open_parts):
            name, is_first = f"{code}.{part}", place == 0
            self.fields[name] = choice_field(
                _("%(coverage)s: deductible") % {"coverage": title}
                if part == "deductible"
                else title,
                offered[part],
                may_be_left=is_first and not mandatory,
            )
            default = default_of(coverages, part) if usual or not is_first else ""
            self.initial[name] = default if self.is_new else self._stored(code, part, default)

    def _stored(self, code: str, part: str, default: str) -> str:
        """What was chosen; of a coverage that was not, the limit is empty."""
        if code in self.stored:
            return self.stored[code][part]
        return default if f"{code}.limit" in self.fields else ""

    def selections(self) -> Iterator[dict[str, str]]:
        """The coverages that are wanted, with the options chosen."""
        for code, fixed in self.fixed.items():
            names = [part for part in PARTS if f"{code}.{part}" in self.fields]
            wanted = self.cleaned_data[f"{code}.{names[0]}" if names else code]
            if wanted:
                chosen = {p: self.cleaned_data.get(f"{code}.{p}", fixed.get(p, "")) for p in PARTS}
                key = coverage_key(code, self.item)
                yield {"key": key, "coverage": code, "item": self.item, **chosen}

    def as_posted(self) -> dict[str, str]:
        """The values that the form begins with, as a browser would post them."""
        posted = {name: self.initial.get(name, "") for name in self.fields}
        return {self.add_prefix(name): value for name, value in posted.items() if value}


def _by_code(
    offers: Sequence[ProductDefinition], per: str, jurisdiction: str
) -> dict[str, list[Coverage]]:
    """The coverages for the policy or for items of a list, with each carrier's own offer."""
    found: dict[str, list[Coverage]] = {}
    for definition in offers:
        for coverage in definition.coverages:
            if coverage.per == per and jurisdiction in coverage.jurisdictions:
                found.setdefault(coverage.code, []).append(coverage)
    return found
