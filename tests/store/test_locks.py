"""Scopes are locked in one order, before the facts are read, and what is locked waits."""

from __future__ import annotations

import random
import threading
import time

import pytest
from django.db import connection, transaction

from arrears.store import models
from arrears.store.locks import (
    ScopeKey,
    ensure_scopes,
    holding,
    lock_scopes,
    scope_keys,
    scope_keys_of,
)
from tests import builders as b

A, B, C = ScopeKey("person", 1), ScopeKey("person", 2), ScopeKey("value", 1)


def _in_thread(work):
    """Run `work` in a thread with a connection of its own; the list receives what it raises."""
    failures = []

    def run():
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failures


def _wait_until_somebody_waits_for_a_lock():
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    pytest.fail("nobody waits")


def test_scope_keys_are_sorted_and_named_once():
    assert scope_keys(persons=[2, 1, 2], values=[9], households=[3]) == [
        ("household", 3),
        ("person", 1),
        ("person", 2),
        ("value", 9),
    ]


@pytest.mark.django_db
def test_the_scopes_of_a_person_are_his_own_and_those_of_his_addresses():
    person = b.a_person(b.a_lender(), points=("email", "mobile"))
    values = models.ContactPoint.objects.values_list("value_key", flat=True)

    assert scope_keys_of([person.pk]) == scope_keys(persons=[person.pk], values=values)


@pytest.mark.django_db(transaction=True)
def test_locking_outside_a_transaction_is_a_mistake():
    with pytest.raises(AssertionError, match="inside a transaction"):
        lock_scopes([A])


@pytest.mark.django_db
def test_locking_what_was_never_made_is_a_mistake():
    ensure_scopes([A])

    with pytest.raises(AssertionError, match="1 scopes were never made"):
        lock_scopes([A, B])


@pytest.mark.django_db(transaction=True)
def test_under_repeatable_read_nothing_is_locked():
    ensure_scopes([A])

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(AssertionError, match="repeatable read"):
            lock_scopes([A])


@pytest.mark.django_db(transaction=True)
def test_holding_inside_another_transaction_is_a_mistake():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), holding([A]):
        pass


@pytest.mark.django_db(transaction=True)
def test_who_shares_one_scope_waits_and_then_sees_what_was_committed():
    lender = b.a_lender()
    person = b.a_person(lender)
    seen = []

    def gate():
        with holding([B, C]):
            seen.append(models.Preference.objects.count())

    with holding([A, B]):
        thread, failures = _in_thread(gate)
        _wait_until_somebody_waits_for_a_lock()
        b.an_opt_out(person)
        assert seen == []
    thread.join()

    assert (failures, seen) == ([], [1])


@pytest.mark.django_db(transaction=True)
def test_who_shares_no_scope_does_not_wait():
    done = []

    def other():
        with holding([C]):
            done.append(True)

    with holding([A, B]):
        thread, failures = _in_thread(other)
        thread.join(timeout=10)
        assert (failures, done) == ([], [True])


@pytest.mark.django_db(transaction=True)
def test_an_import_that_makes_scopes_does_not_wait_for_a_gate():
    with holding([A, B]):
        thread, failures = _in_thread(lambda: ensure_scopes([B, C]))
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_gates_that_name_the_same_scopes_in_any_order_never_deadlock():
    keys = scope_keys(persons=range(6), values=range(6))
    ensure_scopes(keys)
    count = [0]

    def gate(seed):
        shuffled = random.Random(seed)
        for _ in range(40):
            wanted = shuffled.sample(keys, 5)
            with holding(wanted):
                count[0] += 1

    threads = [_in_thread(lambda seed=seed: gate(seed)) for seed in range(4)]
    for thread, _ in threads:
        thread.join()

    assert [failure for _, failures in threads for failure in failures] == []
    assert count == [160]
