"""Handing over: from reserved attempts to what a provider said, so that any instant is a safe one to die.

    claim      reserved -> handing_over, committed before the first byte leaves
    hand over  one contact after another, nothing of it in a transaction
    settle     the answer, by compare-and-set on state and worker, one contact at a time

A sender that is killed leaves `handing_over` behind, and the sweeper settles it. One that was
only slow fails its own compare-and-set; what its provider told it is kept as a receipt.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction

from arrears.actions.attempts import follow, move, record_outcome
from arrears.actions.breakers import FAILURES_MAX, Draw, by_chance, failures_of, note_failures
from arrears.actions.contact_points import mark_dead
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.gate import cleared_contacts
from arrears.actions.receipts import SENDER, late_answer, store_receipt
from arrears.actions.turns import Turns, Wait
from arrears.channels.asking import PAUSE_MAX_SECONDS
from arrears.channels.base import Accepted, Channel, Cleared
from arrears.channels.marks import Marks
from arrears.channels.registry import Servers, Surroundings, open_channel
from arrears.kernel.errors import ChannelError, ChannelRefused, ChannelUnavailable, ChannelUnsure
from arrears.store import audit, clock
from arrears.store.crypto import keyring
from arrears.store.identity import is_live
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Attempt

SUB_BATCH_SECONDS = 5
LONGEST_HAND_OVER = timedelta(minutes=5)
"""Longer than handing over one contact can take; a lease that lasts so long after `send_before`
has certainly lost its worker."""

ROOM_AFTER_SECONDS = 0.2
"""Before a channel that had no room for what is left is asked again."""

_STATES: dict[type[ChannelError], str] = {
    ChannelRefused: "refused_by_provider",
    ChannelUnavailable: "not_sent",
    ChannelUnsure: "unsure",
}


def new_worker() -> str:
    """A name that no other sender has or will have."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def open_for(name: str, *, servers: Servers, worker: str, actor: str) -> Channel:
    """The channel of this name, open for `worker`; raises what `open_channel` raises."""
    around = Surroundings(
        now=clock.now,
        deliver_in_app=partial(_deliver_in_app, worker, actor),
        servers=servers,
        is_simulation=not is_live(),
        marks=Marks(keyring().mark_key),
    )
    return open_channel(name, around)


@dataclass
class HandedOver:
    """What became of the attempts of one run: how many ended in each state.

    `late` counts answers that came after a sweeper had settled the attempt; `is_broken` says
    that the provider failed so often in a row that its reservations were let go. `failures` are
    those in a row at the end, `failure_code` the last one's. `parts` are those of the messages that
    it took or may have taken, where it charges by them.
    """

    states: Counter[str] = field(default_factory=Counter)
    is_broken: bool = False
    parts: int = 0
    failures: int = 0
    failure_code: str | None = None


Asked = Callable[[], bool]
"""Asked whether to stop: between sub-batches and between batches, never within one."""


Timed = Callable[[str, float], None]
"""Told the provider and how many seconds it took to answer."""


def goes_on() -> bool:
    """Nobody wants it to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sender goes about it: its chance, who may stop it, and who watches."""

    draw: Draw = by_chance
    is_stopping: Asked = goes_on
    timed: Timed = lambda _provider, _seconds: None


PLAINLY = Manner()


def hand_over_reserved(
    channel: Channel,
    *,
    worker: str,
    actor: str,
    wait: Wait = time.sleep,
    manner: Manner = PLAINLY,
) -> HandedOver:
    """Hand over every contact reserved for this channel, in sub-batches of some five seconds.

    Those for which the channel has no room yet stay reserved while the others go; then it waits. Whoever
    is not handed over by the end of his time is decided again. When it is to stop, what is still reserved
    stays so: for the next sender, or the sweeper.
    """
    handed, held, turns = HandedOver(), set[int](), Turns(channel, wait)
    while not handed.is_broken:
        if manner.is_stopping():
            return handed
        claim = _claim(channel, worker, actor, held)
        held |= claim.held
        if claim.contacts:
            handed.failures = was = failures_of(channel)
            try:
                told = (handed, deque(claim.contacts), turns, manner.timed)
                _SubBatch(channel, worker, actor, *told).hand_over()
            finally:
                code, now = handed.failure_code, handed.failures
                note_failures(channel, now, was=was, code=code, actor=actor, draw=manner.draw)
        elif not claim.held and held:
            wait(ROOM_AFTER_SECONDS)
            held.clear()
        elif not claim.held:
            return handed
    release_reserved(channel.name, actor=actor)
    return handed


class _Claim(NamedTuple):
    """Contacts marked as handing over, and the attempts for which there was no room yet."""

    contacts: list[Cleared]
    held: set[int]


def _claim(channel: Channel, worker: str, actor: str, but: Collection[int]) -> _Claim:
    """Mark the next contacts, `but` these, as handing over; committed when this returns, nothing sent yet."""
    with transaction.atomic(durable=True):
        at = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [channel.name, at, list(but), channel.per_second * SUB_BATCH_SECONDS])
            reserved = [row[0] for row in cursor.fetchall()]
        found = cleared_contacts(reserved)
        contacts = channel.with_room([found[attempt] for attempt in sorted(found)])
        cleared = [contact.attempt for contact in contacts]
        with connection.cursor() as cursor:
            cursor.execute(_HAND_OVER, [at, worker, channel.provider, LONGEST_HAND_OVER.seconds, cleared])
        erased = sorted(set(reserved) - set(found))
        follow(move(erased, of=["reserved"], to="not_sent", at=at, failure_code="person_erased"), at=at)
        if cleared:
            subjects = {"attempt": cleared}
            audit.record(
                "attempt.handing_over", actor=actor, at=at, subjects=subjects, facts={"worker": worker}
            )
    return _Claim(list(contacts), set(found).difference(cleared))


@dataclass
class _SubBatch:
    """Contacts marked as handing over by this worker, and how the provider has fared so far."""

    channel: Channel
    worker: str
    actor: str
    handed: HandedOver
    waiting: deque[Cleared]
    turns: Turns
    timed: Timed
    is_begun: bool = False

    def hand_over(self) -> None:
        """One after another. Whatever ends this, those not begun are certainly not sent.

        Of contacts that are handed over together every answer is heard, whatever the first ones were.
        """
        answers = self.channel.send_all(tuple(self.waiting))
        try:
            while self.waiting and (self.channel.is_together or not self.handed.is_broken):
                self.turns.keep()
                answer = self._next(answers)
                self._note(self.waiting.popleft(), answer)
        finally:
            if not (self.channel.is_together and self.is_begun):
                self._let_go("provider_away" if self.handed.is_broken else "sender_stopped")

    def _next(self, answers: Iterator[Accepted | ChannelError]) -> Accepted | ChannelError:
        """The next contact's answer. When there is none, nobody knows how far that contact came."""
        self.is_begun, begun = True, time.monotonic()
        try:
            answer = next(answers)
        except Exception as error:
            _settle(self.waiting.popleft().attempt, self.worker, _unsure(error), self.actor)
            raise
        except BaseException:  # interrupted: what was begun is left to the sweeper
            self.waiting.popleft()
            raise
        self.timed(self.channel.provider, time.monotonic() - begun)
        return answer

    def _note(self, contact: Cleared, answer: Accepted | ChannelError) -> None:
        if self.channel.is_in_store and isinstance(answer, Accepted):
            state = "delivered"  # the inbox itself has settled it
        else:
            settle = partial(_settle, contact.attempt, self.worker, answer, self.actor)
            state = again_after_deadlock(settle)
        self.handed.states[state] += 1
        if isinstance(answer, Accepted | ChannelUnsure):
            self.handed.parts += self.channel.parts_of(contact)
        if not self.handed.is_broken:
            self._judge(answer)
        if isinstance(answer, ChannelUnavailable) and not self.handed.is_broken and self.waiting:
            self._pause(answer)

    def _judge(self, answer: Accepted | ChannelError) -> None:
        """What the answer says about the provider; one that came too late says nothing."""
        if _is_providers_failure(answer):
            assert isinstance(answer, ChannelError), answer
            self.handed.failures += 1
            self.handed.failure_code = answer.code
            self.handed.is_broken = self.handed.failures >= FAILURES_MAX
        elif not _is_too_late(answer):
            self.handed.failures = 0

    def _pause(self, answer: ChannelUnavailable) -> None:
        """As long as a provider that has had too much wants, and each time in a row twice as long."""
        seconds = answer.facts.get("pause_seconds")
        if isinstance(seconds, int):
            self.turns.wait(float(min(seconds * 2 ** (self.handed.failures - 1), PAUSE_MAX_SECONDS)))

    def _let_go(self, code: str) -> None:
        attempts = [contact.attempt for contact in self.waiting]
        if attempts:
            with transaction.atomic(durable=True):
                at = clock.now()
                moved = move(
                    attempts, of=["handing_over"], to="not_sent", at=at, worker=self.worker, failure_code=code
                )
                follow(moved, at=at, waits=code == "provider_away")
                _audit_moved(moved, "not_sent", code, self.actor, at)
            self.handed.states["not_sent"] += len(moved)


def _unsure(error: Exception) -> ChannelUnsure:
    return ChannelUnsure("sender.error", "The sender failed.", cause=type(error).__name__)


def _is_providers_failure(answer: Accepted | ChannelError) -> bool:
    """Whether it speaks against the provider; a server that defers one recipient is well.

    So is one that got nothing because of us (`is_ours`).
    """
    if isinstance(answer, ChannelUnavailable):
        is_well = answer.facts.get("command") == "RCPT" or bool(answer.facts.get("is_ours"))
        return not _is_too_late(answer) and not is_well
    return isinstance(answer, ChannelUnsure)


def _is_too_late(answer: Accepted | ChannelError) -> bool:
    return isinstance(answer, ChannelUnavailable) and answer.code == "channel.too_late"


def _settle(attempt: int, worker: str, answer: Accepted | ChannelError, actor: str) -> str:
    """Write what was answered; the state the attempt has now, or `late` when it was settled before."""
    is_dead = isinstance(answer, ChannelRefused) and bool(answer.facts.get("is_address_dead"))
    row = Attempt.objects.get(pk=attempt) if is_dead else None
    with holding(scope_keys(values=[row.value_key] if row and row.value_key is not None else [])):
        at = clock.now()
        state, code, ref = _meaning(answer)
        moved = move(
            [attempt],
            of=["handing_over"],
            to=state,
            at=at,
            worker=worker,
            failure_code=code,
            provider_ref=ref,
        )
        follow(moved, at=at, state=state)
        if isinstance(answer, Accepted) and answer.network_result is not None:
            record_outcome(moved, answer.network_result, at=at)
        _audit_moved(moved, state, code, actor, at)
        if row and row.contact_point_id is not None:
            mark_dead(point=row.contact_point_id, reason=f"refused {code}", actor=actor, at=at)
    return state if moved else _settle_late(Attempt.objects.get(pk=attempt), state)


def settle_answer(attempt: int, worker: str, answer: Accepted | ChannelError, actor: str) -> str:
    """Write what was answered of one contact that was handed over by itself, as senders do of many."""
    return again_after_deadlock(partial(_settle, attempt, worker, answer, actor))


def _settle_late(attempt: Attempt, state: str) -> str:
    """Somebody settled it before us: a sweeper, a receipt, or the inbox itself.

    What a provider accepted is evidence; that something was not accepted is not, any more.
    """
    if attempt.state == state:
        return state
    if state in ("accepted", "delivered") and attempt.state == "unsure":
        content = late_answer(attempt.pk, state)
        store_receipt(channel=attempt.channel, provider=SENDER, content=content, at=clock.now())
    return "late"


def _meaning(answer: Accepted | ChannelError) -> tuple[str, str | None, str | None]:
    """(state, failure code, the provider's reference)"""
    if isinstance(answer, Accepted):
        return "delivered" if answer.is_delivered else "accepted", None, answer.provider_ref or None
    status = answer.facts.get("status") or answer.facts.get("reply")
    return _STATES[type(answer)], f"{answer.code} {status}" if status else answer.code, None


def _deliver_in_app(worker: str, actor: str, contacts: Sequence[Cleared]) -> frozenset[int]:
    """Show messages: the borrower's inbox holds what was delivered, so delivering is the move."""
    lost: type[ChannelError] = ChannelUnavailable
    attempts = [contact.attempt for contact in contacts]
    try:
        with transaction.atomic(durable=True):
            at = clock.now()
            moved = move(attempts, of=["handing_over"], to="delivered", at=at, worker=worker)
            follow(moved, at=at, state="delivered")
            _audit_moved(moved, "delivered", None, actor, at)
            lost = ChannelUnsure  # from here on the commit is under way
    except (OperationalError, InterfaceError) as error:
        raise lost("in_app.store", "The store was lost.", cause=type(error).__name__) from None
    return frozenset(moved)


def release_reserved(channel: str, *, actor: str) -> None:
    """Let go of what is still reserved for a provider that is away: certainly not sent."""
    with transaction.atomic(durable=True):
        at = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(_RESERVED, [channel])
            reserved = [row[0] for row in cursor.fetchall()]
        moved = move(reserved, of=["reserved"], to="not_sent", at=at, failure_code="provider_away")
        follow(moved, at=at)
        _audit_moved(moved, "not_sent", "provider_away", actor, at)


def _audit_moved(moved: Sequence[int], state: str, code: str | None, actor: str, at: datetime) -> None:
    if moved:
        facts = {"state": state, "code": code}
        audit.record("attempt.moved", actor=actor, at=at, subjects={"attempt": moved}, facts=facts)


_NEXT = """
SELECT id FROM attempt
 WHERE state = 'reserved' AND origin = 'gate' AND channel = %s AND send_before > %s AND worker IS NULL
   AND id <> ALL(%s)
 ORDER BY send_before, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""

_RESERVED = """
SELECT id FROM attempt
 WHERE state = 'reserved' AND origin = 'gate' AND channel = %s AND worker IS NULL
 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""

_HAND_OVER = """
UPDATE attempt SET state = 'handing_over', state_at = %s, worker = %s, provider = %s,
       lease_until = send_before + make_interval(secs => %s)
 WHERE id = ANY(%s) AND state = 'reserved'
"""
