"""A database is live or a simulation for ever, and there is one clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from arrears.kernel.errors import BadInput, Misconfigured, NotPossible
from arrears.store import clock, models
from arrears.store.identity import find_kind, get_kind, is_live
from tests import builders as b
from tests.store.refusing import rejected

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def _live():
    return models.DatabaseIdentity.objects.create(kind="live", created_at=b.NOW, master_key_id=b"12345678")


def test_an_undeclared_database_is_neither_and_has_no_time():
    assert find_kind() is None
    for question in (get_kind, is_live, clock.now, clock.check_host_clock):
        with pytest.raises(Misconfigured) as error:
            question()
        assert error.value.code == "database.not_declared"


def test_a_database_without_tables_is_neither():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE database_identity RENAME TO elsewhere")

    assert find_kind() is None


def test_a_simulation_never_becomes_live():
    b.a_simulation()

    assert (find_kind(), get_kind(), is_live()) == ("simulation", "simulation", False)
    with rejected("only simulated_at may change"):
        models.DatabaseIdentity.objects.update(kind="live", simulated_at=None)
    with rejected("never deleted"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM database_identity")
    with rejected("database_identity_is_one"):
        models.DatabaseIdentity.objects.create(id=2, kind="live", created_at=b.NOW, master_key_id=b"12345678")


def test_the_clock_of_a_simulation_stands_still_until_it_is_moved_forward():
    b.a_simulation(b.NOW)

    assert (clock.now(), clock.now()) == (b.NOW, b.NOW)
    clock.set_simulated(b.NOW + HOUR)
    assert clock.now() == b.NOW + HOUR
    clock.set_simulated(b.NOW + HOUR)
    with pytest.raises(BadInput) as error:
        clock.set_simulated(b.NOW)
    assert error.value.code == "clock.backwards"
    assert clock.now() == b.NOW + HOUR


def test_nothing_moves_the_clock_of_a_simulation_back():
    b.a_simulation(b.NOW)

    with rejected("only moves forward"):
        models.DatabaseIdentity.objects.update(simulated_at=b.LONG_AGO)


def test_the_clock_of_a_live_database_is_real_and_cannot_be_set():
    _live()

    first, second = clock.now(), clock.now()
    assert first < second, "it moves within a transaction"
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert first.utcoffset() == timedelta(0)
    with pytest.raises(NotPossible) as error:
        clock.set_simulated(b.NOW)
    assert error.value.code == "clock.live"


def test_a_live_database_with_a_clock_of_its_own_is_refused():
    with rejected("only_a_simulation_has_a_clock"):
        models.DatabaseIdentity.objects.create(
            kind="live", created_at=b.NOW, simulated_at=b.NOW, master_key_id=b"12345678"
        )


@pytest.mark.parametrize(
    ("seconds", "is_refused"), [(0, False), (4, False), (-4, False), (6, True), (-6, True)]
)
def test_a_host_clock_more_than_five_seconds_away_refuses_to_send(monkeypatch, seconds, is_refused):
    _live()
    monkeypatch.setattr(clock, "host_difference", lambda: timedelta(seconds=seconds))

    if is_refused:
        with pytest.raises(Misconfigured) as error:
            clock.check_host_clock()
        assert error.value.code == "clock.host_differs"
    else:
        clock.check_host_clock()


def test_this_machine_agrees_with_its_own_database():
    _live()

    assert abs(clock.host_difference()) < timedelta(seconds=1)
    clock.check_host_clock()


def test_a_simulation_does_not_mind_the_host_clock(monkeypatch):
    b.a_simulation()
    monkeypatch.setattr(clock, "host_difference", lambda: HOUR)

    clock.check_host_clock()
