"""`arrears doctor` on machines in several states."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import arrears


def states(printed: str) -> dict[str, str]:
    return {row["check"]: row["state"] for row in json.loads(printed)}


def test_a_new_machine_has_everything_needed_and_is_told_how_to_begin(tmp_path: Path) -> None:
    done = arrears("doctor", "--format", "json", home=tmp_path / "new")

    assert done.returncode == 0, done.stderr
    assert done.stderr == "Everything needed is here.\n"
    found = {row["check"]: row for row in json.loads(done.stdout)}
    assert found["database server"]["state"] == "warning"
    assert "arrears db init" in found["database server"]["what_to_do"]
    assert found["PostgreSQL programs"]["state"] == "ok"
    assert found["packages"]["state"] == "ok"
    assert not (tmp_path / "new").exists()


def test_the_table_shows_the_same(tmp_path: Path) -> None:
    done = arrears("doctor", home=tmp_path / "new")

    assert done.returncode == 0, done.stderr
    assert "database server" in done.stdout


def test_without_postgresql_it_says_how_to_get_it_and_fails(tmp_path: Path) -> None:
    done = arrears("doctor", "--format", "json", home=tmp_path, ARREARS_PG_BIN="/nowhere")

    assert done.returncode == 1
    assert done.stderr == "Missing: PostgreSQL programs, database server.\n"
    assert states(done.stdout)["PostgreSQL programs"] == "missing"


def test_a_server_that_does_not_answer_is_missing_and_its_password_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql://anna:secret@127.0.0.1:9/loans"

    done = arrears("doctor", "--format", "json", home=tmp_path, ARREARS_DATABASE_URL=url)

    assert done.returncode == 1
    assert done.stderr == "Missing: database server.\n"
    assert "secret" not in done.stdout


def test_an_address_that_is_none_is_a_finding(tmp_path: Path) -> None:
    done = arrears("doctor", "--format", "json", home=tmp_path, ARREARS_DATABASE_URL="mysql://db/loans")

    assert done.returncode == 1
    found = {row["check"]: row for row in json.loads(done.stdout)}
    assert "it begins with 'mysql'" in found["database server"]["found"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_a_finding(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    subprocess.run(["mkdir", "-p", tmp_path / "postgres/cluster"], check=True)

    done = arrears("doctor", "--format", "json", home=tmp_path)

    assert done.returncode == 1
    found = {row["check"]: row for row in json.loads(done.stdout)}
    assert "belongs to another user (uid 65534)" in found["database server"]["found"]
