"""The tables of the job queue: procrastinate's own, made and brought up by its own files.

They are no part of Django's migrations. Its package for Django brings forty-one of them, which take
longer than all of ours, and is loaded by every command; see docs/decisions.
"""

from __future__ import annotations

import re
from pathlib import Path

import procrastinate
from django.db import connection, transaction
from procrastinate.schema import SchemaManager

from arrears.kernel.errors import Misconfigured

_TABLE = "procrastinate_jobs"
_ABOUT = "The queue of background jobs, procrastinate "


def bring_queue_up() -> None:
    """Make the tables, or bring those of an earlier version up to the one that is installed."""
    wanted = procrastinate.__version__
    if _version() == wanted:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('bring_queue_up'))")
        found = _version()
        if found != wanted:
            for statements in _statements(found):
                cursor.execute(statements)
            cursor.execute(f"COMMENT ON TABLE {_TABLE} IS '{_ABOUT}{wanted}'")


def _version() -> str | None:
    """Of which version the tables are; None when there are none. Raises Misconfigured when it is not said."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(%s) IS NOT NULL, obj_description(to_regclass(%s), 'pg_class')",
            [_TABLE, _TABLE],
        )
        is_there, about = cursor.fetchone()
    if not is_there:
        return None
    if not (about or "").startswith(_ABOUT):
        raise Misconfigured(
            "queue.of_another",
            f"The table {_TABLE} in this database was not made by arrears.",
            hint="Give arrears a database of its own.",
        )
    return str(about).removeprefix(_ABOUT)


def _statements(found: str | None) -> list[str]:
    """The whole schema, or what came after the version that was found."""
    if found is None:
        return [SchemaManager.get_schema()]
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    return [file.read_text("utf-8") for file in files if _numbers(file.name) > _numbers(found)]


def _numbers(version: str) -> tuple[int, ...]:
    """3.4.0 and 03.04.00_01_pre_name.sql are the same."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
