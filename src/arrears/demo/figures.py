"""What the demo counts at its end, read from the tables; nothing is kept on the side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from arrears.strategies.mixing import CHALLENGER_MARK


@dataclass(frozen=True)
class Contacts:
    """Attempts of one day for one step through one channel, by what became of them."""

    on: date
    step: str
    rank: int
    channel: str
    state: str
    count: int


@dataclass(frozen=True)
class Arm:
    """What came of one of the two ladders: loans with a step due, contacted, paid after a contact."""

    is_challenger: bool
    due: int
    contacted: int
    contacts: int
    calls: int
    paid: int


@dataclass(frozen=True)
class Refusals:
    """How often this rule kept a loan from its step, by the plan and by the gate, and how many loans.

    A loan whose step stays refused is asked about again, and counted again, every day.
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
    """One row per day, step, channel and state, in this order."""
    rows = _rows(
        """
        SELECT p.planned_for_on, s.step, s.rank, a.channel, a.state, count(*)
          FROM attempt a
          JOIN planned_contact p ON p.id = a.planned_contact_id
          JOIN LATERAL (SELECT step, rank FROM planned_contact_loan l
                         WHERE l.planned_contact_id = p.id ORDER BY l.rank DESC, l.id LIMIT 1) s ON true
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 3, 2, 4, 5
        """
    )
    return [Contacts(*row) for row in rows]


def arms() -> list[Arm]:
    """The champion's row, then the challenger's, whose steps are those with its mark."""
    rows = _rows(
        """
        WITH told AS (
            SELECT about.loan_id, served.step LIKE %s AS is_challenger,
                   attempt.id, attempt.at, attempt.channel
              FROM attempt
              JOIN attempt_loan AS about ON about.attempt_id = attempt.id
              JOIN planned_contact_loan AS served
                ON served.planned_contact_id = attempt.planned_contact_id AND served.loan_id = about.loan_id
             WHERE attempt.state <> 'not_sent'
        ), contacted AS (
            SELECT is_challenger, count(DISTINCT loan_id) AS loans, count(DISTINCT id) AS contacts,
                   count(DISTINCT id) FILTER (WHERE channel = 'call') AS calls,
                   count(DISTINCT loan_id) FILTER (WHERE EXISTS (
                       SELECT FROM payment
                        WHERE payment.loan_id = told.loan_id AND recorded_at > told.at)) AS paid
              FROM told GROUP BY 1
        ), due AS (
            SELECT step LIKE %s AS is_challenger, count(DISTINCT loan_id) AS loans
              FROM decision WHERE use = 'plan' GROUP BY 1
        )
        SELECT is_challenger, due.loans, coalesce(contacted.loans, 0), coalesce(contacts, 0),
               coalesce(calls, 0), coalesce(paid, 0)
          FROM due LEFT JOIN contacted USING (is_challenger) ORDER BY 1
        """,
        (f"%{CHALLENGER_MARK}%", f"%{CHALLENGER_MARK}%"),
    )
    return [Arm(*row) for row in rows]


def refusals_by_rule() -> list[Refusals]:
    """How often each rule kept a loan from its step, most first: no way of taking it was permitted.

    Of the rules that refused one candidate when it was asked, those count that permit latest: a rule that
    only says "not before eight" is no reason why somebody was not contacted at all.
    """
    rows = _rows(
        """
        WITH served AS (
            SELECT DISTINCT run_id, loan_id, step FROM decision WHERE use = 'plan' AND outcome <> 'refused'
        ), refused AS (
            SELECT id, decided_at, use, loan_id, reasons FROM decision
             WHERE (use = 'plan' AND outcome = 'refused'
                    AND (run_id, loan_id, step) NOT IN (SELECT run_id, loan_id, step FROM served))
                OR (use = 'gate' AND result <> 'allow')
        ), reason AS (
            SELECT id, decided_at, use, loan_id, r ->> 'rule' AS rule,
                   coalesce((r ->> 'from')::timestamptz, 'infinity') AS from_at
              FROM refused, jsonb_array_elements(reasons) r WHERE (r ->> 'now')::boolean
        ), latest AS (
            SELECT *, max(from_at) OVER (PARTITION BY id, decided_at) AS last FROM reason
        )
        SELECT rule, count(DISTINCT (loan_id, decided_at)) FILTER (WHERE use = 'plan'),
               count(*) FILTER (WHERE use = 'gate'), count(DISTINCT loan_id)
          FROM latest WHERE from_at = last
         GROUP BY rule ORDER BY 2 DESC, rule
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
