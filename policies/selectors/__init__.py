from policies.selectors.beliefs import Belief, as_change, beliefs_held
from policies.selectors.cover import Cover, as_of, cover_at, coverage_terms
from policies.selectors.documents import declarations, declarations_title
from policies.selectors.invariants import invariants
from policies.selectors.lists import (
    found_by_words,
    policies_ending,
    policies_for,
    policies_past_their_term,
    policy_rows,
)
from policies.selectors.page import day_to_show, policy_page, worksheet, worksheet_rows
from policies.selectors.pricing import PricedTerm, price_term, worksheet_on
from policies.selectors.products import (
    product_definition,
    rating_plan,
    version_in_force,
    versions_sold,
)
from policies.selectors.sheet import SheetGroup, SheetRow, sheet_of

__all__ = [
    "Belief",
    "Cover",
    "PricedTerm",
    "SheetGroup",
    "SheetRow",
    "as_change",
    "as_of",
    "beliefs_held",
    "cover_at",
    "coverage_terms",
    "day_to_show",
    "declarations",
    "declarations_title",
    "found_by_words",
    "invariants",
    "policies_ending",
    "policies_for",
    "policies_past_their_term",
    "policy_page",
    "policy_rows",
    "price_term",
    "product_definition",
    "rating_plan",
    "sheet_of",
    "version_in_force",
    "versions_sold",
    "worksheet",
    "worksheet_on",
    "worksheet_rows",
]
