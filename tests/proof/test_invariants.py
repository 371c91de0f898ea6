"""`manage.py invariants` is quiet about a sound office and names each fault that is planted."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounting.models import Entry
from claims.enums import ClaimState
from claims.models import Claim
from office import outbox
from office.workflow import verify_chain
from tests.claims import scenes
from tests.proof.office import invariants


@pytest.fixture
def claim(db, tmp_path, settings):
    """A paid claim, in an office whose files are its own."""
    settings.MEDIA_ROOT = tmp_path
    return scenes.claim_at(ClaimState.CLOSED)


@pytest.fixture
def plant(as_owner):
    """`plant(sql, *params)`: what only somebody with the owner's password could do."""

    def change(sql, *params):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, params)
            assert cursor.rowcount == 1
            cursor.execute("SET LOCAL session_replication_role = origin")

    return change


def said():
    out = io.StringIO()
    with pytest.raises(CommandError, match="invariants are broken"):
        call_command("invariants", stdout=out)
    return [line for line in out.getvalue().splitlines() if line.startswith("BROKEN")]


def test_a_sound_office_is_quiet(claim):
    out = io.StringIO()

    call_command("invariants", stdout=out)

    assert "BROKEN" not in out.getvalue()
    assert "ok     Every history is as it was written" in out.getvalue()


def test_one_altered_event_is_named(claim, plant):
    plant(
        "UPDATE claims_claimevent SET note = 'Approved by phone.' WHERE record_id = %s AND seq = 3",
        claim.pk,
    )

    assert verify_chain(Claim.objects.get(pk=claim.pk)) == 3
    assert f"BROKEN Every history is as it was written: {claim.number} at event 3" in said()


def test_an_event_that_was_cut_off_is_named(claim, plant):
    last = claim.events.latest("seq").seq
    plant("DELETE FROM claims_claimevent WHERE record_id = %s AND seq = %s", claim.pk, last)

    assert f"BROKEN Every history is as it was written: {claim.number} at event {last}" in said()


def test_a_balance_that_lies_is_named(claim, plant):
    plant(
        "UPDATE accounting_balance SET amount = amount + 0.01 WHERE ctid = "
        "(SELECT ctid FROM accounting_balance WHERE account_id = '5000' LIMIT 1)"
    )

    [broken] = said()
    assert broken.startswith("BROKEN the balances equal the lines: 5000 USD")


def test_a_line_that_lies_unbalances_entry_currency_and_balance(claim, plant):
    entry = Entry.objects.filter(source=claim.source).earliest("pk")
    plant(
        "UPDATE accounting_line SET amount = amount + 1 WHERE id = "
        "(SELECT max(id) FROM accounting_line WHERE entry_id = %s)",
        entry.pk,
    )
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("invariants", stdout=out)

    assert "BROKEN every currency of the ledger balances: USD is off by 1.00" in out.getvalue()
    assert f"entry {entry.pk} USD is off by 1.00" in out.getvalue()


def test_work_that_nobody_does_is_named(claim, plant):
    message = outbox.put("accounting.send_payment", payment_id=1)
    plant(
        "UPDATE office_outboxmessage SET put_at = put_at - interval '16 minutes' WHERE id = %s",
        message.pk,
    )

    assert said() == ["BROKEN No accepted work is left undone: 1 late"]


def test_a_file_that_belongs_to_nobody_is_named(claim):
    orphan = Path(settings.MEDIA_ROOT) / "uploads" / "ab" / "orphan"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"%PDF")

    assert said() == [
        "BROKEN Every file has its row and every row its file: 0 lost, 1 without a row"
    ]


def test_an_edge_that_the_code_does_not_know_is_named(claim, plant):
    plant(
        "UPDATE office_workflowedge SET target = 'closed' WHERE id = (SELECT min(id) "
        "FROM office_workflowedge WHERE record_table = 'claims_claim' AND act = 'triage')"
    )

    [broken] = said()
    assert broken.startswith("BROKEN The legal edges are those that the code declares")
    assert "claims_claim: received→closed" in broken


@pytest.mark.django_db(transaction=True)
def test_the_command_fails_where_something_is_broken(office_environment, owner_connection):
    claim = scenes.claim_at(ClaimState.DOCUMENTING)
    with owner_connection.transaction():
        owner_connection.execute("SET LOCAL session_replication_role = replica")
        owner_connection.execute(
            "UPDATE claims_claimevent SET kind = 'verify' WHERE record_id = %s AND seq = 1",
            [claim.pk],
        )

    proof = invariants(office_environment)

    assert proof.returncode == 1
    assert f"Every history is as it was written: {claim.number} at event 1" in proof.stdout
    assert "invariants are broken" in proof.stderr
