"""What the declarations page says, in the customer's language."""

from dataclasses import asdict
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounting.models import Instalment
from office import clock, money
from office.exceptions import Refused
from policies.catalogue import label
from policies.models import Policy, Term
from policies.rating import Levy
from policies.selectors.cover import Cover, as_of
from policies.selectors.products import product_definition, rating_plan
from policies.selectors.sheet import exclusions_of, schedules_of, sheet_of


def declarations_title(policy: Policy, *, language: str) -> str:
    with translation.override(language):
        return _("Declarations of policy %(number)s") % {"number": policy.number}


def declarations(term: Term, *, language: str) -> dict[str, Any]:
    """The data of `templates/documents/declarations.typ`: the term as believed now."""
    policy = term.policy
    with translation.override(language):
        last = term.transactions.order_by("-sequence").values_list("recorded_at", flat=True)[0]
        cover = as_of(policy, term.valid_from, last)
        if cover is None:
            raise Refused(_("This term covers nothing, so there is nothing to declare."))
        return {
            **_heading(policy, term),
            "groups": _groups(cover),
            "schedules": [asdict(schedule) for schedule in schedules_of(cover)],
            "charges": _charges(term, cover),
            "total": money.format(term.total),
            "instalments": _instalments(policy),
            "exclusions": [list(row) for row in exclusions_of(cover.coverages)],
            "forms": _forms(cover),
        }


def _heading(policy: Policy, term: Term) -> dict[str, Any]:
    address = policy.address
    definition = product_definition(term.version)
    return {
        "title": _("Policy declarations"),
        "number": policy.number,
        "issued": clock.today(policy.time_zone),
        "insured": policy.customer.display_name,
        "address": [address.street, f"{address.city}, {address.place} {address.postal_code}"],
        "from": term.valid_from,
        "to": term.valid_to,
        "hours": _("From and to 00:00 in the time zone of this address."),
        "carrier": policy.product.carrier.name,
        "product": label(definition.names),
        "agent": policy.agent.name if policy.agent else "",
    }


def _groups(cover: Cover) -> list[dict[str, Any]]:
    return [
        {
            "title": group.title,
            "facts": [list(fact) for fact in group.facts],
            "rows": [
                [row.name, row.limit, row.deductible, money.format(row.premium)]
                for row in group.rows
            ],
            "premium": money.format(group.premium),
        }
        for group in sheet_of(cover)
    ]


def _charges(term: Term, cover: Cover) -> list[list[str]]:
    """Premium, then each tax and fee by its name; they sum to the total of the term."""
    levies = levies_of(term, cover)
    return [
        [_("Premium"), money.format(term.written)],
        *([label(levy.names), money.format(levy.amount)] for levy in levies if levy.amount),
    ]


def levies_of(term: Term, cover: Cover) -> list[Levy]:
    """The taxes and fees on the term's premium, by the version that it is rated on."""
    taxes, fees = rating_plan(term.version).levies(
        term.written, cover.risk, term.policy.jurisdiction
    )
    return [*taxes, *fees]


def _instalments(policy: Policy) -> list[list[Any]]:
    rows = Instalment.objects.filter(billing_account__policy_number=policy.number)
    return [[row.due_on, money.format(row.total)] for row in rows.order_by("due_on", "sequence")]


def _forms(cover: Cover) -> list[str]:
    chosen = {terms.coverage for terms in cover.coverages}
    return [
        f"{form.number} ({form.edition}): {label(form.names)}"
        for form in cover.definition.forms
        if not form.coverages or chosen & set(form.coverages)
    ]
