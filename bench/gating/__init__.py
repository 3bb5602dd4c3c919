"""The measurements of `bench.gate`, imported once the database's settings stand."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from arrears.actions.days import refresh_statistics, run_day
from arrears.actions.gate import gate_due
from arrears.actions.gating.wording import ensure_templates
from arrears.cli.output import print_report
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.rulepacks import load_law
from arrears.store import clock, models
from arrears.strategies import load_strategy
from bench.explaining import AT, ON, make_portfolio

CLIENTS = (1, 4)
BATCHES = (20, 100)
CONTACTS = 600
"""Reserved in each run, or until none is left."""
OPENED_AT = datetime(2026, 7, 3, 2, 0, tzinfo=UTC)  # 10:00 in Taipei
DECIDED = ("cleared", "put_off", "not_permitted", "cancelled", "lapsed")
TABLES = {"decision": "id", "attempt": "decision_id", "attempt_loan": "decision_id", "message": "attempt_id"}
_Pieces = Sequence[tuple[str, bytes]]


def measure(home: Path) -> None:
    """Print reservations a second; Django is ready."""
    lender, law, strategy = make_portfolio(home), load_law(), load_strategy()
    told = {"pay_through": "bank.example/pay", "ask_through": "02 1234 5678", "check_through": "02 1234 5678"}
    models.Organisation.objects.filter(pk=lender).update(**told, email_from="service@bank.example")
    run_day(lender=lender, on=ON, strategy=strategy, law=law, actor="program:bench", at=AT)
    clock.set_simulated(OPENED_AT)
    refresh_statistics()
    ensure_templates("in_app", at=OPENED_AT)
    planned = models.PlannedContact.objects.filter(channel="in_app").count()
    gate = partial(_gate, lender, law, strategy)
    rows = [_row(gate, clients, batch) for batch in BATCHES for clients in CLIENTS]
    title = f"The gate, of {planned:,} contacts due"
    print_report("table", title, rows)


def _row(gate: Callable[[int, int, int], None], clients: int, batch: int) -> dict[str, Any]:
    last = models.Attempt.objects.order_by("-id").values_list("id", flat=True).first() or 0
    goes = CONTACTS // clients // batch
    seen = models.AuditEntry.objects.filter(what="gate.decided").count()
    ours = _seconds(clients, partial(gate, batch, goes))
    made = models.Attempt.objects.filter(pk__gt=last).count()
    entries = models.AuditEntry.objects.filter(what="gate.decided").order_by("id")[seen:]
    decided = sum(each.facts[state] for each in entries for state in DECIDED)
    pieces = _pieces(last, batch)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS bare_{table}")
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
    bare = _seconds(clients, partial(_copy, pieces, clients))
    return {
        "programs": clients,
        "contacts in a batch": batch,
        "decided": decided,
        "reserved": made,
        "decided a second": round(decided / ours),
        "reserved a second": round(made / ours),
        "bare COPY a second": round(made / bare),
        "over COPY": f"{ours / bare:.1f}",
    }


def _gate(lender: int, law: Law, strategy: Strategy, batch: int, goes: int, _client: int) -> None:
    for _ in range(goes):
        gate_due(
            channel="in_app",
            laws={lender: law},
            strategies={lender: strategy},
            limit=batch,
            actor="program:bench",
        )


def _pieces(last: int, batch: int) -> list[_Pieces]:
    """What was written since, as COPY takes it, in pieces of as many contacts."""
    attempts = models.Attempt.objects.filter(pk__gt=last).order_by("id").values_list("id", "decision_id")
    made = list(attempts)
    return [_piece(made[first : first + batch]) for first in range(0, len(made), batch)]


def _piece(made: Sequence[tuple[int, int]]) -> _Pieces:
    ids, decisions = (",".join(str(row[n]) for row in made) for n in (0, 1))
    with connection.cursor() as cursor:
        return [
            (table, _copied(cursor, f"SELECT * FROM {table} WHERE {key} IN ({wanted})"))
            for table, key in TABLES.items()
            for wanted in [ids if key == "attempt_id" else decisions]
        ]


def _copied(cursor: Any, query: str) -> bytes:
    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy:
        return b"".join(bytes(block) for block in copy)


def _copy(pieces: Sequence[_Pieces], clients: int, client: int) -> None:
    for piece in pieces[client::clients]:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for table, content in piece:
                with cursor.copy(f"COPY bare_{table} FROM STDIN (FORMAT binary)") as copy:
                    copy.write(content)
            cursor.execute("COMMIT")


def _seconds(clients: int, work: Callable[[int], None]) -> float:
    """Wall time of `work` in as many processes, from when all are ready."""
    connection.close()
    forking = multiprocessing.get_context("fork")
    ready = forking.Barrier(clients + 1)

    def begin(client: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        ready.wait()
        work(client)
        connection.close()

    running = [forking.Process(target=begin, args=(client,)) for client in range(clients)]
    for each in running:
        each.start()
    ready.wait()
    begun = time.perf_counter()
    for each in running:
        each.join()
        assert each.exitcode == 0
    return time.perf_counter() - begun
