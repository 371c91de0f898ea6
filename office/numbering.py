"""Numbers that people read. Sequences may leave gaps; invoices and receipts may not."""

from django.db import connection

from office import clock

PREFIXES = {
    "customer": "CU",
    "submission": "SB",
    "quote": "QT",
    "policy": "",
    "claim": "CL",
    "payment": "PM",
    "entry": "JE",
    "referral": "RF",
    "survey": "SV",
    "recommendation": "LR",
}
GAPLESS = {"invoice": "INV", "receipt": "RC"}


def number_record(record, *, prefix=""):
    """Give an unsaved record its number, such as CL-2026-000042, and the key of its row.

    Never waits for another transaction.
    """
    kind = record._meta.model_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s), nextval(pg_get_serial_sequence(%s, 'id'))",
            [f"office_{kind}_number", record._meta.db_table],
        )
        value, record.pk = cursor.fetchone()
    record.number = f"{prefix or PREFIXES[kind]}-{clock.now().year}-{value:06d}"


def next_key(model):
    """The key of the next row, for whoever must know it before the row is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        (key,) = cursor.fetchone()
    return key


def next_gapless(series):
    """The next number of a series without gaps, such as INV-000001.

    Holds the series until the commit: take it last in the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO office_gaplesscounter AS c (series, value) VALUES (%s, 1) "
            "ON CONFLICT (series) DO UPDATE SET value = c.value + 1 RETURNING value",
            [series],
        )
        (value,) = cursor.fetchone()
    return f"{GAPLESS[series]}-{value:06d}"
