"""The papers of the file: asked for, received, verified, refused, waived."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import selectors
from claims.enums import DOCUMENT_FROM, DocumentState
from claims.forms.acts import ActForm, area
from office.forms import FilesField
from policies.catalogue import label


class DocumentChoice(forms.ModelChoiceField):
    def __init__(self):
        super().__init__(queryset=None, label=_("Document"), empty_label=_("Choose"))

    def of(self, claim, state):
        """The papers of the claim that may come to `state`."""
        self.queryset = claim.documents.filter(state__in=DOCUMENT_FROM[state])

    def label_from_instance(self, document):
        return label(document.names)


class _OneDocumentForm(ActForm):
    leads_to = DocumentState.VERIFIED
    document = DocumentChoice()

    def prepare(self):
        self.fields["document"].of(self.claim, self.leads_to)


class ReceiveForm(_OneDocumentForm):
    leads_to = DocumentState.RECEIVED
    uploads = FilesField(label=_("Files"), required=False)


class VerifyDocumentForm(_OneDocumentForm):
    note = area(_("Note for the file"), required=False, rows=2)


class RefuseForm(_OneDocumentForm):
    leads_to = DocumentState.REFUSED
    reason = area(_("What is wrong with it"), help_text=_("The customer reads this."))


class WaiveForm(_OneDocumentForm):
    leads_to = DocumentState.WAIVED
    reason = area(_("Why the file can do without it"))


class RequireForm(ActForm):
    kind = forms.CharField(label=_("Document"), max_length=40)
    because = area(_("Why it is needed"), required=False, rows=2)


class RequestDocumentsForm(ActForm):
    kinds = forms.MultipleChoiceField(
        label=_("Documents"), widget=forms.CheckboxSelectMultiple, required=False
    )
    another = forms.CharField(label=_("Another document"), required=False, max_length=40)
    reason = area(_("Why they are needed"), help_text=_("The customer reads this."))

    def prepare(self):
        demanded = {one.document: one.name for one in selectors.documents_demanded(self.claim)}
        asked = {one.kind: label(one.names) for one in self.claim.documents.all()}
        self.fields["kinds"].choices = sorted({**demanded, **asked}.items())

    def clean(self):
        found = super().clean()
        another = found.pop("another", "").strip()
        found["kinds"] = [*found.get("kinds", []), *([another] if another else [])]
        if not found["kinds"]:
            self.add_error("kinds", _("Choose at least one document."))
        return found


class AttachForm(ActForm):
    uploads = FilesField(label=_("Files"), help_text=_("Pictures or PDF, up to 25 MB each."))
    caption = forms.CharField(label=_("What they show"), required=False, max_length=200)
