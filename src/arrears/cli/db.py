"""`arrears db`: make the database, bring it up to date, say what it is."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report


@click.group()
def db() -> None:
    """Make the database, bring it up to date, say what it is."""


@db.command()
@click.option(
    "--kind",
    type=click.Choice(["live", "simulation"]),
    required=True,
    help="Chosen once and for ever. A simulation has a clock of its own and reaches nobody.",
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="Where a simulation's clock begins, in UTC.  [default: now]",
)
@by_option
@needs_database
def init(kind: str, at: datetime | None, actor: str) -> None:
    """Make the tables and declare the database live or a simulation."""
    from arrears.actions.databases import create_database

    if at is not None and kind == "live":
        raise click.UsageError("--at is for a simulation: the clock of a live database is real time.")
    begins_at = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    create_database(kind=kind, actor=actor, at=begins_at)
    note(f"This database is {'live' if kind == 'live' else 'a simulation'}, for ever.")


@db.command()
@needs_database
def migrate() -> None:
    """Bring the tables up to this version of arrears."""
    from arrears.actions.databases import migrate_database

    count = len(_pending())
    migrate_database()
    note(f"{count} migrations applied." if count else "Nothing to do: the tables are up to date.")


@db.command()
@format_option
@needs_database
def status(format_: str) -> None:
    """Say what the database is, where it lies and what time it has."""
    from django.db import connection

    from arrears.conf.database import is_embedded
    from arrears.store.clock import now
    from arrears.store.identity import find_kind

    kind = find_kind()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size_bytes = cursor.fetchone()
    settings = connection.settings_dict
    report = {
        "kind": kind,
        "now": now() if kind else None,
        "migrations_to_apply": len(_pending()),
        "server": version,
        "where": settings["DATA_FOLDER"] if is_embedded() else f"{settings['HOST']}/{settings['NAME']}",
        "size_bytes": size_bytes,
    }
    print_report(format_, "Database", [report])


def _pending() -> list[object]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))
