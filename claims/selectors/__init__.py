"""Reads of the claims floor for pages, letters and other apps."""

from claims.selectors.cover import (
    cause_name,
    causes_of,
    claimants_of,
    clauses_of,
    coverage_readings,
    policy_for_notice,
    proposed_exposures,
)
from claims.selectors.file import (
    document_names,
    documents_demanded,
    money_of,
    settlement_preview,
    steps_of,
)
from claims.selectors.invariants import INVARIANTS, invariants
from claims.selectors.losses import Losses, LossRow, loss_experience, loss_rows
from claims.selectors.worklists import (
    COLUMNS,
    LIST_FIGURES,
    VIEWS,
    breaches,
    desk,
    escalations_for,
    found_by_number,
    in_view,
    listed,
    rows,
    view,
    waiting_by_state,
)

__all__ = [
    "COLUMNS",
    "INVARIANTS",
    "LIST_FIGURES",
    "VIEWS",
    "LossRow",
    "Losses",
    "breaches",
    "cause_name",
    "causes_of",
    "claimants_of",
    "clauses_of",
    "coverage_readings",
    "desk",
    "document_names",
    "documents_demanded",
    "escalations_for",
    "found_by_number",
    "in_view",
    "invariants",
    "listed",
    "loss_experience",
    "loss_rows",
    "money_of",
    "policy_for_notice",
    "proposed_exposures",
    "rows",
    "settlement_preview",
    "steps_of",
    "view",
    "waiting_by_state",
]
