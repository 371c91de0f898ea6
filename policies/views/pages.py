from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import places
from customers.models import Carrier
from office import clock, documents, uploads
from office.doors import staff_required
from office.exceptions import Refused
from office.lists import Column, Filter, List, SavedView
from policies import rules, selectors
from policies.enums import PolicyState
from policies.forms import AsOfForm
from policies.models import Policy, PolicyDocument, TermTransaction
from policies.views.acting import acts_of

POLICIES = List(
    name=gettext_lazy("Policies"),
    sort="-pk",
    url_name="policies:list",
    columns=[
        Column("number", gettext_lazy("Policy"), "link", link="policies:detail"),
        Column("customer__display_name", gettext_lazy("Policyholder")),
        Column("product__name", gettext_lazy("Product"), priority="wide"),
        Column("product__carrier__name", gettext_lazy("Carrier"), priority="mid"),
        Column("from_on", gettext_lazy("From"), "date", priority="mid"),
        Column("to_on", gettext_lazy("To"), "date"),
        Column(
            "jurisdiction",
            gettext_lazy("State of risk"),
            priority="wide",
            show=lambda row: places.name_of(row["jurisdiction"]),
            value=lambda row: places.name_of(row["jurisdiction"]),
        ),
        Column("agent__name", gettext_lazy("Agent"), priority="wide"),
        Column(
            "state", gettext_lazy("State"), "badge", words=PolicyState, tones={"in_force": "good"}
        ),
        Column("total", gettext_lazy("Total for the term"), "money", total=True),
    ],
    views=[
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
        SavedView("in_force", PolicyState.IN_FORCE.label, lambda rows, user: rows.in_force()),
        SavedView(
            "ending",
            gettext_lazy("Ending within 60 days"),
            lambda rows, user: selectors.policies_ending(rows, within_days=60),
        ),
    ],
    filters=[
        Filter(
            "q",
            forms.CharField(label=gettext_lazy("Number or name"), max_length=80),
            narrow=selectors.found_by_words,
        ),
        Filter(
            "carrier",
            forms.ModelChoiceField(
                Carrier.objects.all(),
                label=gettext_lazy("Carrier"),
                empty_label=gettext_lazy("Any"),
            ),
            lookup="product__carrier",
        ),
        Filter(
            "jurisdiction",
            forms.ChoiceField(
                label=gettext_lazy("State of risk"),
                choices=lambda: [("", _("Any")), *places.choices()],
            ),
        ),
    ],
)


@staff_required
def policy_list(request):
    rows = selectors.policy_rows(request.user)
    return POLICIES.respond(request, rows, template="policies/list.html")


@staff_required
def detail(request, number):
    policy = policy_of(request, number)
    selectors.read_terms(policy)
    form = AsOfForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    day = asked.get("on") or selectors.day_to_show(policy)
    known_at = asked.get("known") or clock.now()
    page = selectors.policy_page(policy, day=day, known_at=known_at)
    looks_back = bool(asked.get("on") or asked.get("known"))
    context = {
        **page,
        "crumbs": [POLICIES.way_back(request), {"label": policy.number}],
        "neighbours": POLICIES.neighbours(request, selectors.policy_rows(request.user), policy),
        "as_of_form": form if form.is_bound else AsOfForm(initial=_initial(day, known_at)),
        "looks_back": looks_back,
        "differences": selectors.differences(policy, page["cover"]) if looks_back else [],
        "acts": acts_of(request.user, policy),
        "may_reverse": rules.may_reverse(policy, request.user),
        "may_open_bills": request.user.may("accounting.view_invoice"),
    }
    return render(request, "policies/detail.html", context)


@staff_required
def worksheet(request, number, term, sequence):
    policy = policy_of(request, number)
    transaction = _transaction_of(policy, term, sequence)
    context = {
        "policy": policy,
        "transaction": transaction,
        "lines": selectors.worksheet(transaction),
        "crumbs": [*crumbs_of(policy), {"label": _("Worksheet")}],
    }
    return render(request, "policies/worksheet.html", context)


@staff_required
def worksheet_paper(request, number, term, sequence):
    """The worksheet as a PDF in the reader's language; it is drawn anew, not kept."""
    policy = policy_of(request, number)
    transaction = _transaction_of(policy, term, sequence)
    try:
        data = selectors.transaction_worksheet_paper(transaction)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("policies:worksheet", number, term, sequence)
    content = documents.render("worksheet", data, language=request.LANGUAGE_CODE)
    return uploads.paper(content, f"{number}-{term}-{sequence}.pdf")


def _transaction_of(policy, term, sequence):
    written = TermTransaction.objects.select_related("term__version", "term__policy")
    return get_object_or_404(written, term__policy=policy, term__sequence=term, sequence=sequence)


@staff_required
def document(request, number, document_id):
    issued = PolicyDocument.objects.select_related("document").filter(
        policy=policy_of(request, number), document_id=document_id
    )
    row = issued.first()
    if row is None:
        raise Http404
    return uploads.download(row.document)


def policy_of(request, number):
    visible = Policy.objects.for_user(request.user).select_related(
        "customer", "agent", "address", "product__carrier"
    )
    return get_object_or_404(visible, number=number)


def crumbs_of(policy):
    return [
        {"label": _("Policies"), "href": reverse("policies:list")},
        {"label": policy.number, "href": policy.get_absolute_url()},
    ]


def _initial(day, known_at):
    return {"on": day, "known": timezone.localtime(known_at)}
