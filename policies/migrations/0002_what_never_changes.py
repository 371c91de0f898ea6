"""What the database itself refuses about versions, drafts, terms, segments and the packed book."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql

SEGMENTS = """
CREATE FUNCTION policies_guard_segment() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM policies_term
            WHERE id = NEW.term_id AND NEW.valid <@ daterange(valid_from, valid_to);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'A segment lies within its term.' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'segment_lies_within_its_term', TABLE = TG_TABLE_NAME;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND upper_inf(OLD.recorded) AND NOT upper_inf(NEW.recorded)
        AND lower(NEW.recorded) = lower(OLD.recorded)
        AND (NEW.id, NEW.term_id, NEW.transaction_id, NEW.valid, NEW.insured)
            IS NOT DISTINCT FROM (OLD.id, OLD.term_id, OLD.transaction_id, OLD.valid, OLD.insured)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Of a segment nothing changes but that an open belief is closed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'segment_only_closes',
        TABLE = TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER guard_segment BEFORE INSERT OR UPDATE OR DELETE ON policies_segment
    FOR EACH ROW EXECUTE FUNCTION policies_guard_segment();
CREATE TRIGGER guard_segment_truncate BEFORE TRUNCATE ON policies_segment
    FOR EACH STATEMENT EXECUTE FUNCTION office_refuse_change();
SELECT office_withdraw('policies_segment', 'DELETE, TRUNCATE');
"""
UNGUARD_SEGMENTS = """
DROP TRIGGER guard_segment_truncate ON policies_segment;
DROP TRIGGER guard_segment ON policies_segment;
DROP FUNCTION policies_guard_segment();
"""

TERMS = """
CREATE FUNCTION policies_guard_term() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.policy_id, NEW.version_id, NEW.sequence, NEW.valid_from,
            NEW.valid_to)
        = (OLD.id, OLD.policy_id, OLD.version_id, OLD.sequence, OLD.valid_from, OLD.valid_to)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A term keeps its policy, its product version and its days.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'term_stays', TABLE = TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER guard_term BEFORE UPDATE OR DELETE ON policies_term
    FOR EACH ROW EXECUTE FUNCTION policies_guard_term();
CREATE TRIGGER guard_term_truncate BEFORE TRUNCATE ON policies_term
    FOR EACH STATEMENT EXECUTE FUNCTION office_refuse_change();
SELECT office_withdraw('policies_term', 'DELETE, TRUNCATE');
"""
UNGUARD_TERMS = """
DROP TRIGGER guard_term_truncate ON policies_term;
DROP TRIGGER guard_term ON policies_term;
DROP FUNCTION policies_guard_term();
"""

APPEND_ONLY = [
    "policies_productversion",
    "policies_policyevent",
    "policies_termtransaction",
    "policies_segmentpremium",
    "policies_policydocument",
    "policies_productdraftevent",
    "policies_productdraftedit",
    "policies_bookpage",
    "policies_packedsegment",
    "policies_bookcolumn",
    "policies_ratechangeline",
]
GUARDED = ["policies_policy", "policies_productdraft"]


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]
    operations = [
        *[migrations.RunSQL(*append_only_sql(table)) for table in APPEND_ONLY],
        *[migrations.RunSQL(*guard_sql(table)) for table in GUARDED],
        migrations.RunSQL(SEGMENTS, UNGUARD_SEGMENTS),
        migrations.RunSQL(TERMS, UNGUARD_TERMS),
    ]
