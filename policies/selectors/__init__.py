from policies.selectors.beliefs import (
    Belief,
    as_change,
    beliefs_held,
    history,
    next_moment,
)
from policies.selectors.changes import (
    Change,
    OpenConflict,
    bills_after,
    plan_change,
    plan_reversal,
    term_on,
)
from policies.selectors.cover import Cover, as_of, cover_at, coverage_terms
from policies.selectors.documents import declarations, declarations_title
from policies.selectors.drafts import (
    DraftReading,
    changed_lines,
    draft_history,
    next_version,
    read_draft,
)
from policies.selectors.endorsements import (
    Recorded,
    endorsement,
    endorsement_letter,
    endorsement_title,
    id_card,
    id_card_title,
    recorded_change,
    vehicles_changed,
)
from policies.selectors.invariants import invariants
from policies.selectors.lists import (
    found_by_words,
    policies_ending,
    policies_for,
    policies_past_their_term,
    policy_rows,
)
from policies.selectors.page import (
    day_to_show,
    policy_page,
    transaction_worksheet_paper,
    worksheet,
    worksheet_paper,
    worksheet_rows,
)
from policies.selectors.pricing import PricedTerm, price_term, worksheet_on
from policies.selectors.products import (
    product_definition,
    rating_plan,
    version_in_force,
    versions_sold,
)
from policies.selectors.rate_changes import (
    rate_change_page,
    rate_changes_of_late,
    rates_to_measure,
)
from policies.selectors.sheet import SheetGroup, SheetRow, sheet_of
from policies.selectors.told import Told, told_changes

__all__ = [
    "Belief",
    "Change",
    "Cover",
    "DraftReading",
    "OpenConflict",
    "PricedTerm",
    "Recorded",
    "SheetGroup",
    "SheetRow",
    "Told",
    "as_change",
    "as_of",
    "beliefs_held",
    "bills_after",
    "changed_lines",
    "cover_at",
    "coverage_terms",
    "day_to_show",
    "declarations",
    "declarations_title",
    "draft_history",
    "endorsement",
    "endorsement_letter",
    "endorsement_title",
    "found_by_words",
    "history",
    "id_card",
    "id_card_title",
    "invariants",
    "next_moment",
    "next_version",
    "plan_change",
    "plan_reversal",
    "policies_ending",
    "policies_for",
    "policies_past_their_term",
    "policy_page",
    "policy_rows",
    "price_term",
    "product_definition",
    "rate_change_page",
    "rate_changes_of_late",
    "rates_to_measure",
    "rating_plan",
    "read_draft",
    "recorded_change",
    "sheet_of",
    "term_on",
    "told_changes",
    "transaction_worksheet_paper",
    "vehicles_changed",
    "version_in_force",
    "versions_sold",
    "worksheet",
    "worksheet_on",
    "worksheet_paper",
    "worksheet_rows",
]
