"""Form fields that more than one app needs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from office import uploads
from office.exceptions import Refused
from office.models import Upload, User


def day_input() -> forms.DateInput:
    """A date picker. Browsers read its value as ISO 8601, whatever the reader's language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to a list, empty where none was chosen."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise ValidationError(_("Choose at least one file."), code="required")
        return [super(FilesField, self).clean(file, initial) for file in files]


def posted(request: HttpRequest) -> tuple[QueryDict | None, MultiValueDict | None]:
    """What a form is bound to: what was posted, be it nothing, and no data when it was not."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def receive_all(form: forms.Form, name: str, *, by: User, source: str) -> list[Upload]:
    """Take in the form's files. A file that is refused is named next to the field."""
    received = []
    for file in form.cleaned_data[name]:
        try:
            received.append(uploads.receive(file, by=by, source=source))
        except Refused as refusal:
            form.add_error(name, f"{file.name}: {refusal}")
    return received


def add_refusal(form: forms.Form, refusal: Refused) -> None:
    """The office's sentence next to the field that it speaks of, else above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
