"""The acts of the policy floor: publish products, issue policies, write transactions of terms."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils.translation import gettext as _

from accounting.instalments import add_months
from accounting.services import bill_policy, post_premium_written
from customers.models import Address, Agent, Carrier, Customer
from customers.services import add_carrier
from office import clock, documents, money, numbering, outbox, workflow
from office.exceptions import Refused
from office.models import Document, User
from policies import catalogue, proration, rules, segments, selectors
from policies.catalogue.application import coverage_errors, risk_errors
from policies.enums import DocumentKind, TransactionKind
from policies.models import (
    Policy,
    PolicyDocument,
    Product,
    ProductVersion,
    Segment,
    SegmentPremium,
    Term,
    TermTransaction,
)

MICROSECOND = timedelta(microseconds=1)


@transaction.atomic
def load_catalogue(*, folder: Path = catalogue.SHIPPED, by: User) -> list[ProductVersion]:
    """Publish the products of a folder, all or nothing; returns the versions that were new.

    Loading the same folder again changes nothing. A version that was published with other
    content is refused: terms were rated on it.
    """
    if not rules.may_load_catalogue(by):
        raise PermissionDenied(_("You may not publish products."))
    found = (_publish(definition, by=by) for definition in catalogue.load_folder(folder))
    return [version for version in found if version]


def _publish(definition: catalogue.ProductDefinition, *, by: User) -> ProductVersion | None:
    content = definition.to_json()
    sha256 = _sha256(content)
    known = ProductVersion.objects.filter(
        product_id=definition.code, version=definition.version
    ).first()
    if known and known.sha256 == sha256:
        return None
    if known:
        raise Refused(
            _("Version %(version)s of %(product)s is in use and differs. Give it a new number.")
            % {"version": definition.version, "product": definition.code}
        )
    product, _created = Product.objects.get_or_create(
        code=definition.code,
        defaults={
            "carrier": _carrier(definition, by=by),
            "line": definition.line,
            "kind": definition.kind,
            "name": definition.names["en"],
        },
    )
    return ProductVersion.objects.create(
        product=product,
        version=definition.version,
        effective_from=definition.effective_from,
        definition=content,
        sha256=sha256,
        loaded_at=clock.now(),
        loaded_by=by,
    )


def _carrier(definition: catalogue.ProductDefinition, *, by: User) -> Carrier:
    known = Carrier.objects.filter(pk=definition.carrier).first()
    return known or add_carrier(
        code=definition.carrier,
        name=definition.carrier_name,
        is_own=definition.carrier_is_own,
        by=by,
    )


def _sha256(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@transaction.atomic(savepoint=False)
def issue_policy(
    *,
    version: ProductVersion,
    customer: Customer,
    agent: Agent | None,
    risk: dict[str, Any],
    coverages: list[dict[str, Any]],
    valid_from: date,
    jurisdiction: str,
    address: Address,
    pay_plan: str,
    by: User,
) -> Policy:
    """Write the policy with its first term, post and bill the premium, and have it documented."""
    definition = selectors.product_definition(version)
    _refuse_unsellable(definition, version, jurisdiction, valid_from)
    _refuse_errors(definition, risk, coverages, jurisdiction)
    policy = Policy(
        number=numbering.next_number("policy", prefix=definition.number_prefix),
        product=version.product,
        customer=customer,
        agent=agent,
        address=address,
        jurisdiction=jurisdiction,
        time_zone=address.time_zone,
    )
    facts = {"product": definition.code, "version": definition.version, "from": valid_from}
    workflow.begin(policy, "issue", by=by, facts=facts)
    term = Term.objects.create(
        policy=policy,
        version=version,
        sequence=1,
        valid_from=valid_from,
        valid_to=add_months(valid_from, definition.term_months),
    )
    written = _record_transaction(
        term=term,
        kind=TransactionKind.NEW_BUSINESS,
        effective_on=valid_from,
        patch=segments.whole({"risk": risk, "coverages": coverages}),
        by=by,
    )
    _post_and_bill(policy, written, pay_plan=pay_plan, by=by)
    outbox.put("policies.issue_declarations", policy_id=policy.pk)
    return policy


def _refuse_unsellable(
    definition: catalogue.ProductDefinition,
    version: ProductVersion,
    jurisdiction: str,
    valid_from: date,
) -> None:
    if jurisdiction not in definition.jurisdictions:
        raise Refused(
            _("%(product)s is not sold in %(jurisdiction)s.")
            % {"product": catalogue.label(definition.names), "jurisdiction": jurisdiction},
            field="jurisdiction",
        )
    in_force = selectors.version_in_force(product=version.product_id, on=valid_from)
    if in_force is None or in_force.pk != version.pk:
        raise Refused(
            _("This version of %(product)s is not the one in force on the first day of cover.")
            % {"product": catalogue.label(definition.names)},
            field="effective_on",
        )


def _refuse_errors(
    definition: catalogue.ProductDefinition,
    risk: dict[str, Any],
    coverages: list[dict[str, Any]],
    jurisdiction: str,
) -> None:
    errors = risk_errors(definition, risk) or coverage_errors(
        definition, risk, coverages, jurisdiction
    )
    if errors:
        raise Refused(errors[0].message, field=errors[0].path)


def _post_and_bill(policy: Policy, written: TermTransaction, *, pay_plan: str, by: User) -> None:
    term, product = written.term, policy.product
    definition = selectors.product_definition(term.version)
    amounts = {"premium": written.premium, "tax": written.tax, "fees": written.fees}
    post_premium_written(
        policy_number=policy.number,
        carrier_code=product.carrier_id,
        is_own=definition.carrier_is_own,
        commission_rate=definition.commission.new if definition.commission else Decimal(0),
        product=product.code,
        line=product.line,
        jurisdiction=policy.jurisdiction,
        by=by,
        **amounts,
    )
    bill_policy(
        policy_number=policy.number,
        customer=policy.customer,
        pay_plan=_plan_as_json(definition.pay_plan(pay_plan)),
        from_on=term.valid_from,
        to_on=term.valid_to,
        by=by,
        **amounts,
    )


def _plan_as_json(plan: catalogue.PayPlan) -> dict[str, Any]:
    """The plan as the billing account keeps it: amounts as text, since JSON has only doubles."""
    return {
        "code": plan.code,
        "down_payment": str(plan.down_payment),
        "instalments": plan.instalments,
        "interval_months": plan.interval_months,
        "instalment_fee": str(plan.instalment_fee),
    }


def _record_transaction(
    *,
    term: Term,
    kind: TransactionKind,
    effective_on: date,
    patch: Sequence[dict[str, Any]],
    by: User,
    reverses: TermTransaction | None = None,
) -> TermTransaction:
    """Write one change of a term: replay its history, price it, replace what is now believed.

    The one moment of the act is read after the lock on the term, and lies after every moment
    recorded on it, so that no belief closes in the instant in which it opened.
    """
    term = (
        Term.objects.select_for_update(of=("self",), no_key=True)
        .select_related("policy", "version")
        .get(pk=term.pk)
    )
    past = list(term.transactions.order_by("sequence"))
    moment = max([clock.now(), *(row.recorded_at + MICROSECOND for row in past)])
    change = segments.Transaction(
        kind, effective_on, moment, patch, reverses.recorded_at if reverses else None
    )
    derived = segments.derive(
        term.valid_from, term.valid_to, [*map(selectors.as_change, past), change]
    )
    beliefs = _price(term, derived)
    premium, fees, tax = _totals(term, derived, beliefs)
    written = TermTransaction.objects.create(
        term=term,
        sequence=len(past) + 1,
        kind=kind,
        effective_on=effective_on,
        patch=patch,
        reverses=reverses,
        worksheet=_worksheet(term, derived, effective_on),
        premium=premium - term.written,
        fees=fees - term.fees,
        tax=tax - term.tax,
        recorded_at=moment,
        recorded_by=by,
    )
    _replace_beliefs(term, beliefs, written=written, moment=moment)
    term.written, term.fees, term.tax = premium, fees, tax
    term.save(update_fields=["written", "fees", "tax"])
    return written


def _price(term: Term, derived: Sequence[segments.Segment]) -> list[selectors.Belief]:
    plan = selectors.rating_plan(term.version)
    priced = [
        proration.PricedSegment(
            segment.valid_from,
            segment.valid_to,
            {
                (amount.item, amount.coverage): amount.premium
                for amount in plan.rate(
                    segment.state["risk"],
                    segment.state["coverages"],
                    term.policy.jurisdiction,
                    term.valid_from,
                ).amounts
            },
        )
        for segment in derived
    ]
    shares = proration.written(term.valid_from, term.valid_to, priced)
    return [
        selectors.Belief(
            segment.valid_from,
            segment.valid_to,
            segment.state,
            tuple(
                sorted(
                    (share.item, share.coverage, share.term_premium, share.written)
                    for share in shares
                    if share.valid_from == segment.valid_from
                )
            ),
        )
        for segment in derived
    ]


def _totals(
    term: Term, derived: Sequence[segments.Segment], beliefs: Sequence[selectors.Belief]
) -> tuple[Decimal, Decimal, Decimal]:
    """Premium, fees and tax of the term: tax is computed on its total, for the latest state."""
    if not derived:
        return money.ZERO, money.ZERO, money.ZERO
    premium = sum((belief.written for belief in beliefs), money.ZERO)
    taxes, fees = selectors.rating_plan(term.version).levies(
        premium, derived[-1].state["risk"], term.policy.jurisdiction
    )
    return (
        premium,
        sum((levy.amount for levy in fees), money.ZERO),
        sum((levy.amount for levy in taxes), money.ZERO),
    )


def _worksheet(
    term: Term, derived: Sequence[segments.Segment], effective_on: date
) -> list[dict[str, Any]]:
    state = segments.state_on(derived, effective_on)
    if state is None:
        return []
    worksheet = selectors.rating_plan(term.version).worksheet(
        state["risk"], state["coverages"], term.policy.jurisdiction, term.valid_from
    )
    return [line.to_json() for line in worksheet.lines]


def _replace_beliefs(
    term: Term,
    beliefs: Sequence[selectors.Belief],
    *,
    written: TermTransaction,
    moment: datetime,
) -> None:
    """Close the segments that no longer hold and insert those that hold from now on."""
    held = selectors.beliefs_held(term)
    closed, opened = segments.supersede([belief for belief, _row in held], list(beliefs))
    for belief, segment in held:
        if belief in closed:
            segment.recorded = DateTimeTZRange(segment.recorded.lower, moment)
            segment.save(update_fields=["recorded"])
    rows = Segment.objects.bulk_create(
        Segment(
            term=term,
            transaction=written,
            valid=DateRange(belief.valid_from, belief.valid_to),
            recorded=DateTimeTZRange(moment, None),
            insured=belief.state,
        )
        for belief in opened
    )
    SegmentPremium.objects.bulk_create(
        SegmentPremium(
            segment=segment,
            item_key=item,
            coverage=coverage,
            term_premium=term_premium,
            written=amount,
        )
        for segment, belief in zip(rows, opened, strict=True)
        for item, coverage, term_premium, amount in belief.premiums
    )


@transaction.atomic
def issue_declarations(*, policy: Policy, by: User) -> Document:
    """Render the declarations page of the latest term in the customer's language and keep it."""
    language = policy.customer.language
    term = policy.terms.latest("sequence")
    document = documents.issue(
        template="declarations",
        data=selectors.declarations(term, language=language),
        language=language,
        kind=DocumentKind.DECLARATIONS,
        title=selectors.declarations_title(policy, language=language),
        source=f"policy:{policy.number}",
        by=by,
    )
    PolicyDocument.objects.create(policy=policy, term=term, document=document)
    return document


def expire_policy(*, policy: Policy, by: User, note: str = "") -> Policy:
    """Let a policy end with its last term."""
    return workflow.move(policy, "expire", by=by, note=note)
