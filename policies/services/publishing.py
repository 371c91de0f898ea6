"""Publishing products: the catalogue's files become versions that terms are rated on."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Carrier
from customers.services import add_carrier
from office import clock
from office.exceptions import Refused
from office.models import User
from policies import catalogue, rules
from policies.models import Product, ProductVersion


@transaction.atomic
def load_catalogue(*, folder: Path = catalogue.SHIPPED, by: User) -> list[ProductVersion]:
    """Publish the products of a folder, all or nothing; returns the versions that were new.

    Loading the same folder again changes nothing. A version that was published with other
    content is refused: terms were rated on it.
    """
    if not rules.may_load_catalogue(by):
        raise PermissionDenied(_("You may not publish products."))
    found = (publish_definition(definition, by=by) for definition in catalogue.load_folder(folder))
    return [version for version in found if version]


def publish_definition(
    definition: catalogue.ProductDefinition, *, by: User
) -> ProductVersion | None:
    """Write the version that a checked definition describes; None where it is there already."""
    content = definition.to_json()
    sha256 = _sha256(content)
    known = ProductVersion.objects.filter(
        product_id=definition.code, version=definition.version
    ).first()
    if known and known.sha256 == sha256:
        return None
    if known:
        raise Refused(
            _("Version %(version)s of %(product)s is in use and differs. Give it a new number.")
            % {"version": definition.version, "product": definition.code}
        )
    product, _created = Product.objects.get_or_create(
        code=definition.code,
        defaults={
            "carrier": _carrier(definition, by=by),
            "line": definition.line,
            "kind": definition.kind,
            "name": definition.names["en"],
        },
    )
    return ProductVersion.objects.create(
        product=product,
        version=definition.version,
        effective_from=definition.effective_from,
        definition=content,
        sha256=sha256,
        loaded_at=clock.now(),
        loaded_by=by,
    )


def _carrier(definition: catalogue.ProductDefinition, *, by: User) -> Carrier:
    known = Carrier.objects.filter(pk=definition.carrier).first()
    return known or add_carrier(
        code=definition.carrier,
        name=definition.carrier_name,
        is_own=definition.carrier_is_own,
        by=by,
    )


def _sha256(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
