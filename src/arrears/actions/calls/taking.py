"""Taking the next call: the gate decides it at that instant, and what it permits is this agent's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from arrears.actions.attempts import follow, move
from arrears.actions.calls.agents import agent_of, worker_of
from arrears.actions.calls.showing import CallTask, get_call, own_call
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.gate import Gated, gate_call
from arrears.actions.gating.claims import Due, find_next_call
from arrears.actions.sweeping import sweep_contacts
from arrears.kernel.errors import Conflict
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.store import audit, clock
from arrears.store.models import Attempt


def take_next_call(*, lender: int, agent: str, law: Law, strategy: Strategy, actor: str) -> CallTask | None:
    """The call that this agent is to make now; None when none is due and permitted.

    Of those due the one with the least time left comes first. An agent has one call at a time: who
    has one, dialled or not, is given it again. Nothing is reserved but what is permitted now; what
    the law does not permit is put off or ends, and is recorded. Raises BadInput for a name that
    is none, and Misconfigured as the gate does.
    """
    worker = worker_of(lender, agent)
    sweep_contacts(actor=actor)
    taken = find_call_of(worker)
    if taken is None:
        gate = partial(gate_call, law=law, strategy=strategy, agent=worker, actor=actor)
        taken = _reserve(partial(find_next_call, lender=lender, version=strategy.version), gate, worker)
    return None if taken is None else get_call(taken, lender=lender)


def _reserve(find: Callable[..., Due | None], gate: Callable[[Due], Gated], worker: str) -> int | None:
    """Ask the gate about one due call after another, each once, until it permits one or none is left."""
    asked: set[int] = set()
    while (due := find(at=clock.now(), but=asked)) is not None:
        asked.update(due.contacts)
        try:
            gated = again_after_deadlock(partial(gate, due))
        except UniqueViolation:  # this agent asked twice at once; COPY raises the driver's own error
            return find_call_of(worker)
        if gated.attempts:
            return gated.attempts[0]
    return None


def find_call_of(worker: str) -> int | None:
    """The call that an agent has: taken and not dialled, or dialled and not reported on."""
    rows = Attempt.objects.filter(worker=worker, state__in=["reserved", "handing_over"])
    return rows.values_list("id", flat=True).first()


def give_back_call(*, lender: int, attempt: int, agent: str, actor: str) -> None:
    """Give back a call that was not dialled: certainly nobody was called, and it is due again.

    Raises NotFound for what is no agent's call, and Conflict when it is not this agent's any more, or was
    dialled.
    """
    own_call(attempt, lender=lender)
    with transaction.atomic(durable=True):
        at = clock.now()
        moved = move(
            [attempt],
            of=["reserved"],
            to="not_sent",
            at=at,
            worker=worker_of(lender, agent),
            failure_code="given_back",
        )
        if not moved:
            raise not_theirs()
        follow(moved, at=at, waits=False)
        facts = {"state": "not_sent", "code": "given_back"}
        audit.record(
            "attempt.moved", actor=actor, at=at, lender_id=lender, subjects={"attempt": moved}, facts=facts
        )


def not_theirs() -> Conflict:
    """To be raised: somebody wants to dial or give back what he has not, or has dialled."""
    return Conflict(
        "call.not_taken",
        "This agent has no call of this number that waits to be dialled.",
        hint="Ask for the next one.",
        field="attempt",
    )


class PlannedCall(NamedTuple):
    """One call of a day's plan and what became of it; `because` is a code, `agent` who had it last."""

    planned_contact: int
    loan_refs: list[str]
    not_before_at: datetime
    not_after_at: datetime
    state: str
    because: str | None
    agent: str | None
    attempt: int | None
    result: str | None


def list_calls(lender: int, *, on: date) -> list[PlannedCall]:
    """The calls planned for the lender's business day, those with the least time first."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [lender, on])
        rows = cursor.fetchall()
    return [PlannedCall._make((*row[:6], row[6] and agent_of(row[6]), *row[7:])) for row in rows]


_CALLS = """
SELECT planned.id,
       ARRAY(SELECT loan.source_ref FROM planned_contact_loan AS served JOIN loan ON loan.id = served.loan_id
              WHERE served.planned_contact_id = planned.id ORDER BY loan.source_ref),
       planned.not_before_at, planned.not_after_at, planned.state, planned.end_reason,
       last.worker, last.id, outcome.result
  FROM planned_contact AS planned
  LEFT JOIN attempt AS last ON last.planned_contact_id = planned.id AND last.try_no = planned.tries
   AND last.worker LIKE 'agent:%%'
  LEFT JOIN LATERAL (SELECT result FROM call_outcome WHERE attempt_id = last.id
                      ORDER BY sequence DESC LIMIT 1) AS outcome ON true
 WHERE planned.lender_id = %s AND planned.planned_for_on = %s AND planned.channel = 'call'
 ORDER BY planned.not_after_at, planned.not_before_at, planned.id
"""
