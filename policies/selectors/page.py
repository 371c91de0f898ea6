"""The policy's own page, and the worksheet of one of its transactions."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from accounting.models import BillingAccount, Invoice
from office import clock, money
from office.exceptions import Refused
from office.workflow import label_of
from policies import wording
from policies.catalogue import ProductDefinition, label
from policies.enums import PolicyState
from policies.models import Policy, PolicyEvent, Term, TermTransaction
from policies.selectors.cover import Cover, as_of
from policies.selectors.endings import announced, charges_of, last_cancellation
from policies.selectors.products import product_definition
from policies.selectors.sheet import exclusions_of, schedules_of, sheet_of
from policies.selectors.timeline import time_travel, timeline
from policies.selectors.told import Told, told_changes


def day_to_show(policy: Policy) -> date:
    """Today, or the first or last day of cover where today lies outside."""
    today = clock.today(policy.time_zone)
    terms = sorted(policy.terms.all(), key=lambda term: term.sequence)
    first, last = terms[0].valid_from, terms[-1].valid_to
    return min(max(today, first), date.fromordinal(last.toordinal() - 1))


def read_terms(policy: Policy) -> None:
    """Read the terms of a policy once, for all that a page says of them."""
    terms = Term.objects.select_related("version", "nonrenewal").defer("version__definition")
    prefetch_related_objects([policy], Prefetch("terms", terms))


def policy_page(policy: Policy, *, day: date, known_at: datetime) -> dict[str, Any]:
    """Everything that the page shows, with the cover on `day` as known at `known_at`."""
    cover = as_of(policy, day, known_at)
    terms = sorted(policy.terms.all(), key=lambda term: -term.sequence)
    term = next((one for one in terms if one.covers(day)), terms[0])
    transactions = _transactions(policy)
    own = [row for row in transactions if row.term_id == term.pk]
    invoices = list(Invoice.objects.filter(billing_account__policy_number=policy.number))
    return {
        "policy": policy,
        "terms": terms,
        "term": term,
        "day": day,
        "known_at": known_at,
        "cover": cover,
        "groups": sheet_of(cover) if cover else [],
        "schedules": schedules_of(cover) if cover else [],
        "risk_facts": risk_facts(cover) if cover else [],
        "exclusions": exclusions_of(cover.coverages) if cover else [],
        "transactions": transactions,
        "timeline": timeline(term, own, day=day, known_at=known_at),
        "travel": time_travel(term, own, day=day, known_at=known_at),
        "charges": charges_of(terms) if policy.state == PolicyState.CANCELLED else [],
        "announced": announced(policy),
        "ended": last_cancellation(policy) if policy.state == PolicyState.CANCELLED else None,
        "nonrenewal": getattr(terms[0], "nonrenewal", None),
        "documents": list(
            policy.documents.select_related("document").order_by("-document__created_at")
        ),
        "invoices": invoices,
        "account": BillingAccount.objects.filter(policy_number=policy.number).first(),
        "events": _history(policy),
        "figures": _figures(term, invoices),
    }


def risk_facts(cover: Cover) -> list[tuple[str, str]]:
    """What is known of the risk as a whole."""
    return wording.facts_of(cover.definition.risk_schema, cover.risk)


def _transactions(policy: Policy) -> list[TermTransaction]:
    """Newest first, each knowing whether another has taken it back."""
    rows = TermTransaction.objects.filter(term__policy=policy).order_by("-recorded_at")
    found = list(rows.select_related("recorded_by", "term", "reverses"))
    undone = {row.reverses_id for row in found}
    for row in found:
        row.is_reversed = row.pk in undone
    return found


def differences(policy: Policy, cover: Cover | None) -> list[Told]:
    """How the cover that is looked at differs from the one that the page shows by itself."""
    now = as_of(policy, day_to_show(policy), clock.now())
    if now is None or cover is None or now.term.version_id != cover.term.version_id:
        return []
    return told_changes(cover.definition, now.segment.insured, cover.segment.insured)


def _history(policy: Policy) -> list[PolicyEvent]:
    events = list(policy.events.select_related("by").order_by("-seq"))
    for event in events:
        event.label = label_of(policy, event.kind)
    return events


def _figures(term: Term, invoices: list[Invoice]) -> list[dict[str, Any]]:
    owed = sum((invoice.owed for invoice in invoices), money.ZERO)
    return [
        {"label": _("Premium"), "value": money.format(term.written)},
        {"label": _("Taxes and fees"), "value": money.format(term.tax + term.fees)},
        {"label": _("Total for the term"), "value": money.format(term.total)},
        {
            "label": _("Invoiced and unpaid"),
            "value": money.format(owed),
            "tone": "warn" if owed else "good",
        },
    ]


def worksheet(transaction: TermTransaction) -> list[dict[str, Any]]:
    """The lines of a transaction's worksheet, with the names of steps, items and coverages."""
    definition = product_definition(transaction.term.version)
    segment = transaction.segments.order_by("valid").first()
    risk = segment.insured["risk"] if segment else {}
    return worksheet_rows(definition, transaction.worksheet, risk)


def worksheet_rows(
    definition: ProductDefinition, lines: list[dict[str, Any]], risk: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Worksheet lines as they are shown: a heading wherever item or coverage change."""
    coverages = {coverage.code: label(coverage.names) for coverage in definition.coverages}
    titles = wording.titles_of(definition.risk_schema, risk)
    rows, last = [], None
    for line in lines:
        place = (line["item"], line["coverage"])
        names = (titles.get(line["item"], line["item"]), coverages.get(line["coverage"], ""))
        heading = " · ".join(name for name in names if name)
        rows.append(
            {
                **line,
                "name": label(line["names"]),
                "heading": heading if place != last else "",
                "amount": Decimal(line["amount"]),
            }
        )
        last = place
    return rows


def worksheet_paper(
    definition: ProductDefinition, rows: list[dict[str, Any]], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The data of `templates/documents/worksheet.typ` for rows as a page shows them.

    facts: title, number, issued, place and from.
    """
    groups: list[dict[str, Any]] = []
    for row in rows:
        if row["heading"] or not groups:
            groups.append({"title": row["heading"] or None, "rows": []})
        table = f"{row['table']} {row['table_version']}".strip()
        cells = [row["name"], table, row["input"], row["factor"], str(row["amount"])]
        groups[-1]["rows"].append(cells)
    return {**facts, "product": label(definition.names), "groups": groups}


def transaction_worksheet_paper(transaction: TermTransaction) -> dict[str, Any]:
    """The worksheet of a transaction on paper; refused where the change rated nothing."""
    rows = worksheet(transaction)
    if not rows:
        raise Refused(_("This change was not rated, so there is no worksheet."))
    policy = transaction.term.policy
    facts = {
        "title": _("How the premium of %(number)s came to be") % {"number": policy.number},
        "number": f"{policy.number} · {transaction}",
        "issued": clock.today(policy.time_zone),
        "place": policy.jurisdiction,
        "from": transaction.term.valid_from,
    }
    return worksheet_paper(product_definition(transaction.term.version), rows, facts)
