"""Were we on risk? What a policy covered on a day, as it was known at a moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from office import clock
from policies.catalogue import ProductDefinition
from policies.catalogue.application import CoverageTerms
from policies.catalogue.application import coverage_terms as terms_of_selection
from policies.models import Policy, Segment, Term
from policies.selectors.products import product_definition


@dataclass(frozen=True)
class Cover:
    """What a policy covered on a day, as it was known at a moment."""

    policy: Policy
    term: Term
    segment: Segment
    definition: ProductDefinition
    day: date

    @property
    def risk(self) -> dict[str, Any]:
        return self.segment.insured["risk"]

    @property
    def coverages(self) -> list[CoverageTerms]:
        return coverage_terms(self)

    def terms_for(self, coverage: str, item: str = "") -> CoverageTerms | None:
        """Limit, deductible and exclusions of one coverage of one item; None if not insured."""
        for terms in self.coverages:
            if (terms.coverage, terms.item) == (coverage, item):
                return terms
        return None


def cover_at(policy: Policy, moment: datetime, known_at: datetime) -> Cover | None:
    """The cover at a moment, such as that of a loss. Its day is taken where the insured lives."""
    return as_of(policy, clock.day_of(moment, policy.time_zone), known_at)


def as_of(policy: Policy, day: date, known_at: datetime) -> Cover | None:
    """What did we believe at `known_at` about cover on `day`? None: not on risk."""
    segment = (
        Segment.objects.filter(term__policy=policy)
        .valid_on(day)
        .known_at(known_at)
        .select_related("term__version__product")
        .defer("term__version__definition")
        .first()
    )
    if segment is None:
        return None
    definition = product_definition(segment.term.version)
    return Cover(policy, segment.term, segment, definition, day)


def coverage_terms(cover: Cover) -> list[CoverageTerms]:
    """Each coverage chosen, with its amounts worked out for the risk as it was."""
    insured = cover.segment.insured
    return [
        terms_of_selection(cover.definition, insured["risk"], selection)
        for selection in insured["coverages"]
    ]
