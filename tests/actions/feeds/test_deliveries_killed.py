"""A delivery that is killed leaves nothing half stored; one that meets others waits or tries again."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from arrears.actions.feeds import deliveries, rows, staging
from arrears.actions.feeds.definitions.told_once import ToldOnce
from arrears.actions.payments import post_payment
from arrears.kernel.errors import BadInput, Conflict
from arrears.store import models
from arrears.store.locks import holding, scope_keys
from tests.actions.feeds.books import (
    AT,
    EXAMPLES,
    INSTALLMENT,
    LOAN,
    PAYMENT,
    PERSON,
    PRODUCT,
    a_book,
    load,
    write,
)
from tests.builders import a_lender
from tests.forking import python

pytestmark = pytest.mark.django_db(transaction=True)

DELIVER_AND_DIE = """
import os, signal, sys
from pathlib import Path
from arrears.conf.database import set_up_django
set_up_django()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[2]
from arrears.actions.feeds import deliveries, importing
from tests.actions.feeds.books import AT
where, seen = sys.argv[3], []

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def advance(stage, rows):
    seen.append(stage)
    if where == f"{stage} {seen.count(stage)}":
        die()

if where == "locked":
    deliveries.lock_scopes = die
options = deliveries.Options(advance=advance)
importing.import_folder(folder=Path(sys.argv[1]), lender=None, options=options, actor="staff:anna", at=AT)
"""
BOOKS = {"products": [PRODUCT], "persons": [PERSON], "loans": [LOAN], "installments": [INSTALLMENT]}


def row_counts() -> dict[str, int]:
    tables = (models.Product, models.Person, models.PersonKey, models.Loan, models.LoanParty, models.Schedule)
    others = (models.Installment, models.Payment, models.ImportFile, models.AuditEntry, models.ContactScope)
    return {table._meta.db_table: table.objects.count() for table in (*tables, *others)}


@pytest.mark.parametrize("where", ["read 1", "read 4", "stored 1", "stored 4", "locked"])
def test_a_delivery_killed_at_any_stage_has_stored_nothing(tmp_path, where):
    a_lender()
    before = row_counts()
    for feed, told in BOOKS.items():
        write(tmp_path / f"{feed}.csv", told)
    files = [f'[[file]]\nfeed = "{feed}"\npath = "{feed}.csv"\n' for feed in BOOKS]
    write(tmp_path / "manifest.toml", "".join(files))

    killed = subprocess.run(
        python("-c", DELIVER_AND_DIE, str(tmp_path), connection.settings_dict["NAME"], where),
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert row_counts() == before


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
    ("feed", "row"),
    [
        ("payments", {**PAYMENT, "payment_ref": "P2"}),
        ("reversals", EXAMPLES["reversals"]),
        ("loan_events", EXAMPLES["loan_events"]),
        ("installments", {**INSTALLMENT, "principal": "1"}),
        ("loans", {**LOAN, "closed_on": "2026-03-01"}),
        ("statements", EXAMPLES["statements"]),
    ],
)
def test_news_of_a_loan_wait_for_the_gate_that_is_clearing_a_contact_about_it(tmp_path, feed, row):
    a_lender()
    a_book(tmp_path, loans=2)
    load(tmp_path, "installments", [INSTALLMENT])
    load(tmp_path, "payments", [PAYMENT])
    borrower = models.LoanParty.objects.get(loan__source_ref="L1").person_id

    with holding(scope_keys(persons=[borrower])):
        thread, outcome = in_thread(lambda: load(tmp_path, feed, [row], days=1))
        thread.join(1.0)
        assert thread.is_alive()
    thread.join(20)

    assert [report.state for report in outcome] == ["stored"]


def test_news_of_another_loan_and_of_new_ones_wait_for_nobody(tmp_path):
    a_lender()
    a_book(tmp_path, loans=2)
    borrower = models.LoanParty.objects.get(loan__source_ref="L1").person_id

    with holding(scope_keys(persons=[borrower])):
        for feed, row in (("payments", {**PAYMENT, "loan_ref": "L2"}), ("loans", {**LOAN, "loan_ref": "L3"})):
            thread, outcome = in_thread(lambda feed=feed, row=row: load(tmp_path, feed, [row], days=1))
            thread.join(20)
            assert [report.state for report in outcome] == ["stored"]


def test_the_same_file_twice_at_once_is_stored_once(tmp_path):
    a_lender()
    a_book(tmp_path)
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()

    runs = [in_thread(lambda folder=folder: load(folder, "payments", [PAYMENT])) for folder in folders]
    for thread, _ in runs:
        thread.join(30)

    assert sorted(outcome[0].state for _, outcome in runs) == ["already_imported", "stored"]
    assert models.Payment.objects.count() == 1


def test_a_delivery_that_lost_a_deadlock_is_tried_again(tmp_path, monkeypatch):
    a_lender()
    a_book(tmp_path)
    locking, calls = deliveries.lock_scopes, []

    def lose_once(keys):
        calls.append(keys)
        if len(calls) == 1:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        locking(keys)

    monkeypatch.setattr(deliveries, "lock_scopes", lose_once)

    report = load(tmp_path, "payments", [PAYMENT, {**PAYMENT, "payment_ref": "P2", "amount": "x"}])

    assert (report.counts["added"], report.rows_rejected, len(calls)) == (1, 1, 2)


def test_a_payment_posted_by_hand_meanwhile_is_a_conflict(tmp_path, monkeypatch):
    a_lender()
    a_book(tmp_path)
    loan = models.Loan.objects.get().id
    by_hand = {"loan": loan, "source_ref": "P1", "amount_minor": 1, "value_on": AT.date()}
    settle = rows.Rows.settle

    def settle_and_be_overtaken(self):
        settle(self)
        in_thread(lambda: post_payment(**by_hand, actor="staff:anna", at=AT))[0].join(20)
        monkeypatch.setattr(
            ToldOnce, "_is_new", lambda _: "true"
        )  # what was looked up before is what is written

    monkeypatch.setattr(rows.Rows, "settle", settle_and_be_overtaken)

    with pytest.raises(Conflict) as caught:
        load(tmp_path, "payments", [PAYMENT])

    assert caught.value.facts == {"constraint": "payment_once_per_source_ref"}
    assert models.Payment.objects.get().amount_minor == 1


def test_names_are_not_in_the_clear_even_while_they_are_staged(tmp_path, monkeypatch):
    a_lender()
    staged: list[object] = []
    finish = staging.Stage.finish

    def look(stage):
        finish(stage)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row_to_json(s)::text FROM {stage.table} AS s")
            staged.extend(cursor.fetchall())

    monkeypatch.setattr(staging.Stage, "finish", look)
    load(tmp_path, "persons", [{**PERSON, "person_ref": "UNMISTAKABLE", "name": "Unmistakable"}])

    assert len(staged) == 1
    assert "unmistakable" not in repr(staged).lower()
    assert b"Unmistakable".hex() not in repr(staged)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
        assert cursor.fetchone() == (0,)


def test_a_delivery_that_fails_leaves_no_temporary_table(tmp_path):
    a_lender()
    with pytest.raises(BadInput):
        load(tmp_path, "installments", "loan_ref,number,due_on\nL1,1\n")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
        assert cursor.fetchone() == (0,)
