"""Twins of our tables for the floors: the same columns, keys, checks and indexes, no triggers."""

import psycopg

from bench.office import Office

SCHEMA = "bench"
KEYS = """
SELECT conname, pg_get_constraintdef(oid), confrelid::regclass::text,
    to_regclass('bench.' || confrelid::regclass) IS NOT NULL
FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'
"""


def make(office: Office, table: str, rows: str = "false") -> str:
    """A fresh twin of `table` with those of its rows for which `rows` holds; its full name.

    Foreign keys point to twins where those have been made, else to the real tables.
    """
    twin = f"{SCHEMA}.{table}"
    with psycopg.connect(office.owner_url) as owner:
        owner.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}".encode())
        owner.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO bindery_app".encode())
        owner.execute(f"DROP TABLE IF EXISTS {twin} CASCADE".encode())
        owner.execute(f"CREATE TABLE {twin} (LIKE {table} INCLUDING ALL)".encode())
        owner.execute(f"GRANT ALL ON {twin} TO bindery_app".encode())
        columns = ", ".join(
            name
            for (name,) in owner.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                "AND NOT attisdropped AND attgenerated = ''",
                [table],
            )
        )
        owner.execute(
            f"INSERT INTO {twin} ({columns}) OVERRIDING SYSTEM VALUE "
            f"SELECT {columns} FROM {table} WHERE {rows}".encode()
        )
        owner.execute(
            "SELECT setval(pg_get_serial_sequence(%s, a.attname), 1000000000) "
            "FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attidentity <> ''",
            [twin, twin],
        )
        for name, definition, other, has_twin in owner.execute(KEYS, [table]).fetchall():
            if has_twin:
                definition = definition.replace(
                    f"REFERENCES {other}(", f"REFERENCES {SCHEMA}.{other}("
                )
            owner.execute(f'ALTER TABLE {twin} ADD CONSTRAINT "{name}" {definition}'.encode())
        owner.commit()
        owner.autocommit = True
        owner.execute(f"VACUUM ANALYZE {twin}".encode())
    return twin


def remove(office: Office) -> None:
    with psycopg.connect(office.owner_url) as owner:
        owner.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())
