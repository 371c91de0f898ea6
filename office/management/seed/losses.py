"""Claims in every state, walked there by the people whose turn it was."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from claims import selectors, services
from claims.enums import ClaimState, LetterKind
from claims.models import Claim
from customers import services as customers
from customers.models import Customer
from office import clock
from office.exceptions import Refused
from office.management.seed.cast import Cast
from office.management.seed.risks import Dice, person
from office.management.seed.sales import do_outbox
from office.management.seed.stories import STORIES, THINGS, WORDS
from policies.catalogue.application import CoverageTerms
from policies.models import Policy
from policies.selectors import Cover, cover_at

# Kinds by which somebody other than the buyer is paid
OTHERS = {"liability", "compensation", "group_medical"}
WEARS = {"auto", "home", "property"}
# How many of a hundred claims end up where; the rest of their life still lies ahead.
SPREAD = [
    (ClaimState.RECEIVED, 9),
    (ClaimState.DOCUMENTING, 12),
    (ClaimState.INVESTIGATING, 12),
    (ClaimState.COVERAGE_REVIEW, 8),
    (ClaimState.EVALUATING, 8),
    (ClaimState.SETTLEMENT_NOTICE, 5),
    (ClaimState.OFFERED, 7),
    (ClaimState.PAYABLE, 6),
    (ClaimState.CLOSED, 22),
    (ClaimState.DENIED, 5),
    (ClaimState.WITHDRAWN, 3),
    (ClaimState.WITH_CARRIER, 3),
]
# Coverages under which the seed knows whom to pay, and whom.
PAID = {"COLL", "COMP", "DWELL", "BUILDING", "CONTENTS", "PREMOPS", "WC", "MEDICAL", "DEATH"}
PAID |= {"TERMINAL"}
BUYERS_LIFE = "l1"  # whose death would leave nobody to act for the policy
LIVES_LOST = 0.15  # of the policies of life whose turn it is
ADJUSTERS_RESERVE = 75000
FINAL = {ClaimState.CLOSED, ClaimState.DENIED, ClaimState.WITHDRAWN}


class Loss:
    """One claim on its way, with the moment moving on from act to act."""

    def __init__(self, dice: Dice, policy: Policy, cast: Cast, wanted: ClaimState) -> None:
        self.dice, self.policy, self.cast, self.wanted = dice, policy, cast, wanted
        self.adjuster = dice.choice(cast.adjusters)
        self.handler = dice.choice(cast.handlers)
        self.now = clock.now()
        self.at = self._notified_at()

    def _notified_at(self) -> datetime:
        if self.wanted in FINAL:
            return clock.now() - self.dice.days_between(30, 160)
        return clock.now() - self.dice.days_between(1, 16)

    def later(self) -> datetime:
        """The next act's moment: some hours on, and never in the future."""
        ahead = (self.now - self.at) / 4
        limit = timedelta(days=4) if self.wanted in FINAL else min(ahead, timedelta(days=2))
        self.at = min(self.at + limit * self.dice.uniform(0.2, 1.0), self.now)
        return self.at

    def walk(self) -> Claim | None:
        """The claim in the wanted state, or None where the policy did not cover the day."""
        claim = self._notify()
        if claim is None:
            return None
        for act in self._path(claim):
            with clock.travel(self.later()):
                claim = act(claim)
            if claim.state == ClaimState.CLOSED:
                break  # below the deductible: nothing is owed
        return claim

    def _notify(self) -> Claim | None:
        lost_at = self.at - timedelta(hours=self.dice.randint(3, 70))
        cover = cover_at(self.policy, lost_at, self.at)
        if cover is None:
            return None
        hits = self._hits(cover)
        if not hits:
            return None
        cause, self.hit = self.dice.choice(hits)
        self.kind = cover.definition.kind
        self.words = WORDS.get(self.kind, THINGS)
        what, cost = STORIES[self.kind][cause]
        self.loss = (
            Decimal(self.dice.randrange(*cost, 50)) if cost else Decimal(self.hit.limit or 0)
        )
        address = self.policy.address
        told: dict[str, Any] = {
            "policy": self.policy,
            "lost_at": lost_at,
            "cause": cause,
            "description": what,
            "place": f"{address.street}, {address.city}",
            "reported_by": self.policy.customer.display_name,
            "estimate": self.loss,
        }
        with clock.travel(self.at):
            try:
                claim = services.notify_claim(by=self.cast["Ines Park"], **told)
            except Refused:
                return None  # the dice repeated a loss of this policy
            return self._acknowledge(claim)

    def _hits(self, cover: Cover) -> list[tuple[str, CoverageTerms]]:
        """The causes that may strike here, each with a coverage that would pay."""
        kind = cover.definition.kind
        if kind == "term_life" and self.dice.random() > LIVES_LOST:
            return []
        found = []
        for cause in STORIES.get(kind, ()):
            pays = PAID & set(cover.definition.cause(cause).coverages)
            hit = [one for one in cover.coverages if one.coverage in pays]
            hit = [one for one in hit if (one.coverage, one.item) != ("DEATH", BUYERS_LIFE)]
            if hit:
                found.append((cause, self.dice.choice(hit)))
        return found

    def _acknowledge(self, claim: Claim) -> Claim:
        """At once, as a worker would: the law counts the days until the letter goes out."""
        for letter in claim.letters.filter(kind=LetterKind.ACKNOWLEDGEMENT):
            services.issue_letter(letter=letter, by=self.cast.office)
        return Claim.objects.get(pk=claim.pk)

    def _path(self, claim: Claim) -> Sequence[Callable[[Claim], Claim]]:
        """The acts that lead to the wanted state."""
        if self.wanted == ClaimState.WITHDRAWN:
            return [self.triage, self.withdraw]
        if not claim.is_ours:
            return [self.triage, self.hand_over] if self.wanted != ClaimState.RECEIVED else []
        steps = [
            (ClaimState.RECEIVED, self.triage),
            (ClaimState.DOCUMENTING, self.verify),
            (ClaimState.INVESTIGATING, self.investigate),
            (ClaimState.COVERAGE_REVIEW, self.confirm_coverage),
            (ClaimState.EVALUATING, self.determine),
            (ClaimState.SETTLEMENT_NOTICE, self.offer),
            (ClaimState.OFFERED, self.accept),
            (ClaimState.PAYABLE, self.pay),
        ]
        order = [state for state, _act in steps]
        if self.wanted == ClaimState.DENIED:
            return [act for _state, act in steps[:4]] + [self.deny]
        wanted = ClaimState.RECEIVED if self.wanted == ClaimState.WITH_CARRIER else self.wanted
        end = order.index(wanted) if wanted in order else len(order)
        return [act for _state, act in steps[:end]]

    # The acts

    def triage(self, claim: Claim) -> Claim:
        return services.triage_claim(claim=claim, by=self.cast["Ines Park"])

    def hand_over(self, claim: Claim) -> Claim:
        number = f"HB-{self.dice.randint(10000, 99999)}"
        return services.hand_over_claim(claim=claim, carrier_number=number, by=self.handler)

    def withdraw(self, claim: Claim) -> Claim:
        reason = self.words.withdrawn
        return services.withdraw_claim(claim=claim, reason=reason, by=self.cast["Ines Park"])

    def verify(self, claim: Claim) -> Claim:
        for document in claim.documents.all():
            services.receive_document(claim=claim, document=document, by=self.cast["Ines Park"])
            services.verify_document(claim=claim, document=document, by=self.handler)
        claim = services.assign_adjuster(claim=claim, adjuster=self.adjuster, by=self.handler)
        self.claimant = self._claimant(claim)
        services.add_exposure(
            claim=claim,
            coverage=self.hit.coverage,
            item=self.hit.item,
            claimant=self.claimant,
            by=self.handler,
        )
        return services.verify_claim(claim=claim, by=self.handler)

    def _claimant(self, claim: Claim) -> Customer:
        """Who is to be paid: the policyholder, or whoever was hurt or fell ill at the business."""
        if self.kind not in OTHERS:
            return claim.customer
        told = person(self.dice, self.dice.randint(5000, 9999), organisations=False)
        return customers.add_customer(by=self.cast["Ines Park"], **told)

    def investigate(self, claim: Claim) -> Claim:
        exposure = claim.exposures.get()
        wear = self.dice.randint(0, 12) if self.kind in WEARS else 0
        worth = self.hit.limit if self.hit.coinsurance_percent else None  # insured to its value
        services.record_finding(
            claim=claim,
            kind="damage",
            summary=self.words.seen,
            exposure=exposure,
            loss=self.loss,
            depreciation=(self.loss * wear / 100).quantize(Decimal("0.01")),
            value=worth or Decimal(0),
            by=self.adjuster,
        )
        summary = "The policyholder describes how it happened."
        services.record_finding(claim=claim, kind="phone", summary=summary, by=self.adjuster)
        services.set_reserve(
            claim=claim,
            exposure=exposure,
            kind="indemnity",
            amount=self.loss,
            reason="The adjuster's estimate",
            by=self.adjuster if self.loss <= ADJUSTERS_RESERVE else self.cast["Sofia Reyes"],
        )
        return services.investigate_claim(claim=claim, by=self.adjuster)

    def confirm_coverage(self, claim: Claim) -> Claim:
        return services.confirm_coverage(
            claim=claim,
            opinion="covered",
            reasons="The cause is insured and no exclusion applies.",
            by=self.cast["Noor Rahman"],
        )

    def determine(self, claim: Claim) -> Claim:
        by = self.handler if self.loss <= 20000 else self.cast["Sofia Reyes"]
        return services.determine_claim(
            claim=claim, claimant=self.claimant, reasons="As the adjuster found.", by=by
        )

    def offer(self, claim: Claim) -> Claim:
        reasons = self.words.offered
        return services.offer_claim(claim=claim, reasons=reasons, by=self.cast["Ines Park"])

    def accept(self, claim: Claim) -> Claim:
        return services.accept_claim(
            claim=claim,
            sha256=claim.open_offer().sha256,
            evidence="Accepted by phone; the call is on file.",
            by=self.cast["Ines Park"],
        )

    def pay(self, claim: Claim) -> Claim:
        if not self.claimant.bank_accounts.filter(verified_at__isnull=False).exists():
            account = customers.add_bank_account(
                customer=self.claimant,
                holder=self.claimant.display_name,
                iban_or_account=f"{self.dice.randint(10**9, 10**10 - 1)}",
                routing="121000358",
                by=self.cast["Ines Park"],
            )
            customers.verify_bank_account(account=account, by=self.cast["Omar Lindqvist"])
        claim = services.pay_claim(claim=claim, by=self.cast["Alma Ortiz"])
        do_outbox("accounting.send_payment")
        do_outbox("claims.record_payment_confirmed")
        return Claim.objects.get(pk=claim.pk)

    def deny(self, claim: Claim) -> Claim:
        codes = list(selectors.clauses_of(claim))
        return services.deny_claim(
            claim=claim,
            clauses=[self.dice.choice(codes)],
            reasons="What happened falls under the exclusion named in this letter.",
            by=self.cast["Sofia Reyes"],
        )
