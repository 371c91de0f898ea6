"""Status letters, and the ladder that is climbed before and at a missed date."""

from datetime import date

from django.db import transaction

from claims import deadlines
from claims.enums import OPEN, LetterKind, Rung
from claims.models import Claim, Escalation
from claims.services.letters import write_letter
from office import clock
from office.enums import DepartmentCode
from office.models import User
from office.workflow import move

BATCH = 500
DEPARTMENT_OF = {
    Rung.SUPERVISOR: DepartmentCode.CLAIMS,
    Rung.MANAGER: DepartmentCode.CLAIMS,
    Rung.COMPLIANCE: DepartmentCode.COMPLIANCE,
}


@transaction.atomic
def write_status(
    *, claim: Claim, reasons: str, is_delay: bool = False, by: User, note: str = ""
) -> Claim:
    """Tell the policyholder how the claim stands; `is_delay`: why it takes longer."""
    facts = {"reasons": reasons, "is_delay": is_delay}
    claim = move(
        claim,
        "write_status",
        by=by,
        note=note or reasons,
        facts=facts,
        reasons=reasons,
        is_delay=is_delay,
    )
    kind = LetterKind.DELAY if is_delay else LetterKind.STATUS
    write_letter(claim=claim, kind=kind, customer=claim.customer, facts={"reasons": reasons}, by=by)
    return claim


def escalate_claims(*, by: User) -> int:
    """Tell every rung that is reached today; how many were told. Safe to run again at any time.

    Each claim is a transaction of its own: a worker that dies leaves nothing half told, and the
    next run finds what is left.
    """
    furthest = max(days for _rung, days in deadlines.ladder())
    horizon = deadlines.add_days(clock.today(), furthest + 1)
    told, last = 0, 0
    while True:
        due = Claim.objects.filter(state__in=OPEN, due_on__lte=horizon, pk__gt=last)
        batch = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not batch:
            return told
        for pk in batch:
            told += escalate_claim(claim=Claim(pk=pk), by=by)
        last = batch[-1]


@transaction.atomic
def escalate_claim(*, claim: Claim, by: User) -> int:
    """Tell the rungs of this claim's clocks that are due and untold; how many."""
    claim = Claim.objects.select_for_update(of=("self",), no_key=True).get(pk=claim.pk)
    if claim.state not in OPEN:
        return 0
    today = clock.today(claim.time_zone)
    known = set(claim.escalations.values_list("what", "due_on", "rung"))
    told = 0
    for due in claim.dues:
        if due.due_on is None:
            continue
        for rung in deadlines.rungs_reached(due.due_on, today):
            if (due.what, due.due_on, rung) not in known:
                _tell(claim, due.what, due.due_on, rung, by)
                told += 1
    return told


def _tell(claim: Claim, what: str, due_on: date, rung: str, by: User) -> None:
    """The row of the rung and the event, together: UNIQUE keeps a second teller out."""
    facts = {"what": what, "due_on": due_on.isoformat(), "rung": rung}
    move(claim, "escalate", by=by, facts=facts, rung=rung)
    Escalation.objects.create(
        claim=claim,
        what=what,
        due_on=due_on,
        rung=rung,
        department=DEPARTMENT_OF.get(Rung(rung), claim.turn),
        person=claim.adjuster if rung == Rung.HANDLER else None,
        told_at=clock.now(),
        told_by=by,
    )
