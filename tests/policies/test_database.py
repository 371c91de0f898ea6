"""What the database itself refuses about terms, segments and versions, by raw SQL."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from policies.models import ProductVersion, Segment
from tests import factories

pytestmark = pytest.mark.django_db

INSERT = """
    INSERT INTO policies_segment (term_id, transaction_id, valid, recorded, insured)
    SELECT term_id, transaction_id, %s::daterange, %s::tstzrange, insured
    FROM policies_segment WHERE id = %s RETURNING id
"""
BEFORE = "[2026-01-01 00:00+00,2026-02-20 18:00+00)"  # before the policy was recorded
WHOLE = "[2026-03-01,2027-03-01)"


@pytest.fixture
def segment():
    """Recorded on 20 February 2026 at 18:00 UTC, for 1 March 2026 to 1 March 2027."""
    return Segment.objects.get(term__policy=factories.policy_in_force())


def run(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone() if cursor.description else None


def refused(name, sql, *params):
    with pytest.raises(IntegrityError) as error:
        run(sql, *params)
    assert error.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize(
    ("valid", "recorded"),
    [
        (WHOLE, "[2026-02-20 18:00+00,)"),
        ("[2026-06-01,2026-06-02)", "[2026-12-01 00:00+00,)"),
        ("[2027-02-28,2027-03-01)", "[2026-01-01 00:00+00,2026-02-20 18:00:00.000001+00)"),
    ],
)
def test_two_beliefs_about_the_same_day_at_the_same_moment(segment, valid, recorded):
    refused("segments_do_not_overlap", INSERT, valid, recorded, segment.pk)


def test_beliefs_that_follow_each_other_may_speak_of_the_same_days(segment):
    assert run(INSERT, WHOLE, BEFORE, segment.pk)[0] != segment.pk


def test_the_same_days_of_another_term_are_free():
    first = factories.policy_in_force().terms.get().segments.get()
    second = factories.policy_in_force().terms.get().segments.get()

    assert (first.valid, first.term_id) == (second.valid, second.term_id - 1)


@pytest.mark.parametrize(
    ("valid", "recorded", "name"),
    [
        ("empty", BEFORE, "segment_is_valid_for_a_day_or_more"),
        ("[2026-06-01,2026-06-01)", BEFORE, "segment_is_valid_for_a_day_or_more"),
        (WHOLE, "empty", "segment_is_believed_for_a_moment_or_more"),
        (
            WHOLE,
            "[2026-01-01 00:00+00,2026-01-01 00:00+00)",
            "segment_is_believed_for_a_moment_or_more",
        ),
        (WHOLE, "(,2026-02-01 00:00+00)", "segment_ranges_are_half_open"),
        (WHOLE, "[2026-01-01 00:00+00,2026-02-01 00:00+00]", "segment_ranges_are_half_open"),
        (WHOLE, "(2026-01-01 00:00+00,2026-02-01 00:00+00)", "segment_ranges_are_half_open"),
        ("[2026-02-28,2026-03-02)", BEFORE, "segment_lies_within_its_term"),
        ("[2027-02-28,2027-03-02)", BEFORE, "segment_lies_within_its_term"),
        ("[2026-06-01,)", BEFORE, "segment_lies_within_its_term"),
    ],
)
def test_ranges_that_would_lose_or_invent_history(segment, valid, recorded, name):
    """An empty range overlaps nothing, so no exclusion constraint would see it."""
    refused(name, INSERT, valid, recorded, segment.pk)


def test_an_open_belief_may_be_closed_once(segment):
    close = "UPDATE policies_segment SET recorded = tstzrange(lower(recorded), %s) WHERE id = %s"

    run(close, datetime(2026, 4, 1, tzinfo=UTC), segment.pk)

    refused("segment_only_closes", close, datetime(2026, 5, 1, tzinfo=UTC), segment.pk)


@pytest.mark.parametrize(
    "change",
    [
        "insured = '{}'",
        "valid = '[2026-03-01,2026-09-01)'",
        "term_id = term_id",
        "recorded = tstzrange(lower(recorded) + interval '1 second', NULL)",
        "recorded = tstzrange(lower(recorded) + interval '1 s', lower(recorded) + interval '1 d')",
        "insured = '{}', recorded = tstzrange(lower(recorded), '2026-04-01 00:00+00')",
    ],
)
def test_nothing_else_of_a_segment_changes(segment, change):
    refused(
        "segment_only_closes", f"UPDATE policies_segment SET {change} WHERE id = %s", segment.pk
    )


@pytest.mark.parametrize(
    "table",
    [
        "policies_segment",
        "policies_segmentpremium",
        "policies_termtransaction",
        "policies_term",
        "policies_productversion",
        "policies_policyevent",
    ],
)
def test_the_application_has_no_right_to_delete_history(segment, table):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DELETE FROM policies_segment", "segment_only_closes"),
        ("DELETE FROM policies_term", "term_stays"),
        ("DELETE FROM policies_segmentpremium", "append_only"),
        ("UPDATE policies_segmentpremium SET written = written + 1", "append_only"),
        ("UPDATE policies_termtransaction SET premium = 0", "append_only"),
        ("UPDATE policies_productversion SET definition = '{}'", "append_only"),
        ("UPDATE policies_policyevent SET note = 'x'", "append_only"),
        ("UPDATE policies_term SET valid_to = valid_to + 1", "term_stays"),
        ("UPDATE policies_term SET version_id = version_id + 1", "term_stays"),
        ("TRUNCATE policies_segment CASCADE", "append_only"),
    ],
)
def test_even_the_owner_cannot_rewrite_history(segment, as_owner, statement, name):
    with as_owner():
        run("SET CONSTRAINTS ALL IMMEDIATE")
        refused(name, statement)


def test_a_term_ends_after_it_begins_and_terms_do_not_overlap(segment):
    insert = """
        INSERT INTO policies_term
            (policy_id, version_id, sequence, valid_from, valid_to, written, fees, tax)
        SELECT policy_id, version_id, %s, %s, %s, 0, 0, 0 FROM policies_term WHERE id = %s
    """
    term = segment.term_id

    refused("term_ends_after_it_begins", insert, 2, date(2027, 3, 1), date(2027, 3, 1), term)
    refused(
        "terms_of_a_policy_do_not_overlap", insert, 2, date(2027, 2, 28), date(2028, 3, 1), term
    )
    refused("term_sequence_is_unique", insert, 1, date(2027, 3, 1), date(2028, 3, 1), term)
    run(insert, 2, date(2027, 3, 1), date(2028, 3, 1), term)


def test_a_state_changes_only_along_the_workflow(segment):
    policy = segment.term.policy_id

    refused("legal_edge", "UPDATE policies_policy SET state = 'dissolved' WHERE id = %s", policy)


def test_premium_has_two_places(segment):
    add = """
        INSERT INTO policies_segmentpremium (segment_id, item_key, coverage, term_premium, written)
        VALUES (%s, 'v1', 'X', 1.005, 1.00)
    """
    with pytest.raises(IntegrityError):
        run(add, segment.pk)


def test_a_definition_keeps_the_order_in_which_it_was_written():
    """The application is drawn in it: jsonb would put `use` before `make`."""
    version = factories.version("BIND-PA")

    stored = ProductVersion.objects.get(pk=version.pk)

    vehicle = stored.definition["risk_schema"]["properties"]["vehicles"]["items"]
    assert list(vehicle["properties"])[:4] == ["key", "vin", "model_year", "make"]
