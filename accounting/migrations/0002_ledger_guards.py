"""What the database itself refuses of the ledger (docs/accounting.md)."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql

# One statement's lines are judged together: they must be lines of entries made in this
# transaction, and balance per entry and currency. Then the balances follow. SECURITY DEFINER:
# the application itself may write neither balances nor periods' states behind the ledger's back.
# enable_seqscan: a plan that a session made while the tables were small would otherwise read
# them whole for every entry for as long as the session lives.
LINES = """
CREATE FUNCTION accounting_shard() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    -- A shard belongs to one transaction at a time, so that its rows are never waited for.
    FOR shard IN 0..63 LOOP
        IF pg_try_advisory_xact_lock(721006, shard) THEN
            RETURN shard;
        END IF;
    END LOOP;
    RETURN 64 + pg_backend_pid();
END $$;

CREATE FUNCTION accounting_take_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
DECLARE
    wrong record;
    own_shard integer;
BEGIN
    SELECT l.entry_id INTO wrong
    FROM (SELECT DISTINCT entry_id FROM posted) AS l
    LEFT JOIN accounting_entry AS e ON e.id = l.entry_id AND e.xact = pg_current_xact_id()
    WHERE e.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Entry % was not made in this transaction: it takes no more lines.',
            wrong.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_line_comes_with_its_entry',
                TABLE = 'accounting_line';
    END IF;

    SELECT entry_id, currency, sum(amount) AS off INTO wrong
    FROM posted GROUP BY entry_id, currency HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Entry % is out of balance by % %.', wrong.entry_id, wrong.off,
            wrong.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_entry_balances',
                TABLE = 'accounting_line';
    END IF;

    own_shard := accounting_shard();
    INSERT INTO accounting_balance AS b (account_id, currency, day, shard, amount)
    SELECT l.account_id, l.currency, e.booked_on, own_shard, sum(l.amount)
    FROM posted AS l JOIN accounting_entry AS e ON e.id = l.entry_id
    GROUP BY l.account_id, l.currency, e.booked_on
    ORDER BY l.account_id, l.currency, e.booked_on
    ON CONFLICT (account_id, currency, day, shard)
        DO UPDATE SET amount = b.amount + excluded.amount;
    RETURN NULL;
END $$;

CREATE TRIGGER take_lines AFTER INSERT ON accounting_line
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_take_lines();
"""
LINES_BACK = """
DROP TRIGGER take_lines ON accounting_line;
DROP FUNCTION accounting_take_lines();
DROP FUNCTION accounting_shard();
"""

# Entries are stamped by the transaction that makes them and fall into an open month. A month
# opens when it is first booked into, unless a later one is closed. FOR SHARE makes whoever
# closes the month wait for the postings under way, and them for the closing.
ENTRIES = """
CREATE FUNCTION accounting_take_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    wrong record;
    month record;
BEGIN
    SELECT id INTO wrong FROM posted
    WHERE xact <> pg_current_xact_id() OR period_id <> to_char(booked_on, 'YYYY-MM') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Entry % names another transaction or month than its own.', wrong.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_entry_is_of_its_time',
                TABLE = 'accounting_entry';
    END IF;

    FOR month IN SELECT DISTINCT period_id AS code FROM posted ORDER BY 1 LOOP
        PERFORM FROM accounting_period WHERE code = month.code AND state = 'open' FOR SHARE;
        CONTINUE WHEN FOUND;
        IF NOT EXISTS (SELECT FROM accounting_period WHERE code >= month.code AND state = 'closed')
        THEN
            INSERT INTO accounting_period (code, starts_on, ends_on, state)
            VALUES (month.code, to_date(month.code, 'YYYY-MM'),
                (to_date(month.code, 'YYYY-MM') + interval '1 month - 1 day')::date, 'open')
            ON CONFLICT DO NOTHING;
            PERFORM FROM accounting_period WHERE code = month.code AND state = 'open' FOR SHARE;
            CONTINUE WHEN FOUND;
        END IF;
        RAISE EXCEPTION 'The books of % are closed.', month.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_period_takes_entries',
                TABLE = 'accounting_entry';
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER take_entries AFTER INSERT ON accounting_entry
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_take_entries();

CREATE FUNCTION accounting_entry_is_whole() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF (SELECT count(*) FROM accounting_line WHERE entry_id = NEW.id) < 2 THEN
        RAISE EXCEPTION 'Entry % has fewer than two lines.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_entry_has_two_lines',
                TABLE = 'accounting_entry';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND EXISTS (
        SELECT FROM accounting_line WHERE entry_id IN (NEW.id, NEW.reverses_id)
        GROUP BY account_id, currency HAVING sum(amount) <> 0)
    THEN
        RAISE EXCEPTION 'Entry % is not the mirror of the entry that it reverses.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_reversal_is_the_mirror',
                TABLE = 'accounting_entry';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_is_whole AFTER INSERT ON accounting_entry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION accounting_entry_is_whole();
"""
ENTRIES_BACK = """
DROP TRIGGER entry_is_whole ON accounting_entry;
DROP FUNCTION accounting_entry_is_whole();
DROP TRIGGER take_entries ON accounting_entry;
DROP FUNCTION accounting_take_entries();
"""

# The application posts, and reads what was posted. That is all it may do with the ledger.
PRIVILEGES = """
SELECT office_withdraw('accounting_balance', 'INSERT, UPDATE, DELETE, TRUNCATE');
SELECT office_withdraw('accounting_period', 'INSERT, DELETE, TRUNCATE');
"""


class Migration(migrations.Migration):
    dependencies = [("accounting", "0001_initial")]
    operations = [
        migrations.RunSQL(LINES, LINES_BACK),
        migrations.RunSQL(ENTRIES, ENTRIES_BACK),
        migrations.RunSQL(*append_only_sql("accounting_entry")),
        migrations.RunSQL(*append_only_sql("accounting_line")),
        migrations.RunSQL(*append_only_sql("accounting_allocation")),
        migrations.RunSQL(*append_only_sql("accounting_paymentevent")),
        migrations.RunSQL(*guard_sql("accounting_payment")),
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
    ]
