from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from office import clock, uploads
from office.doors import policyholder_required
from policies import selectors
from policies.models import Policy, PolicyDocument


@policyholder_required
@require_GET
def policies(request):
    rows = Policy.objects.for_user(request.user).select_related("product__carrier")
    context = {"policies": rows.order_by("-number"), "portal_section": "policies"}
    return render(request, "portal/policies.html", context)


@policyholder_required
@require_GET
def policy(request, number):
    row = _policy(request, number)
    day, now = selectors.day_to_show(row), clock.now()
    page = selectors.policy_page(row, day=day, known_at=now)
    return render(request, "portal/policy.html", {**page, "portal_section": "policies"})


@policyholder_required
@require_GET
def policy_document(request, number, pk):
    documents = PolicyDocument.objects.select_related("document")
    row = documents.filter(policy=_policy(request, number), document_id=pk).first()
    if row is None:
        raise Http404
    return uploads.download(row.document)


def _policy(request, number):
    visible = Policy.objects.for_user(request.user).select_related(
        "customer", "agent", "address", "product__carrier"
    )
    return get_object_or_404(visible, number=number)
