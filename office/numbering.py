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
}
GAPLESS = {"invoice": "INV", "receipt": "RC"}


def next_number(kind, *, prefix=""):
    """The next number of `kind`, such as CL-2026-000042. Never waits for another transaction."""
    prefix = prefix or PREFIXES[kind]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"office_{kind}_number"])
        (value,) = cursor.fetchone()
    return f"{prefix}-{clock.now().year}-{value:06d}"


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
