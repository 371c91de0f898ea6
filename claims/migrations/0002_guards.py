"""What the database itself refuses: undeclared state changes, rewritten history, altered offers."""

from django.db import migrations

from office.workflow import append_only_sql, guard_sql

WRITTEN_ONCE = (
    "claims_claimevent",
    "claims_reservechange",
    "claims_coveragereview",
    "claims_finding",
    "claims_settlementitem",
    "claims_payoutpart",
    "claims_escalation",
    "claims_negotiationnote",
)

OFFERS = """
CREATE FUNCTION claims_guard_offer() RETURNS trigger AS $$
BEGIN
    IF (NEW.id, NEW.claim_id, NEW.settlement_id, NEW.claimant_id, NEW.content, NEW.sha256,
            NEW.amount, NEW.offered_at, NEW.offered_by_id)
        IS NOT DISTINCT FROM (OLD.id, OLD.claim_id, OLD.settlement_id, OLD.claimant_id,
            OLD.content, OLD.sha256, OLD.amount, OLD.offered_at, OLD.offered_by_id)
        AND OLD.state = 'open'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An offer stays as it was made; it is answered once.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_stays', TABLE = TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER guard_offer BEFORE UPDATE ON claims_offer
    FOR EACH ROW EXECUTE FUNCTION claims_guard_offer();
SELECT office_withdraw('claims_offer', 'DELETE, TRUNCATE');
"""
UNGUARD_OFFERS = """
DROP TRIGGER guard_offer ON claims_offer;
DROP FUNCTION claims_guard_offer();
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [
        migrations.RunSQL(*guard_sql("claims_claim")),
        *(migrations.RunSQL(*append_only_sql(table)) for table in WRITTEN_ONCE),
        migrations.RunSQL(OFFERS, UNGUARD_OFFERS),
    ]
