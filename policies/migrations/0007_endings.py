"""What the database itself refuses about cancellations and decisions not to renew."""

from django.db import migrations

from office.workflow import append_only_sql

GUARD = """
CREATE FUNCTION policies_guard_cancellation() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.rescinded_at IS NULL AND OLD.transaction_id IS NULL
        AND (to_jsonb(NEW) - ARRAY['rescinded_at', 'rescinded_by_id', 'transaction_id'])
          = (to_jsonb(OLD) - ARRAY['rescinded_at', 'rescinded_by_id', 'transaction_id'])
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A cancellation is rescinded or takes effect once, and changes in nothing else.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'cancellation_stays', TABLE = TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER guard_cancellation BEFORE UPDATE OR DELETE ON policies_cancellation
    FOR EACH ROW EXECUTE FUNCTION policies_guard_cancellation();
CREATE TRIGGER guard_cancellation_truncate BEFORE TRUNCATE ON policies_cancellation
    FOR EACH STATEMENT EXECUTE FUNCTION office_refuse_change();
SELECT office_withdraw('policies_cancellation', 'DELETE, TRUNCATE');
"""
UNGUARD = """
DROP TRIGGER guard_cancellation_truncate ON policies_cancellation;
DROP TRIGGER guard_cancellation ON policies_cancellation;
DROP FUNCTION policies_guard_cancellation();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_what_never_changes")]
    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(*append_only_sql("policies_nonrenewal")),
    ]
