"""What the demo counts at its end, read from the tables; nothing is kept on the side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Contacts:
    """Attempts of one business day for one step through one channel, by what became of them."""

    on: date
    step: str
    channel: str
    state: str
    count: int


@dataclass(frozen=True)
class Refusals:
    """Candidates refused because of this rule, by the plan and by the gate, and how many loans they concern.

    A loan whose step stays refused is asked about again every day.
    """

    rule: str
    by_plan: int
    by_gate: int
    loans: int


@dataclass(frozen=True)
class Reconciliation:
    """Our record of e-mails, and the mail server's own.

    ours         attempts that left this machine or may have, by state
    theirs       messages in the server's record
    only_theirs  attempts in its record that ours calls neither sent nor unsure
    only_ours    attempts of ours that it accepted, and does not have
    twice        attempts it has more than once
    unsure_kept  attempts we are unsure of that it has
    """

    ours: Mapping[str, int]
    theirs: int
    only_theirs: tuple[int, ...]
    only_ours: tuple[int, ...]
    twice: tuple[int, ...]
    unsure_kept: int

    @property
    def is_exact(self) -> bool:
        return not (self.only_theirs or self.only_ours or self.twice)


def contacts_by_step() -> list[Contacts]:
    """One row per business day, step, channel and state, in this order."""
    rows = _rows(
        """
        SELECT p.planned_for_on, s.step, a.channel, a.state, count(*)
          FROM attempt a
          JOIN planned_contact p ON p.id = a.planned_contact_id
          JOIN LATERAL (SELECT step FROM planned_contact_loan l
                         WHERE l.planned_contact_id = p.id ORDER BY l.rank DESC, l.id LIMIT 1) s ON true
         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """
    )
    return [Contacts(*row) for row in rows]


def refusals_by_rule() -> list[Refusals]:
    """How many candidates each rule kept from being contacted, most first.

    Of the rules that refused one candidate when it was asked, those count that permit latest: a rule that
    only says "not before eight" is no reason why somebody was not contacted at all.
    """
    rows = _rows(
        """
        WITH refused AS (
            SELECT id, decided_at, use, loan_id, reasons FROM decision
             WHERE outcome = 'refused' OR (use = 'gate' AND result <> 'allow')
        ), reason AS (
            SELECT id, decided_at, use, loan_id, r ->> 'rule' AS rule,
                   coalesce((r ->> 'from')::timestamptz, 'infinity') AS from_at
              FROM refused, jsonb_array_elements(reasons) r WHERE (r ->> 'now')::boolean
        ), latest AS (
            SELECT *, max(from_at) OVER (PARTITION BY id, decided_at) AS last FROM reason
        )
        SELECT rule, count(*) FILTER (WHERE use = 'plan'), count(*) FILTER (WHERE use = 'gate'),
               count(DISTINCT loan_id)
          FROM latest WHERE from_at = last
         GROUP BY rule ORDER BY count(*) DESC, rule
        """
    )
    return [Refusals(*row) for row in rows]


LEFT = ("accepted", "delivered", "undelivered", "returned", "complained")


def reconcile(server_record: Sequence[Mapping[str, Any]]) -> Reconciliation:
    """Compare e-mail attempts with the mail server's record (entries of `channels.smtp.sink`)."""
    state_of = dict(_rows("SELECT id, state FROM attempt WHERE channel = 'email' AND origin = 'gate'"))
    theirs = [int(entry["attempt"]) for entry in server_record]
    left = {attempt for attempt, state in state_of.items() if state in LEFT}
    unsure = {attempt for attempt, state in state_of.items() if state == "unsure"}
    return Reconciliation(
        ours=dict(Counter(state_of.values())),
        theirs=len(theirs),
        only_theirs=tuple(sorted(set(theirs) - left - unsure)),
        only_ours=tuple(sorted(left - set(theirs))),
        twice=tuple(sorted(each for each, times in Counter(theirs).items() if times > 1)),
        unsure_kept=len(unsure & set(theirs)),
    )


def planned_states() -> dict[str, int]:
    """How the planned contacts ended, by state."""
    return dict(_rows("SELECT state, count(*) FROM planned_contact GROUP BY state ORDER BY state"))


def _rows(query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
