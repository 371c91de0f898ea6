"""From a claim's moments to its clocks: what started, what ended, what stands still."""

from datetime import date

from claims import deadlines
from claims.enums import FINAL
from office import clock


def reckon(claim, state):
    """Work out the claim's clocks as it stands in `state`, and the next date that is due."""
    if state in FINAL:
        claim.clocks, claim.due_on, claim.due_what = [], None, ""
        return
    dues = deadlines.schedule(facts_of(claim, state), clock.holidays(claim.jurisdiction))
    claim.clocks = [due.to_json() for due in dues]
    claim.due_on, claim.due_what = dues[0].due_on, dues[0].what


def day(claim, moment) -> date | None:
    """The date of a moment where the policy's insured lives."""
    return clock.day_of(moment, claim.time_zone) if moment else None


def facts_of(claim, state) -> deadlines.Facts:
    starts = {
        "notice": day(claim, claim.notified_at),
        "proof_of_loss": claim.proof_of_loss_on,
        "all_items": claim.all_items_on,
        "decision": day(claim, claim.determined_at),
        "agreement": day(claim, claim.accepted_at),
        "delay_letter": claim.delay_letter_on,
    }
    ends = {
        "acknowledgement": claim.acknowledged_on,
        "investigation": day(claim, claim.assigned_at),
        "decision": claim.decided_on,
        "offer": day(claim, claim.offered_at) or claim.decided_on,
        "payment": day(claim, claim.paid_at),
    }
    return deadlines.Facts(
        jurisdiction=claim.jurisdiction,
        line=claim.line,
        noticed_on=clock.day_of(claim.notified_at, claim.time_zone),
        state=state,
        entered_on=clock.day_of(claim.entered_at, claim.time_zone),
        starts={name: on for name, on in starts.items() if on},
        ends={name: on for name, on in ends.items() if on},
        last_letter_on=claim.status_letter_on,
        is_fraud_suspected=claim.is_fraud_suspected,
        pauses=tuple(_pause(plain) for plain in claim.pauses),
    )


def _pause(plain) -> deadlines.Pause:
    to_on = plain["to_on"]
    return deadlines.Pause(
        plain["reason"],
        date.fromisoformat(plain["from_on"]),
        date.fromisoformat(to_on) if to_on else None,
    )


def pause(claim, reason, on):
    """Let the clocks that know this reason stand still from `on`, unless they do already."""
    if not any(plain["reason"] == reason and not plain["to_on"] for plain in claim.pauses):
        claim.pauses = [
            *claim.pauses,
            {"reason": reason, "from_on": on.isoformat(), "to_on": None},
        ]


def resume(claim, reason, on):
    claim.pauses = [
        {**plain, "to_on": on.isoformat()}
        if plain["reason"] == reason and not plain["to_on"]
        else plain
        for plain in claim.pauses
    ]
