"""No step can be skipped: the database refuses every change of state that no act declares."""

import itertools
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from claims.enums import ClaimState
from claims.models import Claim, ClaimEvent, Offer, ReserveChange
from office.models import WorkflowEdge
from tests.claims import scenes

pytestmark = pytest.mark.django_db

# The legal ways from state to state; import_claim and notify begin a claim.
EDGES = {
    ("received", "documenting"),
    ("received", "withdrawn"),
    ("documenting", "investigating"),
    ("documenting", "with_carrier"),
    ("documenting", "withdrawn"),
    ("investigating", "coverage_review"),
    ("investigating", "documenting"),
    ("investigating", "withdrawn"),
    ("coverage_review", "evaluating"),
    ("coverage_review", "documenting"),
    ("coverage_review", "denied"),
    ("coverage_review", "withdrawn"),
    ("evaluating", "settlement_notice"),
    ("evaluating", "investigating"),
    ("evaluating", "closed"),
    ("evaluating", "documenting"),
    ("evaluating", "denied"),
    ("evaluating", "withdrawn"),
    ("settlement_notice", "offered"),
    ("settlement_notice", "withdrawn"),
    ("offered", "payable"),
    ("offered", "evaluating"),
    ("offered", "withdrawn"),
    ("payable", "closed"),
    ("payable", "investigating"),
    ("closed", "payable"),
    ("closed", "investigating"),
    ("denied", "investigating"),
    ("with_carrier", "documenting"),
    ("with_carrier", "closed"),
    ("with_carrier", "withdrawn"),
}
STATES = ClaimState.values


def test_edges_in_the_database_are_those_of_the_table():
    rows = WorkflowEdge.objects.filter(record_table="claims_claim")

    between = set(rows.exclude(source="").values_list("source", "target"))
    assert between == EDGES
    begun = rows.filter(source="").values_list("act", "target", "is_guarded")
    assert set(begun) == {("notify", "received", False)} | {
        ("import_claim", state, True) for state in STATES
    }


def by_update(claim, state):
    Claim.objects.filter(pk=claim.pk).update(state=state)


def by_save(claim, state):
    claim.__dict__["state"] = state  # past the field's own protection
    claim.save()


def by_bulk_update(claim, state):
    claim.__dict__["state"] = state
    Claim.objects.bulk_update([claim], ["state"])


def by_raw_sql(claim, state):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE claims_claim SET state = %s WHERE id = %s", [state, claim.pk])


@pytest.mark.parametrize("source", STATES)
def test_no_state_is_reached_by_an_undeclared_way(source):
    """Every other state, by every way of writing: a declared one disagrees with its stamps."""
    claim = scenes.claim_at(source)

    for state, write in itertools.product(STATES, (by_update, by_save, by_bulk_update, by_raw_sql)):
        if state == source:
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            write(Claim.objects.get(pk=claim.pk), state)
    assert Claim.objects.get(pk=claim.pk).state == source


@pytest.mark.parametrize("state", [state for state in STATES if state != "received"])
def test_no_claim_begins_in_the_middle(state):
    claim = scenes.claim_at(ClaimState.RECEIVED)
    columns = {
        field.attname: getattr(claim, field.attname)
        for field in Claim._meta.concrete_fields
        if field.attname not in ("id", "state", "number")
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(number="CL-1999-000001", state=state, **columns)


def test_state_is_protected_on_the_record_too():
    claim = scenes.claim_at(ClaimState.RECEIVED)

    with pytest.raises(AttributeError, match="Direct state modification"):
        claim.state = ClaimState.CLOSED


@pytest.mark.parametrize(
    ("state", "columns", "constraint"),
    [
        ("documenting", {"triaged_at": None, "triaged_by": None}, "claim_is_triaged_only_after"),
        ("documenting", {"triaged_by": None}, "claim_triaged_at_goes_with_triaged_by"),
        ("closed", {"closed_at": None, "closed_by": None}, "claim_is_closed_where_closed"),
        ("received", {"due_on": None}, "claim_open_has_a_due_date"),
        ("received", {"reserve_indemnity": Decimal("-1.00")}, "claim_totals_are_not_negative"),
        ("with_carrier", {"paid_total": Decimal("1.00")}, "claim_of_another_carrier_costs_us"),
    ],
)
def test_the_row_disagrees_with_itself_and_is_refused(state, columns, constraint):
    claim = scenes.claim_at(state)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(**columns)


def test_the_payer_is_never_the_decider_even_in_raw_rows():
    claim = scenes.claim_at(ClaimState.CLOSED)

    with (
        pytest.raises(IntegrityError, match="claim_payer_is_not_the_decider"),
        transaction.atomic(),
    ):
        Claim.objects.filter(pk=claim.pk).update(paid_by=claim.determined_by)


@pytest.mark.parametrize("model", [ClaimEvent, ReserveChange])
@pytest.mark.parametrize("way", ["update", "delete"])
def test_what_was_written_once_stays(model, way, as_owner):
    scenes.claim_at(ClaimState.CLOSED)
    table = model._meta.db_table
    sql = f"UPDATE {table} SET note = 'x'" if way == "update" else f"DELETE FROM {table}"

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(sql)
    with as_owner(), pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        run(sql)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_offer_stays_as_it_was_made():
    scenes.claim_at(ClaimState.OFFERED)

    with pytest.raises(IntegrityError, match="stays as it was made"), transaction.atomic():
        Offer.objects.update(amount=Decimal("1.00"))


def test_an_offer_is_answered_once():
    scenes.claim_at(ClaimState.PAYABLE)

    with pytest.raises(IntegrityError, match="answered once"), transaction.atomic():
        Offer.objects.update(state="disputed")
