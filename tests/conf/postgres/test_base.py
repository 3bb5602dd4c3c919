"""Django's connection to the embedded server."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from tests.conf.postgres.programs import postmaster_of, supervisors_of, wait_for


@pytest.fixture
def connection(binaries: str, folder: Path, django_db_blocker: Any) -> Iterator[Any]:
    database = {
        "ENGINE": "arrears.conf.postgres",
        "NAME": "arrears",
        "USER": "arrears",
        "DATA_FOLDER": str(folder),
    }
    made = ConnectionHandler({"default": database})["default"]
    with django_db_blocker.unblock():
        yield made
        made.close()


def one(connection: Any, sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def is_broken(connection: Any) -> bool:
    try:
        one(connection, "SELECT 1")
    except OperationalError:
        return True
    return False


def test_the_first_query_makes_the_cluster_and_starts_the_server(connection: Any, empty_folder: Path) -> None:
    assert not empty_folder.exists()

    assert one(connection, "SELECT current_user") == "arrears"


@pytest.mark.parametrize("victims", [supervisors_of, lambda folder: [postmaster_of(folder)]])
def test_a_new_connection_waits_for_a_server_that_was_killed(
    victims: Any, connection: Any, folder: Path
) -> None:
    one(connection, "CREATE TABLE paid AS SELECT 7 AS amount")
    for pid in victims(folder):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: is_broken(connection))
    connection.close()

    assert one(connection, "SELECT amount FROM paid") == 7


def test_a_database_that_does_not_exist_is_said_at_once(connection: Any) -> None:
    one(connection, "SELECT 1")
    connection.close()
    connection.settings_dict["NAME"] = "nowhere"

    with pytest.raises(OperationalError, match='database "nowhere" does not exist'):
        one(connection, "SELECT 1")


def test_a_server_whose_supervisor_is_gone_for_good_is_started_by_the_next_connection(
    connection: Any, folder: Path
) -> None:
    one(connection, "SELECT 1")
    for pid in supervisors_of(folder):
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not supervisors_of(folder))
    connection.close()

    assert one(connection, "SELECT 1") == 1
