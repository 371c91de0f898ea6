from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounting.enums import InvoiceState
from accounting.models import Invoice
from claims.models import Claim
from office.doors import policyholder_required
from policies.models import Policy
from portal import selectors
from underwriting.selectors import advice_to_read, own_recommendations

SHOWN = 5


@policyholder_required
@require_GET
def home(request):
    """What happens next, and whether the customer must do something."""
    claims = list(Claim.objects.for_user(request.user).open().order_by("-notified_at")[:SHOWN])
    invoices = Invoice.objects.for_user(request.user).filter(state=InvoiceState.OPEN)
    invoices = list(invoices.order_by("due_on")[:3])
    context = {
        "hero": selectors.what_to_do(claims, invoices),
        "cards": [{"claim": one, "headline": selectors.headline(one)} for one in claims],
        "invoices": invoices,
        "advice": advice_to_read(request.user)[:SHOWN],
        "wanted": own_recommendations(request.user).outstanding().order_by("due_on")[:SHOWN],
        "policies": Policy.objects.for_user(request.user).select_related("product")[:5],
        "portal_section": "home",
    }
    return render(request, "portal/home.html", context)
