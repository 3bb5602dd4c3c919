"""`arrears clock` moves a simulation's time forward and nothing else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from arrears.conf.postgres.client import leave_server
from tests.cli.command import arrears


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    leave_server(tmp_path / "home", wait=True)


def clock(home: Path, *words: str) -> tuple[int, str]:
    done = arrears("clock", *words, home=home)
    return done.returncode, (done.stdout or done.stderr).splitlines()[0]


def test_a_simulation_is_moved_forward_and_never_back(home):
    arrears("db", "init", "--kind", "simulation", "--at", "2026-06-01T01:00", home=home)

    assert clock(home, "show") == (0, "2026-06-01T01:00:00+00:00")
    assert clock(home, "advance", "--days", "1", "--hours", "2") == (0, "2026-06-02T03:00:00+00:00")
    assert clock(home, "set", "2026-06-03T09:00+08:00") == (0, "2026-06-03T09:00:00+08:00")
    code, said = clock(home, "set", "2026-06-01T09:00+08:00")
    assert code == 1
    assert "The clock of a simulation only moves forward." in said
    assert clock(home, "show") == (0, "2026-06-03T01:00:00+00:00")


def test_the_time_of_a_live_database_is_real(home):
    arrears("db", "init", "--kind", "live", home=home)

    code, said = clock(home, "advance", "--days", "1")

    assert code == 1
    assert "real time and cannot be set" in said
