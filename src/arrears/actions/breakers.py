"""Breakers: a provider that fails again and again is left alone for a while, by every sender.

    closed ──FAILURES_MAX in a row──> open ──after a while──> one sender tries ──> closed
                                       ^                              │
                                       └──── longer than before ──────┘

It is kept in the database, so that senders beside each other see it. In a simulation nothing is
waited for: its clock stands still, and its providers are sinks that somebody starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from random import SystemRandom

from django.db import connection, transaction

from arrears.channels.base import Channel
from arrears.store import audit, clock
from arrears.store.identity import is_live
from arrears.store.models import ProviderState

FAILURES_MAX = 3
"""So many failures of a provider in a row, and its breaker opens."""

WAIT_FIRST, WAIT_MAX = timedelta(seconds=20), timedelta(minutes=30)
PROBE_LEASE = timedelta(minutes=1)
"""So long nobody else tries while one sender does; then that one is taken for dead."""

Draw = Callable[[], float]
"""Something from 0 to 1, by chance."""
by_chance: Draw = SystemRandom().random


class Standing(Enum):
    """What a sender may do: hand over, try one contact, or nothing at all."""

    CLOSED = "closed"
    TRYING = "trying"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """How one provider fares; `opened_at` and `next_try_at` are None while it is closed."""

    failures: int = 0
    opens: int = 0
    opened_at: datetime | None = None
    next_try_at: datetime | None = None
    failure_code: str | None = None

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None


def ask_breaker(channel: Channel) -> Standing:
    """Whether this sender may hand over. When an open one's time has come, one of those that ask may try."""
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _ASK,
            {
                "channel": channel.name,
                "provider": channel.provider,
                "at": at,
                "lease_until": at + PROBE_LEASE,
                "waits": is_live(),
            },
        )
        is_open, may_try = cursor.fetchone()
    if may_try:
        return Standing.TRYING
    return Standing.OPEN if is_open else Standing.CLOSED


def failures_of(channel: Channel) -> int:
    """The provider's failures in a row so far; `FAILURES_MAX` or more while its breaker is open."""
    found = ProviderState.objects.filter(channel=channel.name, provider=channel.provider)
    return found.values_list("failures", flat=True).first() or 0


def note_failures(
    channel: Channel, failures: int, *, was: int, code: str | None, actor: str, draw: Draw = by_chance
) -> None:
    """Write how many failures in a row it is now, which was `was` when this sender began.

    Opens the breaker, closes it, or opens it for longer after a try that failed.
    """
    if failures == was == 0:
        return
    ProviderState.objects.bulk_create(
        [ProviderState(channel=channel.name, provider=channel.provider)], ignore_conflicts=True
    )
    with transaction.atomic(durable=True):
        row = ProviderState.objects.select_for_update(no_key=True).get(
            channel=channel.name, provider=channel.provider
        )
        at = clock.now()
        before = Breaker(row.failures, row.opens, row.opened_at, row.next_try_at, row.failure_code)
        after = following(before, failures, was=was, code=code, at=at, chance=draw())
        names = list(Breaker.__dataclass_fields__)
        for name in names:
            setattr(row, name, getattr(after, name))
        row.save(update_fields=names)
        if before.is_open != after.is_open:
            facts = {"channel": channel.name, "provider": channel.provider, "code": code}
            what = "provider.given_up" if after.is_open else "provider.back"
            audit.record(what, actor=actor, at=at, facts=facts)


def following(
    before: Breaker, failures: int, *, was: int, code: str | None, at: datetime, chance: float
) -> Breaker:
    """What a breaker becomes when a sender that knew of `was` failures in a row has come to `failures`."""
    if failures == 0:
        return Breaker()
    if failures < FAILURES_MAX:
        return Breaker(failures=failures, failure_code=code)
    is_try = was >= FAILURES_MAX
    if before.is_open and not is_try:
        return replace(before, failures=failures, failure_code=code)  # others have found the same
    opens = before.opens + 1
    wait = wait_after(opens, chance)
    return Breaker(failures, opens, before.opened_at or at, at + wait, code)


def wait_after(opens: int, chance: float) -> timedelta:
    """How long to wait after the breaker opened for the `opens`-th time in a row.

    Twice as long each time, and of that between half and all by chance, so that senders that were
    stopped together do not come back together.
    """
    assert opens >= 1, opens
    doublings: int = 2 ** min(opens - 1, 20)
    longest = min(WAIT_FIRST * doublings, WAIT_MAX)
    return longest * (0.5 + chance / 2)


def list_providers() -> list[ProviderState]:
    """Every provider that something was handed to or tried with, by channel."""
    return list(ProviderState.objects.order_by("channel", "provider"))


_ASK = """
WITH tried AS (
     UPDATE provider_state SET next_try_at = %(lease_until)s
      WHERE channel = %(channel)s AND provider = %(provider)s AND opened_at IS NOT NULL
        AND (next_try_at <= %(at)s OR NOT %(waits)s)
     RETURNING 1)
SELECT EXISTS (SELECT FROM provider_state
                WHERE channel = %(channel)s AND provider = %(provider)s AND opened_at IS NOT NULL),
       EXISTS (SELECT FROM tried)
"""
