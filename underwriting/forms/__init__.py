from underwriting.forms.application import ApplicationForm, with_row_changed
from underwriting.forms.negotiation import NegotiationForm
from underwriting.forms.small import (
    BindForm,
    ConnectionForm,
    EditForm,
    NewForm,
    NoteForm,
    ReasonForm,
    StartForm,
)

__all__ = [
    "ApplicationForm",
    "BindForm",
    "ConnectionForm",
    "EditForm",
    "NegotiationForm",
    "NewForm",
    "NoteForm",
    "ReasonForm",
    "StartForm",
    "with_row_changed",
]
