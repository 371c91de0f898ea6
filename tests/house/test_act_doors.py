"""Who may do what by its page: each act of the workbench and the portal, sent by each role.

The form is sent with nothing in it, so that the table tells whose duty an act is, whatever state
the record is in. Then the guard before the form is taken away and whole forms are sent: the
service below refuses as well.
"""

import re
from types import SimpleNamespace

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting import views as accounting_views
from accounting.views import billing, ledger
from claims import views as claims_views
from customers.views import records
from office.forms import FilesField
from policies.views import acts as policies_acts
from tests.house.one_office import ROLES
from tests.house.test_access_matrix import letter_of
from underwriting.views import acts as underwriting_acts
from underwriting.views import referrals as underwriting_referrals
from underwriting.views import renewals as underwriting_renewals

# As in test_access_matrix: stranger, other holder, holder; other agent, agent; nobody, customer
# service, claims handler, supervisor, adjuster, underwriter, policy administrator, accountant,
# agency manager, compliance, administrator. f: the form is shown again; d: done, for nothing had
# to be typed; x may not; n finds nothing; p is sent to the portal; s signs in first.
ACTS = {
    "claim link_duplicate": "spp nx xfffxxxxxxx",
    "claim dismiss_duplicate": "spp nx xfffxxxxxxx",
    "claim triage": "spp nx xfxxxxxxxxx",
    "claim require_document": "spp nx xxffffxxxxx",
    "claim receive_document": "spp nf xfffffxxxxx",
    "claim verify_document": "spp nx xxffffxxxxx",
    "claim refuse_document": "spp nx xxffffxxxxx",
    "claim waive_document": "spp nx xxffxxxxxxx",
    "claim attach": "spp nf xfffffxxxxx",
    "claim verify": "spp nx xxffxxxxxxx",
    "claim request_documents": "spp nx xxffxxxxxxx",
    "claim assign_adjuster": "spp nx xxffxxxxxxx",
    "claim add_exposure": "spp nx xxfffxxxxxx",
    "claim record_finding": "spp nx xxfffxxxxxx",
    "claim set_reserve": "spp nx xxfffxxxxxx",
    "claim investigate": "spp nx xxxxxxxxxxx",
    "claim confirm_coverage": "spp nx xxxxxfxxxxx",
    "claim determine": "spp nx xxffxxxxxxx",
    "claim offer": "spp nx xfxxxxxxxxx",
    "claim accept": "spp nx xfxxxxxxxxx",
    "claim dispute": "spp nx xfxxxxxxxxx",
    "claim pay": "spp nx xxxxxxxfxxx",
    "claim advance": "spp nx xxxffxxxxxx",
    "claim pay_advance": "spp nx xxxxxxxfxxx",
    "claim deny": "spp nx xxffxxxxxxx",
    "claim withdraw": "spp nx xfxxxxxxxxx",
    "claim reopen": "spp nx xxffxxxxxxx",
    "claim hand_over": "spp nx xxffxxxxxxx",
    "claim note_negotiation": "spp nx xxffxxxxxxx",
    "claim take_back": "spp nx xxffxxxxxxx",
    "claim conclude": "spp nx xxffxxxxxxx",
    "claim place_hold": "spp nx xxffxxxxxxx",
    "claim release_hold": "spp nx xxxfxxxxxxx",
    "claim write_status": "spp nx xxffxxxxxxx",
    "customer edit": "spp nf xfxxxxfxxxx",
    "customer move_house": "spp nf xfxxxxfxxxx",
    "customer change_contact": "spp nf xfxxxxfxxxx",
    "customer invite": "spp nf xfxxxxfxxxx",
    "customer add_bank_account": "spp nf xfxxxxfxxxx",
    "customer merge": "spp nx xfxxxxxxxxx",
    "customer unmerge": "spp nx xfxxxxxxxxx",
    "payment approve": "spp xx xxxxxxxfxxx",
    "payment cancel": "spp xx xxxxxxxfxxx",
    "policy cancel": "spp nf nfxxxffxxxn",
    "policy rescind": "spp nf nfxxxffxxxn",
    "policy reinstate": "spp nx nxxxxffxxxn",
    "policy nonrenew": "spp nx nxxxxffxxxn",
    "renewal rework": "spp nx nxnnnffxnxn",
    "renewal remarket": "spp nx nxnnnffxnxn",
    "renewal approve": "spp nx nxnnnfxxnxn",
    "renewal judge": "spp nx nxnnnfxxnxn",
    "renewal offer": "spp nx nxnnnffxnxn",
    "renewal revise": "spp nx nxnnnddxnxn",
    "renewal pay": "spp nf nxnnnxxfnxn",
    "renewal accept": "spp nf nfnnnffxnxn",
    "renewal decline": "spp nf nfnnnffxnxn",
    "submission quote": "spp nf nxnnnfxnnxn",
    "submission close": "spp nf nxnnnfxnnxn",
    "submission edit": "spp nf nxnnnfxnnxn",
    "referral approve": "spp nx nxnnnfxnnxn",
    "referral decline": "spp nx nxnnnfxnnxn",
    "referral ask": "spp nx nxnnnfxnnxn",
    "referral reply": "spp nf nfnnnffnnxn",
    "referral assign": "spp nx nxnnnfxnnxn",
    "referral void": "spp nf nfnnnffnnxn",
    "quote approve": "spp nx nxnnnfxnnxn",
    "quote decline": "spp nx nxnnnfxnnxn",
    "quote withdraw": "spp nf nxnnnfxnnxn",
    "quote bind": "spp nf nxnnnfxnnxn",
    "period close": "spp xx xxxxxxxdxxx",
    "period reopen": "spp xx xxxxxxxfxxx",
    "invoice pay": "spp nf xxxxxxxfxxx",
    "invoice refund": "spp nx xxxxxxxfxxx",
    "receipt return": "spp nx xxxxxxxfxxx",
    "portal attach": "snf xx xxxxxxxxxxx",
    "portal accept": "snf xx xxxxxxxxxxx",
    "portal dispute": "snf xx xxxxxxxxxxx",
    "portal withdraw": "snf xx xxxxxxxxxxx",
}


UPLOAD = "office_upload"  # a file is taken in before the service is asked what to do with it
# Acts whose form cannot be whole here, because the claim has no such thing, or whose form is one
# of several rows. tests/claims/test_matrix.py and tests/underwriting ask their services.
UNREACHED = {
    *("claim link_duplicate", "claim dismiss_duplicate", "claim release_hold", "claim pay_advance"),
    *("claim receive_document", "claim verify_document", "claim refuse_document"),
    *("claim waive_document", "submission edit"),
    *("portal attach", "portal accept", "portal dispute", "portal withdraw"),
    "invoice refund",
}
WRITES = re.compile(r"INSERT|UPDATE|DELETE|WITH", re.IGNORECASE)


def doors(office):
    """{what it is called: address} of every act that has a page."""
    claim, quote = office.open_claim.number, office.quote
    submission, holder = quote.submission.number, office.holder.number
    payment = office.words("accounting:payment")["number"]
    period = office.words("accounting:act_on_period")["code"]
    found = {f"claim {act}": f"/claims/{claim}/{act}/" for act in claims_views.ACTS}
    found |= {f"customer {act}": f"/customers/{holder}/{act}/" for act in records.ACTS}
    found |= {
        f"payment {act}": reverse("accounting:act_on_payment", args=[payment, act])
        for act in accounting_views.payments.ACTS
    }
    found |= {
        f"policy {act}": reverse("policies:act", args=[office.policy.number, act])
        for act in policies_acts.ACTS
    }
    found |= {
        f"renewal {act}": reverse("underwriting:renewal_act", args=[office.renewal.number, act])
        for act in underwriting_renewals.ACTS
    }
    found |= {
        f"referral {act}": reverse("underwriting:referral_act", args=[office.referral.number, act])
        for act in underwriting_referrals.ACTS
    }
    found |= {
        f"submission {act}": reverse("underwriting:act", args=[submission, act])
        for act in underwriting_acts.ACTS
    }
    found |= {
        f"quote {act}": reverse("underwriting:quote_act", args=[submission, quote.number, act])
        for act in underwriting_acts.QUOTE_ACTS
    }
    found |= {
        f"period {act}": reverse("accounting:act_on_period", args=[period, act])
        for act in ("close", "reopen")
    }
    found["submission edit"] = reverse("underwriting:edit", args=[submission])
    found["invoice pay"] = reverse("accounting:pay_invoice", args=[office.invoice.number])
    found["invoice refund"] = reverse("accounting:refund_credit", args=[office.invoice.number])
    found["receipt return"] = reverse("accounting:return_receipt", args=[office.receipt.number])
    portal = {"send_files": "attach", "accept": "accept", "dispute": "dispute"}
    for name, act in (portal | {"withdraw": "withdraw"}).items():
        found[f"portal {act}"] = reverse(f"portal:{name}", args=[claim])
    return found


def without_guards(monkeypatch):
    """The pages as they would be without a look at the person before the form."""
    pages = (claims_views.acts, records, underwriting_acts, accounting_views.payments)
    for views in (*pages, policies_acts, underwriting_renewals, underwriting_referrals):
        monkeypatch.setattr(views, "demand_open", lambda *_: None)
    anybody = dict.fromkeys(("may_take_payment", "may_draft", "may_return_receipt"), allow)
    monkeypatch.setattr(billing, "rules", SimpleNamespace(**vars(billing.rules) | anybody))
    monkeypatch.setattr(ledger, "may_close_period", allow)


def allow(*_):
    return True


def whole(form, **named):
    """Something in every field, of which the form itself can say that it is right."""
    named |= {"jurisdiction": "US-CA", "postal_code": "90012", "time_zone": ""}
    named |= {"account": "123456789", "routing": "021000021"}
    fields = form.fields.items()
    return {name: named[name] if name in named else something(field) for name, field in fields}


def something(field):
    if isinstance(field, forms.ModelChoiceField):
        return getattr(field.queryset.first(), field.to_field_name or "pk", [])
    if isinstance(field, forms.ChoiceField):
        values = [value for value in flat(field.choices) if value]
        return values[:1] if isinstance(field, forms.MultipleChoiceField) else "".join(values[:1])
    if isinstance(field, FilesField):
        return SimpleUploadedFile("note.txt", b"Seen on the day.", content_type="text/plain")
    if isinstance(field, forms.DateField):
        return "2026-03-12"
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        return "1"
    return "on" if isinstance(field, forms.BooleanField) else "Seen on the day."


def flat(choices):
    """The values of choices, those of a group one by one."""
    for value, label in choices:
        yield from flat(label) if isinstance(label, list | tuple) else [value]


def answer(client, address, body=None):
    """The letter of a POST, the form that it shows, what it wrote; nothing is left behind."""
    savepoint = transaction.savepoint()
    try:
        with CaptureQueriesContext(connection) as said:
            response = client.post(address, body or {})
        wrote = [] if connection.needs_rollback else kept([one["sql"] for one in said])
        form = (response.context or {}).get("form")
        return letter_of(response).replace("o", "f").replace("r", "d"), form, wrote
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(savepoint)


def kept(statements):
    """What wrote and was not undone by going back to a savepoint before it."""
    left = []
    for sql in statements:
        if sql.startswith("ROLLBACK TO"):
            left = left[: left.index(sql.replace("ROLLBACK TO ", ""))]
        elif sql.startswith("SAVEPOINT") or (WRITES.match(sql) and UPLOAD not in sql):
            left.append(sql)
    return [sql for sql in left if not sql.startswith("SAVEPOINT")]


def test_every_act_answers_every_role_as_the_table_says(office, quiet):
    clients = office.clients()
    found = {}

    for name, address in doors(office).items():
        row = "".join(answer(clients[role], address)[0] for role in ROLES)
        found[name] = f"{row[:3]} {row[3:5]} {row[5:]}"

    assert found == ACTS


def test_what_is_not_one_s_duty_is_not_shown_either(office, quiet):
    clients = office.clients()
    shown = [
        (name, role)
        for name, address in doors(office).items()
        for role, letter in zip(ROLES, ACTS[name].replace(" ", ""), strict=True)
        if letter in "xnps" and clients[role].get(address).status_code == 200
    ]

    assert shown == []


def test_the_services_refuse_whoever_gets_past_the_guard(office, quiet, monkeypatch):
    """Whole forms, and no guard: who may not is refused, and nothing is written."""
    clients, into = office.clients(), office.stranger.number
    without_guards(monkeypatch)
    reached, passed = set(), []

    for name, address in doors(office).items():
        for role in roles_that_may_not(name):
            response = clients[role].get(address)
            if response.status_code != 200:  # may not see this kind of record at all
                continue
            body = whole(response.context["form"], into=into)
            told, form, wrote = answer(clients[role], address, body)
            reached |= {name} if told == "x" or form.non_field_errors() else set()
            if told not in "xf" or wrote or (told == "f" and not form.errors):
                passed.append((name, role, told, wrote))

    assert passed == []
    assert set(ACTS) - reached == UNREACHED


def roles_that_may_not(name):
    return [
        role
        for role, letter in zip(ROLES, ACTS[name].replace(" ", ""), strict=True)
        if letter == "x"
    ]
