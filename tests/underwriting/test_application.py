"""The application form, drawn from the risk schema: fields, rows, errors, what is wanted."""

import copy
from datetime import date

import pytest
from django.http import QueryDict

from policies.selectors import product_definition
from tests import factories
from underwriting.forms import ApplicationForm, with_row_changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers():
    return [product_definition(factories.version(code)) for code in ("BIND-PA", "HARBOR-PA")]


def posted(form):
    """What a browser sends for a form as it is drawn."""
    data = QueryDict(mutable=True)
    for section in form.sections:
        if section.is_list:
            data.setlist(section.name, [row.key for row in section.rows])
    for bound in form:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif value is not False and value not in (None, ""):
            data[bound.html_name] = value.isoformat() if isinstance(value, date) else str(value)
    return data


def filled(offers, risk=None, coverages=()):
    """A form that shows a stored application, and the data that its page would post."""
    form = ApplicationForm(offers, "US-CA", risk=risk or factories.risk(), coverages=coverages)
    return posted(form)


def names_in(form):
    return [bound.html_name for bound in form]


def test_the_fields_are_those_of_the_schema_in_its_order(offers):
    form = ApplicationForm(offers, "US-CA")

    vehicles = next(section for section in form.sections if section.name == "vehicles")
    assert list(vehicles.rows[0].form.fields)[:5] == [
        "vin",
        "model_year",
        "make",
        "model",
        "body",
    ]
    assert [section.title for section in form.sections] == ["About the risk", "Vehicles", "Drivers"]
    assert "vehicles.v1.vin" in names_in(form)
    assert "drivers.d1.born_on" in names_in(form)


def test_a_new_form_has_one_empty_row_where_the_schema_wants_one(offers):
    form = ApplicationForm(offers, "US-CA")

    rows = {section.name: [row.key for row in section.rows] for section in form.sections[1:]}
    assert rows == {"vehicles": ["v1"], "drivers": ["d1"]}
    assert not any(section.can_remove for section in form.sections)


def test_what_was_stored_comes_back_unchanged(offers):
    risk = factories.risk()
    coverages = factories.usual_coverages("BIND-PA", risk)

    form = ApplicationForm(offers, "US-CA", data=filled(offers, risk, coverages))

    assert form.is_valid(), form.errors
    assert form.cleaned_risk() == risk
    assert sorted(form.cleaned_coverages(), key=lambda row: row["key"]) == sorted(
        coverages, key=lambda row: row["key"]
    )


def test_a_home_with_valuables_comes_back_unchanged():
    offers = [product_definition(factories.version(code)) for code in ("BIND-HO", "HARBOR-HO")]
    ring = {"key": "s1", "class": "jewelry", "description": "Ring", "value": 4000}
    risk = factories.risk("home", scheduled_items=[ring])

    form = ApplicationForm(offers, "US-CA", data=filled(offers, risk))

    assert form.is_valid(), form.errors
    assert form.cleaned_risk() == risk


def test_a_row_more_keeps_what_was_typed_and_gets_a_key_of_its_own(offers):
    data = filled(offers)
    data["vehicles.v1.vin"] = "half-typed"

    form = with_row_changed(ApplicationForm(offers, "US-CA", data=data), add="vehicles")

    vehicles = next(section for section in form.sections if section.name == "vehicles")
    assert [row.key for row in vehicles.rows] == ["v1", "v2"]
    assert vehicles.rows[0].form["vin"].value() == "half-typed"
    assert vehicles.rows[1].form["vin"].value() is None
    assert vehicles.rows[1].cover["BI.limit"].value() == "100/300"
    assert vehicles.can_remove


def test_a_row_less_takes_its_own_fields_along_and_no_others(offers):
    risk = factories.risk()
    second = {**copy.deepcopy(risk["vehicles"][0]), "key": "v2", "model": "Prius"}
    risk["vehicles"].append(second)

    form = with_row_changed(
        ApplicationForm(offers, "US-CA", data=filled(offers, risk)), remove="vehicles.v1"
    )

    form = ApplicationForm(offers, "US-CA", data=posted(form))
    assert form.is_valid(), form.errors
    assert [row["key"] for row in form.cleaned_risk()["vehicles"]] == ["v2"]
    assert {row["item"] for row in form.cleaned_coverages()} == {"v2"}


def test_a_key_is_not_used_again_after_its_row_went(offers):
    """Keys are stable: v1 went, so the next vehicle is v3, not v2 again."""
    risk = factories.risk()
    risk["vehicles"].append({**risk["vehicles"][0], "key": "v2"})
    data = filled(offers, risk)

    form = with_row_changed(ApplicationForm(offers, "US-CA", data=data), remove="vehicles.v1")
    form = with_row_changed(form, add="vehicles")

    assert form.keys_of("vehicles") == ["v2", "v3"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("vehicles.v1.vin", "SHORT", "right form"),
        ("vehicles.v1.model_year", "1492", "at least 1950"),
        ("vehicles.v1.model_year", "new", "whole number"),
        ("vehicles.v1.value", "999999999", "at most 250000"),
        ("vehicles.v1.body", "submarine", "Select a valid choice"),
        ("drivers.d1.name", "", "required"),
        ("drivers.d1.born_on", "31.31.2000", "valid date"),
        ("years_insured", "-1", "at least 0"),
    ],
)
def test_an_error_stands_next_to_its_field(offers, name, value, says):
    data = filled(offers)
    data[name] = value

    form = ApplicationForm(offers, "US-CA", data=data)

    assert not form.is_valid()
    errors = {bound.html_name: list(bound.errors) for bound in form if bound.errors}
    assert list(errors) == [name]
    assert says in errors[name][0]


def test_a_driver_can_be_chosen_by_name_as_soon_as_the_name_is_typed(offers):
    data = filled(offers)
    data["drivers.d1.name"] = "Ana Ortiz"

    form = ApplicationForm(offers, "US-CA", data=data)

    vehicles = next(section for section in form.sections if section.name == "vehicles")
    choices = dict(vehicles.rows[0].form.fields["primary_driver"].choices)
    assert choices == {"": "—", "d1": "Ana Ortiz"}


def test_what_the_law_demands_cannot_be_left(offers):
    """California demands liability; the lowest it allows is 30/60."""
    form = ApplicationForm(offers, "US-CA")

    vehicles = next(section for section in form.sections if section.name == "vehicles")
    liability = vehicles.rows[0].cover.fields["BI.limit"]
    assert liability.required
    assert next(iter(dict(liability.choices))) == "30/60"


def test_cover_that_is_not_wanted_is_not_asked_for(offers):
    data = filled(offers)
    data["cover.v1.COLL.deductible"] = ""

    form = ApplicationForm(offers, "US-CA", data=data)

    assert form.is_valid(), form.errors
    assert "v1:COLL" not in {row["key"] for row in form.cleaned_coverages()}


def test_rows_that_nobody_drew_are_not_taken(offers):
    data = filled(offers)
    data.setlist("vehicles", ["v1", "../../etc", "<b>"])

    assert ApplicationForm(offers, "US-CA", data=data).keys_of("vehicles") == ["v1"]
