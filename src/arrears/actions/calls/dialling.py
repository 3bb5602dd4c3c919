"""Dialling: the gate's law is asked once more, under its locks, and only then is the number told.

Whatever was recorded before these locks were taken binds: an opt-out, a hold, a payment, a call that
another system made in between. What is recorded while the telephone rings does not undo the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from arrears.actions.attempts import follow, move
from arrears.actions.calls.agents import worker_of
from arrears.actions.calls.showing import CallTask, get_call, own_call
from arrears.actions.calls.taking import not_theirs
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.gate import cleared_contacts
from arrears.actions.gating import claims as claiming
from arrears.actions.gating.deciding import Batch
from arrears.actions.gating.reserving import Ending, end
from arrears.actions.gating.wording import Institution, get_institution
from arrears.actions.handing_over import settle_answer
from arrears.channels.base import Accepted, Channel, Cleared
from arrears.kernel.errors import ChannelError, NotPossible
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import NetworkResult
from arrears.store import audit, clock
from arrears.store.crypto import ciphers_of, keyring
from arrears.store.locks import holding
from arrears.store.models import Attempt, AttemptLoan
from arrears.store.partitions import ensure_month

CALL_MAX = timedelta(hours=2)
"""A call of which nothing is recorded for so long has an agent who will not say what came of it."""

BY_HAND = "agent"
"""Who carries a call that the agent dials on a telephone of his own."""


def dial_call(*, lender: int, attempt: int, agent: str, law: Law, strategy: Strategy, actor: str) -> CallTask:
    """Begin the call, and tell its number: from here on it counts as made, whatever comes of it.

    Raises Conflict when the call is not this agent's or was dialled before, and NotPossible when it
    is permitted no longer; it is then not sent, and planned again or ended as the law says.
    """
    clear_call(
        lender=lender,
        attempt=attempt,
        agent=agent,
        law=law,
        strategy=strategy,
        actor=actor,
        provider=BY_HAND,
    )
    return get_call(attempt, lender=lender)


def dial_call_by(
    dialer: Channel, *, lender: int, attempt: int, agent: str, law: Law, strategy: Strategy, actor: str
) -> Accepted | ChannelError:
    """Begin the call through the agent's telephone program; what it answers, which is recorded.

    A call that somebody answered is being talked: what comes of it is for the agent to say, and it is
    his until then. Of any other the network has said all there is. Raises as `dial_call` does.
    """
    dialer.check()  # before it counts as begun
    contact = clear_call(
        lender=lender,
        attempt=attempt,
        agent=agent,
        law=law,
        strategy=strategy,
        actor=actor,
        provider=dialer.provider,
    )
    (answer,) = dialer.send_all((contact,))
    if not (isinstance(answer, Accepted) and answer.network_result is NetworkResult.ANSWERED):
        settle_answer(attempt, worker_of(lender, agent), answer, actor)
    return answer


def clear_call(
    *, lender: int, attempt: int, agent: str, law: Law, strategy: Strategy, actor: str, provider: str
) -> Cleared:
    """As `dial_call`; what a dialer takes, the attempt being marked as handing over."""
    clock.check_host_clock()
    worker = worker_of(lender, agent)
    own_call(attempt, lender=lender)
    asking = _Asking(attempt, worker, provider, law, strategy, get_institution(lender), actor)
    return again_after_deadlock(asking.ask)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One reserved call, asked about once more."""

    attempt: int
    worker: str
    provider: str
    law: Law
    strategy: Strategy
    institution: Institution
    actor: str

    def ask(self) -> Cleared:
        due = claiming.find_reserved(self.attempt)
        if due is None:
            raise not_theirs()
        ensure_month("decision", clock.now())
        with holding(due.scopes):
            at = clock.now()
            cleared = self._mine()
            claims = claiming.claim(due.contacts, state="reserved")
            if not claims:
                raise not_theirs()
            why_not = self._why_not(due.lender, cleared, claims, at)
            if why_not is None:
                self._begin(at)
            else:
                self._stop(why_not, at)
        if why_not is not None:
            raise _stopped(why_not)
        assert cleared is not None, "who cannot be read is not called"
        return cleared

    def _mine(self) -> Cleared | None:
        """The call as it was cleared, if it is still this agent's; None when the person was erased."""
        row = Attempt.objects.select_for_update(no_key=True).get(pk=self.attempt)
        if row.state != "reserved" or row.worker != self.worker:
            raise not_theirs()
        return cleared_contacts([self.attempt]).get(self.attempt)

    def _why_not(
        self, lender: int, cleared: Cleared | None, claims: Sequence[claiming.Claim], at: datetime
    ) -> Ending | None:
        """What the call comes to instead of being made; None when it may be made as it was cleared.

        `planned` without an instant: it is due again at once, under another text or for other loans.
        """
        contact = claims[0].contact
        if cleared is None:
            return Ending(contact, "cancelled", "person_erased")
        if at >= cleared.send_before:
            return Ending(contact, "planned", "too_late")
        readable = ciphers_of(keyring(), [claim.person for claim in claims]).keys()
        batch = Batch(
            lender,
            claims,
            law=self.law,
            strategy=self.strategy,
            readable=readable,
            at=at,
            asked_again=[self.attempt],
        )
        outcome = batch.decide(self.institution)
        if outcome.endings:
            return outcome.endings[0]
        (again,) = outcome.reservations
        if {claim.loan for claim in again.claims} != self._loans():
            return Ending(contact, "planned", "other_loans")
        said = again.worded.text.body.replace(again.worded.verification, cleared.verification)
        return None if said == cleared.body else Ending(contact, "planned", "other_text")

    def _loans(self) -> set[int]:
        return set(AttemptLoan.objects.filter(attempt=self.attempt).values_list("loan_id", flat=True))

    def _begin(self, at: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE attempt SET state = 'handing_over', state_at = %s, provider = %s, lease_until = %s"
                " WHERE id = %s",
                [at, self.provider, at + CALL_MAX, self.attempt],
            )
        facts = {"worker": self.worker, "provider": self.provider}
        subjects = {"attempt": self.attempt}
        audit.record("attempt.handing_over", actor=self.actor, at=at, subjects=subjects, facts=facts)

    def _stop(self, why: Ending, at: datetime) -> None:
        code = why.reason or "permitted_later"
        moved = move([self.attempt], of=["reserved"], to="not_sent", at=at, failure_code=code)
        if why.state == "planned" and why.not_before_at is None:
            follow(moved, at=at, waits=False)
        else:
            end([why], at=at)
        facts = {"state": "not_sent", "code": code, "then": why.state}
        audit.record(
            "attempt.moved", actor=self.actor, at=at, subjects={"attempt": self.attempt}, facts=facts
        )


def _stopped(why: Ending) -> NotPossible:
    return NotPossible(
        "call.stopped",
        f"This call may not be made: {why.reason or 'permitted_later'}. Nobody was called.",
        hint="Ask for the next one.",
        reason=why.reason or "permitted_later",
    )
