"""What loss control fills in: orders, visits, findings, recommendations, certificates."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from office import clock
from office.forms import FilesField
from office.models import User
from underwriting.enums import (
    CertificateKind,
    Hazard,
    HazardGrade,
    RecommendationGrade,
    SurveyKind,
)
from underwriting.forms.small import day_input
from underwriting.practice import practice


def text(label, *, rows=4, **options):
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=4000, widget=widget, **options)


class SurveyorField(forms.ModelChoiceField):
    """Whoever may carry out surveys, by name."""

    def __init__(self, **options):
        super().__init__(queryset=User.objects.none(), label=_("Who carries it out"), **options)

    def fill(self):
        grant = ["underwriting.visit_survey"]
        able = User.objects.filter(is_active=True, roles__permissions__contains=grant)
        self.queryset = able.distinct().order_by("name", "pk")

    def label_from_instance(self, obj):
        return obj.name


class OrderSurveyForm(forms.Form):
    """`places`: (key, name) of what is insured."""

    kind = forms.ChoiceField(label=_("Kind of survey"), choices=SurveyKind.choices)
    item = forms.ChoiceField(label=_("What to look at"), required=False)
    location = forms.CharField(label=_("Where it is"), max_length=200)
    reason = text(_("Why, and what to look for"))
    due_on = forms.DateField(label=_("Visit wanted by"), widget=day_input())
    assignee = SurveyorField(required=False)

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", _("All of it")), *places]
        self.fields["assignee"].fill()


class SurveyForm(forms.Form):
    """A form that knows its survey; `cleaned_data` are the arguments of the act's service."""

    def __init__(self, *args, survey, **kwargs):
        super().__init__(*args, **kwargs)
        self.survey = survey
        self.prepare()

    def prepare(self):
        """Fill choices from the survey."""


class AssignSurveyForm(SurveyForm):
    assignee = SurveyorField()

    def prepare(self):
        self.fields["assignee"].fill()


class ScheduleForm(SurveyForm):
    scheduled_on = forms.DateField(label=_("Day of the visit"), widget=day_input())
    note = forms.CharField(label=_("With whom it was arranged"), required=False, max_length=500)


class VisitForm(SurveyForm):
    visited_on = forms.DateField(label=_("Day of the visit"), widget=day_input())
    summary = text(_("What was seen, as a whole"))

    def prepare(self):
        self.fields["visited_on"].initial = self.survey.scheduled_on


class FindingForm(SurveyForm):
    hazard = forms.ChoiceField(label=_("Hazard"), choices=Hazard.choices)
    grade = forms.ChoiceField(
        label=_("How well it is controlled"), choices=HazardGrade.choices, widget=forms.RadioSelect
    )
    text = text(_("What was found"))
    uploads = FilesField(
        label=_("Photos"), required=False, help_text=_("Pictures or PDF, up to 25 MB each.")
    )


class PhotosForm(SurveyForm):
    uploads = FilesField(label=_("Photos"), help_text=_("Pictures or PDF, up to 25 MB each."))
    caption = forms.CharField(label=_("What they show"), required=False, max_length=200)


class RecommendForm(SurveyForm):
    finding = forms.ModelChoiceField(
        label=_("Because of this finding"), queryset=None, required=False
    )
    grade = forms.ChoiceField(
        label=_("Grade"), choices=RecommendationGrade.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(label=_("In a few words"), max_length=120)
    text = text(_("What is to be done"), help_text=_("The customer reads this."))
    due_on = forms.DateField(
        label=_("To be done by"),
        required=False,
        widget=day_input(),
        help_text=_("Empty: the usual time for the grade."),
    )

    def prepare(self):
        self.fields["finding"].queryset = self.survey.findings.all()

    def clean(self):
        found = super().clean()
        if not found.get("due_on") and found.get("grade") and "due_on" not in self.errors:
            days = practice().recommendation_days[found["grade"]]
            found["due_on"] = clock.today(self.survey.time_zone) + timedelta(days=days)
        return found


class SurveyNoteForm(SurveyForm):
    note = text(_("Note"), required=False, rows=3)


class SurveyReasonForm(SurveyForm):
    note = text(_("Reason"), rows=3)


class CompleteForm(forms.Form):
    answer = text(_("What was done"), rows=3)
    uploads = FilesField(
        label=_("Photos or papers that show it"),
        required=False,
        help_text=_("Pictures or PDF, up to 25 MB each."),
    )


class PlanForm(forms.Form):
    planned_on = forms.DateField(label=_("When it will be done"), widget=day_input())
    answer = text(_("How"), rows=3)


class RefuseForm(forms.Form):
    answer = text(_("Why it will not be done"), rows=3)


class PostponeForm(forms.Form):
    due_on = forms.DateField(label=_("To be done by"), widget=day_input())
    note = text(_("Reason"), rows=3)


class CertificateForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=CertificateKind.choices)
    subject = forms.CharField(
        label=_("What was inspected"),
        max_length=120,
        help_text=_("The same words as before, where it replaces a certificate."),
    )
    number = forms.CharField(label=_("Number of the certificate"), max_length=60)
    issuer = forms.CharField(label=_("Who issued it"), max_length=120)
    valid_from = forms.DateField(label=_("Valid from"), widget=day_input())
    valid_to = forms.DateField(label=_("Last day"), widget=day_input())
    uploads = FilesField(
        label=_("The certificate itself"), help_text=_("Pictures or PDF, up to 25 MB each.")
    )

    def clean_uploads(self):
        files = self.cleaned_data["uploads"]
        if len(files) > 1:
            raise forms.ValidationError(_("Choose one file."))
        return files
