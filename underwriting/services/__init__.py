from underwriting.services.binding import bind_quote
from underwriting.services.connections import connect_carrier
from underwriting.services.deciding import (
    approve_quote,
    approve_referral,
    approve_renewal,
    ask_referral,
    assign_referral,
    decline_quote,
    decline_referral,
    reply_referral,
    void_referral,
)
from underwriting.services.endorsing import endorse_policy
from underwriting.services.papers import issue_renewal_lapse, issue_renewal_offer
from underwriting.services.quotes import (
    expire_quote,
    negotiate_quote,
    quote_at_carrier,
    request_quotes,
    withdraw_quote,
)
from underwriting.services.referrals import refer_change
from underwriting.services.renewing import (
    decline_renewal,
    lapse_renewal,
    offer_renewal,
    prepare_renewal,
    prepare_renewals,
    remarket_renewal,
    renew_by_the_clock,
    revise_renewal,
    rework_renewal,
    start_renewal_run,
)
from underwriting.services.rule_drafts import (
    discard_rule_draft,
    draft_rule_set,
    edit_rule_draft,
    publish_rule_draft,
)
from underwriting.services.rule_sets import load_rule_sets, publish_rule_set
from underwriting.services.rule_trials import (
    prepare_rule_trial,
    try_rules_on_book,
    try_rules_on_policies,
)
from underwriting.services.submissions import (
    close_submission,
    edit_application,
    open_submission,
    take_application,
)
from underwriting.services.taking_up import accept_renewal, pay_renewal

__all__ = [
    "accept_renewal",
    "approve_quote",
    "approve_referral",
    "approve_renewal",
    "ask_referral",
    "assign_referral",
    "bind_quote",
    "close_submission",
    "connect_carrier",
    "decline_quote",
    "decline_referral",
    "decline_renewal",
    "discard_rule_draft",
    "draft_rule_set",
    "edit_application",
    "edit_rule_draft",
    "endorse_policy",
    "expire_quote",
    "issue_renewal_lapse",
    "issue_renewal_offer",
    "lapse_renewal",
    "load_rule_sets",
    "negotiate_quote",
    "offer_renewal",
    "open_submission",
    "pay_renewal",
    "prepare_renewal",
    "prepare_renewals",
    "prepare_rule_trial",
    "publish_rule_draft",
    "publish_rule_set",
    "quote_at_carrier",
    "refer_change",
    "remarket_renewal",
    "renew_by_the_clock",
    "reply_referral",
    "request_quotes",
    "revise_renewal",
    "rework_renewal",
    "start_renewal_run",
    "take_application",
    "try_rules_on_book",
    "try_rules_on_policies",
    "void_referral",
    "withdraw_quote",
]
