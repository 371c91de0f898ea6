"""Loading a folder of products: every file checked, all of them or none.

<folder>/BIND-PA.yaml        a product of a carrier: coverages, plan, forms, fees
<folder>/kinds/auto.yaml     what products of one kind share: the risk, causes, texts
prohibited.yaml (shipped)    variables that the law keeps out of a price
"""

from pathlib import Path

from django.utils.translation import gettext as _

from policies.catalogue.definition import ProductDefinition
from policies.catalogue.plans import check_law, check_plan
from policies.catalogue.prohibited import Prohibition, prohibitions_of
from policies.catalogue.reading import CatalogueError, Problem, Source, read_text, read_yaml
from policies.catalogue.references import check_references
from policies.catalogue.structure import check_structure
from policies.catalogue.tables import check_table

SHIPPED = Path(__file__).parent.parent / "catalog"
PROHIBITED = "prohibited.yaml"


def load_folder(path: Path = SHIPPED) -> list[ProductDefinition]:
    """The products of a folder; raises `CatalogueError` with every problem found."""
    path = Path(path)
    table = load_prohibited()
    files = sorted(one for one in path.glob("*.yaml") if one.name != PROHIBITED)
    if not files:
        raise CatalogueError([Problem(str(path), 0, "", _("the folder holds no product"))])
    problems: list[Problem] = []
    products: list[ProductDefinition] = []
    for file in files:
        source = read_product(file)
        product = check(source, table)
        if product is not None:
            problems += _same_version(file, product, products)
            products.append(product)
        problems += source.problems
    if problems:
        raise CatalogueError(problems)
    return products


def load_prohibited(file: Path = SHIPPED / PROHIBITED) -> list[Prohibition]:
    """The table of prohibited variables."""
    source = read_yaml(file)
    if source.problems:
        raise CatalogueError(source.problems)
    return prohibitions_of(source.document)


def check_document(document: dict[str, object]) -> list[Problem]:
    """The problems of a document that came from elsewhere than a text."""
    source = Source(document=document, places={})
    check(source, load_prohibited())
    return source.problems


def check_text(text: str, name: str) -> tuple[ProductDefinition | None, list[Problem]]:
    """A whole product written in one text, as a draft is: what it says, or what is wrong in it."""
    source = read_text(text, name)
    product = check(source, load_prohibited())
    return (None if source.problems else product), source.problems


def check(source: Source, table: list[Prohibition]) -> ProductDefinition | None:
    """The product of a source, with what is wrong noted in it; None where it has no shape."""
    if source.problems:
        return None
    check_structure(source)
    if source.problems:
        return None
    for name, rating_table in source.document["rating"]["tables"].items():
        for path, reason in check_table(("rating", "tables", name), rating_table):
            source.refuse(path, reason)
    for path, reason in check_references(source.document):
        source.refuse(path, reason)
    if source.problems:
        return None
    product = ProductDefinition.from_json(source.document)
    for path, reason in [*check_plan(product), *check_law(product, table)]:
        source.refuse(path, reason)
    return product


def read_product(file: Path) -> Source:
    """A product file joined with the file of its kind; each place keeps its own file and line."""
    source = read_yaml(file)
    if source.problems:
        return source
    kind = source.document.get("kind")
    shared_file = file.parent / "kinds" / f"{kind}.yaml"
    if not isinstance(kind, str) or not kind.isidentifier() or not shared_file.is_file():
        source.refuse(("kind",), _("there is no file kinds/%(kind)s.yaml") % {"kind": kind})
        return source
    shared = read_yaml(shared_file)
    source.problems += shared.problems
    for name, value in (shared.document or {}).items():
        if name in source.document:
            continue
        source.document[name] = value
        for place, where in shared.places.items():
            if place[:1] == (name,):
                source.places[place] = where
    return source


def _same_version(
    file: Path, product: ProductDefinition, others: list[ProductDefinition]
) -> list[Problem]:
    same = [o for o in others if (o.code, o.version) == (product.code, product.version)]
    reason = _("another file holds version %(version)s of %(code)s") % {
        "version": product.version,
        "code": product.code,
    }
    return [Problem(file.name, 1, "version", reason)] if same else []
