"""Gates and other writers let loose on each other, with every step of the race under control.

Nothing waits for time to pass: a racer goes on when the others have got where they can get,
which PostgreSQL tells (`pg_stat_activity`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from arrears.actions import gate as gate_module
from arrears.actions.gating import claims, deciding
from arrears.actions.gating.claims import Due
from arrears.store import models
from arrears.store.locks import ScopeKey, ensure_scopes, holding, scope_keys

PATIENCE_SECONDS = 120
"""After this a test fails: something that had to happen did not."""


class Racer(threading.Thread):
    """One connection doing one thing; `join_and_tell` returns what it returned or raises what it raised."""

    def __init__(self, work: Callable[[], Any], name: str = "") -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            self.error = error
        finally:
            connection.close()

    def join_and_tell(self) -> Any:
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive(), f"{self.name} is stuck"
        if self.error is not None:
            raise self.error
        return self.result


def wait_until(condition: Callable[[], bool], what: str, *, seconds: int = PATIENCE_SECONDS) -> None:
    """Ask again until it is so."""
    pause = threading.Event()
    for _ in range(seconds * 100):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail(f"it never happened that {what}")


def waiting_for_locks() -> int:
    """Connections of this database that wait for somebody's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction would see the first look again
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def all_facts_read_before_anything_is_written(monkeypatch, racers: int) -> Iterator[None]:
    """A gate that has read its facts goes on only when every other has read its own, or waits for a lock.

    That is the worst moment: without the locks, all of them decide on facts that none of them has
    changed yet.
    """
    arrived, mutex = set(), threading.Lock()
    load = deciding.load_facts

    def load_and_wait(**asked):
        facts = load(**asked)
        with mutex:
            arrived.add(threading.get_ident())
        wait_until(lambda: len(arrived) + waiting_for_locks() >= racers, "the others came to their facts")
        return facts

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "load_facts", load_and_wait)
        yield


def race_gates(monkeypatch, gates: list[Callable[[], Any]]) -> list[Any]:
    """Run gates beside each other through their worst moment; what each returned."""
    with all_facts_read_before_anything_is_written(monkeypatch, len(gates)):
        racers = [Racer(work, f"gate {n}") for n, work in enumerate(gates)]
        return [racer.join_and_tell() for racer in racers]


def each_takes_its_own(monkeypatch, planned: list[models.PlannedContact]) -> Callable[[int], None]:
    """Patch what looks due, so that the gate of each thread takes one contact; tells which, by thread."""
    mine = threading.local()

    def find_due(**_asked):
        row = planned[mine.contact]
        return Due(row.lender_id, {row.pk: set(scope_keys(persons=[row.person_id], values=[row.value_key]))})

    monkeypatch.setattr(claims, "find_due", find_due)
    return lambda n: setattr(mine, "contact", n)


@contextmanager
def _no_locks(keys: list[ScopeKey]) -> Iterator[frozenset[ScopeKey]]:
    with transaction.atomic(durable=True):
        yield frozenset(keys)


@contextmanager
def _persons_only(keys: list[ScopeKey]) -> Iterator[frozenset[ScopeKey]]:
    with holding([key for key in keys if key.kind == "person"]):
        yield frozenset(keys)


@contextmanager
def _repeatable_read(keys: list[ScopeKey]) -> Iterator[frozenset[ScopeKey]]:
    """Locks as they should be, but in a transaction that goes on seeing what was there before it waited."""
    ensure_scopes(keys)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(
            "SELECT 1 FROM contact_scope"
            " WHERE (kind, key) IN (SELECT unnest(%s::text[]), unnest(%s::bigint[]))"
            " ORDER BY kind, key FOR NO KEY UPDATE",
            [[key.kind for key in keys], [key.key for key in keys]],
        )
        yield frozenset(keys)


NAIVE = {"no locks": _no_locks, "persons only": _persons_only, "repeatable read": _repeatable_read}


def make_naive(monkeypatch, how: str) -> None:
    """Put one of the known wrong gates in the place of the right one; it minds nobody's order either."""
    monkeypatch.setattr(gate_module, "holding", NAIVE[how])
    monkeypatch.setattr(gate_module, "holding_free", NAIVE[how])
    monkeypatch.setattr(claims, "in_turn", lambda due, _held, **_asked: due)
