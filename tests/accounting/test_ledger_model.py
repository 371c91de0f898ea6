"""The ledger against a model of it: random postings, reversals, closings (G5)."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accounting import selectors, services
from accounting.models import Period
from accounting.services import Posting
from office.exceptions import Refused
from tests.accounting.scenes import person
from tests.figures import figure

CODES = ["1000", "1200", "2000", "2100", "2200", "4000", "5000"]
DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))
CENTS = st.integers(-10_000_000, 10_000_000).filter(bool)


@st.composite
def balanced(draw):
    """Two to five lines a currency; the last takes what makes them sum to nothing."""
    legs = []
    for currency in draw(st.sampled_from([["USD"], ["EUR"], ["USD", "EUR"]])):
        cents = draw(st.lists(CENTS, min_size=1, max_size=4).filter(sum))
        cents.append(-sum(cents))
        legs += [
            (draw(st.sampled_from(CODES)), Decimal(amount).scaleb(-2), currency) for amount in cents
        ]
    return legs


class Ledger(RuleBasedStateMachine):
    """The model is a dictionary: (account, currency, day) → amount."""

    entries = Bundle("entries")

    @initialize()
    def begin(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.alma = person("accountant", name="Alma Ortiz")
        self.bruno = person("accountant", name="Bruno Kay")
        self.model = defaultdict(Decimal)
        self.months, self.closed = set(), set()

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def _takes(self, day):
        month = f"{day:%Y-%m}"
        if month in self.months:
            return month not in self.closed
        return not any(closed >= month for closed in self.closed)

    def _book(self, legs, day, sign=1):
        self.months.add(f"{day:%Y-%m}")
        for account, amount, currency in legs:
            self.model[account, currency, day] += sign * amount

    def _try(self, day, post):
        """The posting, or None where the model says that the month is closed."""
        if self._takes(day):
            return post()
        with pytest.raises(Refused, match="books of that month are closed"), transaction.atomic():
            post()
        return None

    @rule(target=entries, legs=balanced(), day=DAYS)
    def post(self, legs, day):
        posted = self._try(
            day,
            lambda: services.post_entry(
                source="journal:1", memo="", lines=legs, by=self.alma, booked_on=day
            ),
        )
        if posted is None:
            return multiple()
        self._book(legs, day)
        return posted, legs

    @rule(many=st.lists(st.tuples(balanced(), DAYS), min_size=1, max_size=4))
    def post_many(self, many):
        if not all(self._takes(day) for _legs, day in many):
            return
        services.post_entries_bulk(
            postings=[Posting("journal:2", legs, booked_on=day) for legs, day in many],
            by=self.alma,
        )
        for legs, day in many:
            self._book(legs, day)

    @rule(entry=consumes(entries), day=DAYS)
    def reverse(self, entry, day):
        posted, legs = entry
        mirror = self._try(
            day,
            lambda: services.reverse_entry(entry=posted, memo="", by=self.bruno, booked_on=day),
        )
        if mirror:
            self._book(legs, day, sign=-1)

    @rule(legs=balanced(), off=CENTS, day=DAYS)
    def post_out_of_balance(self, legs, off, day):
        account, amount, currency = legs[0]
        legs = [(account, amount + Decimal(off).scaleb(-2), currency), *legs[1:]]
        with pytest.raises(Refused), transaction.atomic():
            services.post_entry(
                source="journal:1", memo="", lines=legs, by=self.alma, booked_on=day
            )

    @rule(day=DAYS)
    def close_or_open(self, day):
        month = f"{day:%Y-%m}"
        if month not in self.months:
            return
        if month in self.closed:
            services.reopen_period(code=month, by=self.bruno)
            self.closed.remove(month)
        else:
            services.close_period(code=month, by=self.alma)
            self.closed.add(month)

    @invariant()
    def the_books_are_the_model(self):
        if not hasattr(self, "model"):
            return
        end = date(2026, 12, 31)
        sums = defaultdict(Decimal)
        for (account, currency, _day), amount in self.model.items():
            sums[account, currency] += amount
        found = {(r.account.code, r.currency): r.amount for r in selectors.trial_balance(end)}
        assert found == {key: amount for key, amount in sums.items() if amount}
        closed = set(Period.objects.filter(state="closed").values_list("code", flat=True))
        assert closed == self.closed

    @invariant()
    def the_proofs_hold(self):
        if hasattr(self, "model"):
            proofs = [i for i in selectors.invariants() if "overdrawn" not in i.name]
            assert [i for i in proofs if not i.ok] == []

    @rule(day=DAYS, code=st.sampled_from(CODES), currency=st.sampled_from(["USD", "EUR"]))
    def ask_a_balance(self, day, code, currency):
        expected = sum(
            amount
            for (account, money, booked), amount in self.model.items()
            if (account, money) == (code, currency) and booked <= day
        )
        assert selectors.account_balance(code, day, currency) == expected


@pytest.mark.django_db
def test_the_ledger_does_what_its_model_does():
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=figure(200),
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
