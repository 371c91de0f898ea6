"""A book of as many customers, policies and claims as wanted, written set-wise.

Templates come from the office's own acts (one claim in each state, one policy of each product);
the book is their likeness under other numbers, names and days. So every row agrees with the
checks of its table, which stay on. Only triggers and foreign keys sleep while it is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from django.db.models import Max
from psycopg import sql

from bench import names
from bench.harness import say
from bench.office import Office

FIRST = 10_000  # keys of the book lie above those of the templates
FEW = 20_000  # rows that are written quicker with their indexes than before them
ADJUSTERS = 400
AGENTS = 250  # each sells to one customer in so many
# Of two hundred claims, how many stand where: nine in ten are over.
SHARES = {
    "closed": 170, "denied": 8, "withdrawn": 6, "received": 2, "documenting": 3,
    "investigating": 4, "coverage_review": 1, "evaluating": 2, "settlement_notice": 1,
    "offered": 1, "payable": 1, "with_carrier": 1,
}  # fmt: skip


def at_least(office: Office, size: int) -> None:
    """Let the book hold so many customers, policies and claims."""
    from claims.models import Claim

    have = max(0, (Claim.objects.aggregate(last=Max("pk"))["last"] or 0) - FIRST)
    if size <= have:
        return
    likenesses = _likenesses()
    say(f"  writing customers, policies and claims {have + 1:,} to {size:,} …")
    with office.loading() as owner:
        owner.execute("SELECT setseed(0.42)")
        with _without_indexes(owner, size - have):
            for write in (
                _write_customers, _write_addresses, _write_contacts, _write_policies, _write_claims
            ):  # fmt: skip
                write(owner, have, size, likenesses)
        owner.commit()
    office.settle()


class Likenesses(NamedTuple):
    """Keys of what the office's own acts have made, after which the book is written."""

    customer: int
    address: int
    contact: Any
    agents: Sequence[int]
    policies: Sequence[int]
    claims: Mapping[str, int]
    adjusters: Sequence[int]


def _likenesses() -> Likenesses:
    """A claim in each state, a policy of each product, and people to adjust."""
    from claims.models import Claim
    from customers.models import Agent, ContactPoint
    from office.models import User
    from policies.models import Policy

    if not User.objects.filter(email="adjuster0@bindery.example").exists():
        _make_them()
    contact = ContactPoint.objects.filter(customer__pk__lt=FIRST).select_related("customer")[0]
    policies = Policy.objects.filter(pk__lt=FIRST).values_list("product_id", "pk")
    agents = Agent.objects.filter(code__startswith="BENCH").values_list("pk", flat=True)
    adjusters = User.objects.filter(email__regex="^adjuster[0-9]+@").values_list("pk", flat=True)
    return Likenesses(
        contact.customer_id,
        contact.customer.addresses.get(is_current=True).pk,
        contact.pk,
        list(agents),
        list(dict(policies).values()),
        dict(Claim.objects.filter(pk__lt=FIRST).values_list("state", "pk")),
        list(adjusters),
    )


def _make_them() -> None:
    from claims.enums import ClaimState
    from customers.models import Agent
    from office.models import User
    from tests import factories
    from tests.claims import scenes

    for kind, carrier in (("auto", "BIND"), ("auto", "HARBOR"), ("home", "BIND")):
        factories.policy_in_force(kind, carrier=carrier)
    for state in ClaimState:
        scenes.claim_at(state)
    Agent.objects.bulk_create(
        Agent(code=f"BENCH{n}", name=_name(n), agency="Bench Agency") for n in range(AGENTS)
    )
    User.objects.bulk_create(
        User(
            email=f"adjuster{n}@bindery.example",
            name=_name(n),
            is_staff=True,
            department_id="adjusting",
        )
        for n in range(ADJUSTERS)
    )


def _name(n: int) -> str:
    return f"{names.GIVEN[n % len(names.GIVEN)]} {names.FAMILY[n % len(names.FAMILY)]}"


# Customers

NUMBER = "'CU-2026-' || lpad((n + 100000)::text, greatest(6, length((n + 100000)::text)), '0')"
# A few names very often, many seldom; four in ten have two family names.
DRAWN = """
SELECT n, ({given}::text[])[g] AS given,
    ({family}::text[])[f] || CASE WHEN s > 0 THEN ' ' || ({family}::text[])[s] ELSE '' END
        AS family,
    ({folded_family}::text[])[f]
        || CASE WHEN s > 0 THEN ' ' || ({folded_family}::text[])[s] ELSE '' END
        || ' ' || ({folded_given}::text[])[g] AS folded
FROM (SELECT n, 1 + floor(power(random(), 1.7) * {givens})::int AS g,
    1 + floor(power(random(), 1.7) * {families})::int AS f,
    CASE WHEN random() < 0.4 THEN 1 + floor(power(random(), 1.7) * {families})::int ELSE 0 END AS s
    FROM generate_series({low}, {high}) AS n) AS drawn
"""


def _write_customers(
    owner: psycopg.Connection, have: int, size: int, likenesses: Likenesses
) -> None:
    from customers.models import Customer
    from customers.names import fold

    people = sql.SQL(DRAWN).format(
        given=sql.Literal(names.GIVEN),
        family=sql.Literal(names.FAMILY),
        folded_given=sql.Literal([fold(name) for name in names.GIVEN]),
        folded_family=sql.Literal([fold(name) for name in names.FAMILY]),
        givens=len(names.GIVEN),
        families=len(names.FAMILY),
        low=have + 1,
        high=size,
    )
    _copy_rows(
        owner,
        Customer,
        template=likenesses.customer,
        people=people,
        changes={
            "id": f"n + {FIRST}",
            "number": NUMBER,
            "given_name": "given",
            "family_name": "family",
            "display_name": "given || ' ' || family",
            "folded": f"' ' || people.folded || ' ' || lower({NUMBER})",
            "login_id": "NULL",
            "agent_id": _agent_of(likenesses),
        },
    )


def _agent_of(likenesses: Likenesses) -> str:
    agents = ", ".join(map(str, likenesses.agents))
    return f"(ARRAY[{agents}]::bigint[])[1 + n % {AGENTS}]"


def _write_addresses(
    owner: psycopg.Connection, have: int, size: int, likenesses: Likenesses
) -> None:
    from customers.models import Address

    cities, states, codes = (
        sql.Literal(list(column)).as_string(owner) for column in zip(*names.CITIES, strict=True)
    )
    series = sql.SQL(
        "SELECT n, 1 + floor(random() * {cities})::int AS c "
        "FROM generate_series({low}, {high}) AS n"
    ).format(cities=len(names.CITIES), low=have + 1, high=size)
    _copy_rows(
        owner,
        Address,
        template=likenesses.address,
        people=series,
        changes={
            "id": f"n + {FIRST}",
            "customer_id": f"n + {FIRST}",
            "street": "(1 + n % 9899)::text || ' ' || chr((65 + n % 26)::int) || ' Street'",
            "city": f"({cities}::text[])[c]",
            "jurisdiction": f"({states}::text[])[c]",
            "postal_code": f"({codes}::text[])[c]",
        },
    )


def _write_contacts(
    owner: psycopg.Connection, have: int, size: int, likenesses: Likenesses
) -> None:
    """E-mail for one, phone for the next; nobody opens what is sealed in them."""
    from customers.models import ContactPoint

    last4 = "lpad((n::bigint * 7919 % 10000)::text, 4, '0')"
    series = sql.SQL("SELECT n FROM generate_series({low}, {high}) AS n")
    _copy_rows(
        owner,
        ContactPoint,
        template=likenesses.contact,
        people=series.format(low=have + 1, high=size),
        changes={
            "id": "gen_random_uuid()",
            "customer_id": f"n + {FIRST}",
            "kind": "CASE WHEN n % 2 = 0 THEN 'phone' ELSE 'email' END",
            "blind": "sha256(int8send(n::bigint))",
            "last4": f"CASE WHEN n % 2 = 0 THEN {last4} ELSE '' END",
        },
    )


# Policies


def _write_policies(
    owner: psycopg.Connection, have: int, size: int, likenesses: Likenesses
) -> None:
    from policies.models import Policy, Term

    keys = sql.Literal(likenesses.policies)
    series = sql.SQL(
        "SELECT n, ({keys}::bigint[])[1 + n % {many}] AS likeness, "
        "floor(power(random(), 1.5) * 700)::int AS days "
        "FROM generate_series({low}, {high}) AS n"
    ).format(keys=keys, many=len(likenesses.policies), low=have + 1, high=size)
    owner.execute("CREATE TEMP TABLE drawn ON COMMIT DROP AS " + series.as_string(owner))
    people = sql.SQL("SELECT * FROM drawn")
    number = "split_part(t.number, '-', 1) || '-2026-' || lpad((n + 100000)::text, 7, '0')"
    _copy_rows(
        owner,
        Policy,
        template=None,
        people=people,
        changes={
            "id": f"n + {FIRST}",
            "number": number,
            "customer_id": f"n + {FIRST}",
            "address_id": f"n + {FIRST}",
            "agent_id": _agent_of(likenesses),
            "state": "CASE WHEN days > 365 THEN 'expired' ELSE t.state END",
        },
    )
    _copy_rows(
        owner,
        Term,
        template=None,
        joined="t.policy_id",
        people=people,
        changes={
            "id": f"n + {FIRST}",
            "policy_id": f"n + {FIRST}",
            "valid_from": "current_date - days",
            "valid_to": "current_date - days + 365",
            "written": "round((400 + power(random(), 2) * 3000)::numeric, 2)",
        },
    )
    owner.execute("DROP TABLE drawn")


# Claims


def _write_claims(owner: psycopg.Connection, have: int, size: int, likenesses: Likenesses) -> None:
    from claims.models import Claim

    slots = [key for state, key in likenesses.claims.items() for _slot in range(SHARES[state])]
    series = sql.SQL(
        "SELECT n, ({slots}::bigint[])[1 + floor(random() * {many})::int] AS likeness, "
        "1 + floor(power(random(), 1.3) * {size})::int AS insured, random() AS dice, "
        "floor(power(random(), 1.6) * 52)::int - 6 AS ahead, "
        "floor(power(random(), 1.3) * 1800)::int AS days "
        "FROM generate_series({low}, {high}) AS n"
    ).format(slots=sql.Literal(slots), many=len(slots), size=size, low=have + 1, high=size)
    back = (
        "(CASE WHEN t.due_on IS NULL THEN (current_date - t.lost_on) - days "
        "ELSE current_date + ahead - t.due_on END)"
    )
    days = {"DateTimeField": f"{back} * interval '1 day'", "DateField": back}
    moved = {
        str(field.column): f"t.{field.column} + {days[field.get_internal_type()]}"
        for field in Claim._meta.concrete_fields
        if field.get_internal_type() in days
    }
    people = sql.Literal(likenesses.adjusters).as_string(owner)
    _copy_rows(
        owner,
        Claim,
        template=None,
        people=series,
        changes=moved
        | {
            "id": f"n + {FIRST}",
            "number": "'CL-2026-' || lpad((n + 100000)::text, "
            "greatest(6, length((n + 100000)::text)), '0')",
            "policy_id": f"insured + {FIRST}",
            "customer_id": f"insured + {FIRST}",
            "adjuster_id": "CASE WHEN t.adjuster_id IS NOT NULL THEN "
            f"({people}::bigint[])[1 + floor(dice * {len(likenesses.adjusters)})::int] END",
            "line": "CASE WHEN dice < 0.6 THEN 'casualty' ELSE t.line END",
            "product": "CASE WHEN dice < 0.6 THEN 'BIND-PA' ELSE t.product END",
            "cause": "CASE WHEN dice < 0.6 THEN 'collision' ELSE t.cause END",
            "hold_count": "CASE WHEN t.due_on IS NOT NULL AND dice > 0.98 THEN 1 ELSE 0 END",
            "reserve_indemnity": "round(t.reserve_indemnity * (0.2 + dice * dice * 8)::numeric, 2)",
            "paid_total": "round(t.paid_total * (0.2 + dice * dice * 8)::numeric, 2)",
        },
    )


# How rows are written


def _copy_rows(
    owner: psycopg.Connection,
    model: type[Any],
    *,
    template: Any,
    people: sql.Composable,
    changes: Mapping[str, str],
    joined: str = "t.id",
) -> None:
    """INSERT … SELECT of the template (or of each row's `likeness`), with these changes."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = [field.column for field in fields]
    unknown = set(changes) - set(columns)
    assert not unknown, f"{model.__name__} has no {unknown}"
    values = [changes.get(column, f't."{column}"') for column in columns]
    chosen = (
        f"{joined} = people.likeness"
        if template is None
        else f"t.id = {sql.Literal(template).as_string(owner)}"
    )
    owner.execute(
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) '
        f"SELECT {', '.join(values)} FROM ({people.as_string(owner)}) AS people "
        f'JOIN "{model._meta.db_table}" AS t ON {chosen}'.encode()
    )


TABLES = (
    "customers_customer", "customers_address", "customers_contactpoint", "policies_policy",
    "policies_term", "claims_claim",
)  # fmt: skip
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid::regclass::text = ANY(%s)
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('u', 'x')
"""


@contextmanager
def _without_indexes(owner: psycopg.Connection, rows: int) -> Iterator[None]:
    """Many rows are written before the indexes, which are then built in one go."""
    if rows < FEW:
        yield
        return
    keys = owner.execute(KEYS, [list(TABLES)]).fetchall()
    indexes = owner.execute(INDEXES, [list(TABLES)]).fetchall()
    for table, name, _definition in keys:
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    for name, _definition in indexes:
        owner.execute(f"DROP INDEX {name}".encode())
    yield
    for table, name, definition in keys:
        owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}".encode())
    for _name, definition in indexes:
        owner.execute(definition.encode())
