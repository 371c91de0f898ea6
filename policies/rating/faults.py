"""Why a risk cannot be rated, as a sentence that names the field and where it is."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies.rating.plan import CHOSEN, PREMIUM, Json, RatingPlan, label
from policies.rating.reading import MISSING, UNRATED, Unread, items_of
from policies.rating.results import Selection
from policies.rating.steps import CompiledStep, Found


class RatingError(Refused):
    """A premium cannot be worked out. `path` leads to the field: `vehicles.v1.model_year`."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message, field=path)
        self.path = path


def fault_of(
    plan: RatingPlan,
    steps: Sequence[CompiledStep],
    per: str,
    values: Sequence[Any],
    selection: Selection,
    risk: Json,
) -> RatingError:
    """The first of the steps that fails, told by the input that makes it fail."""
    for compiled in steps:
        if compiled.over is None:
            fault = _in_step(plan, compiled, per, values, selection, risk)
        else:
            fault = _in_items(plan, compiled, values, selection, risk)
        if fault is not None:
            return fault
    raise AssertionError("Rating failed and no step of the plan says why.")


def _in_items(
    plan: RatingPlan,
    compiled: CompiledStep,
    values: Sequence[Any],
    selection: Selection,
    risk: Json,
) -> RatingError | None:
    """The first item of the list that a step cannot count."""
    over, name = compiled.over, compiled.step.over
    assert over is not None
    for item, its in zip(items_of(risk, name), values[over.slot], strict=True):
        here = {**selection, "item": item["key"]}
        if over.where_slot is not None:
            value = its[over.where_slot]
            if isinstance(value, Unread):
                found = compiled.founds[0]
                return _error(plan, name, compiled.step.where, value, found, here, risk)
            if not over.counts(its):
                continue
        fault = _in_step(plan, compiled, name, its, here, risk)
        if fault is not None:
            return fault
    return None


def _in_step(
    plan: RatingPlan,
    compiled: CompiledStep,
    per: str,
    values: Sequence[Any],
    selection: Selection,
    risk: Json,
) -> RatingError | None:
    for found in compiled.founds:
        name = _fault_in(found, values)
        if name:
            value = values[found.slots[found.names.index(name)]]
            return _error(plan, per, name, value, found, selection, risk)
    if compiled.exposure_slot is not None:
        value = values[compiled.exposure_slot]
        if isinstance(value, Unread):
            name = compiled.step.exposure
            return _error(plan, per, name, value, compiled.founds[0], selection, risk)
    return None


def _fault_in(found: Found, values: Sequence[Any]) -> str:
    """The input of a look-up that cannot be found, or nothing."""
    for slot, name in zip(found.slots, found.names, strict=True):
        if isinstance(values[slot], Unread):
            return name
    try:
        found.find(values)
    except UNRATED:
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
    if name == PREMIUM:
        return "coverages", _("Premium")
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
