"""Packages: coverages that go together, so that a person chooses between three and not thirty."""

from typing import Any

from policies.catalogue.application import Selection, coverage_key, fit_coverages
from policies.catalogue.definition import ProductDefinition
from policies.catalogue.parts import Package
from policies.rating.plan import Json


def packages_for(definition: ProductDefinition, per: str) -> tuple[Package, ...]:
    """The packages of one list of insured items, the least cover first."""
    return tuple(package for package in definition.packages if package.per == per)


def package_coverages(
    definition: ProductDefinition, risk: Json, package: Package, item: str, jurisdiction: str
) -> list[Selection]:
    """What a package gives one item there: raised to what the law demands, with what it adds."""
    wanted: list[dict[str, Any]] = [
        {
            "key": coverage_key(chosen.coverage, item),
            "coverage": chosen.coverage,
            "item": item,
            "limit": chosen.limit,
            "deductible": chosen.deductible,
        }
        for chosen in package.coverages
        if jurisdiction in definition.coverage(chosen.coverage).jurisdictions
    ]
    fitted, _notes = fit_coverages(definition, risk, wanted, jurisdiction)
    return [row for row in fitted if row["item"] == item]
