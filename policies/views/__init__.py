from policies.views.acting import reverse
from policies.views.acts import act, cancellation_preview
from policies.views.certificates import (
    ask_certificate,
    certificate,
    certificate_act,
    certificate_preview,
    certificates,
    reissue,
)
from policies.views.issuing import (
    confirm,
    issuance,
    issuance_act,
    issuance_preview,
    issuances,
    issued_form,
)
from policies.views.pages import detail, document, policy_list, worksheet, worksheet_paper
from policies.views.rates import rate_change, rate_change_lines, rate_changes
from policies.views.register import (
    decide_filing,
    draft_edition,
    edition,
    edition_act,
    edition_paper,
    file_new,
    filing,
    filings,
    form,
    form_list,
)

__all__ = [
    "act",
    "ask_certificate",
    "cancellation_preview",
    "certificate",
    "certificate_act",
    "certificate_preview",
    "certificates",
    "confirm",
    "decide_filing",
    "detail",
    "document",
    "draft_edition",
    "edition",
    "edition_act",
    "edition_paper",
    "file_new",
    "filing",
    "filings",
    "form",
    "form_list",
    "issuance",
    "issuance_act",
    "issuance_preview",
    "issuances",
    "issued_form",
    "policy_list",
    "rate_change",
    "rate_change_lines",
    "rate_changes",
    "reissue",
    "reverse",
    "worksheet",
    "worksheet_paper",
]
