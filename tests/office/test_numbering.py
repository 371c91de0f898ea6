from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from office import clock, numbering


@pytest.mark.django_db
def test_a_number_names_its_kind_and_year():
    with clock.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        number = numbering.next_number("claim")

    assert number.startswith("CL-2026-")
    assert len(number) == len("CL-2026-000042")


@pytest.mark.django_db
def test_a_policy_wears_the_prefix_of_its_product():
    assert numbering.next_number("policy", prefix="PA").startswith("PA-")


@pytest.mark.django_db(transaction=True)
def test_gapless_numbers_have_no_gap_though_some_transactions_fail():
    """Of 40 transactions every fourth fails: 30 numbers, 1 to 30."""

    def take(number):
        try:
            with transaction.atomic():
                taken = numbering.next_gapless("invoice")
                if number % 4 == 0:
                    raise ZeroDivisionError
                return taken
        except ZeroDivisionError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = sorted(filter(None, pool.map(take, range(40))))

    assert taken == [f"INV-{value:06d}" for value in range(1, 31)]
