from policies.views.acting import reverse
from policies.views.acts import act, cancellation_preview
from policies.views.pages import detail, document, policy_list, worksheet, worksheet_paper
from policies.views.rates import rate_change, rate_change_lines, rate_changes

__all__ = [
    "act",
    "cancellation_preview",
    "detail",
    "document",
    "policy_list",
    "rate_change",
    "rate_change_lines",
    "rate_changes",
    "reverse",
    "worksheet",
    "worksheet_paper",
]
