import gc
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounting import services as accounting
from accounting.enums import AccountCode
from claims.enums import ClaimState
from customers.enums import CustomerKind
from customers.models import Carrier, Customer
from office import clock
from office.management.seed import business, losses, risks, sales
from office.management.seed import cast as people
from policies import services as policies
from underwriting import services as underwriting

LOGINS = [
    ("Agent", "Alex Moreno"),
    ("Customer service", "Ines Park"),
    ("Claims handler", "Hugo Brandt"),
    ("Claims supervisor", "Sofia Reyes"),
    ("Adjuster", "Dana Ruiz"),
    ("Underwriter", "Noor Rahman"),
    ("Accountant", "Alma Ortiz"),
    ("Accountant, second", "Omar Lindqvist"),
    ("Compliance", "Carla Winter"),
    ("Administrator", "Ada Admin"),
]
PORTAL = 3
# What is sold in turn to people; every sixth turn is a business's.
BOUGHT = ["auto", "home", "auto", "medical", "home", "auto"]
BOUGHT += ["auto", "home", "term_life", "auto", "home", "home"]
STRIDES = {"medical": 1, "term_life": 2}
ASKED = ["home", "auto", "term_life", "medical"]
CHANGED_EVERY = 8  # one policy in so many is changed in mid-term, if it is of a car
GARBAGE = 20000  # objects; Python begins to look at 700
CAPITAL = Decimal("2500000.00")


def _of_kind(customers, kind):
    return [one for one in customers if one.kind == kind]


class Command(BaseCommand):
    help = "Fill an empty office with people, policies and claims, all made by its own services."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=20260301)
        parser.add_argument("--customers", type=int, default=300)
        parser.add_argument("--policies", type=int, default=400)
        parser.add_argument("--claims", type=int, default=150)

    def handle(self, *, seed, **wanted):
        if Customer.objects.exists():
            raise CommandError("This office has customers already. The seed is for an empty one.")
        self.dice = risks.Dice(seed)
        self.total, self.done = sum(wanted[k] for k in ("customers", "policies", "claims")), 0
        self._hurry()
        self.now = clock.now()
        with clock.travel(self.now - timedelta(days=400)):
            self.cast = people.hire()
            policies.load_catalogue(by=self.cast.office)
            underwriting.load_rule_sets(by=self.cast.office)
            people.appoint_agents(self.cast)
            accounting.post_entry(
                source="office:opening",
                memo="Capital paid in",
                lines=[(AccountCode.BANK, CAPITAL), (AccountCode.CAPITAL, -CAPITAL)],
                by=self.cast["Alma Ortiz"],
            )
        customers = self._add_customers(wanted["customers"])
        sold = self._sell(customers, wanted["policies"])
        self._report_losses(sold, wanted["claims"])
        self._write_logins([one for one in customers if one.login_id])
        self.stdout.write("")

    def _hurry(self):
        """A demo that is lost with the power is made again: commits need not wait for the disk.

        Garbage is looked for less often, and not among what is loaded and stays.
        """
        gc.freeze()
        gc.set_threshold(GARBAGE, 20, 50)
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")

    def _add_customers(self, count):
        customers = []
        for number in range(count):
            moment = self.now - timedelta(days=390) + timedelta(days=50) * number / count
            with clock.travel(moment):
                customers.append(sales.add_customer(self.dice, number, self.cast))
            self._tick("customers")
        for customer in customers[:PORTAL]:
            sales.open_portal(customer, self.cast)
        return list(Customer.objects.select_related("agent").order_by("pk"))

    def _sell(self, customers, count):
        sold, tried = [], 0
        while len(sold) < count:
            customer, kind = self._buyer(customers, tried)
            begins = self.now - self.dice.days_between(5, 330)
            tried += 1
            policy = sales.sell(self.dice, customer, kind, begins, self.cast)
            if policy:
                if len(sold) % CHANGED_EVERY == 0:
                    sales.change_car(policy, self.cast)
                sales.pay_due_invoices(self.dice, policy, self.cast)
                sold.append(policy)
                self._tick("policies")
        people = _of_kind(customers, CustomerKind.PERSON)
        for number in range(max(count // 20, 3)):
            kind = ASKED[number % len(ASKED)]
            sales.quote_only(self.dice, people[-number - 1], kind, self.cast)
        return sold

    def _buyer(self, customers, tried):
        """Who buys what: every sixth is a business, and buys the kinds of business in turn.

        Health and life go round the same people by strides, so that some have everything.
        """
        firms = _of_kind(customers, CustomerKind.ORGANISATION)
        people = _of_kind(customers, CustomerKind.PERSON)
        if tried % 6 == 5 and firms:
            kinds = list(business.RISKS)
            round_, turn = divmod(tried // 6, len(kinds))
            return firms[round_ % len(firms)], kinds[turn]
        kind = BOUGHT[tried % len(BOUGHT)]
        if kind in STRIDES:
            return people[tried // len(BOUGHT) * STRIDES[kind] % len(people)], kind
        return people[tried % len(people)], kind

    def _report_losses(self, sold, count):
        states = [state for state, weight in losses.SPREAD for _ in range(weight)]
        wanted = [states[number * len(states) // count] for number in range(count)]
        self.dice.shuffle(wanted)
        own = set(Carrier.objects.filter(is_own=True).values_list("pk", flat=True))
        ours = [one for one in sold if one.product.carrier_id in own]
        others = [one for one in sold if one.product.carrier_id not in own]
        kept = {True: [], False: []}
        for state in wanted:
            is_ours = state != ClaimState.WITH_CARRIER
            turns = ours if is_ours else others
            while not self._report_loss(turns, kept[is_ours], state):
                pass
            self._tick("claims")

    def _report_loss(self, turns, left, state):
        """One loss on the next policy of our own or of the other carriers; each has its turn."""
        if not left:
            left += turns
            self.dice.shuffle(left)
        return losses.Loss(self.dice, left.pop(), self.cast, state).walk()

    def _tick(self, what):
        self.done += 1
        if not sys.stdout.isatty() and self.done % 50:
            return
        filled = 30 * self.done // self.total
        bar = "█" * filled + "·" * (30 - filled)
        end = "\r" if sys.stdout.isatty() else "\n"
        self.stdout.write(f"  {bar} {self.done}/{self.total} {what:<10}", ending=end)
        self.stdout.flush()

    def _write_logins(self, policyholders):
        lines = [f"Demo logins, each with the password {people.PASSWORD}", ""]
        lines += [f"  {role:<20} {people.address_of(name)}" for role, name in LOGINS]
        lines += [f"  {'Policyholder':<20} {one.login.email}" for one in policyholders]
        Path(settings.OFFICE_VAR).mkdir(parents=True, exist_ok=True)
        (Path(settings.OFFICE_VAR) / "demo-logins.txt").write_text("\n".join(lines) + "\n")
