"""The loss run: what a customer's policies have cost, term by term, for whoever asks for it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.enums import ClaimState
from customers.models import Customer
from office import clock, money
from office.enums import Line
from office.models import User
from policies.catalogue import label
from policies.models import Policy, Term
from policies.selectors import product_definition
from underwriting.experience import Experience, Loss, Total, begin_of
from underwriting.selectors.standing import experience_of


@dataclass(frozen=True)
class LossRunClaim:
    """A claim with the words for what happened and how it stands."""

    row: Loss
    cause: str
    state: str
    is_at_fault: bool


@dataclass(frozen=True)
class LossRunTerm:
    """One term of a policy with the claims of losses in it, the latest first."""

    term: Term
    claims: list[LossRunClaim]
    total: Total


@dataclass(frozen=True)
class LossRun:
    """Valued on `experience.on`: the amounts are as they stood then."""

    customer: Customer
    experience: Experience
    terms: list[LossRunTerm]

    @property
    def total(self) -> Total:
        return self.experience.total

    @property
    def begins_on(self) -> date:
        return begin_of(self.experience.on, self.experience.years)


def loss_run(customer: Customer, *, years: int, user: User) -> LossRun:
    """Every term that was in force in the last `years` years, with its claims, as this person
    may see them."""
    on = clock.today(user.time_zone)
    experience = experience_of(customer, on=on, years=years, user=user)
    terms = Term.objects.filter(
        policy__in=Policy.objects.for_user(user).filter(customer=customer),
        valid_to__gt=begin_of(on, years),
    ).select_related("policy__product__carrier", "version")
    ordered = terms.order_by("-valid_from", "-pk")
    return LossRun(customer, experience, [_of_term(term, experience) for term in ordered])


def _of_term(term: Term, experience: Experience) -> LossRunTerm:
    number = term.policy.number
    rows = [r for r in experience.rows if r.policy == number and term.covers(r.lost_on)]
    causes = {cause.code: cause.names for cause in product_definition(term.version).causes}
    claims = [
        LossRunClaim(
            row,
            label(causes[row.cause]) if row.cause in causes else row.cause,
            str(ClaimState(row.state).label),
            experience.is_at_fault(row),
        )
        for row in rows
    ]
    of_rows = Experience(experience.on, experience.years, tuple(rows), experience.liability)
    return LossRunTerm(term, claims, of_rows.total)


def loss_run_paper(run: LossRun) -> dict[str, Any]:
    """The data of `templates/documents/loss_run.typ`, in the active language."""
    experience = run.experience
    return {
        "title": _("Loss run"),
        "number": run.customer.number,
        "customer": run.customer.display_name,
        "valued": experience.on,
        "begins": run.begins_on,
        "terms": [_paper_of_term(one) for one in run.terms],
        "total": _figures(run.total),
        "count": run.total.reported,
        "has_told": any(row.is_as_told for row in experience.rows),
    }


def _paper_of_term(one: LossRunTerm) -> dict[str, Any]:
    term = one.term
    return {
        "title": f"{term.policy.product.name} · {term.policy.number}",
        "carrier": term.policy.product.carrier.name,
        "term": _("%(first)s to %(last)s")
        % {
            "first": formats.date_format(term.valid_from),
            "last": formats.date_format(term.valid_to),
        },
        "rows": [
            [
                claim.row.number,
                formats.date_format(claim.row.lost_on, "SHORT_DATE_FORMAT"),
                formats.date_format(claim.row.reported_on, "SHORT_DATE_FORMAT"),
                claim.cause,
                f"{claim.state} *" if claim.row.is_as_told else claim.state,
                *_figures(claim.row),
            ]
            for claim in one.claims
        ],
        "total": _figures(one.total),
    }


def _figures(sums: Loss | Total) -> list[str]:
    return [money.format(one) for one in (sums.paid, sums.reserve, sums.recovered, sums.incurred)]


def experience_rows(experience: Experience) -> list[dict[str, Any]]:
    """By year of the loss and then by line, for a card of a page."""
    by_line = [(Line(line).label, total) for line, total in experience.by_line.items()]
    return [
        *({"name": str(year), "total": total} for year, total in experience.by_year.items()),
        *({"name": str(name), "total": total} for name, total in by_line),
    ]


def experience_sentence(experience: Experience) -> str:
    """How many claims in how many years, for the head of the card."""
    total = experience.total
    if not total.reported:
        return _("No claim in the last %(years)s years.") % {"years": experience.years}
    claims = ngettext("%(count)s claim", "%(count)s claims", total.reported) % {
        "count": total.reported
    }
    return _("%(claims)s in the last %(years)s years, %(fault)s at fault, %(open)s open.") % {
        "claims": claims,
        "years": experience.years,
        "fault": total.at_fault,
        "open": total.open,
    }
