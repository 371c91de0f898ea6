from policies.services.drafting import (
    discard_draft,
    draft_version,
    edit_draft,
    publish_draft,
)
from policies.services.ending import expire_policy
from policies.services.endorsing import endorse_policy, reverse_transaction
from policies.services.issuing import issue_policy
from policies.services.papers import issue_declarations, issue_endorsement
from policies.services.publishing import load_catalogue
from policies.services.rate_changes import (
    measure_rates,
    pack_book,
    prepare_rate_change,
    rate_page,
)
from policies.services.transactions import begin_term, record_transaction

__all__ = [
    "begin_term",
    "discard_draft",
    "draft_version",
    "edit_draft",
    "endorse_policy",
    "expire_policy",
    "issue_declarations",
    "issue_endorsement",
    "issue_policy",
    "load_catalogue",
    "measure_rates",
    "pack_book",
    "prepare_rate_change",
    "publish_draft",
    "rate_page",
    "record_transaction",
    "reverse_transaction",
]
