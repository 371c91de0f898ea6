"""How insured things and their cover read: items, fields, limits. Pure; by the active language."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from office import money
from policies.catalogue import Option, choice_titles, label, whole_money
from policies.catalogue.application import CoverageTerms
from policies.catalogue.parts import Indemnity
from policies.rating.plan import Json

TITLE_PARTS = 3  # of a vehicle: year, make, model
YEARS = (1800, 2200)  # the bounds of a field that holds a year: its digits are not grouped
FORMAL = frozenset({"pattern", "format", "enum", "x-link", "x-unit"})  # tells nobody what it is


def option_text(option: Option) -> str:
    """A limit or deductible to choose: "$100,000 / $300,000", "$500", "2%"."""
    if option.percent is not None:
        return _("In full") if option.percent == 1 else f"{(option.percent * 100).normalize():f}%"
    if option.names is not None:
        return label(option.names)
    if option.amount is None:
        return option.code
    return _amounts(option.amount, option.each_person, option.aggregate)


def limit_text(terms: CoverageTerms) -> str:
    """A limit as worked out for a risk; a dash where there is none."""
    if terms.limit_names is not None:
        return label(terms.limit_names)
    if terms.limit is None:
        return "—"
    return _amounts(terms.limit, terms.each_person, terms.aggregate)


def deductible_text(terms: CoverageTerms) -> str:
    """A deductible as worked out for a risk; a dash where there is none."""
    if terms.deductible_names is not None:
        return label(terms.deductible_names)
    return whole_money(terms.deductible) if terms.deductible else "—"


def _amounts(amount: Decimal, each_person: Decimal | None, aggregate: Decimal | None) -> str:
    """As the field writes them: each person / each accident; each occurrence / in all.

    All three, as employers liability has them: each accident / in all / each employee.
    """
    if aggregate is None:
        amounts = [each_person, amount]
    else:
        amounts = [amount, aggregate, each_person]
    return " / ".join(whole_money(one) for one in amounts if one is not None)


def indemnity_facts(indemnity: Indemnity) -> list[tuple[str, str]]:
    """What the law pays for lost wages, and which law."""
    share = f"{money.round(indemnity.share_of_wage * 100).normalize():f}%"
    waiting = ngettext("%(count)s day", "%(count)s days", indemnity.waiting_days)
    return [
        (_("Not paid at first"), waiting % {"count": indemnity.waiting_days}),
        (
            _("Paid from the first day"),
            _("when it lasts longer than %(count)s days")
            % {"count": indemnity.retroactive_after_days},
        ),
        (_("Share of the wage"), share),
        (_("At least a week"), money.format(indemnity.weekly_minimum)),
        (_("At most a week"), money.format(indemnity.weekly_maximum)),
        (_("Law"), indemnity.source),
    ]


def field_title(name: str, schema: Json) -> str:
    return label(schema["x-title"]) if "x-title" in schema else name.replace("_", " ").capitalize()


def value_text(schema: Json, value: Any) -> str:
    """A value of a risk in the reader's words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value in (None, ""):
        return "—"
    if "x-unit" in schema:
        return whole_money(Decimal(value))
    if schema.get("format") == "date":
        return formats.date_format(date.fromisoformat(value))
    titles = choice_titles(schema)
    if value in titles:
        return titles[value]
    if isinstance(value, int) and not _is_year(schema):
        return formats.number_format(value, force_grouping=True)
    return str(value)


def _is_year(schema: Json) -> bool:
    first, last = YEARS
    return first <= schema.get("minimum", 0) and schema.get("maximum", last + 1) <= last


def facts_of(
    schema: Json, thing: Mapping[str, Any], titles: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """The plain fields of a risk or of one item; `titles` are those of the items it may name."""
    facts = []
    for name, field_schema in schema.get("properties", {}).items():
        value = thing.get(name)
        if name != "key" and name in thing and not isinstance(value, list | Mapping):
            if "x-link" in field_schema and titles:
                value = titles.get(str(value), value)
            facts.append((field_title(name, field_schema), value_text(field_schema, value)))
    return facts


def declared_of(
    schema: Json, risk: Mapping[str, Any], titles: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the declarations state besides the insured items: headings and their facts.

    The fields and lists of the risk whose schema says `x-declared`; the plain fields come first,
    without a heading.
    """
    shown = {name: one for name, one in schema["properties"].items() if one.get("x-declared")}
    found = [("", facts_of({"properties": shown}, risk))]
    for name, one in shown.items():
        items = risk.get(name) if one.get("type") == "array" else None
        for item in items or ():
            title = f"{label(one['x-singular'])}: {titles[item['key']]}"
            found.append((title, facts_of(one["items"], item, titles)))
    return [(title, facts) for title, facts in found if facts]


def titles_of(schema: Json, risk: Mapping[str, Any]) -> dict[str, str]:
    """What each item of a risk is called, by its key."""
    return {key: item_title(spec, item) for key, spec, item in items_of(schema, risk)}


def items_of(schema: Json, risk: Mapping[str, Any]) -> Iterator[tuple[str, Json, Json]]:
    """Each insured item of a risk: its key, its schema, itself."""
    for name, field_schema in schema.get("properties", {}).items():
        found = risk.get(name)
        if isinstance(found, Mapping) and "key" in found:
            yield found["key"], field_schema, found
        elif isinstance(found, list):
            for item in found:
                yield item["key"], field_schema["items"], item


def item_schema_of(schema: Json, path: str) -> Json | None:
    """The schema of the items of the list that a path goes through; None where there is none."""
    name = path.split(".")[1] if "." in path else ""
    found = schema.get("properties", {}).get(name, {})
    items: Json | None = found.get("items")
    return items


def item_title(schema: Json, item: Mapping[str, Any]) -> str:
    """What an item is called by its own words: "2021 Toyota Corolla", "Ana Núñez".

    The first free texts, and the numbers that stand before them; else the name of the thing.
    """
    words: list[str] = []
    has_text = False
    for name, field_schema in schema.get("properties", {}).items():
        value = item.get(name)
        if name == "key" or FORMAL & field_schema.keys():
            continue
        if isinstance(value, str):
            has_text = True
            words.append(value)
        elif isinstance(value, int) and not isinstance(value, bool) and not has_text:
            words.append(str(value))
    fallback = field_title(item["key"], schema)
    return " ".join(words[:TITLE_PARTS]) if has_text else fallback
