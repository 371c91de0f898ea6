"""Random histories that end and begin again: segments, charges, fees and tax in any order.

The whole pricing of a term (`price_term`) on terms that no database knows: personal auto as it is
shipped, with each way to cancel that a product can choose.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import charges
from policies.catalogue import load_folder
from policies.models import Policy, ProductVersion, Term
from policies.segments import Transaction, in_order, whole
from policies.selectors.pricing import PricedTerm, price_term
from tests import factories
from tests.figures import figure
from tests.policies.changing import second_vehicle
from tests.policies.histories import END, START, adding, endorsed, moment, reversing, setting
from tests.policies.risks import select

USUAL = {
    "insured": "short_rate",
    "carrier": "pro_rata",
    "nonpayment": "pro_rata",
    "short_rate_factor": "0.90",
    "minimum_earned": "0.00",
    "fully_earned_fees": [],
}
WAYS = {
    "factor": {"minimum_earned": "50.00"},
    "table": {"short_rate_table": [[30, "0.19"], [182, "0.60"], [365, "1.00"]]},
    "wheel": {"insured": "pro_rata", "wheel": {"days": 365, "places": 3}},
    "held": {"holdback": "0.10", "minimum_earned_share": "0.25"},
    "fees": {"short_rate_factor": "0.85", "fully_earned_fees": ["policy_fee"]},
}
CALIFORNIA, FLORIDA = "US-CA", "US-FL"  # fees by vehicle and policy; a tax and a fee
POSTAL = {place: factories.ADDRESSES[place]["postal_code"] for place in (CALIFORNIA, FLORIDA)}
BEGUN = ("new_business", "reinstatement")


@pytest.fixture(scope="module")
def versions():
    """A version of personal auto for each way to cancel."""
    (shipped,) = (one for one in load_folder() if one.code == "BIND-PA")
    document = shipped.to_json()
    return {
        name: ProductVersion(
            sha256=f"histories {name}", definition=document | {"cancellation": USUAL | way}
        )
        for name, way in WAYS.items()
    }


def term_of(version: ProductVersion, jurisdiction: str) -> Term:
    policy = Policy(jurisdiction=jurisdiction)
    return Term(policy=policy, version=version, valid_from=START, valid_to=END)


def beginning(term: Term) -> Transaction:
    coverages = [select("PD", "v1", "50000"), select("COLL", "v1", deductible="500")]
    state = {"risk": factories.risk("auto", term.policy.jurisdiction), "coverages": coverages}
    return Transaction("new_business", START, moment(0), whole(state))


def ended(on: date, minutes: int, random: Random) -> Transaction:
    side, reason = random.choice([("insured", "request"), ("carrier", "nonpayment")])
    facts = {"side": side, "reason": reason}
    return Transaction("cancellation", on, moment(minutes), facts=facts)


def begun_again(on: date, minutes: int) -> Transaction:
    return Transaction("reinstatement", on, moment(minutes))


def random_day(random: Random, first: date = START, last: date = END) -> date:
    return first + timedelta(days=random.randrange((last - first).days))


def random_ends(random: Random) -> list[Transaction]:
    """A cancellation, and half of the times a later day on which cover begins again."""
    day = random_day(random, START, END - timedelta(days=1))
    ends = [ended(day, 0, random)]
    if random.random() < 0.5:
        ends.append(begun_again(random_day(random, day + timedelta(days=1)), 0))
    return ends


def random_changes(random: Random, most: int, place: str) -> list[tuple[date, list[dict]]]:
    """Changes of which no two set the same thing on the same day."""
    values = {
        "risk.vehicles.v1.use": ["pleasure", "business"],
        "risk.vehicles.v1.annual_miles": [4000, 9000, 20000],
        "risk.vehicles.v1.value": [8000, 15000, 31000],
        "coverages.v1:COLL.deductible": ["250", "1000"],
    }
    found = {}
    for number in range(random.randint(1, most)):
        day, path = random_day(random), random.choice([*sorted(values), "add"])
        if path == "add":
            key = f"n{number}"
            added = [
                adding("risk.vehicles", second_vehicle(key, postal_code=POSTAL[place])),
                adding("coverages", select("PD", key, "50000")),
            ]
            found[key, day] = (day, added)
        else:
            found[path, day] = (day, [setting(path, random.choice(values[path]))])
    return list(found.values())


def amounts(priced: PricedTerm):
    """Everything of a priced term that is money, without the moments of recording."""
    added = [(charge.code, charge.amount) for charge in priced.charges]
    return priced.segments, priced.beliefs, added, priced.written, priced.fees, priced.tax


def assert_whole(term: Term, history: list[Transaction], priced: PricedTerm) -> None:
    """What must hold of every term at every moment."""
    of_segments = sum(belief.written for belief in priced.beliefs)
    assert priced.written == of_segments + charges.total(priced.charges)
    of_rows = sum(row[3] for belief in priced.beliefs for row in belief.premiums)
    assert of_rows == of_segments
    assert all(one.valid_to <= two.valid_from for one, two in pairwise(priced.segments))
    assert min(priced.written, priced.fees, priced.tax) >= 0
    last = charges.ending(history)
    if last is None:
        assert priced.charges == ()
        assert priced.segments[-1].valid_to == END
    else:
        assert all(one.valid_to <= last.effective_on for one in priced.segments)
        unended = price_term(term, charges.without_ending(history))
        assert priced.written <= unended.written
        assert priced.fees <= unended.fees


@settings(max_examples=figure(10_000), deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(WAYS)), st.sampled_from([CALIFORNIA, FLORIDA]))
def test_any_order_of_changes_and_ends_gives_the_same_segments_charges_and_cents(
    versions, seed, way, place
):
    """Recorded early or late, a change of a day counts as if it had been there all along."""
    random = Random(seed)
    term = term_of(versions[way], place)
    acts = [*random_changes(random, 4, place), *random_ends(random)]
    outcomes = []

    for _order in range(2):
        random.shuffle(acts)
        outcomes.append(amounts(price_term(term, recorded(term, acts))))

    assert outcomes[0] == outcomes[1]


def recorded(term: Term, acts) -> list[Transaction]:
    """The acts with the moments of their order."""
    history = [beginning(term)]
    for minutes, act in enumerate(acts, 1):
        if isinstance(act, Transaction):
            kind, on, facts = act.kind, act.effective_on, act.facts
            history.append(Transaction(kind, on, moment(minutes), facts=facts))
        else:
            history.append(endorsed(act[0], minutes, *act[1]))
    return history


@dataclass
class Walk:
    """A term that is walked through act by act; `booked` is the sum of its transactions."""

    term: Term
    random: Random
    history: list[Transaction] = field(default_factory=list)

    def __post_init__(self):
        self.history.append(beginning(self.term))
        self.priced = price_term(self.term, self.history)
        self.booked = [self.priced.written, self.priced.fees, self.priced.tax]

    def record(self, one: Transaction) -> None:
        self.history.append(one)
        before, after = self.priced, price_term(self.term, self.history)
        for place, name in enumerate(("written", "fees", "tax")):
            self.booked[place] += getattr(after, name) - getattr(before, name)
        self.priced = after
        assert self.booked == [after.written, after.fees, after.tax]
        assert_whole(self.term, self.history, after)

    def step(self, minutes: int) -> None:
        standing = [one for one in in_order(self.history) if one.kind == "endorsement"]
        last, chance = charges.ending(self.history), self.random.random()
        if standing and chance < 0.2:
            self.record(reversing(self.random.choice(standing), minutes))
        elif last is None and chance < 0.5:
            begun = [one.effective_on for one in self.history if one.kind in BEGUN]
            self.record(ended(random_day(self.random, max(begun)), minutes, self.random))
        elif last is not None and chance < 0.6:
            self.record(begun_again(random_day(self.random, last.effective_on), minutes))
        else:
            place = self.term.policy.jurisdiction
            day, patch = self.random.choice(random_changes(self.random, 1, place))
            self.record(endorsed(day, minutes, *patch))


@settings(max_examples=figure(2_000), deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(WAYS)), st.sampled_from([CALIFORNIA, FLORIDA]))
def test_transactions_sum_to_segments_and_charges_whatever_happens(versions, seed, way, place):
    walk = Walk(term_of(versions[way], place), Random(seed))

    for minutes in range(1, 6):
        walk.step(minutes)
