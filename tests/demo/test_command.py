"""`arrears demo` as a person runs it: to its end, again, and looked into afterwards."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from arrears.conf.postgres.client import leave_server
from arrears.conf.postgres.layout import Layout
from arrears.conf.postgres.locks import is_locked
from tests.cli.command import arrears

pytestmark = pytest.mark.slow

OPTIONS = ("--synthetic", "--loans", "600", "--days", "10")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo") / "home"
    yield folder
    leave_server(folder, wait=True)


@pytest.fixture(scope="module")
def first(home: Path) -> subprocess.CompletedProcess[str]:
    return arrears("demo", *OPTIONS, "--home", str(home), home=home.parent / "not-this")


def test_it_ends_well_and_both_records_agree(first: subprocess.CompletedProcess[str]) -> None:
    assert first.returncode == 0, first.stderr
    assert "The two records agree." in first.stdout
    assert "0 twice, 0 unknown to us, 0 missing" in first.stdout
    assert "NO MORNING FILE CAME" in first.stdout


def test_it_tells_the_four_answers_in_two_languages(first: subprocess.CompletedProcess[str]) -> None:
    for asked in ("Will I be sent a notice?", "Will they call me?", "会给我打电话吗？", "会影响我的征信吗？"):
        assert asked in first.stdout


def test_one_forecast_is_shown_beside_what_happened(first: subprocess.CompletedProcess[str]) -> None:
    told = re.search(r"Of the other (\d+) forecasts (\d+) came true", first.stdout)

    assert told is not None
    assert told[1] == told[2] != "0"
    assert "foretold and lived" in first.stdout


def test_nothing_runs_afterwards_and_nothing_else_was_touched(
    first: subprocess.CompletedProcess[str], home: Path
) -> None:
    assert not is_locked(Layout.of(home).supervisor)
    assert not (home.parent / "not-this").exists()


def test_every_command_it_names_works(first: subprocess.CompletedProcess[str], home: Path) -> None:
    setting = re.search(r"export ARREARS_HOME=(\S+)", first.stdout)
    named = re.findall(r"^  \S*arrears (.*?)\s+# ", first.stdout, re.MULTILINE)

    assert setting is not None
    assert Path(setting[1]) == home
    assert len(named) >= 5
    for command in named:
        done = arrears(*shlex.split(command), home=home)
        is_conflict = command == "obligations" and "Conflict: " in done.stderr
        assert done.returncode == (1 if is_conflict else 0), (command, done.stderr)
        assert done.stdout or "Written: " in done.stderr


def test_the_same_seed_gives_the_same_days_again(first: subprocess.CompletedProcess[str], home: Path) -> None:
    again = arrears("demo", *OPTIONS, "--home", str(home), home=home.parent / "not-this")

    assert again.returncode == 0, again.stderr
    assert again.stdout == first.stdout


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("dear")

    done = arrears("demo", *OPTIONS, "--home", str(tmp_path), home=tmp_path)

    assert done.returncode == 1
    assert "no demo made" in done.stderr
    assert (tmp_path / "letters").read_text() == "dear"


def test_an_interrupt_ends_it_in_words_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "arrears", "demo", "--synthetic", "--loans", "3000", "--home", str(home)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout is not None
        while not running.stdout.readline().startswith("Imported"):
            assert running.poll() is None
        time.sleep(1.5)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process of the demo
        _, said = running.communicate(timeout=60)

    assert running.returncode == 130
    assert "Interrupted." in said
    assert "Traceback" not in said
    assert not is_locked(Layout.of(home).supervisor)
