"""Sweeping: settling what nobody will settle any more. Safe to run at any time, by anybody, again."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection, transaction

from arrears.actions.attempts import follow, move
from arrears.actions.inbound import settle_waiting
from arrears.actions.receipts import settle_receipts
from arrears.channels.registry import IN_STORE, Servers, find_handed_over
from arrears.kernel.errors import ChannelUnavailable
from arrears.kernel.vocabulary import Channel, name_of
from arrears.store import audit, clock
from arrears.store.identity import is_live

BATCH = 1_000


_NO_SERVERS = Servers()


def sweep(*, actor: str, servers: Servers = _NO_SERVERS) -> Counter[str]:
    """Settle leases, contacts past their window, receipts and messages that wait; how many of each.

    not_sent   reservations that were never handed over: certainly nothing left
    accepted   letters whose worker went when the print house had them already
    unsure     handing over when their worker went: it may have arrived, and nobody repeats it
    lapsed     planned contacts whose window has ended
    receipts   receipts settled, in whatever way
    inbound    messages from people understood, and done or left to a person
    """
    swept = sweep_contacts(actor=actor, servers=servers)
    while settled := settle_receipts(actor=actor, at=clock.now()):
        swept["receipts"] += settled.total()
    return swept


def sweep_contacts(*, actor: str, servers: Servers = _NO_SERVERS) -> Counter[str]:
    """`sweep` without the receipts."""
    swept: Counter[str] = Counter()
    while understood := settle_waiting(actor=actor):
        swept["inbound"] += understood.total()
    while found := _sweep_leases(actor, servers):
        swept += found
    while lapsed := _lapse(actor):
        swept["lapsed"] += lapsed
    return swept


def _sweep_leases(actor: str, servers: Servers) -> Counter[str]:
    printed, kept = _letters(servers)
    with transaction.atomic(durable=True):
        at = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(_EXPIRED, [at, BATCH])
            rows = cursor.fetchall()
        # what another system reserved is in its hands, whatever the channel: its name here is None
        reserved = [attempt for attempt, state, _ in rows if state == "reserved"]
        in_store = [attempt for attempt, state, name in rows if state != "reserved" and name in IN_STORE]
        left = [attempt for attempt, state, name in rows if state != "reserved" and name not in IN_STORE]
        unknown = [attempt for attempt in left if attempt not in printed | kept]
        return +Counter(  # without the zeros
            not_sent=_settle(reserved, "reserved", "not_sent", actor, at)
            # what exists only through our own state was not delivered, or the state would say so
            + _settle([*in_store, *sorted(kept)], "handing_over", "not_sent", actor, at),
            accepted=_settle(sorted(printed), "handing_over", "accepted", actor, at),
            unsure=_settle(unknown, "handing_over", "unsure", actor, at),
        )


def _letters(servers: Servers) -> tuple[frozenset[int], frozenset[int]]:
    """Of letters whose worker went: those that the print house has, and those it never gets.

    Neither, where no print house is set, or its folder is away.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LETTERS, [name_of(Channel.LETTER), clock.now(), BATCH])
        attempts = frozenset(row[0] for row in cursor.fetchall())
    if not attempts:
        return attempts, attempts
    try:
        printed = find_handed_over(attempts, servers, is_simulation=not is_live())
    except ChannelUnavailable:
        return frozenset(), frozenset()
    return printed, attempts - printed


def _settle(attempts: list[int], of: str, to: str, actor: str, at: datetime) -> int:
    if not attempts:
        return 0
    moved = move(attempts, of=[of], to=to, at=at, failure_code="lease_ended")
    follow(moved, at=at, waits=False)
    facts = {"state": to, "code": "lease_ended"}
    audit.record("attempt.moved", actor=actor, at=at, subjects={"attempt": moved}, facts=facts)
    return len(moved)


def _lapse(actor: str) -> int:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        at = clock.now()
        cursor.execute(_LAPSE, {"at": at, "batch": BATCH})
        lapsed = sorted(row[0] for row in cursor.fetchall())
        if lapsed:
            audit.record("contact.lapsed", actor=actor, at=at, subjects={"planned_contact": lapsed})
        return len(lapsed)


_EXPIRED = """
SELECT id, state, CASE WHEN source_ref IS NULL THEN channel END FROM attempt
 WHERE state IN ('reserved', 'handing_over') AND lease_until <= %s
 ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""

_LETTERS = """
SELECT id FROM attempt
 WHERE state = 'handing_over' AND source_ref IS NULL AND channel = %s AND lease_until <= %s
 ORDER BY id LIMIT %s
"""

_LAPSE = """
UPDATE planned_contact SET state = 'lapsed', state_at = %(at)s,
       end_reason = CASE WHEN channel = 'call' AND tries = 0 THEN 'no_agent' ELSE 'window_ended' END
 WHERE id IN (SELECT id FROM planned_contact WHERE state = 'planned' AND not_after_at <= %(at)s
               ORDER BY id LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
