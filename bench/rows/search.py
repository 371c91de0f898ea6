"""`search.customers`: one box for any part of a name or number, a whole e-mail or phone.

The floor sends the one index query that answers each text, by hand.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from bench import book, names
from bench.harness import Contest, Row, milliseconds
from bench.office import Office

MILLION = 1_000_000
FOUND = 20
P95 = 95
FRAGMENT = (
    "SELECT id, number, display_name FROM customers_customer WHERE folded LIKE ALL (%s) LIMIT 20"
)
NUMBER = "SELECT id, number, display_name FROM customers_customer WHERE number = %s"
BLIND = (
    "SELECT id, number, display_name FROM customers_customer WHERE id IN "
    "(SELECT customer_id FROM customers_contactpoint WHERE blind = %s) LIMIT 20"
)
Asked = tuple[str, str, list[object]]  # the text, and the floor's statement with its parameters


@contextmanager
def customers(office: Office, size: int) -> Iterator[Contest]:
    from customers.selectors import search_customers
    from tests.claims import scenes

    book.at_least(office, size)
    user = scenes.supervisor()
    asked = texts(size)
    with psycopg.connect(office.application_url, autocommit=True) as connection:

        def by_hand(one: Asked) -> None:
            connection.execute(one[1].encode(), one[2]).fetchall()

        def by_us(one: Asked) -> None:
            list(search_customers(one[0], FOUND, user=user))

        yield Contest(_p95(by_us, asked), _p95(by_hand, asked))


def _p95(search: Callable[[Asked], None], asked: list[Asked]) -> Callable[[], float]:
    return lambda: milliseconds(search, asked, P95)


def texts(size: int, many: int = 240) -> list[Asked]:
    """What people type: parts of names, two names, parts and wholes of numbers, mail, phones."""
    from customers.names import fold
    from tests.factories import customer

    dice = random.Random(20261124)
    found: list[Asked] = []
    for place in range(many):
        name = fold(dice.choice(names.FAMILY))
        given = fold(dice.choice(names.GIVEN))
        number = 100_001 + dice.randrange(size)
        match place % 8:
            case 0 | 1 | 2:
                start = dice.randrange(max(1, len(name) - 3))
                found.append(_words(name[start : start + dice.randint(3, 6)]))
            case 3:
                found.append(_words(f"{name[:4]} {given[:3]}"))
            case 4:
                found.append(_words(f"{number}"[1:]))
            case 5:
                whole = f"CU-2026-{number:06d}"
                found.append((whole, NUMBER, [whole]))
            case 6:
                mail = f"reach{place}@example.org"
                found.append((mail, BLIND, [_reached(customer(email=mail), "email")]))
            case _:
                phone = f"+1 916 555 {place:04d}"
                found.append((phone, BLIND, [_reached(customer(phone=phone), "phone")]))
    return found


def _words(text: str) -> Asked:
    return text, FRAGMENT, [[f"%{word}%" for word in text.split()]]


def _reached(customer, kind: str) -> bytes:
    return bytes(customer.contact_points.get(kind=kind).blind)


ROWS = [Row("search.customers", "ms p95", goal=3.0, size=MILLION, prepare=customers)]
