"""The claims of a policyholder: where each stands, what is needed, the offer and its answer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from claims import services
from claims.models import Claim
from office import uploads
from office.doors import demand_open, policyholder_required
from office.exceptions import Refused
from office.forms import add_refusal, posted, receive_all
from portal import forms, selectors


@policyholder_required
@require_GET
def claims(request):
    rows = Claim.objects.for_user(request.user).order_by("-notified_at")
    cards = [{"claim": one, "headline": selectors.headline(one)} for one in rows]
    return render(request, "portal/claims.html", {"cards": cards, "portal_section": "claims"})


@policyholder_required
@require_GET
def claim(request, number):
    context = selectors.claim_page(_claim(request, number))
    return render(request, "portal/claim.html", {**context, "portal_section": "claims"})


@policyholder_required
@require_http_methods(["GET", "POST"])
def send_files(request, number):
    row = _claim(request, number)
    demand_open(request, row, "attach")
    awaited = selectors.awaited_documents(row)
    form = forms.FilesForm(*posted(request), awaited=awaited)
    if request.method == "POST" and form.is_valid() and _send(request, row, form):
        messages.success(request, _("Thank you. We have your files."))
        return redirect("portal:claim", row.number)
    return _form_page(request, row, form, _("Add photos or papers"), _("Send"))


def _send(request, row, form):
    received = receive_all(form, "uploads", by=request.user, source=row.source)
    if form.errors:
        return False
    document = row.documents.filter(pk=form.cleaned_data["document"] or 0).first()
    try:
        if document:
            services.receive_document(
                claim=row, document=document, uploads=received, by=request.user
            )
        else:
            services.attach_files(claim=row, uploads=received, by=request.user)
    except Refused as refusal:
        add_refusal(form, refusal)
    return not form.errors


@policyholder_required
@require_http_methods(["GET", "POST"])
def accept(request, number):
    def answer(row, found):
        services.accept_claim(claim=row, sha256=found["sha256"], by=request.user)

    done = _("Thank you. We are preparing your payment.")
    return _answer(request, number, "accept", forms.AcceptForm, answer, _("Accept the offer"), done)


@policyholder_required
@require_http_methods(["GET", "POST"])
def dispute(request, number):
    def answer(row, found):
        services.dispute_claim(claim=row, by=request.user, **found)

    done = _("Thank you. We will look at it again.")
    return _answer(request, number, "dispute", forms.DisputeForm, answer, _("I do not agree"), done)


@policyholder_required
@require_http_methods(["GET", "POST"])
def withdraw(request, number):
    def answer(row, found):
        services.withdraw_claim(claim=row, by=request.user, **found)

    done = _("The claim is withdrawn.")
    return _answer(
        request, number, "withdraw", forms.WithdrawForm, answer, _("Withdraw the claim"), done
    )


def _answer(request, number, act, form_class, answer, title, done):
    row = _claim(request, number)
    demand_open(request, row, act)
    offer = row.open_offer()
    initial = {"sha256": offer.sha256 if offer else ""}
    form = form_class(posted(request)[0], initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            answer(row, form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, done)
            return redirect("portal:claim", row.number)
    return _form_page(request, row, form, title, title, offer=offer)


def _form_page(request, row, form, title, submit, offer=None):
    context = {
        "claim": row,
        "form": form,
        "title": title,
        "submit": submit,
        "offer": offer,
        "cancel": reverse("portal:claim", args=[row.number]),
        "portal_section": "claims",
    }
    return render(request, "portal/claim_form.html", context)


@policyholder_required
@require_GET
def claim_file(request, number, pk):
    row = _claim(request, number)
    return uploads.download(get_object_or_404(row.attachments, upload_id=pk).upload)


@policyholder_required
@require_GET
def claim_letter(request, number, pk):
    row = get_object_or_404(_claim(request, number).letters, pk=pk)
    if row.document is None or row.customer.login_id != request.user.pk:
        raise Http404
    return uploads.download(row.document)


def _claim(request, number):
    visible = Claim.objects.for_user(request.user).select_related("policy", "customer")
    return get_object_or_404(visible, number=number)
