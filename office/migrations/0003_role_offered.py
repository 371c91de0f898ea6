"""Remember what the code has granted to each role, for offices that have their roles already.

Until now migrate wrote a role once. What it wrote is listed here as it was on that day: whatever
of it an administrator took away since stays away.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

OFFERED = {
    "customer_service": """
        customers.view_customer customers.view_every_customer customers.change_customer
        customers.invite_customer customers.merge_customer customers.send_message
        customers.view_agent customers.view_message policies.view_policy accounting.view_invoice
        claims.view_claim claims.view_every_claim claims.notify_claim claims.triage_claim
        claims.offer_claim claims.record_answer underwriting.view_submission
    """,
    "claims_handler": """
        customers.view_customer customers.view_every_customer customers.view_message
        policies.view_policy claims.view_claim claims.view_every_claim claims.notify_claim
        claims.verify_claim claims.determine_claim claims.deny_claim claims.reopen_claim
        claims.hand_over_claim claims.assign_claim claims.reserve_claim claims.hold_claim
        accounting.draft_payment
    """,
    "claims_supervisor": """
        customers.view_customer customers.view_every_customer customers.view_message
        policies.view_policy claims.view_claim claims.view_every_claim claims.notify_claim
        claims.verify_claim claims.determine_claim claims.deny_claim claims.reopen_claim
        claims.hand_over_claim claims.assign_claim claims.reserve_claim claims.hold_claim
        claims.supervise_claim claims.advance_claim claims.pay_above_limit claims.keep_adjusters
        accounting.draft_payment
    """,
    "adjuster": """
        customers.view_customer customers.view_every_customer policies.view_policy
        claims.view_claim claims.view_every_claim claims.investigate_claim claims.reserve_claim
        claims.advance_claim accounting.draft_payment
    """,
    "underwriter": """
        customers.view_customer customers.view_every_customer policies.view_policy
        underwriting.view_submission underwriting.approve_quote underwriting.decline_quote
        claims.view_claim claims.view_every_claim claims.confirm_coverage
        underwriting.open_submission underwriting.edit_submission underwriting.quote_submission
        underwriting.close_submission underwriting.withdraw_quote underwriting.bind_quote
        policies.issue_policy underwriting.publish_rulesetversion
        policies.publish_productversion
    """,
    "agent": """
        customers.view_customer customers.change_customer customers.invite_customer
        customers.view_message underwriting.bind_quote accounting.view_invoice
        accounting.take_payment claims.view_claim claims.notify_claim policies.view_own_policy
        underwriting.view_own_submission underwriting.open_submission
        underwriting.edit_submission underwriting.quote_submission underwriting.close_submission
        underwriting.withdraw_quote policies.issue_policy
    """,
    "accountant": """
        customers.view_customer customers.view_every_customer customers.verify_bank_account
        policies.view_policy accounting.view_ledger accounting.view_invoice
        accounting.take_payment accounting.view_payment accounting.approve_payment
        accounting.cancel_payment claims.view_claim claims.view_every_claim claims.pay_claim
        accounting.draft_payment accounting.return_receipt accounting.record_receipt
        accounting.close_period
    """,
    "policy_administrator": """
        customers.view_customer customers.view_every_customer customers.change_customer
        customers.invite_customer customers.view_agent customers.view_message
        policies.view_policy policies.issue_policy underwriting.view_submission
        accounting.view_invoice policies.publish_productversion
    """,
    "agency_manager": """
        customers.view_customer customers.view_every_customer customers.view_agent
        customers.change_agent policies.view_policy
    """,
    "compliance": """
        customers.view_customer customers.view_every_customer customers.view_message
        customers.view_agent customers.load_sanctions policies.view_policy
        underwriting.view_submission accounting.view_ledger accounting.view_invoice
        accounting.view_payment claims.view_claim claims.view_every_claim
    """,
    "policyholder": """
        claims.answer_offer
    """,
    "office": """
        customers.change_agent customers.load_sanctions claims.escalate_claim
        accounting.send_payment accounting.cancel_payment underwriting.expire_quote
        underwriting.rate_quote policies.expire_policy accounting.return_receipt
        accounting.draft_payment policies.publish_productversion
        underwriting.publish_rulesetversion
    """,
}


def remember_what_was_offered(apps, schema_editor):
    roles = apps.get_model("office", "Role").objects.using(schema_editor.connection.alias)
    for code, permissions in OFFERED.items():
        roles.filter(code=code).update(offered=permissions.split())


class Migration(migrations.Migration):
    dependencies = [("office", "0002_ground")]
    operations = [
        migrations.AddField(
            model_name="role",
            name="offered",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                default=list,
                editable=False,
                size=None,
            ),
        ),
        migrations.RunPython(remember_what_was_offered, migrations.RunPython.noop),
    ]
