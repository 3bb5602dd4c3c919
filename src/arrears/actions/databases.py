"""Making a database what it is: its tables, and live or a simulation for ever."""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from arrears.kernel.errors import NotPossible
from arrears.store import audit, partitions
from arrears.store.crypto import Keyring
from arrears.store.identity import LIVE, SIMULATION, find_kind
from arrears.store.masterkey import make_master_key
from arrears.store.queue import bring_queue_up


def migrate_database() -> None:
    """Bring the tables to this version, and write into the database what a row of each one is."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        for model in apps.get_app_config("store").get_models():
            about = (model.__doc__ or "").partition("\n")[0]
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(about)))
    bring_queue_up()


def create_database(*, kind: str, actor: str, at: datetime) -> None:
    """Make the tables and declare the database `live` or `simulation`. Doing it again changes nothing.

    The clock of a simulation starts at `at`. Raises NotPossible when the database is already
    of the other kind.
    """
    assert kind in (LIVE, SIMULATION), kind
    migrate_database()
    if not _is_already(kind):
        _declare(kind, actor, at)
    partitions.ensure_months(at)


def _is_already(kind: str) -> bool:
    found = find_kind()
    if found not in (None, kind):
        raise NotPossible(
            "database.other_kind",
            f"This database is a {found} one and stays it."
            if found == LIVE
            else "This database is a simulation and stays one.",
            hint="Use another data folder or another ARREARS_DATABASE_URL.",
            kind=found,
        )
    return found is not None


def _declare(kind: str, actor: str, at: datetime) -> None:
    key_id = Keyring(make_master_key()).id
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO database_identity (id, kind, created_at, simulated_at, master_key_id)"
            " VALUES (1, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING RETURNING id",
            [kind, at, at if kind == SIMULATION else None, key_id],
        )
        if cursor.fetchone() is None:  # another program declared it while we waited
            _is_already(kind)
        else:
            audit.record("database.created", actor=actor, at=at, facts={"kind": kind})
