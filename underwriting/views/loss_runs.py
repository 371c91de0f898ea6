"""The loss run of a customer: on the page, and as a PDF to hand over."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from office import documents, uploads
from office.doors import permission_required
from underwriting import selectors
from underwriting.forms import LossRunForm


@permission_required("claims.view_claim")
@require_GET
def loss_run(request, number):
    customer = _customer(request, number)
    form = LossRunForm(request.GET or None)
    run = selectors.loss_run(customer, years=form.chosen, user=request.user)
    context = {
        "customer": customer,
        "run": run,
        "form": form,
        "years": form.chosen,
        "crumbs": [
            {"label": _("Customers"), "href": reverse("customers:list")},
            {"label": customer.number, "href": customer.get_absolute_url()},
            {"label": _("Loss run")},
        ],
    }
    return render(request, "underwriting/loss_run.html", context)


@permission_required("claims.view_claim")
@require_GET
def loss_run_paper(request, number):
    """In the customer's language: it is theirs."""
    customer = _customer(request, number)
    years = LossRunForm(request.GET or None).chosen
    return paper_of(customer, years, request.user)


def paper_of(customer, years, user):
    with translation.override(customer.language):
        data = selectors.loss_run_paper(selectors.loss_run(customer, years=years, user=user))
        content = documents.render("loss_run", data, language=customer.language)
    return uploads.paper(content, f"loss-run-{customer.number}.pdf")


def _customer(request, number):
    return get_object_or_404(Customer.objects.for_user(request.user), number=number)
