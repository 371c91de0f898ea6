"""The acts on a policy: which are open to somebody, and the pages that ask before they are done."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse as address_of
from django.utils.translation import gettext as _

from office import workflow
from office.doors import staff_required
from office.exceptions import Refused
from office.forms import add_refusal
from policies import selectors, services
from policies.catalogue import label
from policies.forms import ReverseForm
from policies.models import Policy, TermTransaction

PAGES = {"cancel", "rescind", "reinstate", "nonrenew"}  # acts with a page: views.acts.ACTS


def acts_of(user, policy):
    """The buttons of the policy's page: the acts open to this person now."""
    acts = []
    for move in workflow.moves_open_to(user, policy):
        if move.act == "endorse":
            acts += _changes_of(policy, move)
        elif move.act in PAGES:
            href = address_of("policies:act", args=[policy.number, move.act])
            acts.append({"label": move.label, "href": href, "icon": move.icon})
    return acts


def _changes_of(policy, move):
    """Changing anything, and adding to each list that has packages of cover to choose from."""
    yield {
        "label": move.label,
        "href": address_of("underwriting:endorse", args=[policy.number]),
        "icon": move.icon,
        "primary": True,
    }
    last = max(policy.terms.all(), key=lambda term: term.sequence)
    definition = selectors.product_definition(last.version)
    for name in dict.fromkeys(package.per for package in definition.packages):
        what = label(definition.risk_schema["properties"][name]["x-singular"])
        yield {
            "label": _("Add: %(what)s") % {"what": what},
            "href": address_of("underwriting:add_item", args=[policy.number, name]),
            "icon": "plus",
        }


@staff_required
def reverse(request, number, term, sequence):
    """Take a transaction back: what that changes is shown before it is done."""
    policy = get_object_or_404(Policy.objects.for_user(request.user), number=number)
    workflow.demand_open(policy, "reverse", by=request.user)
    rows = TermTransaction.objects.select_related(
        "term__policy__product__carrier", "term__version", "reverses"
    )
    transaction = get_object_or_404(
        rows, term__policy=policy, term__sequence=term, sequence=sequence
    )
    if not transaction.is_reversible:
        raise Http404
    form = ReverseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse_transaction(
                transaction=transaction, by=request.user, **form.cleaned_data
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The change is taken back."))
            return redirect(policy)
    return _reverse_page(request, policy, transaction, form)


def _reverse_page(request, policy, transaction, form):
    try:
        change = selectors.plan_reversal(transaction)
    except Refused as refusal:
        change = None
        if not form.errors:
            form = ReverseForm({"note": form["note"].value() or ""})
            form.is_valid()
            form.add_error(None, str(refusal))
    context = {
        "policy": policy,
        "transaction": transaction,
        "change": change,
        "rows": selectors.change_rows(change) if change else [],
        "form": form,
        "submit": _("Take it back"),
        "submit_tone": "danger",
        "cancel": policy.get_absolute_url(),
        "crumbs": [
            {"label": _("Policies"), "href": address_of("policies:list")},
            {"label": policy.number, "href": policy.get_absolute_url()},
            {"label": _("Take a change back")},
        ],
    }
    return render(request, "policies/reverse.html", context)
