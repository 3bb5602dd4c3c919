"""Homes that are made once and copied, and command lines that are run in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arrears.cli import main
from arrears.conf.postgres.client import leave_server
from tests.cli.command import arrears


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulation at 2026-03-02 02:00 UTC, made as a person makes it. Its server has ended."""
    folder = tmp_path_factory.mktemp("made") / "home"
    done = arrears("db", "init", "--kind", "simulation", "--at", "2026-03-02T02:00", home=folder)
    assert done.returncode == 0, done.stderr
    leave_server(folder, wait=True)
    return folder


@pytest.fixture(scope="module")
def simulation(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of it for the tests of one file."""
    folder = tmp_path_factory.mktemp("simulation") / "home"
    subprocess.run(["cp", "-a", made_home, folder], check=True)
    yield folder
    leave_server(folder, wait=True)


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A live database without a row, which stays so."""
    folder = tmp_path_factory.mktemp("live") / "home"
    done = arrears("db", "init", "--kind", "live", home=folder)
    assert done.returncode == 0, done.stderr
    yield folder
    leave_server(folder, wait=True)


@pytest.fixture
def typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[object, str]]:
    """Runs a command line on the tests' database: its exit code, and what it said on stderr."""

    def run(*arguments: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["arrears", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().err

    return run
