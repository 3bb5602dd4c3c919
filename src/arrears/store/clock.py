"""The one clock: the database's in a live database, a stored instant in a simulation.

Read it where a program begins and in the gate; everything else is given `at`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from arrears.kernel.errors import BadInput, Misconfigured, NotPossible
from arrears.store.identity import LIVE, get_kind, not_declared

NOW = "(SELECT coalesce(simulated_at, clock_timestamp()) FROM database_identity)"
"""SQL: the instant it is, as `now` tells it; null in a database that is not declared."""

HOST_DIFFERENCE_MAX = timedelta(seconds=5)


def now() -> datetime:
    """The instant it is, aware and in UTC. Raises Misconfigured when the database is undeclared.

    In a live database it moves within a transaction; in a simulation it stands still until
    `set_simulated` moves it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NOW}")
        (at,) = cursor.fetchone()
    return told(at)


def told(at: datetime | None) -> datetime:
    """What a statement with `NOW` found, in UTC. Raises Misconfigured when the database is undeclared."""
    if at is None:
        raise not_declared()
    return at.astimezone(UTC)


def set_simulated(at: datetime) -> None:
    """Move a simulation's clock forward to `at`.

    Raises NotPossible in a live database, and BadInput when `at` lies before the clock.
    """
    assert at.tzinfo is not None, at
    if get_kind() == LIVE:
        raise NotPossible(
            "clock.live",
            "The clock of a live database is real time and cannot be set.",
            hint="Try what you want to try in a simulation.",
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE database_identity SET simulated_at = %s WHERE simulated_at <= %s RETURNING id", [at, at]
        )
        was_moved = cursor.fetchone() is not None
    if not was_moved:
        raise BadInput(
            "clock.backwards",
            "The clock of a simulation only moves forward.",
            hint=f"It is {now().isoformat()}.",
            at=at.isoformat(),
        )


def host_difference() -> timedelta:
    """How far this machine's clock is ahead of the database server's."""
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return before + (datetime.now(UTC) - before) / 2 - at


def check_host_clock() -> None:
    """In a live database, raise Misconfigured when this machine's clock is more than 5 s away from it.

    Time stamps of messages and leases come from both clocks. Nothing may be sent until they agree.
    """
    if get_kind() != LIVE:
        return
    difference = host_difference()
    if abs(difference) > HOST_DIFFERENCE_MAX:
        raise Misconfigured(
            "clock.host_differs",
            f"This machine's clock is {difference.total_seconds():+.1f} s away from the database's.",
            hint="Set both by the network (NTP), then try again. Nothing is sent until they agree.",
            difference_seconds=difference.total_seconds(),
        )
