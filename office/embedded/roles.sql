-- Roles, extensions and privileges of an office, made once by the superuser in template1,
-- so that every database made later has them. Passwords are set apart from this file.

CREATE ROLE bindery_owner LOGIN;
CREATE ROLE bindery_app LOGIN;

-- The owner may act as the application (the tests do), never the other way round.
GRANT bindery_app TO bindery_owner WITH INHERIT FALSE, SET TRUE;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

-- The application reads and writes rows. It does not own, truncate, create or alter.
ALTER DEFAULT PRIVILEGES FOR ROLE bindery_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bindery_app;
ALTER DEFAULT PRIVILEGES FOR ROLE bindery_owner
    GRANT USAGE, SELECT ON SEQUENCES TO bindery_app;
GRANT CREATE ON SCHEMA public TO bindery_owner;

-- A page that waits longer than this has failed already. A worker lifts the limit for one
-- chunk by SET LOCAL; the owner (migrate, backup) has none.
ALTER ROLE bindery_app SET lock_timeout = '5s';
ALTER ROLE bindery_app SET statement_timeout = '15s';
ALTER ROLE bindery_app SET transaction_timeout = '60s';
ALTER ROLE bindery_app SET idle_in_transaction_session_timeout = '30s';
