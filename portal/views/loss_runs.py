"""The policyholder's own loss run, to read and to hand on."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from customers.models import Customer
from office.doors import policyholder_required
from underwriting import selectors
from underwriting.forms import LossRunForm
from underwriting.views.loss_runs import paper_of


@policyholder_required
@require_GET
def loss_run(request):
    years = LossRunForm(request.GET or None).chosen
    run = selectors.loss_run(_own(request), years=years, user=request.user)
    context = {
        "run": run,
        "years": years,
        "choices": [value for value, _name in LossRunForm().fields["years"].choices],
        "portal_section": "claims",
    }
    return render(request, "portal/loss_run.html", context)


@policyholder_required
@require_GET
def loss_run_paper(request):
    years = LossRunForm(request.GET or None).chosen
    return paper_of(_own(request), years, request.user)


def _own(request):
    return get_object_or_404(Customer, login=request.user)
