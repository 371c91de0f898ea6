"""Who shall decide on a referral."""

from django import forms
from django.utils.translation import gettext_lazy

from office.models import User
from underwriting.selectors import who_could_decide


class AssignForm(forms.Form):
    """To somebody whose authority covers it; nobody who wrote or sells it."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Underwriter"),
        queryset=User.objects.none(),
        to_field_name="email",
        empty_label=None,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500, widget=forms.Textarea
    )

    def __init__(self, *args, referral, **kwargs):
        super().__init__(*args, **kwargs)
        able = [user.pk for user in who_could_decide(referral)]
        self.fields["to"].queryset = User.objects.filter(pk__in=able).order_by("name")
