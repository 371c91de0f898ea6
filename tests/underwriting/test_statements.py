"""How many statements asking the carriers takes: literal, so that one more shows."""

from datetime import timedelta

import pytest

from office import clock
from office.models import OutboxMessage
from tests import factories
from underwriting import services, tasks

pytestmark = pytest.mark.django_db


def test_an_application_put_to_two_carriers(django_assert_num_queries):
    """Address and versions; number, submission; versions, job, lock, submission; quotes there are,
    number and quote of each; messages. And the two of a savepoint, because a test is a transaction.
    """
    seller, insured, risk = factories.agent(), factories.customer(), factories.risk()
    coverages = factories.usual_coverages("BIND-PA", risk)
    seller.user.may("underwriting.open_submission")

    with django_assert_num_queries(14 + 2):
        services.take_application(
            customer=insured,
            agent=seller,
            product_kind="auto",
            effective_on=clock.today() + timedelta(days=10),
            application=risk,
            coverages=coverages,
            by=seller.user,
        )


def test_the_answer_of_a_carrier(django_assert_num_queries):
    """Message, quote, office; rules, losses, loss control (2), connection; lock, quote, job,
    whether others are out; receipt. And the four of two savepoints. The last to answer ends the
    job with one more.
    """
    factories.submission()
    first, last = OutboxMessage.objects.filter(task="underwriting.quote_at_carrier").order_by("pk")

    with django_assert_num_queries(13 + 4):
        tasks.quote_at_carrier(message_id=first.pk)
    with django_assert_num_queries(13 + 4 + 1):
        tasks.quote_at_carrier(message_id=last.pk)
