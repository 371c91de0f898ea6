import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from office.exceptions import Refused
from policies.catalogue import (
    SHIPPED,
    CatalogueError,
    ProductDefinition,
    check_document,
    label,
    load_folder,
    required_documents,
)
from tests.policies.spoiling import copy_of_one_product, problems, spoil


@pytest.fixture(scope="module")
def shipped():
    return {product.code: product for product in load_folder()}


@pytest.fixture
def folder(tmp_path) -> Path:
    return copy_of_one_product(tmp_path)


# What is shipped


def test_version_stored_before_later_names_existed_still_reads(shipped):
    document = dict(shipped["BIND-HO"].document)
    del document["renewal"]
    document["cancellation"] = {
        name: document["cancellation"][name]
        for name in (
            "insured",
            "carrier",
            "nonpayment",
            "short_rate_factor",
            "minimum_earned",
            "fully_earned_fees",
        )
    }

    product = ProductDefinition.from_json(document)

    assert product.cancellation.short_rate_table == ()
    assert product.cancellation.reinstatement.within_days == 30
    assert product.renewal.work_days == (90, 60, 45)


def test_our_own_and_another_carrier_sell_every_kind_of_product_in_four_states(shipped):
    states = ("US-CA", "US-CO", "US-FL", "US-NE")
    lines = {
        "auto": "casualty",
        "home": "property",
        "liability": "casualty",
        "property": "property",
        "compensation": "casualty",
        "medical": "health",
        "term_life": "life",
        "group_medical": "health",
    }

    for kind, line in lines.items():
        sold = [product for product in shipped.values() if product.kind == kind]

        assert {product.line for product in sold} == {line}
        assert [product.carrier_is_own for product in sold] == [True, False]
    assert {product.kind for product in shipped.values()} == set(lines)
    assert all(product.jurisdictions == states for product in shipped.values())


def test_products_of_one_kind_share_their_risk_so_that_one_application_is_quoted_at_all(shipped):
    for kind in ("PA", "HO"):
        ours, theirs = shipped[f"BIND-{kind}"], shipped[f"HARBOR-{kind}"]

        assert ours.risk_schema == theirs.risk_schema
        assert ours.document["rating"]["tables"] != theirs.document["rating"]["tables"]
        assert {c.code for c in ours.coverages} == {c.code for c in theirs.coverages}


def test_a_definition_has_typed_parts(shipped):
    product = shipped["HARBOR-PA"]
    bodily_injury = product.coverage("BI")

    assert (product.version, product.effective_from) == (1, date(2025, 1, 1))
    assert (product.term_months, product.rating.term_factor) == (6, Decimal("0.5"))
    assert product.commission.new == Decimal("0.15")
    assert bodily_injury.limit.option("25/50").each_person == Decimal("25000")
    assert [o.code for o in bodily_injury.limit.allowed("US-CA")] == ["30/60", "50/100", "100/300"]
    assert bodily_injury.exclusions[0].clause == (
        "HL-AUTO 100 (2025), Liability, What we do not cover (a)"
    )
    assert label(product.names, "es") == "Harborline Conduce"
    assert shipped["BIND-PA"].commission is None


def test_a_definition_goes_through_json_unchanged(shipped):
    for product in shipped.values():
        again = ProductDefinition.from_json(json.loads(json.dumps(product.to_json())))

        assert again == product
        assert again.rating == product.rating


def test_an_excluded_cause_leads_to_the_clause_that_excludes_it(shipped):
    flood = shipped["BIND-HO"].cause("flood")
    clauses = {e.code: e.clause for e in shipped["BIND-HO"].coverage("DWELL").exclusions}

    assert flood.coverages == ()
    assert [clauses[code] for code in flood.exclusions] == [
        "BM HO 00 03 (01 25), Section I, Exclusion A.3"
    ]


def test_an_unknown_code_is_refused_in_a_sentence(shipped):
    with pytest.raises(Refused, match="BIND-PA has no “weekly”"):
        shipped["BIND-PA"].pay_plan("weekly")


@pytest.mark.parametrize(
    ("code", "cause", "amount", "injured", "expected"),
    [
        ("BIND-PA", "collision", "900", False, {"photos", "repair_estimate", "other_party"}),
        (
            "BIND-PA",
            "collision",
            "1000.01",
            False,
            {"photos", "repair_estimate", "other_party", "police_report"},
        ),
        (
            "BIND-PA",
            "collision",
            "900",
            True,
            {"photos", "repair_estimate", "other_party", "police_report", "medical_bills"},
        ),
        (
            "HARBOR-PA",
            "theft",
            "1",
            False,
            {"police_report", "proof_of_ownership", "keys_statement"},
        ),
        ("BIND-HO", "water", "1000", False, {"photos", "repair_estimate", "plumber_report"}),
        (
            "BIND-HO",
            "water",
            "1001",
            False,
            {"photos", "repair_estimate", "plumber_report", "inventory"},
        ),
        ("HARBOR-HO", "lost_item", "50", False, {"proof_of_ownership"}),
    ],
)
def test_the_documents_of_a_claim_follow_cause_amount_and_injury(
    shipped, code, cause, amount, injured, expected
):
    needed = required_documents(shipped[code], cause=cause, amount=Decimal(amount), injured=injured)

    assert {one.document for one in needed} == expected
    assert len(needed) == len(expected)


# What is refused, with file and line


def test_a_float_is_refused_where_it_stands(folder):
    line = spoil(folder, '[US-CA, BI, "310.00"]', "[US-CA, BI, 310.00]")

    assert problems(folder) == [
        (
            "BIND-PA.yaml",
            line,
            "rating.tables.base.rows.0.2",
            "310.00 is a float; write the exact number in quotes",
        )
    ]


def test_the_sentence_of_the_refusal_names_file_line_and_reason(folder):
    line = spoil(folder, '[US-CA, BI, "310.00"]', "[US-CA, BI, 310.00]")

    with pytest.raises(CatalogueError) as caught:
        load_folder(folder)

    assert str(caught.value) == (
        f"The catalogue is not loaded: BIND-PA.yaml, line {line}: rating.tables.base.rows.0.2: "
        "310.00 is a float; write the exact number in quotes"
    )


def test_one_bad_file_keeps_every_product_out_and_all_problems_are_told(folder):
    shutil.copy(SHIPPED / "HARBOR-PA.yaml", folder)
    ours = spoil(folder, "mandatory: [US-NE]", "mandatory: [US-TX]")
    theirs = spoil(folder, 'new: "0.15"', 'new: "1.15"', "HARBOR-PA.yaml")

    assert [(file, line) for file, line, _path, _reason in problems(folder)] == [
        ("BIND-PA.yaml", ours),
        ("HARBOR-PA.yaml", theirs),
    ]


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("line: casualty", "line: motor", "line", "'motor' is not one of"),
        ("version: 1\n", "version: 1\nedition: 2\n", "edition", "this name is not known here"),
        ("term_months: 12\n", "", "", "'term_months' is a required property"),
        ("effective_from: 2025-01-01", "effective_from: 2025-02-30", "effective_from", "date"),
        ("number_prefix: PA", "number_prefix: no", "number_prefix", "write it in quotes"),
        ("term_months: 12", "term_months: 012", "term_months", "write it in quotes"),
        ("term_months: 12", "version: 2", "version", "this name appears twice"),
        ("kind: auto", "kind: boat", "kind", "there is no file kinds/boat.yaml"),
        (
            "term_months: 12",
            "term_months: &twelve {a: 1}\nextra: *twelve",
            "extra",
            "anchors and aliases are not used in the catalogue",
        ),
        (
            "keys: [jurisdiction, zip3]",
            "keys: [zip3]",
            "rating.tables.territory.rows.0",
            "the row has 4 cells instead of 3",
        ),
        (
            '"900", "919", "1.28"]',
            '"900", "918", "1.28"]',
            "rating.tables.territory.rows.1",
            "the band does not begin where the one before ends",
        ),
        (
            '["10", "40", "1.00"]',
            '["10", "40", "1.0000001"]',
            "rating.tables.experience.rows.4",
            "six places at most",
        ),
        (
            '["25000", "1.00"]',
            '["9000", "1.00"]',
            "rating.tables.value_curve.rows.2",
            "the points of a curve must rise",
        ),
        (
            '[US-CA, PD, "205.00"]',
            '[US-CA, BI, "205.00"]',
            "rating.tables.base.rows.1",
            "a row with these keys stands above already",
        ),
        (
            '[pleasure, "0.95"]',
            '[1, "0.95"]',
            "rating.tables.use.rows.0",
            "the key 1 must be in quotes",
        ),
        (
            "coverages: [UM],",
            "coverages: [UMX],",
            "forms.2.coverages",
            "“UMX” is not known",
        ),
        (
            'minimum_earned: "50.00"',
            'minimum_earned: "50.001"',
            "cancellation.minimum_earned",
            "does not have the form",
        ),
        (
            "reasons: {sold: pro_rata}",
            "reasons: {bored: pro_rata}",
            "cancellation.reasons",
            "“bored” is not known",
        ),
        (
            "reasons: {sold: pro_rata}",
            'short_rate_table: [[30, "0.20"], [30, "0.30"], [365, "1"]]',
            "cancellation.short_rate_table.1",
            "must rise from row to row",
        ),
        (
            "reasons: {sold: pro_rata}",
            'short_rate_table: [[30, "0.20"], [300, "0.90"]]',
            "cancellation.short_rate_table",
            "the last row earns all by day 365",
        ),
        (
            "without_lapse_days: 30",
            "without_lapse_days: 31",
            "cancellation.reinstatement",
            "a gap cannot be closed longer than cover can be taken up again",
        ),
        (
            "instalments: 10,",
            "instalments: 0,",
            "pay_plans.3",
            "instalments are for what the down payment leaves, and only for that",
        ),
        (
            "inputs: [item.annual_miles]",
            "inputs: [item.miles]",
            "rating.steps.5",
            "the input “item.miles” leads to no field of the risk",
        ),
        (
            "inputs: [item.use]",
            "inputs: [item.use, item.body]",
            "rating.steps.6",
            "the table “use” needs these inputs: use",
        ),
        (
            "table: miles,",
            "table: milles,",
            "rating.steps.5",
            "there is no table “milles”",
        ),
        (
            '        - [US-NE, TOW, "7.00"]\n',
            "",
            "coverages.8",
            "a table of the plan has no row for it in US-NE",
        ),
        (
            '        - [PD, "100000", "1.11"]\n',
            "",
            "coverages.1",
            "the table “limit” has no row for “100000” in US-CA",
        ),
        (
            '        - [COLL, sports, "1.45"]\n',
            "",
            "coverages.6",
            "the table “body” has no row for “sports” in US-CA",
        ),
    ],
)
def test_a_mistake_is_refused_with_its_place_and_reason(folder, old, new, path, reason):
    spoil(folder, old, new)

    found = problems(folder)

    assert found[0][0] == "BIND-PA.yaml"
    assert found[0][1] > 0
    assert found[0][2] == path
    assert reason in found[0][3]


@pytest.mark.parametrize(
    ("code", "changes", "reason"),
    [
        ("base", {"over": "trucks"}, "the risk has no list “trucks”"),
        ("territory", {"over": "vehicles"}, "only a base or a loading of a coverage is summed"),
        ("base", {"where": {"input": "item.use", "in": ["farm"]}}, "the items that `over` names"),
        ("base", {"over": "vehicles", "inputs": ["jurisdiction", "limit"]}, "leads to no field"),
        ("base", {"over": "vehicles", "where": {"input": "item.x", "in": ["a"]}}, "leads to no"),
        ("base", {"scope": "policy"}, "a step of the whole policy changes a premium"),
        ("minimum_premium", {"inputs": ["coverage"]}, "the input “coverage” leads to no field"),
        ("minimum_premium", {"inputs": ["premium"]}, "in a band or a curve, as its last input"),
        ("minimum_premium", {"inputs": ["item.use"]}, "the input “item.use” leads to no field"),
        (
            "minimum_premium",
            {"round": {"places": 3, "mode": "up"}},
            "a step of the whole policy rounds to cents or less",
        ),
    ],
)
def test_steps_over_lists_and_of_the_whole_policy_are_checked(shipped, code, changes, reason):
    draft = json.loads(json.dumps(shipped["BIND-PA"].to_json()))
    steps = draft["rating"]["steps"]
    index = next(i for i, one in enumerate(steps) if one["code"] == code)
    steps[index] |= changes

    found = check_document(draft)

    assert any(p.path == f"rating.steps.{index}" and reason in p.reason for p in found), found


def test_a_step_of_the_whole_policy_needs_a_row_wherever_it_applies(shipped):
    draft = json.loads(json.dumps(shipped["BIND-PA"].to_json()))
    steps, rows = draft["rating"]["steps"], draft["rating"]["tables"]["least"]["rows"]
    index = next(i for i, one in enumerate(steps) if one["code"] == "minimum_premium")
    rows[:] = [["US-CA", "150.00"]]

    found = {(p.path, p.reason) for p in check_document(draft)}

    assert found == {
        (f"rating.steps.{index}", f"a table of the plan has no row for it in US-{place}")
        for place in ("CO", "FL", "NE")
    }


def test_a_step_over_a_list_keeps_to_the_law(shipped):
    """The age of a driver may not decide a price in California, also where drivers are summed."""
    draft = json.loads(json.dumps(shipped["BIND-PA"].to_json()))
    draft["rating"]["inputs"]["age"] = {"kind": "years_since", "of": "item.born_on"}
    draft["rating"]["tables"]["by_age"] = {
        "version": "1",
        "kind": "banded",
        "keys": ["age"],
        "rows": [["0", None, "1.00"]],
    }
    names = {"en": "Drivers", "es": "Conductores"}
    draft["rating"]["steps"].append(
        {"code": "drivers", "name": names, "kind": "add", "over": "drivers", "table": "by_age"}
        | {"inputs": ["age"]}
    )

    (problem,) = check_document(draft)

    assert "age must not decide a price in US-CA" in problem.reason


@pytest.mark.parametrize(
    ("file", "old", "new", "path", "reason"),
    [
        (
            "BIND-CP.yaml",
            "minimum: {US-FL: 2%}",
            "minimum: {US-FL: 3%}",
            "coverages.3.deductible.minimum",
            "“3%” is not known",
        ),
        (
            "BIND-CP.yaml",
            "{code: 24h, name: {en: 24 hours, es: 24 horas}}",
            "{code: 24h, name: {en: 24 hours}}",
            "coverages.2.deductible.options.1.name",
            "'es' is a required property",
        ),
        (
            "BIND-GL.yaml",
            "where: {input: item.basis, in: [units]}, table: premises",
            "where: {input: item.base, in: [units]}, table: premises",
            "rating.steps.1",
            "the input “item.base” leads to no field of the risk",
        ),
        (
            "BIND-GL.yaml",
            '"800", "803", "1.09"',
            '"800", "802", "1.09"',
            "rating.tables.territory.rows.7",
            "the band does not begin where the one before ends",
        ),
        (
            "BIND-WC.yaml",
            '        - [US-NE, "8810", "0.13"]\n',
            "",
            "coverages.0",
            "the table “class_rate” has no row for “8810” in US-NE",
        ),
        (
            "BIND-WC.yaml",
            "US-NE: {waiting_days: 7,",
            "US-TX: {waiting_days: 7,",
            "coverages.0.indemnity",
            "“US-TX” is not known",
        ),
        (
            "BIND-WC.yaml",
            "scope: policy, table: premium_discount, inputs: [premium]",
            "scope: policy, table: premium_discount, inputs: [jurisdiction]",
            "rating.steps.11",
            "the last input of the table “premium_discount” must be a number",
        ),
    ],
)
def test_what_businesses_buy_is_checked_to_the_line(folder, file, old, new, path, reason):
    shutil.copy(SHIPPED / file, folder)
    spoil(folder, old, new, file)

    (found,) = (one for one in problems(folder) if one[2] == path)

    assert found[0] == file
    assert found[1] > 1
    assert reason in found[3]


def test_coinsurance_is_a_choice_among_percentages(folder):
    shutil.copy(SHIPPED / "BIND-CP.yaml", folder)
    spoil(folder, 'enum: ["80", "90", "100", "0"]', 'enum: ["80", "most"]', "kinds/property.yaml")

    found = {(file, path, reason) for file, _line, path, reason in problems(folder)}

    assert (
        "BIND-CP.yaml",
        "coverages.0.coinsurance",
        "coinsurance is a field that chooses among whole percentages up to 100",
    ) in found


def test_a_mistake_in_the_file_of_the_kind_is_told_of_that_file(folder):
    line = spoil(folder, "coverages: [TOW],", "coverages: [TOWING],", "kinds/auto.yaml")

    assert problems(folder)[0] == (
        "auto.yaml",
        line,
        "causes.12.coverages",
        "“TOWING” is not known",
    )


def test_a_field_without_a_name_in_both_languages_is_refused(folder):
    line = spoil(
        folder,
        "model_year:\n            type: integer",
        "model_years: {type: integer}\n          model_year:\n            type: integer",
        "kinds/auto.yaml",
    )

    assert problems(folder) == [
        (
            "auto.yaml",
            line,
            "risk_schema.properties.vehicles.items.properties.model_years",
            "the field needs an x-title in English and Spanish",
        )
    ]


def test_text_that_is_no_yaml_and_a_file_that_is_no_product_are_refused(folder):
    (folder / "A.yaml").write_text("code: [unclosed\n")
    (folder / "B.yaml").write_text("- a list\n")
    (folder / "C.yaml").write_bytes(b"code: \xff\n")

    found = problems(folder)

    assert [(file, reason) for file, _line, _path, reason in found[1:]] == [
        ("B.yaml", "the file holds no mapping of names to values"),
        ("C.yaml", "the file is not UTF-8 text"),
    ]
    assert found[0][0] == "A.yaml"


def test_an_empty_folder_and_a_version_given_twice_are_refused(folder, tmp_path):
    shutil.copy(folder / "BIND-PA.yaml", folder / "COPY.yaml")
    empty = tmp_path / "empty"
    empty.mkdir()

    assert [p[3] for p in problems(folder)] == ["another file holds version 1 of BIND-PA"]
    assert [p[3] for p in problems(empty)] == ["the folder holds no product"]


def test_a_draft_is_checked_like_a_file(shipped):
    draft = json.loads(json.dumps(shipped["BIND-HO"].to_json()))
    assert check_document(draft) == []

    draft["rating"]["tables"]["losses"]["rows"][0][2] = "1.0.0"

    assert [p.path for p in check_document(draft)] == ["rating.tables.losses.rows.0"]
