"""Tables cut by month: decisions, receipts and what receipts were understood to say."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

BY_MONTH = ("decision", "receipt", "receipt_result")
_SURELY_NEXT_MONTH = timedelta(days=32)


def ensure_month(table: str, at: datetime) -> None:
    """Make the partition of `table` for the month (UTC) of `at`, if it is missing.

    Call it before the transaction that inserts: making a partition keeps everybody else out of
    the table until the transaction ends. A row without a partition of its own is not lost, it
    goes to the default one.
    """
    assert table in BY_MONTH, table
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month(%s, %s)", [table, at])


def ensure_months(at: datetime) -> None:
    """Make the partitions of every table for the month of `at` and the next one."""
    for table in BY_MONTH:
        ensure_month(table, at)
        ensure_month(table, at.replace(day=1) + _SURELY_NEXT_MONTH)
