"""What is sold: versions of products, and what is made of them once."""

from datetime import date

from policies import catalogue, rating
from policies.models import ProductVersion, ProductVersionQuerySet

# Versions never change, so what is made of them is kept by the hash of their content.
_definitions: dict[str, catalogue.ProductDefinition] = {}
_plans: dict[str, rating.CompiledPlan] = {}


def product_definition(version: ProductVersion) -> catalogue.ProductDefinition:
    found = _definitions.get(version.sha256)
    if found is None:
        found = catalogue.ProductDefinition.from_json(version.definition)
        _definitions[version.sha256] = found
    return found


def rating_plan(version: ProductVersion) -> rating.CompiledPlan:
    found = _plans.get(version.sha256)
    if found is None:
        found = rating.compile_plan(product_definition(version).rating)
        _plans[version.sha256] = found
    return found


def version_in_force(*, product: str, on: date) -> ProductVersion | None:
    """The version that a term of the product beginning on `on` is rated on."""
    return _light_versions().filter(product_id=product).in_force(on=on).first()


def versions_sold(*, kind: str, jurisdiction: str, on: date) -> list[ProductVersion]:
    """One version for each product of a kind that is sold in the jurisdiction on that day."""
    found = _light_versions().filter(product__kind=kind).in_force(on=on)
    return [row for row in found if jurisdiction in product_definition(row).jurisdictions]


def versions_meeting(rule_set: str) -> list[ProductVersion]:
    """Every version whose applications meet this underwriting rule set, newest first."""
    rows = _light_versions().order_by("-effective_from", "-version")
    return [row for row in rows if product_definition(row).underwriting_rule_set == rule_set]


def _light_versions() -> ProductVersionQuerySet:
    """Versions without their definition, which is long and read once."""
    return ProductVersion.objects.select_related("product__carrier").defer("definition")
