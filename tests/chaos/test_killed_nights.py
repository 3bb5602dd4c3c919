"""A run in parts is killed at every stage, and run again it ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from arrears.store.models import Decision
from tests.actions.test_nights import a_town, in_parts, rows_written, undisturbed
from tests.forking import python

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLED = ["exported 1", "manifest", "planned 2", "loaded 1", "loaded 3", "rows 2", "rows 5"]


def _run_and_die(folder: Path, lender: int, where: str) -> subprocess.CompletedProcess[str]:
    program = python("-m", "tests.chaos.mortal_night", connection.settings_dict["NAME"])
    return subprocess.run(
        [*program, str(folder), str(lender), where],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([".", os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("where", KILLED)
def test_a_run_killed_at_any_stage_ends_as_an_undisturbed_one(tmp_path, where):
    lender = a_town()
    whole, rows = undisturbed(lender)

    killed = _run_and_die(tmp_path, lender.pk, where)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (Decision.objects.count() > 0) == (where in ("loaded 1", "loaded 3", "rows 5"))
    summary = in_parts(lender, tmp_path)
    assert rows_written() == rows
    assert summary.counts == whole.counts
    (night,) = tmp_path.iterdir()
    assert sorted(path.name for path in night.iterdir()) == ["decisions", "lock"]


def test_a_run_whose_worker_was_killed_says_which_part_and_goes_on(tmp_path):
    lender = a_town()
    _, rows = undisturbed(lender)

    killed = _run_and_die(tmp_path, lender.pk, "worker 1")

    assert killed.returncode == 1
    assert "The worker that planned part 00001 was killed by signal 9." in killed.stderr
    in_parts(lender, tmp_path)
    assert rows_written() == rows


def test_a_run_killed_again_and_again_comes_to_its_end(tmp_path):
    lender = a_town()
    _, rows = undisturbed(lender)

    for where in KILLED:
        _run_and_die(tmp_path, lender.pk, where)
    in_parts(lender, tmp_path)

    assert rows_written() == rows
