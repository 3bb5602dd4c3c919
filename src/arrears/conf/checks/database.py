"""Checks of the database. Before there is one, a trial server shows that there could be."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from arrears.conf import paths
from arrears.conf.checks.finding import Finding, State, find
from arrears.conf.database import is_embedded, set_up_django
from arrears.conf.postgres.client import ensure_server, leave_server
from arrears.conf.postgres.layout import Layout

_OK, _WARNING, _MISSING = State.OK, State.WARNING, State.MISSING


def findings() -> Iterator[Finding]:
    """What rests on the server is looked at only when the server answers."""
    server = find("database server", _server)
    yield server
    if server.state is not _OK:
        return
    tables = find("tables", _tables)
    yield tables
    kind = find("kind of database", _kind)
    yield kind
    if kind.state is _OK:
        yield find("master key", _master_key)
    yield find("clock", _clock)
    if tables.state is kind.state is _OK:
        yield find("providers", _providers)


def _server(name: str) -> Finding:
    if is_embedded() and not Layout.of(paths.data_folder()).cluster.is_dir():
        advice = "Run: arrears db init --kind live; or look around first: arrears demo"
        return Finding(name, _WARNING, f"{_trial()} started and stopped on trial; no database yet", advice)
    set_up_django()
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
    except DatabaseError as error:
        advice = (
            "Look into server.log in the data folder." if is_embedded() else "Check ARREARS_DATABASE_URL."
        )
        return Finding(name, _MISSING, " ".join(str(error).split()), advice)
    where = "embedded" if is_embedded() else "named by ARREARS_DATABASE_URL"
    return Finding(name, _OK, f"PostgreSQL {version}, {where}")


def _tables(name: str) -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return Finding(name, _WARNING, f"{len(pending)} migrations to apply", "Run: arrears db migrate")
    return Finding(name, _OK, "up to date")


def _kind(name: str) -> Finding:
    from arrears.store.identity import find_kind

    kind = find_kind()
    if kind is None:
        advice = "Run: arrears db init --kind live (or simulation). It is chosen once and for ever."
        return Finding(name, _WARNING, "not chosen yet", advice)
    return Finding(name, _OK, kind)


def _master_key(name: str) -> Finding:
    """A key that is missing, open to others or of another database is an error of its own."""
    from arrears.store.crypto import keyring
    from arrears.store.masterkey import master_key_file

    keyring()
    return Finding(name, _OK, f"{master_key_file()}: keep a copy apart from the database's backups")


def _clock(name: str) -> Finding:
    """This machine's clock against the database's: a live database sends only when they agree."""
    from arrears.store.clock import HOST_DIFFERENCE_MAX, host_difference

    difference = host_difference()
    found = f"{difference.total_seconds():+.1f} s from the database's"
    if abs(difference) > HOST_DIFFERENCE_MAX:
        advice = "Set both by the network (NTP): a live database refuses to send until they agree."
        return Finding(name, _WARNING, found, advice)
    return Finding(name, _OK, found)


def _providers(name: str) -> Finding:
    """Who is left alone for a while, because too much failed in a row."""
    from arrears.actions.breakers import list_providers

    away = [
        f"{each.channel} ({each.provider}): {each.failures} failures in a row, the last one"
        f" {each.failure_code}; next try at {each.next_try_at:%Y-%m-%d %H:%M:%S} UTC"
        for each in list_providers()
        if each.next_try_at is not None
    ]
    if away:
        advice = "Nothing is decided meanwhile. See whether the provider is there; it is tried by itself."
        return Finding(name, _WARNING, "; ".join(away), advice, is_needed=False)
    return Finding(name, _OK, "none is given up for now", is_needed=False)


def _trial() -> str:
    folder = Path(tempfile.mkdtemp(prefix="arrears-trial-"))
    try:
        with psycopg.connect(**ensure_server(folder)) as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')}"
    finally:
        leave_server(folder, wait=True)
        shutil.rmtree(folder, ignore_errors=True)
