"""Why a risk cannot be rated, as a sentence that names the field and where it is."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies.rating.plan import CHOSEN, Json, RatingPlan, label
from policies.rating.reading import MISSING, Unread
from policies.rating.results import Chain, Selection
from policies.rating.steps import Found


class RatingError(Refused):
    """A premium cannot be worked out. `path` leads to the field: `vehicles.v1.model_year`."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message, field=path)
        self.path = path


def fault_of(
    plan: RatingPlan, chain: Chain, values: Sequence[Any], selection: Selection, risk: Json
) -> RatingError:
    """The first step of a chain that fails, told by the input that makes it fail."""
    for compiled in chain.steps:
        for found in compiled.founds:
            name = _fault_in(found, values)
            if name:
                value = values[found.slots[found.names.index(name)]]
                return _error(plan, chain.per, name, value, found, selection, risk)
        if compiled.exposure_slot is not None:
            value = values[compiled.exposure_slot]
            if isinstance(value, Unread):
                name = compiled.step.exposure
                found = compiled.founds[0]
                return _error(plan, chain.per, name, value, found, selection, risk)
    raise AssertionError("Rating failed and no step of the plan says why.")


def _fault_in(found: Found, values: Sequence[Any]) -> str:
    """The input of a look-up that cannot be found, or nothing."""
    for slot, name in zip(found.slots, found.names, strict=True):
        if isinstance(values[slot], Unread):
            return name
    try:
        found.find(values)
    except (LookupError, TypeError, ArithmeticError):
        return found.names[-1]
    return ""


def _error(
    plan: RatingPlan,
    per: str,
    name: str,
    value: Any,
    found: Found,
    selection: Selection,
    risk: Json,
) -> RatingError:
    path, field = _place(plan, per, name, selection, risk)
    facts = {"field": field, "value": value, "table": label(found.lookup.names)}
    if value is MISSING:
        return RatingError(_("To rate this we need: %(field)s.") % facts, path=path)
    if isinstance(value, Unread):
        return RatingError(_("We cannot read this value: %(field)s.") % facts, path=path)
    return RatingError(
        _("%(field)s: %(value)s is outside the table “%(table)s” of this product.") % facts,
        path=path,
    )


def _place(
    plan: RatingPlan, per: str, name: str, selection: Selection, risk: Json
) -> tuple[str, str]:
    """The path of an input, with keys, and the name of its field."""
    if name in CHOSEN:
        field = _("Limit") if name == CHOSEN[0] else _("Deductible")
        return f"coverages.{selection.get('key', selection['coverage'])}.{name}", field
    spec = plan.inputs.get(name)
    root, *rest = (spec.of if spec else name).split(".")
    if root == "risk":
        path = plain = ".".join(rest)
    elif root == "item":
        plain = ".".join([per, *rest])
        path = ".".join([_item_path(per, selection["item"], risk), *rest])
    else:
        link = plan.links[root]
        plain = ".".join([link.list, *rest])
        path = ".".join([_linked_path(plan, root, per, selection["item"], risk), *rest])
    return path, label(plan.labels[plain]) if plain in plan.labels else plain


def _item_path(per: str, item: str, risk: Json) -> str:
    return f"{per}.{item}" if isinstance(risk.get(per), list) else per


def _linked_path(plan: RatingPlan, root: str, per: str, item: str, risk: Json) -> str:
    link = plan.links[root]
    by = link.by.removeprefix("item.")
    key = next((one.get(by) for one in risk.get(per, ()) if one["key"] == item), None)
    return f"{link.list}.{key}"
