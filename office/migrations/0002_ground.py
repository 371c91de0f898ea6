"""Sequences for numbers, and the triggers that guard states and histories.

`bindery_app` is the application's role (docs/operations.md); where an installation has another
name for it, the triggers still hold.
"""

from django.contrib.postgres.operations import (
    BtreeGinExtension,
    BtreeGistExtension,
    TrigramExtension,
)
from django.db import migrations

KINDS = ["customer", "submission", "quote", "policy", "claim", "payment", "entry"]

SEQUENCES = "".join(f"CREATE SEQUENCE office_{kind}_number AS bigint;\n" for kind in KINDS)
DROP_SEQUENCES = "".join(f"DROP SEQUENCE office_{kind}_number;\n" for kind in KINDS)

GUARD = """
CREATE FUNCTION office_guard_state() RETURNS trigger AS $$
DECLARE before text := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.state END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state IS NOT DISTINCT FROM OLD.state THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM office_workflowedge
        WHERE record_table = TG_TABLE_NAME AND source = before AND target = NEW.state
        AND (NOT is_guarded OR act = current_setting('office.act', true));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The workflow of % has no way from "%" to "%".',
            TG_TABLE_NAME, before, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_edge', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

CREATE FUNCTION office_guard_state_of(record_table regclass) RETURNS void AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER guard_state BEFORE INSERT OR UPDATE OF state ON %s
        FOR EACH ROW EXECUTE FUNCTION office_guard_state()', record_table);
END $$ LANGUAGE plpgsql;

CREATE FUNCTION office_refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are written once and never changed.', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE FUNCTION office_withdraw(record_table regclass, privileges text) RETURNS void AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bindery_app') THEN
        EXECUTE format('REVOKE %s ON %s FROM bindery_app', privileges, record_table);
    END IF;
END $$ LANGUAGE plpgsql;

CREATE FUNCTION office_make_append_only(record_table regclass) RETURNS void AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
        FOR EACH ROW EXECUTE FUNCTION office_refuse_change()', record_table);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION office_refuse_change()', record_table);
    PERFORM office_withdraw(record_table, 'UPDATE, DELETE, TRUNCATE');
END $$ LANGUAGE plpgsql;

SELECT office_make_append_only('office_document');
SELECT office_make_append_only('office_inboxreceipt');
SELECT office_withdraw('office_workflowedge', 'INSERT, UPDATE, DELETE, TRUNCATE');
"""

UNGUARD = """
DROP TRIGGER append_only ON office_document;
DROP TRIGGER append_only_truncate ON office_document;
DROP TRIGGER append_only ON office_inboxreceipt;
DROP TRIGGER append_only_truncate ON office_inboxreceipt;
DROP FUNCTION office_make_append_only(regclass);
DROP FUNCTION office_withdraw(regclass, text);
DROP FUNCTION office_refuse_change();
DROP FUNCTION office_guard_state_of(regclass);
DROP FUNCTION office_guard_state();
"""


class Migration(migrations.Migration):
    dependencies = [("office", "0001_initial")]
    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(SEQUENCES, DROP_SEQUENCES),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
