"""Accepted rows on their way in: temporary tables of this session, filled by COPY outside any transaction.

feed_1, feed_2, ...   one per file: its accepted rows with their lines
feed_reject           faults found by comparing rows with each other and with what is on file
feed_spoiled          wholes (schedules) of which a row was rejected before it was staged
feed_touched          loans of which something changed that may forbid a contact
feed_touched_person   persons of whom something did
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl
from django.db import connection
from psycopg import sql

from arrears.actions.feeds.schema import Feed

_SHARED = """
    CREATE TEMP TABLE feed_reject (file_no int, line bigint, field text, value text, reason text,
                                   PRIMARY KEY (file_no, line, field));
    CREATE TEMP TABLE feed_spoiled (file_no int, whole text);
    CREATE TEMP TABLE feed_touched (loan_id bigint PRIMARY KEY);
    CREATE TEMP TABLE feed_touched_person (person_id bigint PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The temporary table of one file."""

    number: int
    feed: Feed

    @property
    def table(self) -> str:
        return f"feed_{self.number}"

    def create(self) -> None:
        types = {k: v for each in self.feed.fields for k, v in each.kind.staged_columns(each.name).items()}
        columns = ", ".join(f"{name} {type_}" for name, type_ in types.items())
        _execute(f"CREATE TEMP TABLE {self.table} (line bigint, {columns})")

    def add(self, rows: pl.DataFrame, spoiled: Sequence[str]) -> None:
        """Append rows with the columns `line` and every field of the feed, personal data hidden."""
        _copy(self.table, rows)
        if spoiled:
            wholes = pl.DataFrame({"file_no": [self.number] * len(spoiled), "whole": list(spoiled)})
            _copy("feed_spoiled", wholes)

    def finish(self) -> None:
        _execute(f"ANALYZE {self.table}")


@contextmanager
def staging() -> Iterator[None]:
    """The shared tables; leaving the block drops them and every stage."""
    _drop()
    _execute(_SHARED)
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            _drop()


def _drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'"
            " AND relname ~ '^feed_([0-9]+(_[a-z_]+)?|reject|spoiled|touched|touched_person)$'"
        )
        names = [row[0] for row in cursor.fetchall()]
        if names:
            cursor.execute(f"DROP TABLE {', '.join(names)}")


def _copy(table: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    text = io.BytesIO()
    rows.write_csv(text, include_header=False)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text.getbuffer())


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
