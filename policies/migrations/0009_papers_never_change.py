"""What the database itself refuses about the register of forms and the issue of papers."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql

EDITIONS = """
CREATE FUNCTION policies_guard_edition() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.form_id = NEW.form_id AND OLD.edition = NEW.edition AND (
        (OLD.texts = NEW.texts AND OLD.in_use_from = NEW.in_use_from)
        OR OLD.state IN ('draft', 'refused')
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The words of a form stay as they were put to review.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'form_edition_stays', TABLE = TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER guard_edition BEFORE UPDATE OR DELETE ON policies_formedition
    FOR EACH ROW EXECUTE FUNCTION policies_guard_edition();
CREATE TRIGGER guard_edition_truncate BEFORE TRUNCATE ON policies_formedition
    FOR EACH STATEMENT EXECUTE FUNCTION office_refuse_change();
SELECT office_withdraw('policies_formedition', 'DELETE, TRUNCATE');
"""
UNGUARD_EDITIONS = """
DROP TRIGGER guard_edition_truncate ON policies_formedition;
DROP TRIGGER guard_edition ON policies_formedition;
DROP FUNCTION policies_guard_edition();
"""

# The rule of FilingQuerySet.in_effect, once more where nothing passes it by.
ISSUED = """
CREATE FUNCTION policies_guard_issued_form() RETURNS trigger AS $$
BEGIN
    PERFORM 1
      FROM policies_issuance i
      JOIN policies_policy p ON p.id = i.policy_id
      JOIN policies_formedition e ON e.id = NEW.edition_id AND e.form_id = NEW.form_id
      JOIN policies_filing f ON f.id = NEW.filing_id
      JOIN policies_filingitem x ON x.filing_id = f.id AND x.edition_id = e.id
      JOIN office_document d ON d.id = NEW.document_id AND d.sha256 = NEW.sha256
     WHERE i.id = NEW.issuance_id
       AND e.state = 'approved'
       AND e.in_use_from <= NEW.day AND (e.in_use_to IS NULL OR NEW.day < e.in_use_to)
       AND f.kind = 'form' AND f.jurisdiction = p.jurisdiction AND f.effective_on <= NEW.day
       AND (f.status = 'approved'
            OR (f.status = 'filed' AND f.method IN ('file_and_use', 'use_and_file')));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A form is issued once it is reviewed, and its filing in effect there.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_form_is_reviewed_and_filed',
            TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER guard_issued_form BEFORE INSERT ON policies_issuedform
    FOR EACH ROW EXECUTE FUNCTION policies_guard_issued_form();
"""
UNGUARD_ISSUED = """
DROP TRIGGER guard_issued_form ON policies_issuedform;
DROP FUNCTION policies_guard_issued_form();
"""

ISSUANCES = """
CREATE FUNCTION policies_guard_issuance() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.number, OLD.policy_id, OLD.term_id, OLD.first_id, OLD.last_id,
            OLD.day, OLD.lane)
        = (NEW.number, NEW.policy_id, NEW.term_id, NEW.first_id, NEW.last_id, NEW.day, NEW.lane)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An issue of papers stays with the change that it is about.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'issuance_stays', TABLE = TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER guard_issuance BEFORE UPDATE OR DELETE ON policies_issuance
    FOR EACH ROW EXECUTE FUNCTION policies_guard_issuance();
CREATE TRIGGER guard_issuance_truncate BEFORE TRUNCATE ON policies_issuance
    FOR EACH STATEMENT EXECUTE FUNCTION office_refuse_change();
SELECT office_withdraw('policies_issuance', 'DELETE, TRUNCATE');
"""
UNGUARD_ISSUANCES = """
DROP TRIGGER guard_issuance_truncate ON policies_issuance;
DROP TRIGGER guard_issuance ON policies_issuance;
DROP FUNCTION policies_guard_issuance();
"""

APPEND_ONLY = [
    "policies_certificateevent",
    "policies_formeditionevent",
    "policies_issuanceevent",
    "policies_issuancecheck",
    "policies_issuedform",
    "policies_formpaper",
    "policies_packagecopy",
]
STATES = ["policies_formedition", "policies_issuance", "policies_certificate"]


class Migration(migrations.Migration):
    dependencies = [("policies", "0008_register_and_issue"), ("office", "0002_ground")]
    operations = [
        *[migrations.RunSQL(*append_only_sql(table)) for table in APPEND_ONLY],
        *[migrations.RunSQL(*guard_sql(table)) for table in STATES],
        migrations.RunSQL(EDITIONS, UNGUARD_EDITIONS),
        migrations.RunSQL(ISSUED, UNGUARD_ISSUED),
        migrations.RunSQL(ISSUANCES, UNGUARD_ISSUANCES),
    ]
