"""`claim.act`: one act of a claim through the whole spine, each a transaction on disk.

Ours is `workflow.move` as every service calls it: lock, right state, may this person, the act's
own check, stamps and clocks, one statement for row, event and outbox. A claim of another carrier
is handed over to it and taken back, turn by turn. The floor writes the same row and event by hand.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

import psycopg

from bench import book, twins
from bench.harness import Contest, Row, rate
from bench.office import Office

ACTS_A_ROUND = 200
STATES = {"hand_over": "with_carrier", "take_back": "documenting"}


@contextmanager
def act(office: Office, size: int) -> Iterator[Contest]:
    from claims.models import Claim

    book.at_least(office, size)
    claims = list(Claim.objects.filter(state="with_carrier").order_by("-pk")[:ACTS_A_ROUND])
    spine = Spine(claims)
    with Floor(office, [claim.pk for claim in claims]) as floor:
        yield Contest(spine.round, floor.round)


class Spine:
    def __init__(self, claims: list) -> None:
        from tests.claims import scenes

        self.claims, self.by = claims, scenes.handler()
        self.acts = cycle(("take_back", "hand_over"))

    def round(self) -> float:
        from office import outbox, workflow

        name = next(self.acts)
        words = {"reason": "Returned by the carrier."} if name == "take_back" else {}

        def move(claim) -> None:
            tell = [outbox.message("bench.nothing", claim_id=claim.pk)]
            workflow.move(claim, name, by=self.by, tell=tell, **words)

        return rate(move, self.claims)


UPDATE = """
UPDATE bench.claims_claim SET state = %s, entered_at = now(), due_on = %s, due_what = 'turn',
    clocks = %s, event_count = event_count + 1, event_head = %s, handed_over_at = %s,
    handed_over_by_id = %s
WHERE id = %s RETURNING event_count
"""
INSERT = """
INSERT INTO bench.claims_claimevent (record_id, seq, at, by_id, kind, from_state, to_state, cycle,
    note, facts, format, previous_hash, hash)
VALUES (%s, %s, now(), %s, %s, %s, %s, 1, '', '{}', 1, %s, %s)
"""


class Floor:
    """psycopg: UPDATE and INSERT in a transaction."""

    def __init__(self, office: Office, keys: list[int]) -> None:
        self.office, self.keys = office, keys
        self.acts = cycle(("take_back", "hand_over"))

    def __enter__(self) -> "Floor":
        twins.make(self.office, "claims_claim", "true")
        twins.make(self.office, "claims_claimevent", "true")
        self.connection = psycopg.connect(self.office.application_url, autocommit=True)
        (self.by,) = self.connection.execute("SELECT min(id) FROM office_user").fetchone() or (0,)
        (self.clocks,) = self.connection.execute(
            "SELECT clocks FROM bench.claims_claim WHERE id = %s", self.keys[:1]
        ).fetchone() or ([],)
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()
        twins.remove(self.office)

    def round(self) -> float:
        name = next(self.acts)
        before, after = sorted(STATES.values(), key=lambda state: state == STATES[name])
        handed = name == "hand_over"
        clocks, digest = json.dumps(self.clocks), b"#" * 32
        run, by = self.connection.execute, self.by

        def write(key: int) -> None:
            at = "now" if handed else None
            author = by if handed else None
            run("BEGIN")
            cursor = run(UPDATE, [after, "2026-12-01", clocks, digest, at, author, key])
            (seq,) = cursor.fetchone() or (0,)
            run(INSERT, [key, seq, by, name, before, after, digest, digest])
            run("COMMIT")

        return rate(write, self.keys)


ROWS = [Row("claim.act", "acts/s", goal=0.5, size=10_000, prepare=act)]
