#!/bin/sh
# Runs once, when the postgres container makes its data folder: roles, extensions, database.
set -eu

psql --set ON_ERROR_STOP=1 --username postgres --dbname template1 --file /office/roles.sql

# The passwords travel by environment, so that they appear in no process list.
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv owner BINDERY_OWNER_PASSWORD
\getenv app BINDERY_APP_PASSWORD
ALTER ROLE bindery_owner PASSWORD :'owner';
ALTER ROLE bindery_app PASSWORD :'app';
CREATE DATABASE bindery OWNER bindery_owner;
SQL
