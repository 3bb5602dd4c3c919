"""An import that is killed leaves nothing half stored; one that meets others waits or tries again."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from arrears.actions import imports
from arrears.store.locks import holding, scope_keys_of
from tests.actions.importing.builders import MAPPING, NOT_LATE, a_row, csv_text, rows, write
from tests.actions.importing.stored import everything, load, person_of, row_counts
from tests.builders import a_lender
from tests.forking import python

pytestmark = pytest.mark.django_db(transaction=True)

IMPORT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from arrears.conf.database import set_up_django
set_up_django()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[2]
from arrears.actions import imports
from arrears.actions.importing import reading
from tests.actions.importing.stored import AT
reading.ROWS_PER_CHUNK = 5
where, folder = sys.argv[3], Path(sys.argv[1])
stored = 0

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def advance(stage, rows):
    global stored
    stored += rows if stage == "stored" else 0
    if where in (stage, f"stored {stored}"):
        die()

if where == "locked":
    imports.lock_scopes = die
imports.import_reported(
    file=folder / "in.csv", mapping=folder / "m.toml", lender=None, advance=advance, actor="staff:anna", at=AT
)
"""


@pytest.mark.parametrize("where", ["checked", "stored 5", "stored 15", "stored 20", "locked"])
def test_an_import_killed_at_any_stage_has_stored_nothing_and_runs_again(tmp_path, where):
    a_lender()
    before = row_counts()
    write(tmp_path / "in.csv", csv_text(rows(20)))
    write(tmp_path / "m.toml", MAPPING)

    killed = subprocess.run(
        python("-c", IMPORT_AND_DIE, str(tmp_path), connection.settings_dict["NAME"], where),
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert row_counts() == before
    assert load(tmp_path, rows(20)).rows_accepted == 20
    assert row_counts()["loan"] == 20


def in_thread(work) -> tuple[threading.Thread, list[object]]:
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(work())
        except Exception as error:  # noqa: BLE001 - told to the test
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


@pytest.mark.parametrize(
    "news",
    [NOT_LATE, {"closed": "yes"}, {"email": ""}, {"overdue": "", "balance": "0"}, {"zone": "Asia/Tokyo"}],
)
def test_a_file_that_forbids_a_contact_waits_for_the_gate_that_is_clearing_it(tmp_path, news):
    a_lender()
    load(tmp_path, rows(2))
    before = everything()

    with holding(scope_keys_of([person_of("L1").id])):
        thread, outcome = in_thread(lambda: load(tmp_path, [a_row(as_of="2026-03-01", **news)], days=1))
        thread.join(1.0)
        assert thread.is_alive()
        assert everything() == before
    thread.join(20)

    assert [report.state for report in outcome] == ["stored"]


def test_a_file_that_forbids_nothing_waits_for_nobody(tmp_path):
    a_lender()
    load(tmp_path, rows(2))

    with holding(scope_keys_of([person_of("L1").id])):
        thread, outcome = in_thread(lambda: load(tmp_path, [a_row(as_of="2026-03-01"), a_row(3)], days=1))
        thread.join(20)

    assert [report.state for report in outcome] == ["stored"]


def test_two_imports_of_the_same_file_at_once_store_it_once(tmp_path):
    a_lender()
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()

    runs = [in_thread(lambda folder=folder: load(folder, rows(30))) for folder in folders]
    for thread, _ in runs:
        thread.join(30)

    assert sorted(outcome[0].state for _, outcome in runs) == ["already_imported", "stored"]
    assert row_counts()["loan"] == 30


def test_an_import_that_lost_a_deadlock_is_tried_again(tmp_path, monkeypatch):
    a_lender()
    locking, calls = imports.lock_scopes, []

    def lose_once(keys):
        calls.append(keys)
        if len(calls) == 1:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        locking(keys)

    monkeypatch.setattr(imports, "lock_scopes", lose_once)

    assert load(tmp_path, rows(2)).counts["loans_added"] == 2
    assert (len(calls), row_counts()["loan"]) == (2, 2)
