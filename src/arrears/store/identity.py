"""Whether this database is live or a simulation. It was said when it was made, and never changes."""

from __future__ import annotations

from django.db import connection

from arrears.kernel.errors import Misconfigured

LIVE, SIMULATION = "live", "simulation"


def find_kind() -> str | None:
    """`live` or `simulation`; None for a database without tables, or made but not yet declared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('database_identity') IS NOT NULL")
        has_table = cursor.fetchone()[0]
        if not has_table:
            return None
        cursor.execute("SELECT kind FROM database_identity")
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def get_kind() -> str:
    """`live` or `simulation`. Raises Misconfigured when the database is neither yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind FROM database_identity")
        row = cursor.fetchone()
    if row is None:
        raise not_declared()
    return str(row[0])


def is_live() -> bool:
    """Raises Misconfigured when the database is neither live nor a simulation yet."""
    return get_kind() == LIVE


def not_declared() -> Misconfigured:
    """The error that nobody has said yet whether the database is live; to be raised."""
    return Misconfigured(
        "database.not_declared",
        "This database has not been declared live or a simulation.",
        hint="Run: arrears db init --kind simulation (or live).",
    )
