"""The book is renewed once, whoever dies in the middle: a run that is killed goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from office import clock
from office.enums import JobState
from office.models import Job, OutboxMessage
from policies import services as policies
from tests import factories
from tests.figures import figure
from tests.proof.office import invariants, running, until
from underwriting import services
from underwriting.models import Renewal, RenewalEvent

pytestmark = pytest.mark.django_db(transaction=True)

POLICIES = figure(400)
KILLS = figure(10)


def book(count):
    """Policies whose term ends in 60 days."""
    version = factories.version("BIND-PA")
    owner, risk = factories.customer(), factories.risk()
    begun = clock.today() - timedelta(days=305)
    for _policy in range(count):
        policies.issue_policy(
            version=version,
            customer=owner,
            agent=None,
            risk=risk,
            coverages=factories.usual_coverages("BIND-PA", risk),
            valid_from=begun,
            jurisdiction="US-CA",
            address=factories.current_address(owner),
            pay_plan="full",
            by=factories.person("policy_administrator"),
        )


def swept():
    """The sweeper gives a published message a minute; the test does not wait for it."""
    waiting = OutboxMessage.objects.filter(done_at=None).exclude(published_at=None)
    waiting.update(published_at=timezone.now() - timedelta(hours=1))


def test_a_run_whose_workers_are_killed_renews_each_policy_once(office_environment, monkeypatch):
    monkeypatch.setattr("underwriting.services.renewing.CHUNK", 5)
    book(POLICIES)
    OutboxMessage.objects.update(done_at=timezone.now())  # of issuing, not of this story
    job = services.start_renewal_run(by=factories.office())
    services.start_renewal_run(by=factories.office())  # a second, by hand, at the same time

    with running(office_environment) as office:
        office.start("worker", "beat")
        for _kill in range(KILLS):
            before = Renewal.objects.count()
            until(
                lambda before=before: Renewal.objects.count() > before or _is_done(job),
                "a chunk was worked out",
            )
            office.kill("worker")
            office.start("worker")
            swept()
        until(lambda: _all_done(), "the run is over", seconds=240, pause=2)
        proof = invariants(office.environment)

    assert Renewal.objects.count() == POLICIES
    assert RenewalEvent.objects.filter(kind="prepare").count() == POLICIES
    done = Job.objects.get(pk=job.pk)
    assert (done.state, done.done, done.total) == (JobState.DONE, POLICIES, POLICIES)
    assert proof.returncode == 0, proof.stdout + proof.stderr


def _is_done(job):
    return Job.objects.get(pk=job.pk).state == JobState.DONE


def _all_done():
    swept()
    running_still = Job.objects.filter(kind="underwriting.renewal_run", state=JobState.RUNNING)
    return not running_still.exists()
