import shutil
from pathlib import Path

import pytest

from policies.catalogue import SHIPPED, load_folder
from tests.policies.spoiling import copy_of_one_product, problems, spoil


@pytest.fixture
def folder(tmp_path) -> Path:
    return copy_of_one_product(tmp_path)


def spoil_input(folder: Path, field: str) -> None:
    """Rate the cost of miles on another field of the driver."""
    path = folder / "kinds" / "auto.yaml"
    text = path.read_text()
    schema = "          good_student:\n"
    new = f"          {field}: {{type: integer, x-title: {{en: New, es: Nuevo}}}}\n"
    path.write_text(text.replace(schema, new + schema))
    spoil(folder, "inputs: [item.annual_miles]", f"inputs: [driver.{field}]")


def test_race_is_refused_everywhere_with_the_laws_that_prohibit_it(folder):
    spoil_input(folder, "race")

    found = {reason for _file, _line, path, reason in problems(folder) if path == "rating.steps.5"}

    assert "race must not decide a price in US-NE: 42 U.S.C. § 1981" in found
    assert "race must not decide a price in US-CA: Cal. Code Regs. tit. 10, § 2632.4(a)" in found


def test_gender_is_refused_where_the_law_says_so(folder):
    spoil_input(folder, "driver_sex")

    assert [reason for _file, _line, _path, reason in problems(folder)] == [
        "gender must not decide a price in US-CA: Cal. Code Regs. tit. 10, §§ 2632.5, 2632.11(c)"
    ]


def test_a_variable_behind_a_derived_input_or_another_name_is_found(folder):
    spoil(folder, "of: driver.licensed_on}", "of: driver.born_on}")

    assert [(path, reason) for _file, _line, path, reason in problems(folder)] == [
        (
            "rating.steps.2",
            "age must not decide a price in US-CA: Cal. Code Regs. tit. 10, § 2632.4(a)",
        )
    ]


def test_a_step_that_leaves_the_state_out_may_use_what_only_that_state_prohibits(folder):
    shutil.copy(SHIPPED / "HARBOR-PA.yaml", folder)
    assert len(load_folder(folder)) == 2

    path = folder / "HARBOR-PA.yaml"
    path.write_text(path.read_text().replace(", except_jurisdictions: [US-CA]", ""))

    assert [(line_path, reason) for _file, _line, line_path, reason in problems(folder)] == [
        (
            "rating.steps.4",
            "age must not decide a price in US-CA: Cal. Code Regs. tit. 10, § 2632.4(a)",
        ),
        (
            "rating.steps.5",
            "credit must not decide a price in US-CA: "
            "Cal. Code Regs. tit. 10, §§ 2632.4(a), 2632.5",
        ),
    ]


def test_an_appetite_must_not_look_at_a_prohibited_variable_either(folder):
    spoil(folder, "when: risk.years_insured == 0", "when: risk.religion == 'none'")

    found = problems(folder)

    assert {path for _file, _line, path, _reason in found} == {"appetite.5.when"}
    assert any("Fla. Stat. § 626.9541(1)(x)" in reason for *_place, reason in found)
