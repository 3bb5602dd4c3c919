"""Promises of the sender broken on purpose, so that a test can show that it would notice."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from arrears.actions import gate, handing_over, sweeping
from arrears.actions.gating import claims, deciding
from arrears.store.locks import ScopeKey


def unsure_is_tried_again() -> None:
    """A sweeper that takes what was being handed over for certainly not sent."""
    sweeping.IN_STORE = frozenset({"in_app", "email", "sms"})


def marked_after_it_left() -> None:
    """A sender that says that it hands over only once it has an answer."""
    gate._RESERVED = gate._RESERVED.replace("attempt.state = 'reserved'", "attempt.state <> 'not_sent'")
    handing_over._HAND_OVER = "SELECT %s, %s, %s, %s, %s"
    settle = handing_over._settle

    def mark_and_settle(attempt: int, worker: str, answer: Any, actor: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE attempt SET state = 'handing_over', worker = %s WHERE id = %s AND state = 'reserved'",
                [worker, attempt],
            )
        return settle(attempt, worker, answer, actor)

    handing_over._settle = mark_and_settle


def gate_without_locks() -> None:
    """A gate that locks nobody and minds nobody's order.

    One that has read its facts waits a while for two others to come as far.
    They come in turn, each to another contact: at one instant all would try to take the same one. Text
    messages only, whose numbers are shared.
    """
    load, find_due = deciding.load_facts, claims.find_due

    def one_by_one(**asked: Any) -> Any:
        time.sleep(os.getpid() % 3 * 0.3)
        return find_due(**asked) if asked["channel"] == "sms" else None

    def slowly(**asked: Any) -> Any:
        facts = load(**asked)
        _wait_for_others(2)
        return facts

    @contextmanager
    def nobody(keys: Sequence[ScopeKey]) -> Iterator[frozenset[ScopeKey]]:
        with transaction.atomic(durable=True):
            yield frozenset(keys)

    claims.find_due, claims.in_turn = one_by_one, lambda due, _held, **_asked: due
    deciding.load_facts = slowly
    gate.holding = gate.holding_free = nobody


def _wait_for_others(wanted: int) -> None:
    end = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND query LIKE '%pg_stat_%' AND xact_start IS NOT NULL"
            )
            if cursor.fetchone()[0] >= wanted:
                break
            time.sleep(0.02)
    time.sleep(0.2)


def not_sent_is_forgotten() -> None:
    """A sweeper that settles attempts and leaves their planned contacts where they are."""
    sweeping.follow = lambda *_attempts, **_told: None


def opt_outs_are_not_read() -> None:
    """A gate that lets everybody be contacted who was planned to be."""
    load = deciding.load_facts

    def without_opt_outs(**asked: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SAVEPOINT told")
            cursor.execute("DELETE FROM preference")
            facts = load(**asked)
            cursor.execute("ROLLBACK TO SAVEPOINT told")
            cursor.execute("SET LOCAL session_replication_role = origin")
        return facts

    deciding.load_facts = without_opt_outs


def decisions_are_mixed_up() -> None:
    """A gate that writes the first decision of a batch to every attempt of it."""
    reserve = gate.reserve

    def mixed_up(contacts: Any, *told: Any, **named: Any) -> Any:
        mixed = [
            replace(each, decisions=contacts[0].decisions[:1] * len(each.decisions)) for each in contacts
        ]
        return reserve(mixed, *told, **named)

    gate.reserve = mixed_up


WRONGS: dict[str, Callable[[], None]] = {
    "unsure is tried again": unsure_is_tried_again,
    "marked after it left": marked_after_it_left,
    "gate without locks": gate_without_locks,
    "not sent is forgotten": not_sent_is_forgotten,
    "opt-outs are not read": opt_outs_are_not_read,
    "decisions are mixed up": decisions_are_mixed_up,
}


def make_wrong(how: str) -> None:
    if how:
        WRONGS[how]()
