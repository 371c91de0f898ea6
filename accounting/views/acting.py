"""One page for every act: the form that asks, the service that does, the sentence that refuses."""

from django.contrib import messages
from django.shortcuts import redirect, render

from office.exceptions import Refused
from office.forms import add_refusal


def act_page(request, form, do, *, done, about, **context):
    """GET shows the form. POST calls `do(**what was typed)`; `done(result)` is the message.

    Afterwards the person is at `cancel`, the page of what it is about.
    """
    if request.method == "POST" and form.is_valid():
        try:
            result = do(**form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, done(result))
            return redirect(context["cancel"])
    crumbs = [{"label": about, "href": context["cancel"]}, {"label": context["submit"]}]
    return render(request, "accounting/act.html", {"form": form, "crumbs": crumbs, **context})


def typed(request):
    """What a form is bound to: a POST with nothing in it is an answer too."""
    return request.POST if request.method == "POST" else None
