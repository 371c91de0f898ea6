"""Who may open what (G8): every route of the map, for every role, has an answer in this table.

All records belong to one customer. A new route without a row, and a row without a route, fail.
"""

from django.db import connection, transaction
from django.urls import URLResolver, get_resolver, reverse

from tests.house.one_office import ROLES

# One letter for each of ROLES: outside (nobody signed in, another policyholder, the holder of the
# records), agents (another, the holder's own), staff (no role at all, customer service, claims
# handler, claims supervisor, adjuster, underwriter, policy administrator, accountant, agency
# manager, compliance, an administrator without roles).
#
# o opens or is done; b is let in, and an empty form is not enough; c is let in, and it is not the
# time for it; s is asked to sign in; p is sent to the portal; r is sent elsewhere; x may not;
# n finds nothing there. A route that only takes POST is asked by POST, with nothing in it.
MATRIX = {
    "desk": "spp oo ooooooooooo",
    "search": "spp oo ooooooooooo",
    "preferences": "soo oo ooooooooooo",
    "keep_view": "spp nn nnnnnnnnnnn",
    "delete_view": "spp nn nnnnnnnnnnn",
    "set_language": "rrr rr rrrrrrrrrrr",
    "job": "spp no nnnnnnnnnnn",
    "workflow_map": "spp oo ooooooooooo",
    "workflow_map_of": "spp oo ooooooooooo",
    "production": "spp rr nnnnnnnnoon",
    "production_of": "spp no nnnnnnnnoon",
    "gallery": "spp oo ooooooooooo",
    "healthz": "ooo oo ooooooooooo",
    "readyz": "ooo oo ooooooooooo",
    "account_login": "orr rr rrrrrrrrrrr",
    "account_logout": "roo oo ooooooooooo",
    "account_inactive": "ooo oo ooooooooooo",
    "account_signup": "orr rr rrrrrrrrrrr",
    "account_reauthenticate": "sxx xx xxxxxxxxxxx",
    "account_email": "soo oo ooooooooooo",
    "account_email_verification_sent": "ooo oo ooooooooooo",
    "account_change_password": "srr rr rrrrrrrrrrr",
    "account_set_password": "soo oo ooooooooooo",
    "account_reset_password": "ooo oo ooooooooooo",
    "account_confirm_login_code": "srr rr rrrrrrrrrrr",
    "account_confirm_email": "ooo oo ooooooooooo",
    "account_reset_password_from_key_done": "ooo oo ooooooooooo",
    "account_reset_password_from_key": "ooo oo ooooooooooo",
    "account_reset_password_done": "ooo oo ooooooooooo",
    "mfa_index": "soo oo ooooooooooo",
    "mfa_authenticate": "srr rr rrrrrrrrrrr",
    "mfa_reauthenticate": "sxx xx xxxxxxxxxxx",
    "mfa_activate_totp": "soo oo ooooooooooo",
    "mfa_deactivate_totp": "snn nn nnnnnnnnnnn",
    "mfa_view_recovery_codes": "snn nn nnnnnnnnnnn",
    "mfa_generate_recovery_codes": "soo oo ooooooooooo",
    "mfa_download_recovery_codes": "snn nn nnnnnnnnnnn",
    "mfa_list_webauthn": "soo oo ooooooooooo",
    "mfa_add_webauthn": "soo oo ooooooooooo",
    "mfa_reauthenticate_webauthn": "sxx xx xxxxxxxxxxx",
    "mfa_remove_webauthn": "snn nn nnnnnnnnnnn",
    "mfa_edit_webauthn": "snn nn nnnnnnnnnnn",
    "mfa_login_webauthn": "srr rr rrrrrrrrrrr",
    "api-docs": "soo oo ooooooooooo",
    "schema": "xoo oo ooooooooooo",
    "api-customers": "xoo oo ooooooooooo",
    "api-customer": "xno no nooooooooon",
    "api-submissions": "xoo oo ooooooooooo",
    "api-submission": "xno no nonnnoonnon",
    "api-submission-quote": "xnx nc nxnnncxnnxn",
    "api-submission-close": "xnx nb nxnnnbxnnxn",
    "api-quote": "xno no nonnnoonnon",
    "api-quote-approve": "xnc nc ncnnnccnncn",
    "api-quote-decline": "xnc nc ncnnnccnncn",
    "api-quote-withdraw": "xnx nb nxnnnbxnnxn",
    "api-quote-negotiate": "xnx nb nxnnnbxnnxn",
    "api-quote-judge": "xnx nx nxnnnbxnnxn",
    "api-quote-bind": "xnx nb nxnnnbxnnxn",
    "api-referrals": "xoo oo ooooooooooo",
    "api-referral": "xnn no nonnnoonnon",
    "api-referral-approve": "xnn nx nxnnnbxnnxn",
    "api-referral-decline": "xnn nx nxnnnbxnnxn",
    "api-referral-ask": "xnn nx nxnnnbxnnxn",
    "api-referral-reply": "xnn nc ncnnnccnncn",
    "api-referral-assign": "xnn nx nxnnnbxnnxn",
    "api-referral-void": "xnn nb nbnnnbbnnxn",
    "api-renewals": "xoo oo ooooooooooo",
    "api-renewal": "xno no nonnnooonon",
    "api-renewal-rework": "xnc nc ncnnncccncn",
    "api-renewal-remarket": "xnc nc ncnnncccncn",
    "api-renewal-approve": "xnc nc ncnnncccncn",
    "api-renewal-judge": "xnc nc ncnnncccncn",
    "api-renewal-offer": "xnc nc ncnnncccncn",
    "api-renewal-revise": "xnx nx nxnnnooxnxn",
    "api-renewal-pay": "xnb nb nxnnnxxbnxn",
    "api-renewal-accept": "xnb nb nbnnnbbxnxn",
    "api-renewal-decline": "xnb nb nbnnnbbxnxn",
    "api-products": "xoo oo ooooooooooo",
    "api-policies": "xoo oo ooooooooooo",
    "api-policy": "xno no nooooooooon",
    "api-policy-cancel": "xnb nb nbxxxbbxxxn",
    "api-policy-rescind": "xnc nc ncccccccccn",
    "api-policy-reinstate": "xnc nc ncccccccccn",
    "api-policy-nonrenew": "xnx nx nxxxxbbxxxn",
    "api-policy-documents": "xno no nooooooooon",
    "api-policy-document": "xno no nooooooooon",
    "api-policy-transactions": "xno no nooooooooon",
    "api-policy-reverse": "xnx nx nxxxxbbxxxn",
    "api-policy-preview": "xnx nb nbxxxbbxxxn",
    "api-policy-endorse": "xnx nb nbxxxbbxxxn",
    "api-policy-refer": "xnx nb nbxxxbbxxxn",
    "api-claims": "xoo oo ooooooooooo",
    "api-claim": "xno no nooooononon",
    "api-claim-files": "xno no nooooononon",
    "api-claim-file": "xno no nooooononon",
    "api-claim-letter": "xno no nooooononon",
    "api-claim-link_duplicate": "xnc nc ncccccncncn",
    "api-claim-dismiss_duplicate": "xnc nc ncccccncncn",
    "api-claim-triage": "xnc nc ncccccncncn",
    "api-claim-require_document": "xnc nc ncccccncncn",
    "api-claim-receive_document": "xbb bb bbbbbbbbbbb",
    "api-claim-verify_document": "xnc nc ncccccncncn",
    "api-claim-refuse_document": "xnc nc ncccccncncn",
    "api-claim-waive_document": "xnc nc ncccccncncn",
    "api-claim-attach": "xbb bb bbbbbbbbbbb",
    "api-claim-verify": "xnc nc ncccccncncn",
    "api-claim-request_documents": "xnc nc ncccccncncn",
    "api-claim-assign_adjuster": "xnc nc ncccccncncn",
    "api-claim-add_exposure": "xnc nc ncccccncncn",
    "api-claim-record_finding": "xnc nc ncccccncncn",
    "api-claim-set_reserve": "xnx nx nxbbbxnxnxn",
    "api-claim-investigate": "xnc nc ncccccncncn",
    "api-claim-confirm_coverage": "xnc nc ncccccncncn",
    "api-claim-determine": "xnc nc ncccccncncn",
    "api-claim-offer": "xnc nc ncccccncncn",
    "api-claim-accept": "xnb nx nbxxxxnxnxn",
    "api-claim-dispute": "xnb nx nbxxxxnxnxn",
    "api-claim-pay": "xnc nc ncccccncncn",
    "api-claim-advance": "xnx nx nxxbbxnxnxn",
    "api-claim-pay_advance": "xnx nx nxxxxxnbnxn",
    "api-claim-deny": "xnc nc ncccccncncn",
    "api-claim-withdraw": "xnb nx nbxxxxnxnxn",
    "api-claim-reopen": "xnc nc ncccccncncn",
    "api-claim-hand_over": "xnc nc ncccccncncn",
    "api-claim-note_negotiation": "xnc nc ncccccncncn",
    "api-claim-take_back": "xnc nc ncccccncncn",
    "api-claim-conclude": "xnc nc ncccccncncn",
    "api-claim-place_hold": "xnx nx nxbbxxnxnxn",
    "api-claim-release_hold": "xnx nx nxxbxxnxnxn",
    "api-claim-write_status": "xnx nx nxbbxxnxnxn",
    "api-invoices": "xoo oo ooooooooooo",
    "api-invoice": "xno no nonnnnoonon",
    "api-invoice-document": "xno no nonnnnoonon",
    "api-invoice-pay": "xnb nb nbnnnnbbnbn",
    "api-payments": "xoo oo ooooooooooo",
    "api-payment": "xno nn nnnnnnnonon",
    "api-accounts": "xxx xx xxxxxxxoxox",
    "api-entries": "xxx xx xxxxxxxoxox",
    "api-entry": "xxx xx xxxxxxxoxox",
    "api-lines": "xxx xx xxxxxxxoxox",
    "api-trial-balance": "xxx xx xxxxxxxoxox",
    "accounting:ledger": "spp xx xxxxxxxoxox",
    "accounting:entry": "spp xx xxxxxxxoxox",
    "accounting:account": "spp xx xxxxxxxoxox",
    "accounting:trial_balance": "spp xx xxxxxxxoxox",
    "accounting:act_on_period": "spp xx xxxxxxxoxxx",
    "accounting:invoices": "spp oo xoxxxxooxox",
    "accounting:invoice": "spp no xoxxxxooxox",
    "accounting:pay_invoice": "spp no xxxxxxxoxxx",
    "accounting:refund_credit": "spp nx xxxxxxxoxxx",
    "accounting:invoice_document": "spp no xoxxxxooxox",
    "accounting:receipt": "spp no xoxxxxooxox",
    "accounting:return_receipt": "spp nx xxxxxxxoxxx",
    "accounting:payments": "spp xx xxxxxxxoxox",
    "accounting:payment": "spp xx xxxxxxxoxox",
    "accounting:act_on_payment": "spp xx xxxxxxxcxxx",
    "accounting:webhook": "xxx xx xxxxxxxxxxx",
    "customers:list": "spp oo xooooooooox",
    "customers:add": "spp oo xoxxxxoxxxx",
    "customers:agents": "spp xx xoxxxxoxoox",
    "customers:add_agent": "spp xx xxxxxxxxoxx",
    "customers:agent": "spp no nonnnnonoon",
    "customers:add_licence": "spp xx xxxxxxxxoxx",
    "customers:add_appointment": "spp xx xxxxxxxxoxx",
    "customers:record_course": "spp xx xxxxxxxxoxx",
    "customers:messages": "spp oo xoooxxoxxox",
    "customers:message": "spp no xoooxxoxxox",
    "customers:message_html": "spp no xoooxxoxxox",
    "customers:act_on_message": "spp nx xrxxxxxxxxx",
    "customers:accept_invitation": "nnn nn nnnnnnnnnnn",
    "customers:detail": "spp no xooooooooox",
    "customers:act": "spp no xoxxxxoxxxx",
    "customers:act_on_account": "spp nx xxxxxxxrxxx",
    "customers:act_on_contact": "spp nr xrxxxxrxxxx",
    "claims:list": "spp oo xoooooxoxox",
    "claims:assign_picked": "spp xx xxrrxxxxxxx",
    "claims:report": "spp oo xoooxxxxxxx",
    "claims:detail": "spp no xoooooxoxox",
    "claims:reserves": "spp nn xnooonxoxox",
    "claims:who_could": "spp nn xnooonxoxox",
    "claims:file": "spp no xoooooxoxox",
    "claims:picture": "spp no xoooooxoxox",
    "claims:letter": "spp no xoooooxoxox",
    "claims:act": "spp no xoooooxxxxx",
    "policies:list": "spp oo ooooooooooo",
    "policies:detail": "spp no nooooooooon",
    "policies:document": "spp no nooooooooon",
    "policies:worksheet": "spp no nooooooooon",
    "policies:worksheet_paper": "spp no nooooooooon",
    "policies:rate_changes": "spp xx xxxxxooxxxx",
    "policies:rate_change": "spp xx xxxxxooxxxx",
    "policies:rate_change_lines": "spp xx xxxxxooxxxx",
    "policies:reverse": "spp nx nxxxxnnxxxn",
    "policies:act": "spp no noxxxooxxxn",
    "policies:cancel_preview": "spp no noxxxooxxxn",
    "portal:home": "soo xx xxxxxxxxxxx",
    "portal:policies": "soo xx xxxxxxxxxxx",
    "portal:policy": "sno xx xxxxxxxxxxx",
    "portal:document": "sno xx xxxxxxxxxxx",
    "portal:cancel_policy": "sno xx xxxxxxxxxxx",
    "portal:renewal": "sno xx xxxxxxxxxxx",
    "portal:answer_renewal": "sno xx xxxxxxxxxxx",
    "portal:advice": "sno xx xxxxxxxxxxx",
    "portal:advice_paper": "sno xx xxxxxxxxxxx",
    "portal:safety": "soo xx xxxxxxxxxxx",
    "portal:recommendation": "sno xx xxxxxxxxxxx",
    "portal:answer_recommendation": "snc xx xxxxxxxxxxx",
    "portal:evidence": "sno xx xxxxxxxxxxx",
    "portal:survey_report": "sno xx xxxxxxxxxxx",
    "portal:loss_run": "soo xx xxxxxxxxxxx",
    "portal:loss_run_paper": "soo xx xxxxxxxxxxx",
    "portal:claims": "soo xx xxxxxxxxxxx",
    "portal:report": "sor xx xxxxxxxxxxx",
    "portal:report_on": "sno xx xxxxxxxxxxx",
    "portal:claim": "sno xx xxxxxxxxxxx",
    "portal:send_files": "sno xx xxxxxxxxxxx",
    "portal:claim_file": "sno xx xxxxxxxxxxx",
    "portal:claim_letter": "sno xx xxxxxxxxxxx",
    "portal:accept": "sno xx xxxxxxxxxxx",
    "portal:dispute": "sno xx xxxxxxxxxxx",
    "portal:withdraw": "sno xx xxxxxxxxxxx",
    "portal:billing": "soo xx xxxxxxxxxxx",
    "portal:invoice": "sno xx xxxxxxxxxxx",
    "portal:invoice_document": "sno xx xxxxxxxxxxx",
    "portal:bank_account": "soo xx xxxxxxxxxxx",
    "underwriting:list": "spp oo ooooooooooo",
    "underwriting:endorse": "spp no noxxxooxxxn",
    "underwriting:add_item": "spp nn nnxxxnnxxxn",
    "underwriting:renewals": "spp oo ooooooooooo",
    "underwriting:run_renewals": "spp xx xxxxxrrxxxx",
    "underwriting:renewal": "spp no nonnnooonon",
    "underwriting:insure_renewal": "spp nx nxnnnccxnxn",
    "underwriting:renewal_act": "spp no nonnnooxnxn",
    "underwriting:advise": "spp no nxnnnoxnnxn",
    "underwriting:acknowledge_advice": "spp no nxnnnoxnnxn",
    "underwriting:send_advice": "spp nr nxnnnrxnnxn",
    "underwriting:advice_paper": "spp no nonnnoonnon",
    "underwriting:surveys": "spp oo ooooooooooo",
    "underwriting:survey": "spp no nonnnonnnon",
    "underwriting:survey_paper": "spp no nonnnonnnon",
    "underwriting:survey_photo": "spp no nonnnonnnon",
    "underwriting:survey_act": "spp nx nxnnncnnnxn",
    "underwriting:order_survey": "spp nx nxxxxoxxxxn",
    "underwriting:recommendations": "spp oo ooooooooooo",
    "underwriting:recommendation": "spp no nonnnonnnon",
    "underwriting:recommendation_act": "spp nx nxnnnonnnxn",
    "underwriting:evidence": "spp no nonnnonnnon",
    "underwriting:certificates": "spp oo ooooooooooo",
    "underwriting:certificate": "spp no nonnnonnnon",
    "underwriting:certificate_file": "spp no nonnnonnnon",
    "underwriting:record_certificate": "spp nx noxxxoxxxxn",
    "underwriting:withdraw_certificate": "spp nx nonnnonnnxn",
    "underwriting:policy_panel": "spp no nooooooooon",
    "underwriting:loss_run": "spp no xoooooxoxox",
    "underwriting:loss_run_paper": "spp no xoooooxoxox",
    "underwriting:referrals": "spp oo ooooooooooo",
    "underwriting:referral": "spp no nonnnoonnon",
    "underwriting:referral_act": "spp nx nxnnnoxnnxn",
    "underwriting:rule_trial": "spp xx xxxxxooxxxx",
    "underwriting:rule_trial_lines": "spp xx xxxxxooxxxx",
    "underwriting:new": "spp oo xxxxxoxxxxx",
    "underwriting:apply": "spp rr xxxxxrxxxxx",
    "underwriting:detail": "spp no nonnnoonnon",
    "underwriting:edit": "spp no nxnnnoxnnxn",
    "underwriting:progress": "spp no nonnnoonnon",
    "underwriting:compare": "spp no nonnnoonnon",
    "underwriting:compare_paper": "spp no nonnnoonnon",
    "underwriting:act": "spp no nxnnnoxnnxn",
    "underwriting:worksheet": "spp no nonnnoonnon",
    "underwriting:judge": "spp nx nxnnnoxnnxn",
    "underwriting:negotiate": "spp no nxnnnoxnnxn",
    "underwriting:worksheet_paper": "spp no nonnnoonnon",
    "underwriting:quote_act": "spp no nxnnnoxnnxn",
}
LETTERS = {
    200: "o", 204: "o", 286: "o", 503: "o", 400: "b", 415: "b", 422: "b", 409: "c", 401: "x",
    403: "x", 404: "n", 405: "x",
}  # fmt: skip


def routes():
    """{name: address} of the whole map but the admin, whose doors are read-only by its registry."""
    return {name: address for name, address in _walk(get_resolver(), "", ()) if name != "-"}


def _walk(resolver, before, spaces):
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if not isinstance(pattern, URLResolver):
            yield ":".join([*spaces, pattern.name or "-"]), address
        elif pattern.namespace != "admin":
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, address, inner)


def letter_of(response):
    if response.status_code not in (301, 302):
        return LETTERS[response.status_code]
    to = response["Location"]
    if to.startswith(reverse("account_login")):
        return "s"
    return "p" if to == reverse("portal:home") else "r"


def asked(client, address, *, by_post=False):
    """The answer to GET, or to an empty POST where only that is taken; nothing is left behind."""
    savepoint = transaction.savepoint()
    try:
        response = None if by_post else client.get(address)
        if response is None or response.status_code == 405:
            api = {"content_type": "application/json", "headers": {"Idempotency-Key": "test-key"}}
            response = client.post(address, {}, **(api if "/api/" in address else {}))
        return letter_of(response)
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(savepoint)


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(routes()) == set(MATRIX)
    assert {len(row.replace(" ", "")) for row in MATRIX.values()} == {len(ROLES)}


def test_every_route_answers_every_role_as_the_table_says(office, quiet):
    clients = office.clients()
    found = {}

    for name, pattern in routes().items():
        address = office.address(name, pattern)
        row = "".join(asked(clients[role], address) for role in ROLES)
        found[name] = f"{row[:3]} {row[3:5]} {row[5:]}"

    assert found == MATRIX


def test_what_does_not_open_cannot_be_sent_to_either(office, quiet):
    """A form that somebody may not see takes nothing from them when it is sent anyway."""
    outsiders = {"stranger", "other_holder", "other_agent", "nobody", "administrator"}
    clients = office.clients()
    taken = [
        (name, role)
        for name, pattern in routes().items()
        if name.partition(":")[1]
        for role, letter in zip(ROLES, MATRIX[name].replace(" ", ""), strict=True)
        if role in outsiders and letter in "spxn"
        if asked(clients[role], office.address(name, pattern), by_post=True) not in "spxn"
    ]

    assert taken == []


def test_nothing_of_another_customer_stands_on_any_page_of_the_portal(office, quiet):
    """The canaries of one customer, in everything that another can open."""
    holder = office.holder
    canaries = {
        holder.number,
        office.policy.number,
        office.claim.number,
        office.open_claim.number,
        office.invoice.number,
        holder.login.email,
        "Núñez",
        "roof.png",
    }
    client = office.clients()["other_holder"]
    opened, leaks = 0, []

    for name, pattern in routes().items():
        address = office.address(name, pattern)
        response = client.get(address)
        content = b"".join(response) if response.streaming else response.content
        said = content.decode(errors="replace")
        opened += response.status_code == 200 and address.startswith("/portal/")
        # A refusal may repeat the address that was asked for, and nothing else.
        leaks += [(address, one) for one in canaries if one in said and one not in address]

    assert leaks == []
    assert opened >= 6
