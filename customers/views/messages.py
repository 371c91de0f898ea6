"""The office's outbox: what was written to customers, and whether it arrived."""

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from customers import forms, rules, services
from customers.enums import WITHOUT_PROVIDER, MessageState
from customers.models import Message
from customers.services.rendering import SECRET_LINK
from office import lists
from office.doors import permission_required
from office.enums import Channel
from office.exceptions import Refused
from office.templatetags.sources import PAGES, source_href, source_number

SEEN_BY = permission_required("customers.view_message")
TONES = {"queued": "info", "sent": "good", "bounced": "bad", "failed": "bad"}
HIDDEN_LINK = "•••"


def _subject(row):
    address = reverse("customers:message", args=[row["pk"]])
    return format_html('<a href="{}">{}</a>', address, row["subject"])


def _about(row):
    address, number = source_href(row["reference"]), source_number(row["reference"])
    return format_html('<a class="id" href="{}">{}</a>', address, number) if address else number


def _written_about(rows, text):
    """By the number alone, or with the kind before it as the row keeps it."""
    number = source_number(text).upper()
    return rows.filter(reference__in=[f"{kind}:{number}" for kind in PAGES])


MESSAGES = lists.List(
    name=gettext_lazy("Messages"),
    columns=(
        lists.Column("subject", gettext_lazy("Subject"), show=_subject),
        lists.Column("customer__display_name", gettext_lazy("Customer")),
        lists.Column("reference", gettext_lazy("About"), priority="mid", show=_about),
        lists.Column("channel", gettext_lazy("Channel"), priority="mid", words=Channel),
        lists.Column("created_at", gettext_lazy("Written"), kind="moment"),
        lists.Column(
            "state", gettext_lazy("Status"), kind="badge", words=MessageState, tones=TONES
        ),
        lists.Column("problem", gettext_lazy("What went wrong"), priority="wide"),
    ),
    sort="-created_at",
    filters=(
        lists.Filter("state", forms.any_of(gettext_lazy("Status"), MessageState)),
        lists.Filter("channel", forms.any_of(gettext_lazy("Channel"), Channel)),
        lists.Filter("about", forms.ReferenceField(), narrow=_written_about),
    ),
)


@SEEN_BY
@require_GET
def message_list(request):
    rows = Message.objects.for_user(request.user)
    return MESSAGES.respond(request, rows, template="customers/messages.html")


@SEEN_BY
@require_GET
def message_page(request, pk):
    """One message as it was sent: the layout in a sandbox, the text, and how it went."""
    message = _message(request, pk)
    may_send = rules.may_send_message(message, request.user)
    acts = []
    if may_send and message.state in {MessageState.FAILED, MessageState.BOUNCED}:
        acts.append({"act": "send_again", "label": _("Send again"), "icon": "rotate-cw"})
    if may_send and message.state == MessageState.QUEUED and message.channel in WITHOUT_PROVIDER:
        acts.append({"act": "confirm", "label": _("Confirm that it was done"), "icon": "check"})
    context = {
        "message": message,
        "tone": TONES[message.state],
        "text": message.body_text.replace(SECRET_LINK, HIDDEN_LINK),
        "message_acts": acts,
        "crumbs": [{"label": _("Messages"), "href": reverse("customers:messages")}],
    }
    return render(request, "customers/message.html", context)


@SEEN_BY
@require_GET
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "frame-ancestors": ["'self'"],
        "sandbox": [""],
    }
)
def message_html(request, pk):
    """The layout alone, for the frame of the page: no script, no form, no address of others."""
    html = _message(request, pk).body_html.replace(SECRET_LINK, "#")
    return HttpResponse(html)


@SEEN_BY
@require_POST
def act_on_message(request, pk, act):
    acts = {"send_again": services.send_again, "confirm": services.confirm_message}
    if act not in acts:
        raise Http404
    message = _message(request, pk)
    try:
        acts[act](message=message, by=request.user)
        messages.success(request, _("Done."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(message)


def _message(request, pk):
    rows = Message.objects.for_user(request.user).select_related("customer", "created_by")
    return get_object_or_404(rows.prefetch_related("documents"), pk=pk)
