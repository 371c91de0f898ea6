from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from claims.models import Claim
from office import clock, numbering
from policies.models import Policy


@pytest.mark.django_db
def test_a_number_names_its_kind_and_year():
    claim = Claim()
    with clock.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        numbering.number_record(claim)

    assert claim.number.startswith("CL-2026-")
    assert len(claim.number) == len("CL-2026-000042")


@pytest.mark.django_db
def test_a_record_gets_the_key_that_its_row_would_have_got():
    one, other = Claim(), Claim()
    numbering.number_record(one)
    numbering.number_record(other)

    assert other.pk == one.pk + 1
    assert numbering.next_key(Claim) == other.pk + 1


@pytest.mark.django_db
def test_a_policy_wears_the_prefix_of_its_product():
    policy = Policy()
    numbering.number_record(policy, prefix="PA")

    assert policy.number.startswith("PA-")


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
