"""Contacts that people make by hand: the calls and letters that a run has planned and nobody has sent yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from arrears.kernel.vocabulary import Channel, name_of

BY_HAND = (Channel.CALL, Channel.LETTER, Channel.VISIT)
"""Channels that take somebody's time."""


class Task(NamedTuple):
    """One planned call, letter or visit, and the loans it is about.

    It may be begun from `not_before_at` until before `not_after_at`, and only after the gate has
    let it out.
    """

    planned_contact: int
    channel: str
    step: str
    person: int
    recipient_kind: str
    loan_refs: list[str]
    not_before_at: datetime
    not_after_at: datetime


def list_tasks(lender: int, *, on: date) -> list[Task]:
    """The tasks that the run of the lender's business day `on` has left, the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute(_TASKS, [lender, on, [name_of(channel) for channel in BY_HAND]])
        return [Task._make(row) for row in cursor.fetchall()]


_TASKS = """
SELECT planned.id, planned.channel, min(served.step), planned.person_id, planned.recipient_kind,
       array_agg(loan.source_ref ORDER BY loan.source_ref), planned.not_before_at, planned.not_after_at
  FROM planned_contact AS planned
  JOIN planned_contact_loan AS served ON served.planned_contact_id = planned.id AND served.is_live
  JOIN loan ON loan.id = served.loan_id
 WHERE planned.lender_id = %s AND planned.planned_for_on = %s AND planned.state = 'planned'
   AND planned.channel = ANY(%s)
 GROUP BY planned.id ORDER BY planned.not_before_at, planned.id
"""
