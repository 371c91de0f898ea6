"""What the office knows of a customer beside the application: the facts for rules."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from claims.models import Claim
from claims.selectors import loss_rows
from customers.models import Customer
from office import clock
from office.models import User
from policies.models import Policy
from underwriting.enums import OUTSTANDING, RecommendationGrade, RecommendationState
from underwriting.experience import Experience, begin_of
from underwriting.models import Certificate, Recommendation, Submission, Survey
from underwriting.models.certificate import CertificateQuerySet
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
    surveys = Survey.objects.filter(customer=submission.customer_id, line=submission.line)
    certificates = Certificate.objects.filter(
        policy__customer=submission.customer_id, policy__product__line=submission.line
    )
    return {
        "experience": experience.as_facts(),
        "loss_control": _loss_control(surveys, certificates, on=today),
    }


def standing_of_policy(policy: Policy) -> dict[str, Any]:
    """The facts for the rules about a change or a renewal of a policy, as they are today."""
    today = clock.today(policy.time_zone)
    return {
        "experience": experience_of(policy.customer_id, on=today).as_facts(policy.number),
        "loss_control": _loss_control(
            Survey.objects.of_policy(policy), Certificate.objects.filter(policy=policy), on=today
        ),
    }


def _loss_control(
    surveys: QuerySet[Survey], certificates: CertificateQuerySet, *, on: date
) -> dict[str, int]:
    """How many recommendations are open, overdue, refused, and certificates run out."""
    overdue, critical = Q(due_on__lt=on), Q(grade=RecommendationGrade.CRITICAL)
    rows = Recommendation.objects.filter(survey__in=surveys.values("pk"), state__in=OUTSTANDING)
    found: dict[str, int] = rows.aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=overdue),
        open_critical=Count("pk", filter=critical),
        overdue_critical=Count("pk", filter=overdue & critical),
        refused=Count("pk", filter=Q(state=RecommendationState.REFUSED)),
    )
    return {**found, "expired_certificates": certificates.expired(on=on).count()}
