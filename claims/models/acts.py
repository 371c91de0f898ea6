"""How a claim's acts are declared: the transition, its stamps, its cycle and its clocks at once."""

from functools import wraps

from django_fsm import transition

from claims.enums import ENTERED, PATH, STAMP_OF, STEP_OF, STEPS, ClaimState

STATE = "state"


def act(sources, target, permission, label, icon, *, primary=False, goes_back=False, guarded=False):
    """Declare an act of a claim. The decorated method only checks; the rest is the same for all.

    A step's ending act leaves its stamp. An act that goes back raises the cycle and clears the
    stamps of the steps that it undoes. Entering a state starts that state's clock.
    """

    def declare(method):
        name = method.__name__
        step = STEP_OF.get(name)

        @wraps(method)
        def perform(self, *, by, at, **facts):
            state = method(self, by=by, at=at, **facts)
            if target is None:
                return None
            state = state or target
            if step:
                stamp(self, STAMP_OF[name], by, at)
            if goes_back or (step and state in PATH and PATH.index(state) < step):
                go_back(self, state)
            enter(self, state, by, at)
            return state

        custom = {"label": label, "icon": icon, "primary": primary}
        custom |= {"step": step} if step else {}
        custom |= {"guarded": True} if guarded else {}
        return transition(
            field=STATE, source=list(sources), target=target, permission=permission, custom=custom
        )(perform)

    return declare


def stamp(claim, name, by, at):
    setattr(claim, f"{name}_at", at)
    setattr(claim, f"{name}_by", by)


def clear(claim, name):
    stamp(claim, name, None, None)


def go_back(claim, state):
    """Begin the next cycle at `state`: its step and all later ones are to be done again."""
    claim.cycle += 1
    for _state, _act, name in STEPS[PATH.index(state) :]:
        clear(claim, name)


def enter(claim, state, by, at):
    """Stamp the state that has a stamp of its own, clear the others', start its clock."""
    claim.entered_at = at
    for entered, name in ENTERED.items():
        if entered == state:
            stamp(claim, name, by, at)
        elif not (entered == ClaimState.WITH_CARRIER and state == ClaimState.CLOSED):
            clear(claim, name)
    claim.reckon(state)
