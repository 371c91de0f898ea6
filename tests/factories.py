"""People, cover and papers for the tests, each made by the services that make them in life."""

import copy
import itertools
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from unittest import mock

from celery import current_app
from django.test import Client

from customers import services as customers
from customers.models import Address, Agent, Carrier, Customer
from office import clock
from office.enums import AuthorityKind
from office.models import AuthorityLimit, OutboxMessage, Role, User
from policies import services as policies
from policies.catalogue import SHIPPED, ProductDefinition, load_folder
from policies.catalogue.application import default_coverages
from policies.models import Policy, ProductVersion
from policies.selectors import product_definition
from tests.claims.scenes import claim_at as claim_at
from tests.policies.risks import COMMERCIAL
from underwriting import services as underwriting
from underwriting.models import Quote, Renewal, Submission

LONG_AGO = date(2020, 1, 1)
LINES = ("property", "casualty")
PLACES = ("US-CA", "US-CO", "US-FL", "US-NE")
_count = itertools.count(1)

ADDRESSES = {
    "US-CA": {"street": "12 Alder Street", "city": "Los Angeles", "postal_code": "90012"},
    "US-CO": {"street": "8 Larimer Street", "city": "Denver", "postal_code": "80202"},
    "US-FL": {"street": "3 Ocean Drive", "city": "Miami", "postal_code": "33139"},
    "US-NE": {"street": "5 Dodge Street", "city": "Omaha", "postal_code": "68102"},
}
AUTO = {
    "vehicles": [
        {
            "key": "v1",
            "vin": "1HGCM82633A004352",
            "model_year": 2021,
            "make": "Toyota",
            "model": "Corolla",
            "body": "sedan",
            "use": "commute",
            "annual_miles": 12000,
            "value": 25000,
            "postal_code": "90012",
            "primary_driver": "d1",
            "anti_theft": False,
        }
    ],
    "drivers": [
        {
            "key": "d1",
            "name": "María Núñez",
            "born_on": "1984-05-17",
            "licensed_on": "2004-06-01",
            "at_fault_accidents": 0,
            "violations": 0,
            "good_student": False,
            "defensive_driving": False,
        }
    ],
    "years_insured": 12,
    "multi_policy": False,
    "credit_tier": "good",
}
HOME = {
    "dwelling": {
        "key": "dwelling",
        "street": "12 Alder Street",
        "city": "Los Angeles",
        "postal_code": "90012",
        "year_built": 1998,
        "square_feet": 1800,
        "stories": 1,
        "construction": "frame",
        "protection_class": 3,
        "roof_year": 2018,
        "roof_material": "asphalt",
        "replacement_cost": 400000,
        "occupancy": "owner",
        "coast_miles": 60,
        "sprinklers": False,
        "burglar_alarm": True,
        "pool": False,
    },
    "scheduled_items": [],
    "losses": 0,
    "multi_policy": False,
    "credit_tier": "good",
}
MEDICAL = {
    "metal": "silver",
    "deductible": "4500",
    "out_of_pocket": "9200",
    "office_visit": "copay_40",
    "postal_code": "90012",
    "enrollment": "open",
    "members": [
        {
            "key": "m1",
            "name": "María Núñez",
            "relationship": "self",
            "born_on": "1984-05-17",
            "tobacco": False,
        },
        {
            "key": "m2",
            "name": "Eva Núñez",
            "relationship": "child",
            "born_on": "2015-09-09",
            "tobacco": False,
        },
    ],
}
TERM_LIFE = {
    "level_years": "20",
    "replaces": False,
    "lives": [
        {
            "key": "l1",
            "name": "María Núñez",
            "born_on": "1984-05-17",
            "sex": "female",
            "tobacco": "never",
            "health_class": "preferred",
            "height_inches": 66,
            "weight_pounds": 140,
            "occupation": "office",
            "hobby": "none",
            "income": 90000,
            "sum_insured": 250000,
        }
    ],
    "beneficiaries": [
        {
            "key": "b1",
            "name": "Luis Núñez",
            "life": "l1",
            "relationship": "spouse",
            "order": "primary",
            "share": 60,
        },
        {
            "key": "b2",
            "name": "Eva Núñez",
            "life": "l1",
            "relationship": "child",
            "order": "primary",
            "share": 40,
        },
    ],
}
GROUP_MEDICAL = {
    "employer": "Fern & Fable Books",
    "industry": "retail",
    "postal_code": "90012",
    "years_in_business": 9,
    "eligible_employees": 14,
    "waived_employees": 1,
    "employer_pays": 80,
    "employer_pays_dependents": 25,
    "waiting_period": "30",
    "deductible": "1500",
    "office_visit": "copay_40",
    "census": [
        {"key": "c1", "class_name": "Shop", "tier": "employee", "age": 31, "employees": 8},
        {"key": "c2", "class_name": "Office", "tier": "family", "age": 44, "employees": 4},
    ],
}
RISKS = {
    "auto": AUTO,
    "home": HOME,
    **COMMERCIAL,
    "medical": MEDICAL,
    "term_life": TERM_LIFE,
    "group_medical": GROUP_MEDICAL,
}
OWN = {
    "auto": "BIND-PA",
    "home": "BIND-HO",
    "liability": "BIND-GL",
    "property": "BIND-CP",
    "compensation": "BIND-WC",
    "medical": "BIND-MED",
    "term_life": "BIND-TL",
    "group_medical": "BIND-GM",
}
# Property and casualty is what every agent of the tests sells.
LINE = {
    "medical": "health",
    "term_life": "life",
    "group_medical": "health",
}


# People


def person(*roles: str, name: str = "Dana Ruiz", is_staff: bool = True, **fields) -> User:
    """Somebody with these roles and no authority."""
    email = fields.pop("email", f"person{next(_count)}@bindery.example")
    user = User.objects.create_user(email, name=name, is_staff=is_staff, **fields)
    user.roles.set(Role.objects.filter(code__in=roles))
    return user


def holding(*permissions: str, name: str = "Sam Holder", is_staff: bool = True) -> User:
    """Somebody whose only role grants exactly these permissions."""
    role = Role.objects.create(
        code=f"only{next(_count)}", name="Test", permissions=list(permissions)
    )
    user = person(name=name, is_staff=is_staff)
    user.roles.set([role])
    return user


def authority(user: User, kind: AuthorityKind, up_to: str, **scope) -> AuthorityLimit:
    return AuthorityLimit.objects.create(
        kind=kind, user=user, amount=Decimal(up_to), valid_from=LONG_AGO, **scope
    )


def underwriter(*, up_to: str = "100000.00", name: str = "Uma Reyes") -> User:
    user = person("underwriter", name=name, department_id="underwriting")
    authority(user, AuthorityKind.UNDERWRITING, up_to)
    return user


def office() -> User:
    return User.objects.service()


def customer(place: str = "US-CA", *, login: bool = False, **fields) -> Customer:
    """A person who lives in `place`; with `login`, one who signs in to the portal."""
    number = next(_count)
    found = customers.add_customer(
        **{
            "kind": "person",
            "given_name": "María",
            "family_name": "Núñez",
            "email": f"maria.{number}@example.org",
            "address": {**ADDRESSES[place], "jurisdiction": place},
            "by": person("customer_service", name="Ines Park"),
            **fields,
        }
    )
    if login:
        user = person("policyholder", name=found.display_name, is_staff=False)
        Customer.objects.filter(pk=found.pk).update(login=user)
        found = Customer.objects.get(pk=found.pk)
    return found


def agent(
    *,
    licensed: bool = True,
    appointed: bool = True,
    name: str = "Alex Moreno",
    lines: tuple[str, ...] = LINES,
) -> Agent:
    """An agent with a login, licensed in every state and appointed by every carrier."""
    carriers()
    by = office()
    user = person("agent", name=name, department_id="agency")
    found = customers.add_agent(code=f"AG{next(_count)}", name=name, user=user, by=by)
    for line in lines if licensed else ():
        for place in PLACES:
            customers.add_licence(
                agent=found,
                jurisdiction=place,
                line=line,
                number=f"L{next(_count)}",
                valid_from=LONG_AGO,
                by=by,
            )
    for line in lines if appointed else ():
        for carrier in Carrier.objects.all():
            customers.add_appointment(
                agent=found, carrier=carrier, line=line, valid_from=LONG_AGO, by=by
            )
    return found


def signed_in(user: User) -> Client:
    """A browser in which `user` signed in with a second factor."""
    client = Client()
    client.force_login(user, backend="office.doors.GrantsBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


# Products


_shipped = cache(load_folder)


def carriers() -> None:
    """Every carrier of the shipped products."""
    known = set(Carrier.objects.values_list("code", flat=True))
    for made in {made.carrier: made for made in _shipped(SHIPPED)}.values():
        if made.carrier not in known:
            customers.add_carrier(
                code=made.carrier,
                name=made.carrier_name,
                is_own=made.carrier_is_own,
                by=office(),
            )


def catalogue(*kinds: str) -> None:
    """The shipped products, or those of some kinds, published with their rule sets.

    The files are read once a run.
    """

    def chosen(folder: Path) -> list[ProductDefinition]:
        return [made for made in _shipped(folder) if not kinds or made.kind in kinds]

    with mock.patch("policies.services.publishing.catalogue.load_folder", chosen):
        policies.load_catalogue(by=office())
    underwriting.load_rule_sets(by=office())


def risk(kind: str = "auto", place: str = "US-CA", **changes) -> dict:
    """A risk that every carrier takes without a second look."""
    made = copy.deepcopy(RISKS[kind])
    postal_code = ADDRESSES[place]["postal_code"]
    if kind == "auto":
        made["vehicles"][0]["postal_code"] = postal_code
    elif "postal_code" in made:
        made["postal_code"] = postal_code
    for building in made.get("buildings", ()):
        building.update(ADDRESSES[place])
    if kind == "home":
        made["dwelling"].update(
            postal_code=postal_code,
            street=ADDRESSES[place]["street"],
            city=ADDRESSES[place]["city"],
        )
    return {**made, **changes}


def version(code: str = "BIND-PA") -> ProductVersion:
    if not ProductVersion.objects.filter(product_id=code).exists():
        catalogue(*(made.kind for made in _shipped(SHIPPED) if made.code == code))
    return ProductVersion.objects.filter(product_id=code).latest("effective_from")


def usual_coverages(code: str, of: dict, place: str = "US-CA") -> list[dict]:
    return default_coverages(product_definition(version(code)), of, place)


# Submissions, quotes, policies


def submission(
    kind: str = "auto",
    place: str = "US-CA",
    *,
    by: User | None = None,
    seller: Agent | None = None,
    insured: Customer | None = None,
    effective_on: date | None = None,
    application: dict | None = None,
    coverages: list[dict] | None = None,
) -> Submission:
    """An application, put to the carriers, none of which has answered."""
    own = version(OWN[kind]).product_id
    seller = seller or agent(lines=(LINE[kind],) if kind in LINE else LINES)
    application = application or risk(kind, place)
    return underwriting.take_application(
        customer=insured or customer(place),
        agent=seller,
        product_kind=kind,
        effective_on=effective_on or clock.today() + timedelta(days=10),
        application=application,
        coverages=coverages or usual_coverages(own, application, place),
        by=by or seller.user,
    )


def quoted(*args, **fields) -> Submission:
    """A submission that every carrier has answered."""
    opened = submission(*args, **fields)
    work("underwriting.quote_at_carrier")
    return Submission.objects.get(pk=opened.pk)


def quote(carrier: str = "BIND", *args, **fields) -> Quote:
    return quoted(*args, **fields).quotes.get(carrier_id=carrier)


def policy_in_force(
    kind: str = "auto",
    place: str = "US-CA",
    *,
    carrier: str = "BIND",
    from_on: date = date(2026, 3, 1),
    pay_plan: str = "full",
    **fields,
) -> Policy:
    """A policy that was quoted and bound nine days before its first day of cover."""
    bound_at = datetime(from_on.year, from_on.month, from_on.day, 18, tzinfo=UTC)
    with clock.travel(bound_at - timedelta(days=9)):
        offer = quote(carrier, kind, place, effective_on=from_on, **fields)
        return underwriting.bind_quote(
            quote=offer, pay_plan=pay_plan, by=offer.submission.agent.user
        )


def renewal_offered(policy: Policy) -> Renewal:
    """The next term of a policy, offered forty days before it begins."""
    ends_on = policy.terms.latest("sequence").valid_to
    with clock.travel(datetime(ends_on.year, ends_on.month, ends_on.day, 18, tzinfo=UTC)
                      - timedelta(days=40)):  # fmt: skip
        renewal = underwriting.prepare_renewal(policy=policy, by=office())
        return underwriting.offer_renewal(renewal=renewal, by=office())


def current_address(of: Customer) -> Address:
    return of.addresses.get(is_current=True)


def work(*tasks: str) -> int:
    """Do what waits in the outbox, as a worker would; only these tasks, when some are named."""
    waiting = OutboxMessage.objects.filter(done_at=None).order_by("pk")
    if tasks:
        waiting = waiting.filter(task__in=tasks)
    done = 0
    for message in waiting:
        import_module(f"{message.task.partition('.')[0]}.tasks")
        current_app.tasks[message.task](message_id=message.pk)
        done += 1
    return done
