"""Moving attempts forward, and what follows for the contacts that were planned.

An attempt moves by compare-and-set, and whatever rests on its state moves in the same
transaction: `move`, then `follow` with the attempts that moved.

    attempt                              planned contact
    accepted, delivered, ... complained  sent
    unsure                               unsure: listed for a person, never tried again
    refused_by_provider                  lapsed: the next run may choose another address
    not_sent                             planned again, or lapsed after `TRIES_MAX` or its window

A step of the ladder is done by an attempt that may have arrived, on the day of its reservation:
`accepted`, `unsure` and everything after them. It is recorded with the result and not with
`handing_over`, because from there an attempt may still turn out to have left nothing, and what
is recorded as done stays. Until then the planned contact itself bars the step: it is live.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from arrears.kernel.vocabulary import NetworkResult, name_of
from arrears.store import audit
from arrears.store.models import Attempt
from arrears.store.models.attempts import EVIDENCE_STATES

TRIES_MAX = 5
RETRY_AFTER = timedelta(minutes=5)
"""Wait before the second try when the provider was away; three times as long before each further one."""

_MAY_HAVE_ARRIVED = ["unsure", *EVIDENCE_STATES]


def move(
    attempts: Sequence[int],
    *,
    of: Sequence[str],
    to: str,
    at: datetime,
    worker: str | None = None,
    failure_code: str | None = None,
    provider_ref: str | None = None,
) -> list[int]:
    """Move the attempts that are still in a state of `of` (and `worker`'s, when given); which moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE attempt SET state = %(to)s, state_at = %(at)s,"
            " failure_code = coalesce(%(failure_code)s, failure_code),"
            " provider_ref = coalesce(%(provider_ref)s, provider_ref)"
            " WHERE id IN (SELECT id FROM attempt WHERE id = ANY(%(attempts)s)"
            "   AND state = ANY(%(of)s) AND worker IS NOT DISTINCT FROM coalesce(%(worker)s, worker)"
            "   ORDER BY id FOR NO KEY UPDATE)"
            " RETURNING id",
            {
                "attempts": list(attempts),
                "of": list(of),
                "to": to,
                "at": at,
                "worker": worker,
                "failure_code": failure_code,
                "provider_ref": provider_ref or None,
            },
        )
        return sorted(row[0] for row in cursor.fetchall())


def take_back(reserved: Sequence[int], *, code: str, actor: str, at: datetime) -> list[int]:
    """What was reserved and nobody has begun to hand over is not sent; the attempts that it still held for.

    `code` is why. Called under the locks of those whom they go to.
    """
    moved = move(reserved, of=["reserved"], to="not_sent", at=at, failure_code=code)
    follow(moved, at=at, waits=False)
    if moved:
        facts = {"state": "not_sent", "code": code}
        audit.record("attempt.moved", actor=actor, at=at, subjects={"attempt": moved}, facts=facts)
    return moved


def follow(attempts: Sequence[int], *, at: datetime, waits: bool = True, state: str | None = None) -> None:
    """Bring planned contacts and steps in line with the states of their attempts.

    Doing it again changes nothing. `waits`: a contact that was not sent is not due again at once.
    `state` is the one that all of them are in, when it is known: less is asked then.
    """
    if not attempts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ";".join(_following(state)),  # one journey to the server
            {
                "attempts": list(attempts),
                "at": at,
                "arrived": _MAY_HAVE_ARRIVED,
                "tries_max": TRIES_MAX,
                "wait_seconds": RETRY_AFTER.seconds if waits else 0,
            },
        )


def _following(state: str | None) -> tuple[str, ...]:
    """What may follow from a state; from any, when it is not known."""
    if state is None:
        return _SENT_OR_UNSURE, _REFUSED, _NOT_SENT, _STEPS
    if state in _MAY_HAVE_ARRIVED:
        return _SENT_OR_UNSURE, _STEPS
    return {"refused_by_provider": (_REFUSED,), "not_sent": (_NOT_SENT,)}[state]


def record_outcome(attempts: Sequence[int], result: NetworkResult, *, at: datetime) -> None:
    """Record how these calls ended for the network: a call that was not answered was no conversation."""
    Attempt.objects.filter(pk__in=attempts).update(
        network_result=name_of(result),
        is_conversation=result is NetworkResult.ANSWERED,
        outcome_recorded_at=at,
    )


class Unsure(NamedTuple):
    """One loan of one contact of unknown fate; `because` is the code of what fell silent."""

    attempt: int
    loan_ref: str
    channel: str
    provider: str | None
    handed_over_at: datetime
    because: str | None


def list_unsure() -> list[Unsure]:
    """Contacts that may or may not have arrived, the oldest first: nobody but a person can settle them."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSURE)
        return [Unsure(*row) for row in cursor.fetchall()]


_SENT_OR_UNSURE = """
UPDATE planned_contact AS planned
   SET state = CASE attempt.state WHEN 'unsure' THEN 'unsure' ELSE 'sent' END, state_at = %(at)s
  FROM attempt
 WHERE attempt.id = ANY(%(attempts)s) AND attempt.state = ANY(%(arrived)s)
   AND planned.id = attempt.planned_contact_id
   AND (planned.state = 'reserved' OR planned.state = 'unsure' AND attempt.state <> 'unsure')
"""

_REFUSED = """
UPDATE planned_contact AS planned
   SET state = 'lapsed', state_at = %(at)s, end_reason = 'refused_by_provider'
  FROM attempt
 WHERE attempt.id = ANY(%(attempts)s) AND attempt.state = 'refused_by_provider'
   AND planned.id = attempt.planned_contact_id AND planned.state = 'reserved'
"""

_NOT_SENT = """
UPDATE planned_contact AS planned
   SET state = CASE WHEN reason IS NULL THEN 'planned' ELSE 'lapsed' END, state_at = %(at)s,
       not_before_at = CASE WHEN reason IS NULL THEN next_at ELSE planned.not_before_at END,
       end_reason = reason
  FROM (SELECT tried.id, next_at,
               CASE WHEN tried.tries >= %(tries_max)s THEN 'tries_used_up'
                    WHEN next_at >= tried.not_after_at THEN 'window_ended' END AS reason
          FROM attempt JOIN planned_contact AS tried ON tried.id = attempt.planned_contact_id,
               make_interval(secs => %(wait_seconds)s * power(3, tried.tries - 1)) AS wait,
               greatest(tried.not_before_at, %(at)s + wait) AS next_at
         WHERE attempt.id = ANY(%(attempts)s) AND attempt.state = 'not_sent'
           AND attempt.try_no = tried.tries) AS tried
 WHERE planned.id = tried.id AND planned.state = 'reserved'
"""

_STEPS = """
INSERT INTO step_record
       (lender_id, loan_id, person_id, step, track, rank, episode_start_on, done_on, outcome, attempt_id,
        recorded_at)
SELECT attempt.lender_id, served.loan_id, served.person_id, served.step, served.track, served.rank,
       served.episode_start_on,
       (attempt.at AT TIME ZONE lender.zone)::date, 'done', attempt.id, %(at)s
  FROM attempt
  JOIN organisation AS lender ON lender.id = attempt.lender_id
  JOIN attempt_loan AS told ON told.attempt_id = attempt.id
  JOIN planned_contact_loan AS served
    ON served.planned_contact_id = attempt.planned_contact_id AND served.loan_id = told.loan_id
 WHERE attempt.id = ANY(%(attempts)s) AND attempt.state = ANY(%(arrived)s)
    ON CONFLICT DO NOTHING
"""

_UNSURE = """
SELECT attempt.id, loan.source_ref, attempt.channel, attempt.provider, step.at, attempt.failure_code
  FROM attempt
  JOIN attempt_loan AS told ON told.attempt_id = attempt.id
  JOIN loan ON loan.id = told.loan_id
  JOIN attempt_step AS step ON step.attempt_id = attempt.id AND step.to_state = 'handing_over'
 WHERE attempt.state = 'unsure'
 ORDER BY step.at, attempt.id, loan.source_ref
"""
