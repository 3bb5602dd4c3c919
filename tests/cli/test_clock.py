"""`arrears clock` moves a simulation's time forward and nothing else's."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import arrears


def clock(home: Path, *words: str) -> tuple[int, str]:
    done = arrears("clock", *words, home=home)
    return done.returncode, (done.stdout or done.stderr).splitlines()[0]


def test_a_simulation_is_moved_forward_and_never_back(simulation):
    home = simulation

    assert clock(home, "show") == (0, "2026-03-02T02:00:00+00:00")
    assert clock(home, "advance", "--days", "1", "--hours", "2") == (0, "2026-03-03T04:00:00+00:00")
    assert clock(home, "set", "2026-03-04T09:00+08:00") == (0, "2026-03-04T09:00:00+08:00")
    code, said = clock(home, "set", "2026-03-02T09:00+08:00")
    assert code == 1
    assert "The clock of a simulation only moves forward." in said
    assert clock(home, "show") == (0, "2026-03-04T01:00:00+00:00")


def test_the_time_of_a_live_database_is_real(live):
    code, said = clock(live, "advance", "--days", "1")

    assert code == 1
    assert "real time and cannot be set" in said
