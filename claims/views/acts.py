"""One view for every act: the form cleans, the service decides, refusals stand next to fields."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounting.selectors import account_to_pay
from claims import forms, selectors, services
from claims.models import Claim
from office import workflow
from office.doors import demand_open, permission_required
from office.exceptions import Refused
from office.forms import add_refusal, posted, receive_all
from office.money import ZERO

ACTS = {
    "link_duplicate": (services.link_duplicate, forms.DuplicateForm),
    "dismiss_duplicate": (services.dismiss_duplicate, forms.DuplicateForm),
    "triage": (services.triage_claim, forms.ConfirmForm),
    "require_document": (services.require_document, forms.RequireForm),
    "receive_document": (services.receive_document, forms.ReceiveForm),
    "verify_document": (services.verify_document, forms.VerifyDocumentForm),
    "refuse_document": (services.refuse_document, forms.RefuseForm),
    "waive_document": (services.waive_document, forms.WaiveForm),
    "attach": (services.attach_files, forms.AttachForm),
    "verify": (services.verify_claim, forms.ConfirmForm),
    "request_documents": (services.request_documents, forms.RequestDocumentsForm),
    "assign_adjuster": (services.assign_adjuster, forms.AssignForm),
    "add_exposure": (services.add_exposure, forms.ExposureForm),
    "record_finding": (services.record_finding, forms.FindingForm),
    "set_reserve": (services.set_reserve, forms.ReserveForm),
    "investigate": (services.investigate_claim, forms.ConfirmForm),
    "confirm_coverage": (services.confirm_coverage, forms.CoverageForm),
    "determine": (services.determine_claim, forms.DetermineForm),
    "offer": (services.offer_claim, forms.OfferForm),
    "accept": (services.accept_claim, forms.AcceptForm),
    "dispute": (services.dispute_claim, forms.DisputeForm),
    "pay": (services.pay_claim, forms.ConfirmForm),
    "advance": (services.advance_claim, forms.AdvanceForm),
    "pay_advance": (services.pay_advance, forms.PayAdvanceForm),
    "deny": (services.deny_claim, forms.DenyForm),
    "withdraw": (services.withdraw_claim, forms.ReasonForm),
    "reopen": (services.reopen_claim, forms.ReopenForm),
    "hand_over": (services.hand_over_claim, forms.HandOverForm),
    "note_negotiation": (services.note_negotiation, forms.NegotiationForm),
    "take_back": (services.take_back_claim, forms.ReasonForm),
    "conclude": (services.conclude_claim, forms.ConcludeForm),
    "place_hold": (services.place_hold, forms.HoldForm),
    "release_hold": (services.release_hold, forms.ReleaseForm),
    "write_status": (services.write_status, forms.StatusForm),
}
DANGEROUS = {"deny", "withdraw"}


@permission_required("claims.view_claim")
@require_http_methods(["GET", "POST"])
def act(request, number, act):
    """Perform one act on a claim. The services decide; the view only carries."""
    if act not in ACTS:
        raise Http404
    claim = claim_of(request, number)
    demand_open(request, claim, act)
    service, form_class = ACTS[act]
    form = form_class(*posted(request), claim=claim, user=request.user)
    if request.method == "POST" and form.is_valid() and _perform(request, service, form, claim):
        return redirect(claim)
    context = {**_page(claim, act, form), **BESIDE.get(act, _nothing)(claim)}
    return render(request, f"claims/{act if act in BESIDE else 'act'}.html", context)


def claim_of(request, number):
    visible = Claim.objects.for_user(request.user).select_related(
        "policy__product", "customer", "adjuster"
    )
    return get_object_or_404(visible, number=number)


def _perform(request, service, form, claim):
    arguments = form.arguments()
    if "uploads" in arguments:
        source = f"claim:{claim.number}"
        arguments["uploads"] = receive_all(form, "uploads", by=request.user, source=source)
        if form.errors:
            return False
    try:
        service(claim=claim, by=request.user, **arguments)
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    fresh = Claim.objects.get(pk=claim.pk)
    messages.success(
        request, _("Done. The claim is “%(state)s”.") % {"state": fresh.get_state_display()}
    )
    return True


def _nothing(claim):
    return {}


def _previews(claim):
    """What would be owed to each claimant if it were determined now, or the reason why not."""
    previews = []
    for claimant in selectors.claimants_of(claim):
        try:
            found = selectors.settlement_preview(claim, claimant)
        except Refused:
            continue  # the form's own refusal says it when the act is tried
        items = [{"exposure": exposure, "lines": item.figures} for exposure, item in found]
        total = sum((item.amount for _exposure, item in found), ZERO)
        previews.append({"claimant": claimant.display_name, "items": items, "total": total})
    return {"previews": previews}


def _settlement(claim):
    return {"settlement": claim.pending_settlement()}


def _payment(claim):
    settlement = claim.latest_settlement()
    payout = settlement.payout() if settlement else None
    payment = payout.payment if payout else None
    return {"payment": payment, "account": payment and account_to_pay(payment)}


def _readings(claim):
    names = claim.cover_at_notice.get("items", {})
    readings = selectors.coverage_readings(claim)
    return {"readings": [row | {"thing": names.get(row["item"], row["item"])} for row in readings]}


# What stands beside the form of an act, on a template of the act's own name.
BESIDE = {
    "determine": _previews,
    "offer": _settlement,
    "pay": _payment,
    "confirm_coverage": _readings,
}


def _page(claim, act, form):
    label = workflow.label_of(claim, act)
    return {
        "claim": claim,
        "form": form,
        "title": label,
        "submit": label,
        "submit_tone": "danger" if act in DANGEROUS else "primary",
        "cancel": claim.get_absolute_url(),
        "crumbs": [
            {"label": _("Claims"), "href": "/claims/"},
            {"label": claim.number, "href": claim.get_absolute_url()},
            {"label": label},
        ],
    }
