"""Rating: an ordered plan over tables, compiled once, exact to the cent, and able to explain.

Pure: no database. `compile_plan(definition.rating)` is kept per product version by the caller.
"""

from policies.rating.engine import CompiledPlan
from policies.rating.faults import RatingError
from policies.rating.plan import RatingPlan, label
from policies.rating.results import CoverageAmount, Levy, Line, Rated, Worksheet


def compile_plan(plan: RatingPlan) -> CompiledPlan:
    """The plan as closures over its tables."""
    return CompiledPlan(plan)


__all__ = [
    "CompiledPlan",
    "CoverageAmount",
    "Levy",
    "Line",
    "Rated",
    "RatingError",
    "RatingPlan",
    "Worksheet",
    "compile_plan",
    "label",
]
