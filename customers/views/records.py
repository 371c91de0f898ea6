"""Customers: the list, the page of one, and the acts upon it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers import forms, places, rules, selectors, services
from customers.enums import CustomerKind
from customers.models import Customer
from office import lists, workflow
from office.doors import demand_open, permission_required
from office.enums import Channel, Language
from office.exceptions import Refused

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
SEEN_BY = permission_required("customers.view_customer")
FIELD_OF = {"email": "value", "phone": "value"}  # what a service names, in a form of one value


CUSTOMERS = lists.List(
    name=gettext_lazy("Customers"),
    columns=(
        lists.Column("number", gettext_lazy("Number"), kind="link", link="customers:detail"),
        lists.Column("display_name", gettext_lazy("Name")),
        lists.Column("kind", gettext_lazy("Kind"), words=CustomerKind),
        lists.Column("city", gettext_lazy("City")),
        lists.Column(
            "jurisdiction",
            gettext_lazy("State"),
            priority="mid",
            show=lambda row: places.name_of(row["jurisdiction"] or ""),
        ),
        lists.Column("language", gettext_lazy("Language"), priority="wide", words=Language),
        lists.Column("channel", gettext_lazy("Preferred channel"), priority="wide", words=Channel),
    ),
    url_name="customers:list",
    sort="folded",  # family name first, without accents
    filters=(
        lists.Filter("q", forms.SearchField(), narrow=selectors.narrow),
        lists.Filter("kind", forms.any_of(gettext_lazy("Kind"), CustomerKind)),
        lists.Filter("language", forms.any_of(gettext_lazy("Language"), Language)),
    ),
)


@SEEN_BY
@require_GET
def customer_list(request):
    """All customers one may see, by name; a search narrows them."""
    context = {"may_add": rules.may_add(None, request.user)}
    rows = _listed(request.user)
    return CUSTOMERS.respond(request, rows, template="customers/list.html", context=context)


def _listed(user):
    return Customer.objects.for_user(user).active().with_current_address()


@SEEN_BY
@require_GET
def customer_page(request, number, sections=()):
    """Who it is, how to reach and pay them, what was written, what happened.

    `sections` are functions of (request, customer) that return a dictionary with `title` and
    `template`, or None where there is nothing: the floors above hang in policies, claims and bills
    from the map of the site.
    """
    customer = _customer(request, number)
    context = {
        "card": selectors.customer_card(customer, user=request.user),
        "customer": customer,
        "history": selectors.history_of(customer),
        "parts": [part for section in sections if (part := section(request, customer))],
        "acts": _acts_open(request.user, customer),
        "may_keep": rules.may_keep_own(customer, request.user),
        "may_verify": rules.may_verify_bank_account(customer, request.user),
        "crumbs": [CUSTOMERS.way_back(request), {"label": customer.number}],
        "neighbours": CUSTOMERS.neighbours(request, _listed(request.user), customer),
    }
    return render(request, "customers/detail.html", context)


def _acts_open(user, customer):
    """The buttons, in the order of ACTS."""
    moves = {move.act: move for move in workflow.moves_open_to(user, customer)}
    page = customer.get_absolute_url()
    return [
        {"label": moves[act].label, "href": f"{page}{act}/", "icon": moves[act].icon}
        for act in ACTS
        if act in moves
    ]


@permission_required("customers.change_customer")
@GET_OR_POST
def add_customer(request):
    initial = {"kind": "person", "language": "en", "channel": "email", "jurisdiction": "US-CA"}
    form = forms.NewCustomerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        contact = {name: form.cleaned_data[name] for name in ("email", "phone")}
        try:
            customer = services.add_customer(
                **form.who(), **contact, address=form.address(), by=request.user
            )
        except Refused as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("%(number)s was added.") % {"number": customer})
            return redirect(customer)
    context = {"form": form, "title": _("New customer"), **_form_furniture(_url_of_list())}
    return render(request, "customers/form.html", context)


def _edit(customer, form, user):
    values = form.who()
    return services.edit_customer(
        customer=customer, by=user, note=form.cleaned_data["note"], **values
    )


def _move_house(customer, form, user):
    return services.change_address(customer=customer, address=form.address(), by=user)


def _change_contact(customer, form, user):
    return services.add_contact(customer=customer, by=user, **form.cleaned_data)


def _invite(customer, form, user):
    return services.invite_to_portal(customer=customer, by=user)


def _add_bank_account(customer, form, user):
    values = form.cleaned_data
    return services.add_bank_account(
        customer=customer,
        holder=values["holder"],
        iban_or_account=values["account"],
        routing=values["routing"],
        by=user,
    )


def _merge(customer, form, user):
    into = Customer.objects.for_user(user).filter(number=form.cleaned_data["into"].strip()).first()
    if into is None:
        raise Refused(_("There is no customer with this number."), field="into")
    note = form.cleaned_data["note"]
    return services.merge_customer(customer=customer, into=into, by=user, note=note)


def _unmerge(customer, form, user):
    return services.unmerge_customer(customer=customer, by=user, note=form.cleaned_data["note"])


def _who_it_is(customer):
    names = forms.WhoFields.base_fields
    return {name: getattr(customer, name) for name in names}


def _address_in_use(customer):
    address = customer.addresses.filter(is_current=True).first()
    return {name: getattr(address, name) for name in forms.ADDRESS} if address else {}


def _holder(customer):
    return {"holder": customer.display_name}


# act: (form, what stands in it at first, the service, what the page is called)
ACTS = {
    "edit": (forms.EditCustomerForm, _who_it_is, _edit, gettext_lazy("Edit the record")),
    "move_house": (forms.AddressForm, _address_in_use, _move_house, gettext_lazy("New address")),
    "change_contact": (
        forms.ContactForm,
        lambda customer: {},
        _change_contact,
        gettext_lazy("New e-mail address or phone number"),
    ),
    "invite": (
        forms.ConfirmForm,
        lambda customer: {},
        _invite,
        gettext_lazy("Invite to the portal"),
    ),
    "add_bank_account": (
        forms.BankAccountForm,
        _holder,
        _add_bank_account,
        gettext_lazy("New bank account"),
    ),
    "merge": (forms.MergeForm, lambda customer: {}, _merge, gettext_lazy("Merge into another")),
    "unmerge": (forms.NoteForm, lambda customer: {}, _unmerge, gettext_lazy("Undo the merge")),
}


@SEEN_BY
@GET_OR_POST
def act(request, number, act):
    """Show the form of one act, or perform it. The services decide; the view only carries."""
    if act not in ACTS:
        raise Http404
    customer = _customer(request, number)
    demand_open(request, customer, act)
    form_class, initial, service, title = ACTS[act]
    if request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid():
            try:
                service(customer, form, request.user)
            except Refused as refusal:
                _refuse(form, refusal)
            else:
                messages.success(request, _("Done: %(act)s.") % {"act": title})
                return redirect(customer)
    else:
        form = form_class(initial=initial(customer))
    context = {
        "form": form,
        "title": title,
        "lead": f"{customer.display_name} · {customer.number}",
        **_form_furniture(customer.get_absolute_url()),
        "crumbs": [
            _crumb(),
            {"label": customer.display_name, "href": customer.get_absolute_url()},
        ],
    }
    return render(request, "customers/form.html", context)


@SEEN_BY
@require_POST
def act_on_account(request, number, pk, act):
    """Verify a bank account, or take it out of use."""
    acts = {"verify": services.verify_bank_account, "retire": services.retire_bank_account}
    customer = _customer(request, number)
    account = get_object_or_404(customer.bank_accounts, pk=pk)
    return _perform(request, customer, acts.get(act), account=account)


@SEEN_BY
@require_POST
def act_on_contact(request, number, pk, act):
    """Prefer a contact point, or take it out of use."""
    acts = {"prefer": services.prefer_contact, "retire": services.retire_contact}
    customer = _customer(request, number)
    contact = get_object_or_404(customer.contact_points, pk=pk)
    return _perform(request, customer, acts.get(act), contact=contact)


def _perform(request, customer, service, **subject):
    if service is None:
        raise Http404
    try:
        service(**subject, by=request.user)
        messages.success(request, _("Done."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(customer)


def _customer(request, number):
    rows = Customer.objects.for_user(request.user).select_related("agent", "login", "merged_into")
    return get_object_or_404(rows, number=number)


def _refuse(form, refusal):
    """The refusal beside the field it speaks of, if the form has it."""
    field = FIELD_OF.get(refusal.field, "") if "value" in form.fields else refusal.field
    form.add_error(field if field in form.fields else None, str(refusal))


def _form_furniture(cancel):
    return {
        "cancel": cancel,
        "jurisdictions": places.choices(),
        "time_zones": places.zones(),
        "crumbs": [_crumb()],
    }


def _crumb():
    return {"label": _("Customers"), "href": _url_of_list()}


def _url_of_list():
    return reverse("customers:list")
