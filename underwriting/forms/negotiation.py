"""Other terms for one carrier: each coverage of its product with the options that it offers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from policies import wording
from policies.catalogue import ProductDefinition
from policies.catalogue.application import coverage_errors
from policies.rating.plan import POLICY
from policies.rating.reading import items_of
from underwriting.forms.cover import CoverForm
from underwriting.forms.small import ReasonForm
from underwriting.models import Quote


@dataclass
class NegotiationForm:
    """One form of cover for the policy and for each item, and why it is asked."""

    quote: Quote
    definition: ProductDefinition
    data: QueryDict | None = None
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.risk = self.quote.submission.application
        titles = wording.titles_of(self.definition.risk_schema, self.risk)
        covers = [(titles[item], self._cover(per, item)) for per, item in self._items()]
        covers.append((_("The whole policy"), self._cover(POLICY, "")))
        self.groups = [(title, cover) for title, cover in covers if cover.fields]
        self.note = ReasonForm(self.data)

    def _items(self) -> Iterator[tuple[str, str]]:
        for per in sorted({coverage.per for coverage in self.definition.coverages} - {POLICY}):
            for item in items_of(self.risk, per):
                yield per, item["key"]

    def _cover(self, per: str, item: str) -> CoverForm:
        return CoverForm(
            self.data,
            offers=[self.definition],
            per=per,
            item=item,
            jurisdiction=self.quote.submission.jurisdiction,
            chosen=self.quote.coverages or self.quote.asked,
        )

    def every_form(self) -> Iterator[forms.Form]:
        yield from (cover for _title, cover in self.groups)
        yield self.note

    def __iter__(self) -> Iterator[forms.BoundField]:
        for form in self.every_form():
            yield from form

    @property
    def errors(self) -> list[Any]:
        return [*self.others, *(form.errors for form in self.every_form() if form.errors)]

    def non_field_errors(self) -> list[str]:
        return self.others

    def add_error(self, _field: str | None, sentence: str) -> None:
        self.others.append(sentence)

    def is_valid(self) -> bool:
        checked = [form.is_valid() for form in self.every_form()]
        if self.data is not None and all(checked):
            place = self.quote.submission.jurisdiction
            for error in coverage_errors(self.definition, self.risk, self.wanted(), place):
                self.others.append(error.message)
        return self.data is not None and not self.errors

    def wanted(self) -> list[dict[str, str]]:
        """The selections that are asked for, in the order of the form."""
        return [one for _title, cover in self.groups for one in cover.selections()]

    @property
    def cleaned_data(self) -> dict[str, Any]:
        return {"wanted": self.wanted(), "note": self.note.cleaned_data["note"]}
