"""The measurements of `bench.feeds`, imported once the database's settings stand."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from arrears.actions.databases import create_database
from arrears.actions.feeds.importing import import_feed
from arrears.actions.lenders import create_lender
from arrears.cli.output import print_report
from arrears.demo.books import write_books

LOANS = 40_000
ON = date(2026, 5, 31)
AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
TABLES = {"installments": "installment", "payments": "payment"}
"""Feeds that are measured, and the table whose rows they fill."""


def measure(home: Path) -> None:
    """Print rows per second of the import and of the floor; Django is ready."""
    create_database(kind="simulation", actor="program:bench", at=AT)
    told = {"country": "CN", "zone": "Asia/Shanghai", "language": "zh-Hans"}
    create_lender(name="Bench", **told, actor="program:bench", at=AT)
    write_books(home / "books", loans=LOANS, seed=1, on=ON)
    for feed in ("products", "persons", "loans"):
        _import(home, feed)
    title = f"Importing the books of {LOANS:,} loans; wall time, the database's included"
    print_report("table", title, [_measured(home, feed, table) for feed, table in TABLES.items()])


def _measured(home: Path, feed: str, table: str) -> dict[str, Any]:
    seconds = _seconds(lambda: _import(home, feed))
    again = _seconds(lambda: _import(home, feed, complete_through_on=ON))
    rows, copied = _copy(table)
    return {
        "feed": feed,
        "rows": rows,
        "import_s": f"{seconds:.1f}",
        "rows_a_second": round(rows / seconds),
        "unchanged_s": f"{again:.1f}",
        "copy_s": f"{copied:.1f}",
        "over_copy": f"{seconds / copied:.1f}",
    }


def _import(home: Path, feed: str, **options: Any) -> None:
    file = home / "books" / f"{feed}.csv"
    import_feed(feed=feed, file=file, mapping=None, lender=None, actor="program:bench", at=AT, **options)


def _copy(table: str) -> tuple[int, float]:
    """The table's rows out to memory, and back into an empty one like it: rows, and seconds of the latter."""
    with connection.cursor() as cursor:
        told = io.BytesIO()
        with cursor.copy(f"COPY {table} TO STDOUT") as out:
            for block in out:
                told.write(block)
        cursor.execute(f"CREATE TABLE bench_copy (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")

        def copy() -> None:
            with cursor.copy("COPY bench_copy FROM STDIN") as into:
                into.write(told.getvalue())

        seconds = _seconds(copy)
        cursor.execute("SELECT count(*) FROM bench_copy")
        rows = int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE bench_copy")
    return rows, seconds


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
