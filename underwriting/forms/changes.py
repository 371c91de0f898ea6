"""Changing a policy in force: from which day, what a person decides, which package."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.forms import day_input
from policies import vin
from policies.enums import Choice
from policies.rating.plan import Json
from policies.selectors import ItemOption, OpenConflict
from underwriting.forms.application import PathForm
from underwriting.forms.fields import as_initial, as_json, field_of


class ChangeDayForm(forms.Form):
    """From which day a change counts: what was insured on it is what is changed."""

    on = forms.DateField(label=gettext_lazy("Takes effect on"), widget=day_input())


class PatchField(forms.JSONField):
    """A patch as the page that priced it worked it out; the service looks at it again."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Any:
        patch = super().clean(value)
        if not isinstance(patch, list) or not all(isinstance(one, dict) for one in patch):
            raise forms.ValidationError(_("Say again what to change."))
        return patch


class ChangeForm(forms.Form):
    """What is sent when a change is issued: the change, what was seen, and the decisions."""

    on = forms.DateField(widget=forms.HiddenInput)
    patch = PatchField()
    recorded = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, conflicts: Iterable[tuple[OpenConflict, str]] = (), **kwargs: Any
    ) -> None:
        """conflicts: each with the sentence that asks about it."""
        super().__init__(*args, **kwargs)
        self.names = []
        for conflict, sentence in conflicts:
            self.names.append(conflict.name)
            self.fields[conflict.name] = forms.ChoiceField(
                label=sentence,
                choices=[(choice, Choice(choice).label) for choice in conflict.choices],
                widget=forms.RadioSelect,
            )
        self.fields["note"] = forms.CharField(
            label=_("Reason or note"), required=False, max_length=500, widget=forms.Textarea
        )

    @property
    def decisions(self) -> dict[str, str]:
        """What was chosen so far, for each conflict by its name."""
        data = self.data if self.is_bound else {}
        return {name: data[name] for name in self.names if data.get(name)}


class ItemForm(PathForm):
    """One new item of a list, such as a vehicle; a VIN is read and must agree with the rest."""

    def __init__(self, *args: Any, schema: Json, titles: dict[str, dict[str, str]], **kwargs: Any):
        """titles: for each list that an item can name, the titles of its items by key."""
        super().__init__(*args, **kwargs)
        for name, spec in schema["properties"].items():
            if name != "key" and spec.get("type") not in ("array", "object"):
                linked = titles[spec["x-link"]] if "x-link" in spec else None
                required = name in schema.get("required", ())
                self.fields[name] = field_of(name, spec, required=required, linked=linked)
                self.initial.setdefault(name, as_initial(spec, None))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("vin"):
            self._clean_vin(values)
        return values

    def _clean_vin(self, values: dict[str, Any]) -> None:
        reading = vin.read_vin(values["vin"])
        if reading is None or not reading.is_sound:
            self.add_error("vin", _("The check digit is wrong: look for a sign misread."))
        elif values.get("model_year") and not reading.fits_year(values["model_year"]):
            years = " / ".join(map(str, reading.model_years)) or "—"
            self.add_error(
                "model_year", _("The VIN stands for the model year %(years)s.") % {"years": years}
            )

    def item(self, key: str) -> dict[str, Any]:
        values = {name: as_json(value) for name, value in self.cleaned_data.items()}
        return {"key": key, **{n: v for n, v in values.items() if v not in (None, "")}}

    def doubts(self) -> list[str]:
        """What the VIN says otherwise, and a person should look at: another maker's name."""
        reading = vin.read_vin(self.cleaned_data.get("vin", ""))
        make = self.cleaned_data.get("make", "")
        if reading and reading.maker and make and reading.maker.lower() not in make.lower():
            return [
                _("The VIN is of a %(maker)s, and the make says %(make)s.")
                % {"maker": reading.maker, "make": make}
            ]
        return []


class OptionForm(forms.Form):
    """Which of the packages it is to be."""

    package = forms.ChoiceField(label=gettext_lazy("Cover"), widget=forms.RadioSelect)
    on = forms.DateField(widget=forms.HiddenInput)
    recorded = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Reason or note"), required=False, max_length=500, widget=forms.Textarea
    )

    def __init__(self, *args: Any, options: Sequence[ItemOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = {option.code: option for option in options}
        self.fields["package"].choices = [(one.code, one.name) for one in options]

    @property
    def option(self) -> ItemOption:
        return self.options[self.cleaned_data["package"]]
