"""Random risks and selections of any shipped product, drawn from its own risk schema."""

from typing import Any

from hypothesis import strategies as st

from policies.catalogue import ProductDefinition
from policies.rating.reading import items_of

ZIP_CODES = {
    "US-CA": ("90012", "92101", "93701", "94110", "95814"),
    "US-CO": ("80202", "80401", "80903", "81301"),
    "US-FL": ("32801", "33101", "33602", "34102"),
    "US-NE": ("68102", "68301", "68502", "69101"),
}


@st.composite
def risks(draw, definition: ProductDefinition, place: str) -> dict[str, Any]:
    """A risk of the product, its postal codes in the jurisdiction, its links leading somewhere."""
    risk = draw(_object(definition.risk_schema, place, ""))
    for name, schema in definition.risk_schema["properties"].items():
        fields = schema.get("items", schema).get("properties", {})
        for field, one in fields.items() if schema.get("x-item") else ():
            keys = [item["key"] for item in items_of(risk, one.get("x-link", ""))]
            for item in items_of(risk, name) if keys else ():
                item[field] = draw(st.sampled_from(keys))
    return risk


@st.composite
def _object(draw, schema: dict[str, Any], place: str, name: str) -> dict[str, Any]:
    made = {}
    for field, one in schema["properties"].items():
        if field in schema.get("required", ()) or draw(st.booleans()):
            made[field] = draw(_value(one, place, field))
    return made


def _value(schema: dict[str, Any], place: str, name: str):
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema["type"]
    if kind == "object":
        return _object(schema, place, name)
    if kind == "array":
        return _list(schema, place, name)
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), schema.get("maximum", 10**6))
    if kind == "boolean":
        return st.booleans()
    if "postal" in name or "zip" in name:
        return st.sampled_from(ZIP_CODES[place])
    if schema.get("format") == "date":
        return _dates()
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z")
    return st.just("Some text")


def _dates():
    return st.tuples(st.integers(1930, 2025), st.integers(1, 12), st.integers(1, 28)).map(
        lambda day: f"{day[0]:04}-{day[1]:02}-{day[2]:02}"
    )


@st.composite
def _list(draw, schema: dict[str, Any], place: str, name: str) -> list[Any]:
    least = schema.get("minItems", 0)
    items = draw(
        st.lists(_value(schema["items"], place, name), min_size=least, max_size=max(least, 3))
    )
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            item["key"] = f"{name}{number}"
    return items


@st.composite
def selections(draw, definition: ProductDefinition, risk: dict[str, Any], place: str):
    """Some of the coverages offered there, of every item, with any of their options."""
    chosen = []
    for coverage in definition.coverages:
        if place not in coverage.jurisdictions or not draw(st.booleans()):
            continue
        keys = (
            [""] if coverage.per == "policy" else [i["key"] for i in items_of(risk, coverage.per)]
        )
        for key in keys:
            limit, deductible = (
                draw(st.sampled_from([one.code for one in choice.allowed(place)])) if choice else ""
                for choice in (coverage.limit, coverage.deductible)
            )
            chosen.append(
                {"coverage": coverage.code, "item": key, "limit": limit, "deductible": deductible}
            )
    return chosen
