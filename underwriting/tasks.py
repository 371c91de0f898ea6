"""What workers do for underwriting: ask the carriers, let quotes lapse, renew the book."""

import structlog
from django.db import transaction

from office import outbox
from office.daily import once_a_day
from office.exceptions import Refused
from office.models import Job, User
from policies.models import Policy
from underwriting import services
from underwriting.models import Quote, Renewal, RuleTrial

log = structlog.get_logger(__name__)


@outbox.consumer("underwriting.quote_at_carrier", atomic=False)
def quote_at_carrier(*, quote_id, revision):
    quotes = Quote.objects.select_related("submission__address", "version__product")
    quote = quotes.defer("version__definition").get(pk=quote_id)
    services.quote_at_carrier(quote=quote, revision=revision, by=User.objects.service())


@outbox.consumer("underwriting.load_rule_sets")
def load_rule_sets(*, version_id):
    """A product version was published: what it accepts becomes an edition of its rule set."""
    services.load_rule_sets(by=User.objects.service())


@outbox.consumer("underwriting.prepare_rule_trial")
def prepare_rule_trial(*, trial_id):
    services.prepare_rule_trial(trial=_trial(trial_id), by=User.objects.service())


@outbox.consumer("underwriting.try_rules_on_policies")
def try_rules_on_policies(*, trial_id, segment_ids):
    services.try_rules_on_policies(
        trial=_trial(trial_id), segment_ids=segment_ids, by=User.objects.service()
    )


@once_a_day("underwriting.expire_quotes")
def expire_quotes(business_date):
    office = User.objects.service()
    for quote in Quote.objects.lapsed(on=business_date).iterator():
        services.expire_quote(quote=quote, by=office)


@once_a_day("underwriting.renew_by_the_clock")
def renew_by_the_clock(business_date):
    services.renew_by_the_clock(on=business_date, by=User.objects.service())


@once_a_day("underwriting.chase_loss_control")
def chase_loss_control(business_date):
    """Recommendations that are past their day, and certificates that end."""
    office = User.objects.service()
    services.chase_overdue(on=business_date, by=office)
    services.ask_for_certificates(on=business_date, by=office)


@outbox.consumer("underwriting.order_surveys")
def order_surveys(*, policy_id):
    """A policy was bound or renewed: the survey rules are asked about it."""
    policies = Policy.objects.select_related("customer", "address", "product")
    services.order_surveys_by_rule(policy=policies.get(pk=policy_id), by=User.objects.service())


@outbox.consumer("underwriting.prepare_renewals")
def prepare_renewals(*, job_id, policy_ids, by_id):
    services.prepare_renewals(
        policies=list(Policy.objects.filter(pk__in=policy_ids).order_by("pk")),
        job=Job.objects.get(pk=job_id),
        by=User.objects.get(pk=by_id),
    )


@outbox.consumer("underwriting.offer_renewal")
def offer_renewal(*, renewal_id):
    _done_once(services.offer_renewal, renewal_id)


@outbox.consumer("underwriting.lapse_renewal")
def lapse_renewal(*, renewal_id):
    _done_once(services.lapse_renewal, renewal_id)


@outbox.consumer("underwriting.remarket_renewal")
def remarket_renewal(*, renewal_id):
    _done_once(services.remarket_renewal, renewal_id)


@outbox.consumer("underwriting.issue_renewal_offer")
def issue_renewal_offer(*, renewal_id):
    services.issue_renewal_offer(renewal=_renewal(renewal_id), by=User.objects.service())


@outbox.consumer("underwriting.issue_renewal_lapse")
def issue_renewal_lapse(*, renewal_id):
    services.issue_renewal_lapse(renewal=_renewal(renewal_id), by=User.objects.service())


def _trial(pk):
    return RuleTrial.objects.select_related("draft", "against").get(pk=pk)


def _done_once(service, renewal_id):
    """What a person has done meanwhile is not done again, and is no error."""
    try:
        with transaction.atomic():
            service(renewal=_renewal(renewal_id), by=User.objects.service())
    except Refused as refusal:
        log.info("underwriting.renewal_refused", renewal_id=renewal_id, why=str(refusal))


def _renewal(pk):
    rows = Renewal.objects.select_related(
        "version__product", "policy__customer", "policy__product", "policy__address",
        "policy__agent",
    )  # fmt: skip
    return rows.get(pk=pk)
