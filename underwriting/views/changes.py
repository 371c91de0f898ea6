"""Changing a policy in force: what it was on a day, what it shall be, what that costs, issued."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from office import clock, money, workflow
from office.doors import staff_required
from office.exceptions import Refused
from office.forms import add_refusal
from policies import segments, wording
from policies import selectors as cover
from policies.catalogue import label
from policies.models import Policy
from underwriting import selectors, services
from underwriting.forms import (
    ApplicationForm,
    ChangeDayForm,
    ChangeForm,
    ItemForm,
    OptionForm,
)
from underwriting.views.application import rows_changed


@staff_required
def endorse(request, number):
    """The state on a day as a form; sent, the difference is priced and shown to be issued."""
    policy = _policy(request, number)
    workflow.demand_open(policy, "endorse", by=request.user)
    day = _day(request, policy)
    try:
        term, state = cover.state_of(policy, day)
    except Refused as refusal:
        return _day_page(request, policy, day, refusal)
    if request.POST.get("do") in ("issue", "refer"):
        return _issue(request, policy)
    if request.POST.get("do") == "edit":
        state = _edited(request, state)
    form = _application(request, policy, term, state)
    if request.POST.get("do") == "price" and form.is_valid():
        return _priced(request, policy, day, state, form)
    form = rows_changed(request, form)
    return _edit_page(request, policy, day, form)


def _application(request, policy, term, state):
    is_sent = request.method == "POST" and request.POST.get("do") != "edit"
    return ApplicationForm(
        [cover.product_definition(term.version)],
        policy.jurisdiction,
        data=request.POST if is_sent else None,
        risk=state["risk"],
        coverages=state["coverages"],
    )


def _edited(request, state):
    """Back from the priced page: what was insured with the change that was asked for."""
    form = ChangeForm(request.POST)
    form.is_valid()
    patch = form.cleaned_data.get("patch", [])
    segments.check_patch(patch)
    return segments.apply(state, patch)


def _priced(request, policy, day, state, form):
    after = {"risk": form.cleaned_risk(), "coverages": form.cleaned_coverages()}
    patch = segments.diff(_comparable(state), _comparable(after))
    try:
        change = cover.plan_change(policy, effective_on=day, patch=patch)
    except Refused as refusal:
        form.add_error(refusal.field or "", str(refusal))
        return _edit_page(request, policy, day, form)
    if change.is_empty and not change.conflicts:
        form.add_error("", _("This changes nothing that is insured."))
        return _edit_page(request, policy, day, form)
    seen = change.term.transactions.count()
    sent = {"on": day.isoformat(), "patch": patch, "recorded": seen}
    bound = ChangeForm(initial=sent, conflicts=_questions(change))
    return _change_page(request, policy, change, bound)


def _comparable(state):
    """Coverages in one order: a form lists them otherwise than the policy keeps them."""
    return {**state, "coverages": sorted(state["coverages"], key=lambda row: row["key"])}


def _issue(request, policy):
    """Issue what was priced. Whatever is refused is said on the page that shows it."""
    first = ChangeForm(request.POST)
    if not first.is_valid():
        return redirect(policy)
    sent = first.cleaned_data
    try:
        change = cover.plan_change(policy, effective_on=sent["on"], patch=sent["patch"])
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(policy)
    form = ChangeForm(request.POST, conflicts=_questions(change))
    if form.is_valid():
        asked = {
            "policy": policy,
            "effective_on": sent["on"],
            "patch": sent["patch"],
            "decisions": form.decisions,
            "recorded": sent["recorded"],
            "note": form.cleaned_data["note"],
        }
        try:
            return _issue_or_refer(request, policy, asked)
        except Refused as refusal:
            add_refusal(form, refusal)
    return _change_page(request, policy, change, form)


def _issue_or_refer(request, policy, asked):
    """By the button that was pressed: what an underwriter decides on is put before one."""
    if request.POST.get("do") == "refer":
        referral = services.refer_change(by=request.user, **asked)
        said = _("An underwriter decides on it: %(number)s.")
        messages.success(request, said % {"number": referral})
        return redirect(referral)
    return _issued(request, policy, services.endorse_policy(by=request.user, **asked))


def _issued(request, policy, written):
    day = formats.date_format(written.effective_on)
    messages.success(request, _("The policy is changed from %(day)s on.") % {"day": day})
    return redirect(policy)


def _questions(change):
    """Each conflict with the sentence that asks a person about it."""
    definition = cover.product_definition(change.term.version)
    day, risk = formats.date_format(change.effective_on), (change.state or {}).get("risk", {})
    for one in change.conflicts:
        facts = {
            "what": cover.told_path(definition, one.path, risk),
            "day": day,
            "other": formats.date_format(one.conflict.other.effective_on)
            if one.conflict.other
            else day,
            "mine": cover.told_value(definition, one.path, one.conflict.mine),
            "theirs": cover.told_value(definition, one.path, one.conflict.theirs),
        }
        yield one, ASKED[one.kind]() % facts


ASKED = {
    "same_day": lambda: _(
        "%(what)s: on %(day)s another change has set %(theirs)s; this one says %(mine)s."
    ),
    "later": lambda: _(
        "%(what)s: a change for %(other)s sets %(theirs)s; this one says %(mine)s from %(day)s."
    ),
    "gone": lambda: _("%(what)s is not insured on %(day)s."),
}


# Adding one item with a package of cover


@staff_required
def add_item(request, number, name):
    """Add a vehicle, say: its fields, then three packages side by side, then issued at once."""
    policy = _policy(request, number)
    workflow.demand_open(policy, "endorse", by=request.user)
    day = _day(request, policy)
    try:
        term, state = cover.state_of(policy, day)
    except Refused as refusal:
        return _day_page(request, policy, day, refusal)
    schema = cover.product_definition(term.version).risk_schema["properties"].get(name, {})
    if schema.get("type") != "array" or not schema.get("x-item"):
        raise Http404
    form = _item_form(request, term, state, schema)
    if request.method == "POST" and request.POST.get("do") != "edit" and form.is_valid():
        return _options(request, policy, day, name, schema, state, form)
    return _item_page(request, policy, day, schema, form)


def _item_form(request, term, state, schema):
    risk_schema = cover.product_definition(term.version).risk_schema
    titles = wording.titles_of(risk_schema, state["risk"])
    lists = {
        name: {item["key"]: titles[item["key"]] for item in state["risk"].get(name, [])}
        for name, spec in risk_schema["properties"].items()
        if spec.get("type") == "array"
    }
    data = request.POST if request.method == "POST" else None
    return ItemForm(data, schema=schema["items"], titles=lists)


def _options(request, policy, day, name, schema, state, form):
    item = form.item(cover.next_item_key(policy, name))
    try:
        options = cover.options_for_item(policy, name=name, item=item, effective_on=day)
    except Refused as refusal:
        field = (refusal.field or "").rpartition(".")[2]
        form.add_error(field if field in form.fields else None, str(refusal))
        return _item_page(request, policy, day, schema, form)
    seen = options[0].change.term.transactions.count()
    is_issue = request.POST.get("do") in ("issue", "refer")
    chosen = OptionForm(
        request.POST if is_issue else None,
        options=options,
        initial={"on": day, "recorded": seen},
    )
    if is_issue and chosen.is_valid():
        asked = {
            "policy": policy,
            "effective_on": day,
            "patch": chosen.option.patch,
            "recorded": chosen.cleaned_data["recorded"],
            "note": chosen.cleaned_data["note"],
        }
        try:
            return _issue_or_refer(request, policy, asked)
        except Refused as refusal:
            add_refusal(chosen, refusal)
    return _options_page(request, policy, day, schema, form, options, chosen)


# Pages


def _policy(request, number):
    visible = Policy.objects.for_user(request.user).select_related(
        "customer", "agent", "address", "product__carrier"
    )
    return get_object_or_404(visible, number=number)


def _day(request, policy):
    """The day that is asked for, else today or the nearest day of cover."""
    form = ChangeDayForm(request.POST if "on" in request.POST else request.GET)
    return form.cleaned_data["on"] if form.is_valid() else cover.day_to_show(policy)


def _crumbs(policy, last):
    return [
        {"label": _("Policies"), "href": reverse("policies:list")},
        {"label": policy.number, "href": policy.get_absolute_url()},
        {"label": last},
    ]


def _day_page(request, policy, day, refusal):
    """The day lies outside of every term: nothing can be changed for it."""
    form = ChangeDayForm({"on": day})
    form.is_valid()
    form.add_error("on", str(refusal))
    context = {"policy": policy, "day_form": form, "crumbs": _crumbs(policy, _("Change"))}
    return render(request, "underwriting/change_day.html", context)


def _edit_page(request, policy, day, form):
    context = {
        "policy": policy,
        "day": day,
        "day_form": ChangeDayForm(initial={"on": day}),
        "form": form,
        "crumbs": _crumbs(policy, _("Change the policy")),
        "cancel": policy.get_absolute_url(),
    }
    return render(request, "underwriting/endorse.html", context)


def _change_page(request, policy, change, form):
    definition = cover.product_definition(change.term.version)
    bills = cover.bills_after(change)
    before = segments.state_on(change.before.segments, change.effective_on)
    review = selectors.review_change(change)
    context = {
        "policy": policy,
        "change": change,
        "form": form,
        "review": review,
        "may_refer": selectors.may_refer_change(policy, [review], request.user),
        "told": cover.told_changes(definition, before, change.state),
        "rows": cover.change_rows(change),
        "figures": _figures(change),
        "bills": bills.bills,
        "credit": bills.credit,
        "crumbs": _crumbs(policy, _("Change the policy")),
        "cancel": policy.get_absolute_url(),
    }
    return render(request, "underwriting/change.html", context)


def _figures(change):
    return [
        {"label": _("Premium"), "value": cover.signed(change.premium)},
        {"label": _("Taxes and fees"), "value": cover.signed(change.fees + change.tax)},
        {"label": _("To pay or to return"), "value": cover.signed(change.total)},
        {"label": _("Total for the term"), "value": money.format(change.after.total)},
    ]


def _item_page(request, policy, day, schema, form):
    singular = label(schema["x-singular"])
    context = {
        "policy": policy,
        "day": day,
        "day_form": ChangeDayForm(initial={"on": day}),
        "form": form,
        "singular": singular,
        "crumbs": _crumbs(policy, _("Add: %(what)s") % {"what": singular}),
        "cancel": policy.get_absolute_url(),
    }
    return render(request, "underwriting/add_item.html", context)


def _options_page(request, policy, day, schema, form, options, chosen):
    singular = label(schema["x-singular"])
    reviews = [selectors.review_change(option.change) for option in options]
    context = {
        "policy": policy,
        "day": day,
        "today": clock.today(policy.time_zone),
        "form": chosen,
        "sent": [(name, value) for name, value in request.POST.items() if name in form.fields],
        "doubts": form.doubts(),
        "item": wording.item_title(schema["items"], form.item("new")),
        "options": options,
        "coverages": cover.coverage_rows(options),
        "reviews": reviews,
        "may_refer": selectors.may_refer_change(policy, reviews, request.user),
        "singular": singular,
        "crumbs": _crumbs(policy, _("Add: %(what)s") % {"what": singular}),
        "cancel": policy.get_absolute_url(),
    }
    return render(request, "underwriting/add_item_options.html", context)
