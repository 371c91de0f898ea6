"""What workers do for underwriting: ask the carriers, let quotes lapse."""

from office import outbox
from office.daily import once_a_day
from office.models import User
from underwriting import services
from underwriting.models import Quote


@outbox.consumer("underwriting.quote_at_carrier", atomic=False)
def quote_at_carrier(*, quote_id, revision):
    quotes = Quote.objects.select_related("submission", "version__product")
    quote = quotes.defer("version__definition").get(pk=quote_id)
    services.quote_at_carrier(quote=quote, revision=revision, by=User.objects.service())


@outbox.consumer("underwriting.load_rule_sets")
def load_rule_sets(*, version_id):
    """A product version was published: what it accepts becomes an edition of its rule set."""
    services.load_rule_sets(by=User.objects.service())


@once_a_day("underwriting.expire_quotes")
def expire_quotes(business_date):
    office = User.objects.service()
    for quote in Quote.objects.lapsed(on=business_date).iterator():
        services.expire_quote(quote=quote, by=office)
