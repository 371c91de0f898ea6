from policies.services.drafting import (
    discard_draft,
    draft_version,
    edit_draft,
    publish_draft,
)
from policies.services.ending import (
    cancel_for_nonpayment,
    cancel_policy,
    expire_policy,
    nonrenew_policy,
    reinstate_policy,
    rescind_cancellation,
    take_effect,
)
from policies.services.endorsing import endorse_policy, reverse_transaction
from policies.services.issuing import issue_policy
from policies.services.letters import (
    issue_cancellation,
    issue_nonrenewal,
    issue_reinstatement,
    issue_rescission,
    send_letter,
)
from policies.services.papers import issue_declarations, issue_endorsement
from policies.services.publishing import load_catalogue
from policies.services.rate_changes import (
    measure_rates,
    pack_book,
    prepare_rate_change,
    rate_page,
)
from policies.services.renewing import renew_policy
from policies.services.transactions import begin_term, record_transaction

__all__ = [
    "begin_term",
    "cancel_for_nonpayment",
    "cancel_policy",
    "discard_draft",
    "draft_version",
    "edit_draft",
    "endorse_policy",
    "expire_policy",
    "issue_cancellation",
    "issue_declarations",
    "issue_endorsement",
    "issue_nonrenewal",
    "issue_policy",
    "issue_reinstatement",
    "issue_rescission",
    "load_catalogue",
    "measure_rates",
    "nonrenew_policy",
    "pack_book",
    "prepare_rate_change",
    "publish_draft",
    "rate_page",
    "record_transaction",
    "reinstate_policy",
    "renew_policy",
    "rescind_cancellation",
    "reverse_transaction",
    "send_letter",
    "take_effect",
]
