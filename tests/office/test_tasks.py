"""What the office does by the clock for itself."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from structlog.testing import capture_logs

from office.tasks import prove_invariants
from tests.claims.scenes import claim_at


@pytest.mark.django_db
def test_the_hourly_proof_is_silent_while_everything_holds():
    claim_at("received")

    with capture_logs() as logs:
        prove_invariants()

    assert logs == []


@pytest.mark.django_db
def test_an_altered_event_is_named_by_command_and_by_clock(as_owner, capsys):
    claim = claim_at("received")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE claims_claimevent SET note = 'never said' WHERE seq = 1")
        cursor.execute("SET LOCAL session_replication_role = origin")

    with capture_logs() as logs:
        prove_invariants()
    with pytest.raises(CommandError):
        call_command("invariants")

    assert "Every history is as it was written" in [log["promise"] for log in logs]
    assert f"{claim.number} at event 1" in capsys.readouterr().out
