from underwriting.services.binding import bind_quote
from underwriting.services.connections import connect_carrier
from underwriting.services.endorsing import endorse_policy
from underwriting.services.quotes import (
    approve_quote,
    decline_quote,
    expire_quote,
    negotiate_quote,
    quote_at_carrier,
    request_quotes,
    withdraw_quote,
)
from underwriting.services.rule_sets import load_rule_sets, publish_rule_set
from underwriting.services.submissions import (
    close_submission,
    edit_application,
    open_submission,
    take_application,
)

__all__ = [
    "approve_quote",
    "bind_quote",
    "close_submission",
    "connect_carrier",
    "decline_quote",
    "edit_application",
    "endorse_policy",
    "expire_quote",
    "load_rule_sets",
    "negotiate_quote",
    "open_submission",
    "publish_rule_set",
    "quote_at_carrier",
    "request_quotes",
    "take_application",
    "withdraw_quote",
]
