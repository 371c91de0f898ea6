"""The one page of the address book that is open to strangers: choosing a password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from customers import forms, services
from customers.services.invitations import open_invitation
from office.exceptions import Refused


@login_not_required
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request, token):
    """Choose a password; a link that opens nothing is answered with the reason and 404."""
    try:
        invitation = open_invitation(token)
    except Refused as refusal:
        return render(request, "customers/invitation_closed.html", {"refusal": refusal}, status=404)
    with translation.override(invitation.customer.language):
        form = forms.PasswordForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.accept_invitation(
                    token=token, password=form.cleaned_data["password"], by=request.user
                )
            except Refused as refusal:
                field = refusal.field if refusal.field in form.fields else None
                form.add_error(field, str(refusal))
            else:
                messages.success(request, _("Your password is set. Please sign in with it."))
                return redirect("account_login")
        context = {"form": form, "name": invitation.customer.display_name}
        return render(request, "customers/invitation.html", context)
