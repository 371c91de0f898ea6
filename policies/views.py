from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from office import clock, export, uploads
from office.doors import staff_required
from policies import selectors
from policies.forms import AsOfForm, FilterForm
from policies.models import Policy, PolicyDocument, TermTransaction

PAGE = 50


@staff_required
def policy_list(request):
    form = FilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = selectors.policy_rows(request.user, **filters)
    if request.GET.get("format") in export.FORMATS:
        return export.respond(
            request.GET["format"],
            name=_("Policies"),
            head=selectors.POLICY_COLUMNS,
            rows=(selectors.policy_cells(policy) for policy in rows.iterator()),
        )
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "filter_form": form,
        "export_formats": export.FORMATS,
    }
    return render(request, "policies/list.html", context)


@staff_required
def detail(request, number):
    policy = _policy(request, number)
    form = AsOfForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    day = asked.get("on") or selectors.day_to_show(policy)
    known_at = asked.get("known") or clock.now()
    context = {
        **selectors.policy_page(policy, day=day, known_at=known_at),
        "as_of_form": form if form.is_bound else AsOfForm(initial=_initial(day, known_at)),
        "looks_back": bool(asked.get("on") or asked.get("known")),
    }
    return render(request, "policies/detail.html", context)


@staff_required
def worksheet(request, number, term, sequence):
    policy = _policy(request, number)
    written = TermTransaction.objects.select_related("term__version")
    transaction = get_object_or_404(
        written, term__policy=policy, term__sequence=term, sequence=sequence
    )
    context = {
        "policy": policy,
        "transaction": transaction,
        "lines": selectors.worksheet(transaction),
        "crumbs": [
            {"label": _("Policies"), "href": reverse("policies:list")},
            {"label": policy.number, "href": policy.get_absolute_url()},
            {"label": _("Worksheet")},
        ],
    }
    return render(request, "policies/worksheet.html", context)


@staff_required
def document(request, number, document_id):
    issued = PolicyDocument.objects.select_related("document").filter(
        policy=_policy(request, number), document_id=document_id
    )
    row = issued.first()
    if row is None:
        raise Http404
    return uploads.download(row.document)


def _policy(request, number):
    visible = Policy.objects.for_user(request.user).select_related(
        "customer", "agent", "address", "product__carrier"
    )
    return get_object_or_404(visible, number=number)


def _initial(day, known_at):
    return {"on": day, "known": timezone.localtime(known_at)}
