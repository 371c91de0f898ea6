"""The people of the demo office: every department is staffed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property

from django.contrib.auth.hashers import make_password

from claims import services as claims
from customers import services as customers
from customers.models import Agent, Carrier
from office.enums import AuthorityKind, Line
from office.models import AuthorityLimit, Role, User

PASSWORD = "bindery-demo"
HIRED_ON = date(2020, 1, 1)
LICENSED_UNTIL = date(2031, 1, 1)
PLACES = ("US-CA", "US-CO", "US-FL", "US-NE")
LINES = tuple(Line)
KIND = AuthorityKind

# (department, role, name, authority)
STAFF = [
    ("customer_service", "customer_service", "Ines Park", {KIND.BACKDATING: "30"}),
    ("customer_service", "customer_service", "Tomás Vidal", {KIND.BACKDATING: "30"}),
    ("claims", "claims_handler", "Hugo Brandt", {
        KIND.SETTLEMENT: "25000", KIND.DENIAL: "25000", KIND.RESERVE: "50000", KIND.ADVANCE: "5000",
    }),
    ("claims", "claims_handler", "Mei Tanaka", {
        KIND.SETTLEMENT: "25000", KIND.DENIAL: "25000", KIND.RESERVE: "50000", KIND.ADVANCE: "5000",
    }),
    ("claims", "claims_supervisor", "Sofia Reyes", {
        KIND.SETTLEMENT: "250000", KIND.DENIAL: "250000", KIND.RESERVE: "500000",
        KIND.ADVANCE: "25000",
    }),
    ("adjusting", "adjuster", "Dana Ruiz", {KIND.RESERVE: "75000", KIND.ADVANCE: "5000"}),
    ("adjusting", "adjuster", "Marco Bell", {KIND.RESERVE: "75000", KIND.ADVANCE: "5000"}),
    ("adjusting", "adjuster", "Leila Haddad", {KIND.RESERVE: "75000", KIND.ADVANCE: "5000"}),
    ("underwriting", "underwriter", "Noor Rahman", {
        KIND.UNDERWRITING: "50000", KIND.JUDGMENT: "5000", KIND.BACKDATING: "365",
    }),
    ("policy_administration", "policy_administrator", "Pia Stone", {KIND.BACKDATING: "90"}),
    ("accounting", "accountant", "Alma Ortiz", {KIND.PAYMENT: "250000", KIND.REFUND: "5000"}),
    ("accounting", "accountant", "Omar Lindqvist", {KIND.PAYMENT: "250000", KIND.REFUND: "5000"}),
    ("compliance", "compliance", "Carla Winter", {}),
    ("legal", "compliance", "Ruth Nakamura", {}),
    ("actuarial", "compliance", "Ivan Petrov", {}),
    ("investment", "compliance", "Grace Osei", {}),
    ("marketing", "compliance", "Luc Moreau", {}),
    ("loss_control", "loss_control", "Beth Coleman", {}),
    ("audit", "compliance", "Samir Patel", {}),
]  # fmt: skip
AGENTS = ["Alex Moreno", "Hannah Cole"]


@dataclass
class Cast:
    """Everybody by name, and the roles that the seed plays."""

    users: dict[str, User] = field(default_factory=dict)
    agents: list[Agent] = field(default_factory=list)

    def __getitem__(self, name: str) -> User:
        return self.users[name]

    @cached_property
    def office(self) -> User:
        return User.objects.service()

    @property
    def adjusters(self) -> list[User]:
        return [self["Dana Ruiz"], self["Marco Bell"], self["Leila Haddad"]]

    @property
    def handlers(self) -> list[User]:
        return [self["Hugo Brandt"], self["Mei Tanaka"]]


def address_of(name: str) -> str:
    plain = name.lower().replace("á", "a").replace("é", "e").replace(" ", ".")
    return f"{plain}@bindery.example"


def hire() -> Cast:
    """Staff, their authority, the carriers, the agents with licences and appointments."""
    cast = Cast()
    for department, role, name, limits in STAFF:
        cast.users[name] = _hire(name, role, department)
        _grant(cast.users[name], limits)
    cast.users["Ada Admin"] = _hire("Ada Admin", "compliance", "compliance", is_superuser=True)
    _license_adjusters(cast)
    return cast


def appoint_agents(cast: Cast) -> None:
    """After the catalogue, which brings the carriers."""
    for number, name in enumerate(AGENTS, start=1):
        user = _hire(name, "agent", "agency")
        cast.users[name] = user
        cast.agents.append(_agent(f"AG-{number:02}", name, user, cast.office))


@cache
def _password_hash() -> str:
    """Hashing is slow on purpose; once is enough for a password that everybody shares."""
    return make_password(PASSWORD)


def _hire(name: str, role: str, department: str, **fields: bool) -> User:
    user = User.objects.create(
        email=address_of(name),
        password=_password_hash(),
        name=name,
        is_staff=True,
        department_id=department,
        **fields,
    )
    user.roles.set(Role.objects.filter(code=role))
    return user


def _grant(user: User, limits: dict[AuthorityKind, str]) -> None:
    AuthorityLimit.objects.bulk_create(
        AuthorityLimit(kind=kind, user=user, amount=Decimal(amount), valid_from=HIRED_ON)
        for kind, amount in limits.items()
    )


def _license_adjusters(cast: Cast) -> None:
    by = cast["Sofia Reyes"]
    for user in cast.adjusters:
        adjuster = claims.register_adjuster(user=user, capacity=200, by=by)
        for place in PLACES:
            for line in LINES:
                claims.license_adjuster(
                    adjuster=adjuster,
                    jurisdiction=place,
                    line=line,
                    number=f"ADJ-{place[-2:]}-{user.pk:04}",
                    valid_from=HIRED_ON,
                    valid_to=LICENSED_UNTIL,
                    by=by,
                )


def _agent(code: str, name: str, user: User, by: User) -> Agent:
    agent = customers.add_agent(code=code, name=name, user=user, by=by)
    for line in LINES:
        for place in PLACES:
            customers.add_licence(
                agent=agent,
                jurisdiction=place,
                line=line,
                number=f"{place[-2:]}-{code}-{line[0].upper()}",
                valid_from=HIRED_ON,
                valid_to=LICENSED_UNTIL,
                by=by,
            )
        for carrier in Carrier.objects.all():
            customers.add_appointment(
                agent=agent, carrier=carrier, line=line, valid_from=HIRED_ON, by=by
            )
    return agent
