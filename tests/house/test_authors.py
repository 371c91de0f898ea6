"""Every table says who changed it (G10), or stands here with the reason why it need not."""

import pytest
from django.apps import apps
from django.db import connection
from django_fsm import FSMField

from office import history

# Rows of a record: they are written in an act of it, in one transaction with its event.
OF_AN_ACT = {
    "accounting_billingaccount", "accounting_instalment", "accounting_invoice",
    "accounting_invoiceline", "accounting_receipt", "claims_attachment",
    "claims_documentrequest", "claims_duplicate", "claims_exposure", "claims_handover",
    "claims_hold", "claims_letter", "claims_offer", "claims_payout", "claims_payoutpart",
    "claims_reserveline", "claims_settlement", "customers_invitation", "customers_message",
    "customers_messagedocument", "office_upload", "policies_cancellation", "policies_segment",
    "policies_term",
}  # fmt: skip
# Reckoned from what has an author, one's own settings, or the machine's own.
MACHINERY = {
    "account_emailconfirmation", "accounting_balance", "auth_group", "auth_group_permissions",
    "auth_permission", "django_admin_log", "django_content_type", "django_session",
    "office_dailyrun", "office_gaplesscounter", "office_idempotencykey", "office_job",
    "office_outboxmessage", "office_ownview", "office_workflowedge",
    "policies_ratechange", "underwriting_ruletrial",
}  # fmt: skip


@pytest.mark.django_db
def test_every_table_has_an_author_for_its_changes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
        )
        written_once = {table for (table,) in cursor.fetchall()}
    every = apps.get_models(include_auto_created=True)
    by_events = {
        model._meta.db_table
        for model in every
        if any(isinstance(field, FSMField) for field in model._meta.concrete_fields)
    }
    tables = {model._meta.db_table for model in every if model._meta.managed}

    known = written_once | by_events | set(history.kept_tables()) | OF_AN_ACT | MACHINERY
    assert tables - known == set()
    assert (OF_AN_ACT | MACHINERY) - tables == set()
    assert set(history.kept_tables()) & (written_once | by_events) == set()


@pytest.mark.django_db
def test_every_state_is_guarded_by_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'guard_state'"
        )
        guarded = {table for (table,) in cursor.fetchall()}
    with_states = {
        model._meta.db_table
        for model in apps.get_models()
        if any(isinstance(field, FSMField) for field in model._meta.concrete_fields)
    }

    assert guarded == with_states
