"""One server per run, and no network but this machine's own.

The run gets a data folder of its own, so the embedded server starts on first use and is gone afterwards;
ARREARS_DATABASE_URL names another server to test on. Under xdist every worker has its own database on it.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.effort import effort

hypothesis.settings.register_profile("here", deadline=None, max_examples=effort(50, 200))
hypothesis.settings.register_profile(
    "ci", deadline=None, max_examples=effort(50, 200), derandomize=True, print_blob=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the run its data folder, before Django opens anything. Workers inherit it."""
    if hasattr(config, "workerinput"):
        return
    home = Path(tempfile.mkdtemp(prefix="arrears-test-"))
    os.environ["ARREARS_HOME"] = str(home)
    os.environ.pop("XDG_DATA_HOME", None)
    config.stash[_HOME] = home
    from django.conf import settings

    settings.ARREARS_HOME = home
    if "DATA_FOLDER" in settings.DATABASES["default"]:
        settings.DATABASES["default"]["DATA_FOLDER"] = str(home)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    home = config.stash.get(_HOME, None)
    if home is not None:
        from arrears.conf.postgres.client import leave_server

        leave_server(home, wait=True)
        shutil.rmtree(home)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: one begun last would be waited for by every worker but its own."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The databases of the run, on whose embedded server nothing has to outlive a power cut."""
    from arrears.conf.database import is_embedded

    if not is_embedded():
        yield
        return
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET fsync = off")
        cursor.execute("SELECT pg_reload_conf()")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", _deleting)
        yield


def _deleting(_style: object, tables: Iterable[str], **_: object) -> list[str]:
    """After a test that committed: to delete its few rows is quicker than to truncate sixty tables.

    Many rows are slow to delete, and every later test would pass over what is left of them. A replica asks
    neither the triggers, which forbid it, nor the references. Only a superuser may be one.
    """
    names = [f'"{name}"' for name in tables]
    emptied = [f"TRUNCATE {', '.join(names)}"] if _has_grown() else [f"DELETE FROM {name}" for name in names]
    return ["SET LOCAL session_replication_role = replica", *emptied]


def _has_grown() -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > %s)",
            [_GROWN_BYTES],
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    """Connecting anywhere but to loopback and Unix sockets fails at once, with the address."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def _logs_about_nobody() -> Iterator[None]:
    """At the end it fails when anything logged, in any test, was about somebody of the cast."""
    from tests.builders.cast import CAST
    from tests.leaks import Leaks, pattern_of, watching

    leaks = Leaks(pattern_of(CAST))
    with watching(leaks):
        yield
    # the tests of the watch itself log about everybody
    found = sorted(each for each in leaks.found if "::test_the_watch_sees" not in each[0])
    if found:
        pytest.fail("logged about somebody:\n" + "\n".join(map(repr, found)))


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ip_address(host).is_loopback


_GROWN_BYTES = 4_000_000
_HOME = pytest.StashKey[Path]()
