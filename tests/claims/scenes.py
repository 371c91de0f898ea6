"""The people, policies and papers of the claims tests, made by the services that make them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from unittest.mock import patch

from claims import services
from claims.enums import ClaimState
from customers import services as customers
from customers.models import Customer
from office import clock
from office.enums import AuthorityKind
from office.models import AuthorityLimit, Role, User
from policies import catalogue, selectors
from policies import services as policies
from policies.catalogue.application import default_coverages

NOTICE = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)  # Thursday, 10:00 in Sacramento
LOSS = datetime(2026, 3, 11, 6, 30, tzinfo=UTC)  # the evening of 10 March in Sacramento
HOME = {
    "dwelling": {
        "key": "dwelling",
        "street": "12 Alder Street",
        "city": "Sacramento",
        "postal_code": "95814",
        "year_built": 1998,
        "square_feet": 1800,
        "stories": 1,
        "construction": "frame",
        "protection_class": 4,
        "roof_year": 2015,
        "roof_material": "asphalt",
        "replacement_cost": 400000,
        "occupancy": "owner",
        "coast_miles": 80,
        "sprinklers": False,
        "burglar_alarm": False,
        "pool": False,
    },
    "scheduled_items": [],
    "losses": 0,
    "multi_policy": False,
}


def office() -> User:
    return User.objects.service()


def staff(role: str, department: str, name: str, limits: dict | None = None, number: int = 1):
    """The member of staff with that name, made on first use, with authority up to `limits`."""
    email = f"{name.lower().replace(' ', '.')}.{number}@bindery.example"
    user = User.objects.filter(email=email).first()
    if user:
        return user
    user = User.objects.create_user(email, name=name, is_staff=True, department_id=department)
    user.roles.set(Role.objects.filter(code=role))
    for kind, amount in (limits or {}).items():
        AuthorityLimit.objects.create(
            kind=kind, user=user, amount=Decimal(amount), valid_from=date(2020, 1, 1)
        )
    return user


def service_agent(number=1) -> User:
    return staff("customer_service", "customer_service", "Ines Park", number=number)


def handler(number=1) -> User:
    limits = {
        AuthorityKind.SETTLEMENT: "50000.00",
        AuthorityKind.DENIAL: "50000.00",
        AuthorityKind.RESERVE: "50000.00",
        AuthorityKind.ADVANCE: "5000.00",
    }
    return staff("claims_handler", "claims", "Hugo Brandt", limits, number)


def supervisor(number=1) -> User:
    kinds = (
        AuthorityKind.SETTLEMENT,
        AuthorityKind.DENIAL,
        AuthorityKind.RESERVE,
        AuthorityKind.ADVANCE,
    )
    limits = dict.fromkeys(kinds, "500000.00")
    return staff("claims_supervisor", "claims", "Sofia Reyes", limits, number)


def adjuster(number=1) -> User:
    limits = {AuthorityKind.RESERVE: "100000.00", AuthorityKind.ADVANCE: "5000.00"}
    user = staff("adjuster", "adjusting", "Dana Ruiz", limits, number)
    if not hasattr(user, "adjuster"):
        profile = services.register_adjuster(user=user, capacity=1000, by=supervisor())
        for jurisdiction in ("US-CA", "US-CO", "US-FL", "US-NE"):
            for line in ("property", "casualty"):
                services.license_adjuster(
                    adjuster=profile,
                    jurisdiction=jurisdiction,
                    line=line,
                    number=f"{jurisdiction}-{line}",
                    valid_from=date(2020, 1, 1),
                    valid_to=date(2031, 1, 1),
                    by=supervisor(),
                )
    return user


def underwriter(number=1) -> User:
    return staff("underwriter", "underwriting", "Noor Haddad", number=number)


def accountant(number=1) -> User:
    limits = {AuthorityKind.PAYMENT: "500000.00"}
    return staff("accountant", "accounting", "Alma Ortiz", limits, number)


@lru_cache(maxsize=1)
def _shipped():
    """The shipped products, read and checked once for all tests of a run."""
    return catalogue.load_folder()


def version(product="BIND-HO", *, on=date(2026, 1, 1)):
    """The product version in force, published on first use."""
    found = selectors.version_in_force(product=product, on=on)
    if found:
        return found
    chosen = [definition for definition in _shipped() if definition.code == product]
    with patch.object(catalogue, "load_folder", return_value=chosen):
        policies.load_catalogue(by=office())
    return selectors.version_in_force(product=product, on=on)


def customer(name="Elena Vargas", *, language="en") -> Customer:
    given, family = name.split()
    return customers.add_customer(
        kind="person",
        given_name=given,
        family_name=family,
        email=f"{given.lower()}.{Customer.objects.count()}@example.org",
        address={
            "street": "12 Alder Street",
            "city": "Sacramento",
            "jurisdiction": "US-CA",
            "postal_code": "95814",
        },
        language=language,
        by=service_agent(),
    )


def with_login(person: Customer) -> User:
    """The person's portal login, joined by invitation as in life."""
    if person.login_id:
        return person.login
    email = f"portal.{person.number.lower()}@example.org"
    user = User.objects.create_user(email, name=person.display_name)
    user.roles.set(Role.objects.filter(code="policyholder"))
    Customer.objects.filter(pk=person.pk).update(login=user)
    return user


def bank_account(person: Customer, *, verified=True):
    account = customers.add_bank_account(
        customer=person,
        holder=person.display_name,
        iban_or_account="000123456789",
        routing="121000358",
        by=service_agent(),
    )
    return customers.verify_bank_account(account=account, by=accountant(2)) if verified else account


def policy_in_force(
    *,
    product="BIND-HO",
    holder=None,
    language="en",
    from_on=date(2026, 1, 1),
    recorded_at=None,
):
    """A homeowners policy of 2026 in Sacramento; the dwelling is insured for 400,000."""
    recorded_at = recorded_at or datetime(from_on.year, from_on.month, from_on.day, 18, tzinfo=UTC)
    rated_on = version(product, on=from_on)
    definition = selectors.product_definition(rated_on)
    holder = holder or customer(language=language)
    coverages = default_coverages(definition, HOME, "US-CA")
    with clock.travel(recorded_at):
        return policies.issue_policy(
            version=rated_on,
            customer=holder,
            agent=None,
            risk=HOME,
            coverages=coverages,
            valid_from=from_on,
            jurisdiction="US-CA",
            address=holder.addresses.get(),
            pay_plan=definition.pay_plans[0].code,
            by=staff("policy_administrator", "policy_administration", "Pia Stone"),
        )


def notify(policy, *, by=None, **told):
    told = {
        "lost_at": LOSS,
        "cause": "fire",
        "description": "A pan caught fire and the kitchen burned.",
        "place": "12 Alder Street, Sacramento",
        "reported_by": "Elena Vargas",
        "estimate": Decimal("9000.00"),
    } | told
    return services.notify_claim(policy=policy, by=by or service_agent(), **told)


def dismiss_duplicates(claim):
    for duplicate in claim.duplicates.filter(state="found"):
        services.dismiss_duplicate(claim=claim, duplicate=duplicate, by=service_agent())


def to_documenting(claim):
    dismiss_duplicates(claim)
    return services.triage_claim(claim=claim, by=service_agent())


def to_investigating(claim):
    for document in claim.documents.all():
        services.receive_document(claim=claim, document=document, by=service_agent())
        services.verify_document(claim=claim, document=document, by=handler())
    services.assign_adjuster(claim=claim, adjuster=adjuster(), by=handler())
    if not claim.exposures.exists():
        services.add_exposure(
            claim=claim, coverage="DWELL", item="dwelling", claimant=claim.customer, by=handler()
        )
    return services.verify_claim(claim=claim, by=handler())


def to_coverage_review(
    claim, *, loss="10000.00", depreciation="1500.00", reserve="9000.00", value="0.00"
):
    exposure = claim.exposures.get()
    by = adjuster()
    services.record_finding(
        claim=claim,
        kind="damage",
        summary="Kitchen cabinets and ceiling burned.",
        exposure=exposure,
        loss=Decimal(loss),
        depreciation=Decimal(depreciation),
        value=Decimal(value),
        by=by,
    )
    services.record_finding(
        claim=claim, kind="phone", summary="Ms Vargas describes the pan on the stove.", by=by
    )
    services.set_reserve(
        claim=claim,
        exposure=exposure,
        kind="indemnity",
        amount=Decimal(reserve),
        reason="First look",
        by=by,
    )
    return services.investigate_claim(claim=claim, by=by)


def to_evaluating(claim, **opinion):
    opinion = {"opinion": "covered", "reasons": "Fire is insured."} | opinion
    return services.confirm_coverage(claim=claim, by=underwriter(), **opinion)


def to_settlement_notice(claim, **told):
    return services.determine_claim(claim=claim, claimant=claim.customer, by=handler(), **told)


def to_offered(claim):
    return services.offer_claim(
        claim=claim, reasons="The repair less wear and your deductible.", by=service_agent()
    )


def to_payable(claim):
    return services.accept_claim(
        claim=claim,
        sha256=claim.open_offer().sha256,
        evidence="Ms Vargas agreed by phone.",
        by=service_agent(),
    )


def to_closed(claim):
    if not claim.customer.bank_accounts.exists():
        bank_account(claim.customer)
    return services.pay_claim(claim=claim, by=accountant())


PATH = {
    ClaimState.DOCUMENTING: to_documenting,
    ClaimState.INVESTIGATING: to_investigating,
    ClaimState.COVERAGE_REVIEW: to_coverage_review,
    ClaimState.EVALUATING: to_evaluating,
    ClaimState.SETTLEMENT_NOTICE: to_settlement_notice,
    ClaimState.OFFERED: to_offered,
    ClaimState.PAYABLE: to_payable,
    ClaimState.CLOSED: to_closed,
}


def claim_at(state, *, policy=None, at=NOTICE, **told):
    """A claim that came to `state` by the office's own acts, history and all, on one morning."""
    product = "HARBOR-HO" if state == ClaimState.WITH_CARRIER else "BIND-HO"
    policy = policy or policy_in_force(product=product)
    with clock.travel(at):
        claim = notify(policy, **told)
        if state == ClaimState.WITHDRAWN:
            return services.withdraw_claim(claim=claim, reason="A mistake.", by=service_agent())
        if state == ClaimState.WITH_CARRIER:
            return services.hand_over_claim(claim=to_documenting(claim), by=handler())
        return _walk(claim, state)


def _walk(claim, state):
    for reached, step in PATH.items():
        if claim.state == state:
            return claim
        if state == ClaimState.DENIED and claim.state == ClaimState.EVALUATING:
            return services.deny_claim(
                claim=claim,
                clauses=["intentional"],
                reasons="The fire was set on purpose.",
                by=handler(),
            )
        claim = step(claim)
        assert claim.state == reached
    return claim
