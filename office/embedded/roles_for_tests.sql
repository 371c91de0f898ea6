-- Only where tests run: the owner makes their databases, and empties tables between tests
-- with the append-only triggers asleep.

ALTER ROLE bindery_owner CREATEDB;
GRANT SET ON PARAMETER session_replication_role TO bindery_owner;
