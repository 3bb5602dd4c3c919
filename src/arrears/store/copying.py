"""Many rows at once: numbers reserved beforehand, rows by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection, models
from psycopg import sql

from arrears.kernel.facts import Codes


def next_ids(model: type[models.Model], count: int) -> Codes:
    """`count` fresh ids of a table, ascending, for rows that refer to one another before they exist."""
    table = model._meta.db_table
    sequence = {"decision": "decision_id", "receipt": "receipt_id"}.get(table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(nextval(coalesce(%s, pg_get_serial_sequence(%s, 'id'))::regclass))"
            " FROM generate_series(1, %s)",
            [sequence, table, count],
        )
        found = cursor.fetchone()[0]
    return np.sort(np.array(found or [], np.int64))


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` (values in the order of `columns`, SQL names) by one COPY in the open transaction.

    Columns left out take their default in the database, which Django's defaults are not: name
    every column that may not be null. Values are Python's: ints, str, bytes, date, aware
    datetime, bool, None; JSON columns take a str.
    """
    copy_into(model._meta.db_table, columns, rows)


def copy_into(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """`copy_rows` by the name of a table, which may be a temporary one."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
