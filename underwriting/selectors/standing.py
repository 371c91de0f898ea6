"""What the office knows of a customer beside the application: the facts for rules."""

from datetime import date
from typing import Any

from claims.models import Claim
from claims.selectors import loss_rows
from customers.models import Customer
from office import clock
from office.models import User
from policies.models import Policy
from underwriting.experience import Experience, begin_of
from underwriting.models import Submission
from underwriting.practice import practice


def experience_of(
    customer: Customer | int, *, on: date, years: int | None = None, user: User | None = None
) -> Experience:
    """The customer's (or that key's) losses of so many years up to `on`, on all their policies.

    years: as far as underwriters look back, unless told. user: only claims that they may see.
    """
    years = years or practice().look_back_years
    claims = Claim.objects.for_user(user) if user else Claim.objects.all()
    rows = loss_rows(claims.filter(policy__customer=customer), after=begin_of(on, years), until=on)
    return Experience(on, years, tuple(rows), practice().liability)


def standing_of_submission(submission: Submission) -> dict[str, Any]:
    """The facts for the rules about an application, as they are today."""
    today = clock.today(submission.address.time_zone)
    experience = experience_of(submission.customer_id, on=today)
    return {"experience": experience.as_facts()}


def standing_of_policy(policy: Policy) -> dict[str, Any]:
    """The facts for the rules about a change or a renewal of a policy, as they are today."""
    experience = experience_of(policy.customer_id, on=clock.today(policy.time_zone))
    return {"experience": experience.as_facts(policy.number)}
