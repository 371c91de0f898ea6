"""The ledger's pages: entries, accounts, the trial balance, the months."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounting import selectors, services
from accounting.enums import EntryKind, PeriodState
from accounting.forms import ConfirmForm, DayForm
from accounting.models import Account, Entry, Line, Period
from accounting.rules import may_close_period
from accounting.views.acting import act_page, typed
from office import clock, export, money
from office.doors import permission_required
from office.forms import day_input
from office.lists import Column, Filter, List
from office.templatetags.sources import source_number

SEEN_BY = permission_required("accounting.view_ledger")
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
DAY = {"widget": day_input()}
SHOWN_RELATED = 20

ENTRIES = List(
    name=gettext_lazy("Ledger"),
    sort="-pk",
    columns=[
        Column("number", gettext_lazy("Entry"), "link", link="accounting:entry"),
        Column("booked_on", gettext_lazy("Booked on"), "date"),
        Column("kind", gettext_lazy("Posting"), words=EntryKind),
        Column(
            "source",
            gettext_lazy("Source"),
            show=lambda row: source_number(row["source"]),
        ),
        Column("memo", gettext_lazy("Memo"), priority="wide"),
        Column("by__name", gettext_lazy("By"), "person", priority="mid"),
        Column("amount", gettext_lazy("Amount"), "money", total=True),
    ],
    filters=[
        Filter(
            "q",
            forms.CharField(label=gettext_lazy("Source or number"), max_length=60),
            narrow=lambda rows, text: rows.filter(_names(text)),
        ),
        Filter(
            "kind",
            forms.ChoiceField(
                label=gettext_lazy("Posting"),
                choices=[("", gettext_lazy("Any")), *EntryKind.choices],
            ),
        ),
        Filter("from", forms.DateField(label=gettext_lazy("From"), **DAY), "booked_on__gte"),
        Filter("to", forms.DateField(label=gettext_lazy("To"), **DAY), "booked_on__lte"),
    ],
)

ACCOUNT_LINES = List(
    name=gettext_lazy("Account"),
    sort="-pk",
    columns=[
        Column("entry__number", gettext_lazy("Entry"), "link", link="accounting:entry"),
        Column("entry__booked_on", gettext_lazy("Booked on"), "date"),
        Column("entry__kind", gettext_lazy("Posting"), words=EntryKind),
        Column(
            "entry__source",
            gettext_lazy("Source"),
            show=lambda row: source_number(row["entry__source"]),
        ),
        Column("product", gettext_lazy("Product"), priority="wide"),
        Column("carrier", gettext_lazy("Carrier"), priority="wide"),
        Column("currency", gettext_lazy("Currency"), priority="mid"),
        Column("amount", gettext_lazy("Amount"), "money"),
    ],
    filters=[
        Filter("from", forms.DateField(label=gettext_lazy("From"), **DAY), "entry__booked_on__gte"),
        Filter("to", forms.DateField(label=gettext_lazy("To"), **DAY), "entry__booked_on__lte"),
    ],
)


@SEEN_BY
@require_GET
def entry_list(request):
    return ENTRIES.respond(request, _with_amount(), template="accounting/entries.html")


@SEEN_BY
@require_GET
def entry_page(request, number):
    entry = _entry(number)
    lines = list(entry.lines.select_related("account"))
    context = {
        "entry": entry,
        "lines": lines,
        "debits": sum(line.debit or 0 for line in lines),
        "credits": sum(line.credit or 0 for line in lines),
        "related": selectors.entries_for(entry.source).exclude(pk=entry.pk)[:SHOWN_RELATED],
        "crumbs": [{"label": _("Ledger"), "href": reverse("accounting:ledger")}],
    }
    return render(request, "accounting/entry.html", context)


@SEEN_BY
@require_GET
def account_page(request, code):
    account = get_object_or_404(Account, pk=code)
    today = clock.today()
    context = {
        "account": account,
        "figures": [
            {
                "label": _("Balance in %(currency)s") % {"currency": row.currency},
                "value": _side(row),
                "hint": account.get_type_display(),
            }
            for row in selectors.trial_balance(today)
            if row.account == account
        ],
    }
    lines = Line.objects.filter(account=account)
    return ACCOUNT_LINES.respond(
        request, lines, template="accounting/account.html", context=context
    )


@SEEN_BY
@require_GET
def trial_balance(request):
    form = DayForm(request.GET or None)
    asked = form.cleaned_data.get("on") if form.is_valid() else None
    on = asked or clock.today()
    rows = selectors.trial_balance(on)
    if request.GET.get("format"):
        head = [_("Account"), _("Name"), _("Currency"), _("Debit"), _("Credit")]
        cells = ([r.account.code, r.account.title, r.currency, r.debit, r.credit] for r in rows)
        name = _("Trial balance %(day)s") % {"day": on.isoformat()}
        return export.respond(request.GET["format"], name=name, head=head, rows=cells)
    context = {
        "on": on,
        "page": rows,
        "totals": _totals(rows),
        "filter_form": form if form.is_bound else DayForm(initial={"on": on}),
        "export_formats": export.FORMATS,
        "periods": Period.objects.select_related("closed_by")[:24],
        "may_close": may_close_period(None, request.user),
    }
    return render(request, "accounting/trial_balance.html", context)


@SEEN_BY
@GET_OR_POST
def act_on_period(request, code, act):
    """Close a month, or open it again."""
    period = get_object_or_404(Period, pk=code)
    if not may_close_period(period, request.user):
        raise PermissionDenied(_("Closing a month is not among your duties."))
    services_of = {"close": services.close_period, "reopen": services.reopen_period}
    if act not in services_of:
        raise Http404
    words = {
        "close": (_("Close %(month)s"), _("Nothing can be booked into a closed month.")),
        "reopen": (_("Open %(month)s again"), _("A second person opens a month that is closed.")),
    }
    title, lead = words[act]
    month = _month_of(period)
    return act_page(
        request,
        ConfirmForm(typed(request)),
        lambda: services_of[act](code=period.code, by=request.user),
        done=_done,
        about=_("Trial balance"),
        title=title % {"month": month},
        lead=lead,
        submit=title % {"month": month},
        cancel=reverse("accounting:trial_balance"),
    )


def _done(period):
    if period.state == PeriodState.CLOSED:
        return _("%(month)s is closed.") % {"month": _month_of(period)}
    return _("%(month)s is open.") % {"month": _month_of(period)}


def _month_of(period):
    return date_format(period.starts_on, "F Y")


def _with_amount():
    """Entries with the sum of their debits, reckoned for the rows that are shown."""
    debits = (
        Line.objects.filter(entry=OuterRef("pk"), amount__gt=0)
        .order_by()
        .values("entry")
        .annotate(sum=Sum(F("amount")))
        .values("sum")
    )
    return Entry.objects.annotate(amount=Subquery(debits, output_field=DecimalField()))


def _names(text):
    """A whole source ("claim:CL-…" or its number), or the number of an entry."""
    number = text.strip().upper()
    sources = [f"{kind}:{number}" for kind in ("claim", "policy", "payment", "invoice", "receipt")]
    found = Q(source__in=[text, *sources]) | Q(reference__in=[text, *sources])
    pk = _pk_of(number)
    return found | Q(pk=pk) if pk else found


def _entry(number):
    entries = Entry.objects.select_related("by", "period", "reverses", "reversal")
    return get_object_or_404(entries, pk=_pk_of(number), number=number)


def _pk_of(number):
    """The number of an entry ends with its key: no second index is needed to find it."""
    tail = number.rpartition("-")[2]
    try:
        return Entry._meta.pk.to_python(tail) if number.startswith("JE-") else None
    except ValidationError:
        return None


def _side(row):
    amount = money.format(abs(row.amount), row.currency)
    side = _("debit") if row.amount > 0 else _("credit")
    return f"{amount} {side}"


def _totals(rows):
    """(currency, debits, credits), which are equal, or the books are wrong."""
    currencies = sorted({row.currency for row in rows})
    return [
        (
            currency,
            sum(row.debit or 0 for row in rows if row.currency == currency),
            sum(row.credit or 0 for row in rows if row.currency == currency),
        )
        for currency in currencies
    ]
