from policies.services.certificates import (
    decline_certificate,
    end_certificate,
    expire_certificates,
    issue_certificate,
    notify_holders,
    renew_certificates,
    request_certificate,
)
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
from policies.services.package import (
    confirm_item,
    mail_agent_copy,
    make_package,
    open_issuance,
    release_issuance,
    resubmit_issuance,
    send_back_issuance,
)
from policies.services.publishing import load_catalogue
from policies.services.rate_changes import (
    measure_rates,
    pack_book,
    prepare_rate_change,
    rate_page,
)
from policies.services.register import (
    approve_edition,
    decide_filing,
    draft_edition,
    file_with_state,
    refuse_edition,
    retire_edition,
    revise_edition,
    submit_edition,
)
from policies.services.reissuing import REISSUABLE, reissue_document
from policies.services.renewing import renew_policy
from policies.services.transactions import begin_term, record_transaction

__all__ = [
    "REISSUABLE",
    "approve_edition",
    "begin_term",
    "cancel_for_nonpayment",
    "cancel_policy",
    "confirm_item",
    "decide_filing",
    "decline_certificate",
    "discard_draft",
    "draft_edition",
    "draft_version",
    "edit_draft",
    "end_certificate",
    "endorse_policy",
    "expire_certificates",
    "expire_policy",
    "file_with_state",
    "issue_cancellation",
    "issue_certificate",
    "issue_nonrenewal",
    "issue_policy",
    "issue_reinstatement",
    "issue_rescission",
    "load_catalogue",
    "mail_agent_copy",
    "make_package",
    "measure_rates",
    "nonrenew_policy",
    "notify_holders",
    "open_issuance",
    "pack_book",
    "prepare_rate_change",
    "publish_draft",
    "rate_page",
    "record_transaction",
    "refuse_edition",
    "reinstate_policy",
    "reissue_document",
    "release_issuance",
    "renew_certificates",
    "renew_policy",
    "request_certificate",
    "rescind_cancellation",
    "resubmit_issuance",
    "retire_edition",
    "reverse_transaction",
    "revise_edition",
    "send_back_issuance",
    "send_letter",
    "submit_edition",
    "take_effect",
]
