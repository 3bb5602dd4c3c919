"""`arrears db`: a database is made once, and is what it is for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arrears.conf.postgres.client import leave_server
from tests.cli.command import arrears


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    leave_server(tmp_path / "home", wait=True)


def status(home: Path) -> dict[str, Any]:
    done = arrears("db", "status", "--format", "json", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    (report,) = json.loads(done.stdout)
    return dict(report)


def test_a_simulation_begins_when_it_is_told_to(home: Path) -> None:
    done = arrears("db", "init", "--kind", "simulation", "--at", "2005-10-01", "--by", "anna", home=home)

    assert (done.returncode, done.stderr) == (0, "This database is a simulation, for ever.\n")
    report = status(home)
    assert (report["kind"], report["now"]) == ("simulation", "2005-10-01T00:00:00+00:00")
    assert report["migrations_to_apply"] == 0


def test_a_database_stays_what_it_is(live: Path) -> None:
    again = arrears("db", "init", "--kind", "live", home=live)
    other = arrears("db", "init", "--kind", "simulation", home=live)

    assert (again.returncode, other.returncode) == (0, 1)
    assert other.stderr.startswith("arrears: This database is a live one and stays it.\n")
    assert status(live)["kind"] == "live"


def test_a_live_clock_cannot_be_set(home: Path) -> None:
    done = arrears("db", "init", "--kind", "live", "--at", "2005-10-01", home=home)

    assert done.returncode == 2
    assert "the clock of a live database is real time" in done.stderr
    assert not (home / "postgres/cluster").exists()


def test_the_tables_can_be_made_before_the_kind_is_chosen(home: Path) -> None:
    first = arrears("db", "migrate", home=home)
    again = arrears("db", "migrate", home=home)

    assert (first.returncode, again.returncode) == (0, 0)
    assert first.stderr.endswith(" migrations applied.\n")
    assert again.stderr == "Nothing to do: the tables are up to date.\n"
    assert (status(home)["kind"], status(home)["now"]) == (None, None)


def test_doctor_finds_nothing_wrong_afterwards(simulation: Path) -> None:
    done = arrears("doctor", "--format", "json", home=simulation)

    found = {row["check"]: (row["state"], row["found"]) for row in json.loads(done.stdout)}
    assert done.returncode == 0
    assert found["kind of database"] == ("ok", "simulation")
    assert found["tables"] == ("ok", "up to date")
    assert found["clock"][0] == "ok"
    assert found["master key"][0] == "ok"


def test_doctor_finds_that_the_master_key_is_gone(simulation: Path) -> None:
    key = (simulation / "master.key").rename(simulation / "master.key.aside")

    done = arrears("doctor", home=simulation)

    key.rename(simulation / "master.key")
    assert done.returncode == 1
    assert done.stderr == "Missing: master key.\n"
