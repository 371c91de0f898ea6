from policies.services.ending import expire_policy
from policies.services.issuing import issue_policy
from policies.services.papers import issue_declarations
from policies.services.publishing import load_catalogue
from policies.services.transactions import begin_term, record_transaction

__all__ = [
    "begin_term",
    "expire_policy",
    "issue_declarations",
    "issue_policy",
    "load_catalogue",
    "record_transaction",
]
