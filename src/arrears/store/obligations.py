"""What obligations arise from and what meets them, as rows: requests, measures, first contacts, notices.

Read are requests and their steps, measures, attempts, and proofs of notice. The payments of a schedule
that were missed are no rows of a table: the caller computes them and hands them in.
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from arrears.kernel import vocabulary as v
from arrears.kernel.days import datetime_of, instant_of
from arrears.kernel.facts import NEVER, NO_ID, Codes
from arrears.kernel.obligations.rules import NOTICE_OF, Trigger
from arrears.kernel.obligations.standing import PROOF_COLUMNS, TRIGGER_COLUMNS, Told
from arrears.kernel.vocabulary import NoticeKind, ProofState, code_of, name_of

_OF_REQUESTS = (
    Trigger.DISPUTE,
    Trigger.COMPLAINT,
    Trigger.CORRECTION,
    Trigger.DELETION,
    Trigger.ACCESS,
    Trigger.BUREAU_DISPUTE,
    Trigger.FRIVOLOUS_DISPUTE,
)
_FIRST = name_of(Trigger.FIRST_COMMUNICATION)
_NOT_STORED = {"missed": 0, "is_weekly": 0, "extensions": 0, "zone": 0}


@dataclass(frozen=True, slots=True)
class MissedPayments:
    """That a loan has missed so many payments since an instant: `kind` is the trigger it gives."""

    kind: Trigger
    loan: int
    at: datetime
    count: int
    is_weekly: bool


_DUTY_OF = {name_of(notice): duty for duty, notice in NOTICE_OF.items()}
_STATE_OF = {
    "sent": ProofState.SENT,
    "posted": ProofState.POSTED,
    "served": ProofState.SERVED,
    "accepted": ProofState.SENT,
    "delivered": ProofState.DELIVERED,
    "complained": ProofState.DELIVERED,
    "undelivered": ProofState.RETURNED,
    "returned": ProofState.RETURNED,
    "unsure": ProofState.UNSURE,
}
"""What a proof of notice or the state of an attempt is evidence of."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """A foretold contact: to the borrower of a loan, with a `NoticeKind`, by a `Channel`, at an instant."""

    loan: int
    person: int
    notice: int
    channel: int
    at: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known, and per trigger the lender's number of the loan (empty: about no one loan)."""

    told: Told
    loan_refs: Sequence[str]
    request_ids: Codes


@dataclass(frozen=True, slots=True)
class OnFile:
    """What was read: triggers and proofs, the zone of the lender, and by loan what stands in its triggers."""

    triggers: Sequence[Mapping[str, Any]]
    proofs: Sequence[Mapping[str, Any]]
    loans: Mapping[int, Mapping[str, Any]]
    zone: str

    def stored(
        self,
        *,
        missed: Sequence[MissedPayments] = (),
        spoken: Sequence[Foretold] = (),
        given: Sequence[Foretold] = (),
    ) -> Stored:
        """What is on file with payments that were missed, and what is foretold.

        spoken  contacts that may be the first communication about their loan
        given   contacts whose notice is sent, of which nobody knows yet that it arrived
        """
        rows = [*self.triggers, *self._missed(missed), *self._spoken(spoken)]
        proofs = [*map(_proof, self.proofs), *self._given(given)]
        sets: dict[tuple[str, ...], int] = {}
        triggers = [_trigger(row, sets) for row in rows]
        told = Told(
            {name: np.array([row[name] for row in triggers], np.int64) for name in TRIGGER_COLUMNS},
            {name: np.array([row[name] for row in proofs], np.int64) for name in PROOF_COLUMNS},
            (self.zone,),
            tuple(sets) or ((),),
        )
        refs = [row["loan_ref"] or "" for row in rows]
        return Stored(told, refs, np.array([row["request"] or NO_ID for row in rows], np.int64))

    def _missed(self, missed: Sequence[MissedPayments]) -> Iterator[Mapping[str, Any]]:
        for each in missed:
            if each.loan in self.loans:
                told = {"kind": name_of(each.kind), "at": each.at, "missed": each.count}
                yield {**self.loans[each.loan], **told, "is_weekly": each.is_weekly}

    def _spoken(self, spoken: Sequence[Foretold]) -> Iterator[Mapping[str, Any]]:
        first = {(row["loan"], row["person"]) for row in self.triggers if row["kind"] == _FIRST}
        for each in sorted(spoken, key=lambda one: one.at):
            loan = self.loans.get(each.loan)
            if loan is not None and loan["person"] == each.person and (each.loan, each.person) not in first:
                first.add((each.loan, each.person))
                yield {**loan, "kind": _FIRST, "at": datetime_of(each.at)}

    def _given(self, given: Sequence[Foretold]) -> Iterator[dict[str, int]]:
        last = max([0, *(int(row["message"]) for row in self.proofs)])
        for number, each in enumerate(given, last + 1):
            duty = _DUTY_OF.get(name_of(NoticeKind(each.notice)))
            if duty is not None:
                told = {"message": number, "duty": int(duty), "state": int(ProofState.SENT), "at": each.at}
                yield {**told, "channel": each.channel, "loan": each.loan, "person": each.person}


def read_triggers(
    *,
    lender_id: int,
    known_at: datetime,
    actor_kinds: Collection[str],
    loans: Collection[int] | None = None,
    persons: Collection[int] = (),
    computed: Collection[int] = (),
) -> OnFile:
    """Everything of a lender that was known at `known_at`.

    actor_kinds  whose first contacts are of interest; no others are read
    loans        only what is about these loans; None: everything, what is about no one loan too
    persons      who asked for what is about no one loan and is read beside these loans
    computed     loans of which triggers may be added: payments that were missed, contacts that are foretold
    """
    parameters = {
        "lender": lender_id,
        "known": known_at,
        "requests": list(map(name_of, _OF_REQUESTS)),
        "actors": sorted(actor_kinds),
        "notices": sorted(_DUTY_OF),
        "states": sorted(_STATE_OF),
        "loans": None if loans is None else sorted(loans),
        "persons": sorted(persons),
        "computed": sorted(computed),
    }
    rows = [row for query in (_REQUESTS, _MEASURES, _FIRST_CONTACTS) for row in _rows(query, parameters)]
    of_loans = {row["loan"]: row for row in _rows(_LOANS, parameters)} if computed else {}
    return OnFile(rows, _rows(_PROOFS, parameters), of_loans, _zone_of(lender_id))


def list_loans_at(places: Collection[str], *, lender_id: int, known_at: datetime) -> list[int]:
    """Open loans whose contract or borrower is, or may be, of one of these places."""
    parameters = {"lender": lender_id, "known": known_at, "places": sorted(places)}
    return [row["id"] for row in _rows(_LOANS_AT, parameters)]


def _trigger(row: Mapping[str, Any], sets: dict[tuple[str, ...], int]) -> dict[str, int]:
    return {
        **_NOT_STORED,
        **{name: int(row[name]) for name in ("missed", "is_weekly", "extensions") if name in row},
        "kind": code_of(Trigger, row["kind"]),
        "at": instant_of(row["at"]),
        "event_at": _instant(row["event_at"]),
        "ended_at": _instant(row["ended_at"]),
        "answered_at": _instant(row["answered_at"]),
        "loan": row["loan"] or NO_ID,
        "person": row["person"],
        "actor_kind": code_of(v.ActorKind, row["actor_kind"]),
        "licence": code_of(v.CreditorLicence, row["licence"]),
        "debt_kind": code_of(v.DebtKind, row["debt_kind"]) if row["debt_kind"] else NO_ID,
        "places": sets.setdefault(tuple(row["places"]), len(sets)),
    }


def _proof(row: Mapping[str, Any]) -> dict[str, int]:
    return {
        "message": row["message"],
        "duty": _DUTY_OF[row["notice"]],
        "channel": int(code_of(v.Channel, row["channel"])),
        "state": _STATE_OF[row["state"]],
        "at": instant_of(row["at"]),
        "loan": row["loan"],
        "person": row["person"],
    }


def _instant(at: datetime | None) -> int:
    return NEVER if at is None else instant_of(at)


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _zone_of(lender_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT zone FROM organisation WHERE id = %s", [lender_id])
        row = cursor.fetchone()
    assert row is not None, lender_id
    return str(row[0])


# The places whose law may bind: every plausible one of the person, and that of the contract.
_PLACES = """
    ARRAY(SELECT place FROM zone_evidence AS e
          WHERE e.person_id = t.person_id AND e.place IS NOT NULL AND e.recorded_at <= %(known)s
            AND NOT EXISTS (SELECT FROM zone_evidence AS newer
                            WHERE newer.supersedes_id = e.id AND newer.recorded_at <= %(known)s)
          UNION SELECT loan.governing_law WHERE loan.governing_law IS NOT NULL ORDER BY 1)"""


def _of_loans(column: str) -> str:
    return f"(%(loans)s::bigint[] IS NULL OR {column} = ANY(%(loans)s))"


_REQUESTS = f"""
SELECT t.id AS request, t.kind, t.received_at AS at, NULL::timestamptz AS event_at,
       t.loan_id AS loan, t.person_id AS person,
       loan.source_ref AS loan_ref, loan.debt_kind, lender.actor_kind, lender.licence,
       (SELECT min(step.at) FROM request_step AS step WHERE step.request_id = t.id
         AND step.state = 'withdrawn' AND step.recorded_at <= %(known)s) AS ended_at,
       (SELECT min(step.at) FROM request_step AS step WHERE step.request_id = t.id
         AND step.state = 'answered' AND step.recorded_at <= %(known)s) AS answered_at,
       (SELECT count(*) FROM request_step AS step WHERE step.request_id = t.id
         AND step.state = 'extended' AND step.recorded_at <= %(known)s) AS extensions,
       {_PLACES} AS places
  FROM request AS t
  JOIN organisation AS lender ON lender.id = t.lender_id
  LEFT JOIN loan ON loan.id = t.loan_id
 WHERE t.lender_id = %(lender)s AND t.kind = ANY(%(requests)s) AND t.recorded_at <= %(known)s
   AND ({_of_loans("t.loan_id")} OR (t.loan_id IS NULL AND t.person_id = ANY(%(persons)s)))
 ORDER BY t.id
"""

_LOANS = f"""
SELECT NULL AS request, NULL::timestamptz AS event_at, loan.id AS loan, t.person_id AS person,
       loan.source_ref AS loan_ref, loan.debt_kind, lender.actor_kind, lender.licence,
       NULL::timestamptz AS ended_at, NULL::timestamptz AS answered_at, {_PLACES} AS places
  FROM loan
  JOIN loan_party AS t ON t.loan_id = loan.id AND t.role = 'borrower' AND t.until_on IS NULL
  JOIN organisation AS lender ON lender.id = loan.lender_id
 WHERE loan.id = ANY(%(computed)s)
"""

_LOANS_AT = """
SELECT DISTINCT loan.id
  FROM loan
  JOIN loan_party AS party ON party.loan_id = loan.id AND party.role = 'borrower' AND party.until_on IS NULL
  LEFT JOIN zone_evidence AS e ON e.person_id = party.person_id AND e.recorded_at <= %(known)s
  JOIN unnest(%(places)s::text[]) AS at (place)
    ON loan.governing_law = at.place OR starts_with(loan.governing_law, at.place || '-')
    OR e.place = at.place OR starts_with(e.place, at.place || '-')
 WHERE loan.lender_id = %(lender)s AND loan.closed_on IS NULL
 ORDER BY loan.id
"""

# What is planned has an event, which is known ahead; a report that was made is a second trigger, which
# no recall undoes. A default sum is charged when it is decided.
_MEASURES = f"""
SELECT NULL AS request, t.kind, t.at, t.event_at, t.loan_id AS loan, t.person_id AS person,
       loan.source_ref AS loan_ref, loan.debt_kind, lender.actor_kind, lender.licence,
       t.ended_at, NULL::timestamptz AS answered_at, {_PLACES} AS places
  FROM (SELECT m.id, m.loan_id, m.lender_id, party.person_id, trigger.kind, trigger.at, trigger.event_at,
               trigger.ended_at
          FROM measure AS m
          JOIN loan_party AS party ON party.loan_id = m.loan_id AND party.role = 'borrower'
           AND party.until_on IS NULL,
          LATERAL (VALUES
            (CASE m.kind WHEN 'report' THEN 'negative_data_planned' WHEN 'placement' THEN 'agency_planned'
                         WHEN 'transfer' THEN 'claim_transferred'
                         WHEN 'enforcement' THEN 'enforcement_planned'
                         WHEN 'default_registration' THEN 'default_registration_planned'
                         WHEN 'default_sum' THEN 'default_sum_charged' END,
             m.decided_at, m.takes_effect_at, m.ended_at),
            (CASE WHEN m.kind = 'report' AND (m.ended_at > m.takes_effect_at OR m.ended_at IS NULL)
                  THEN 'negative_data_furnished' END, m.takes_effect_at, NULL, NULL)
          ) AS trigger (kind, at, event_at, ended_at)
         WHERE m.lender_id = %(lender)s AND m.recorded_at <= %(known)s AND {_of_loans("m.loan_id")}
           AND trigger.kind IS NOT NULL AND trigger.at IS NOT NULL
           AND NOT EXISTS (SELECT FROM measure AS newer
                            WHERE newer.supersedes_id = m.id AND newer.recorded_at <= %(known)s)) AS t
  JOIN organisation AS lender ON lender.id = t.lender_id
  JOIN loan ON loan.id = t.loan_id
 ORDER BY t.id, t.at, t.kind
"""

# Who acts for the lender is what his organisation is called, unless it says so itself. A call that
# nobody answered said nothing; what may have arrived may have been the first communication.
_FIRST_CONTACTS = f"""
SELECT NULL AS request, 'first_communication' AS kind, t.at, NULL::timestamptz AS event_at,
       t.loan_id AS loan, t.person_id AS person,
       loan.source_ref AS loan_ref, loan.debt_kind, t.actor_kind, lender.licence,
       loan.closed_on::timestamp AT TIME ZONE lender.zone AS ended_at, NULL::timestamptz AS answered_at,
       {_PLACES} AS places
  FROM (SELECT told.loan_id, a.person_id, a.lender_id, min(a.at) AS at, acts.actor_kind
          FROM attempt AS a
          JOIN attempt_loan AS told ON told.attempt_id = a.id
          JOIN (SELECT id, coalesce(actor_kind, kind) AS actor_kind FROM organisation) AS acts
            ON acts.id = a.actor_organisation_id
         WHERE a.lender_id = %(lender)s AND a.recorded_at <= %(known)s AND acts.actor_kind = ANY(%(actors)s)
           AND {_of_loans("told.loan_id")}
           AND a.state = ANY(%(states)s) AND a.state NOT IN ('undelivered', 'returned')
           AND (a.channel <> 'call' OR a.is_conversation IS NOT FALSE)
         GROUP BY told.loan_id, a.person_id, a.lender_id, acts.actor_kind, a.actor_organisation_id) AS t
  JOIN organisation AS lender ON lender.id = t.lender_id
  JOIN loan ON loan.id = t.loan_id
 ORDER BY t.loan_id, t.person_id, t.at
"""

# One message is an attempt of ours, or the notice through one channel of which the lender has proof.
_PROOFS = f"""
SELECT coalesce(attempt_id, -dense_rank() OVER (ORDER BY loan_id, person_id, notice, channel)) AS message,
       notice, channel, state, at, loan_id AS loan, person_id AS person
  FROM notice_proof
 WHERE lender_id = %(lender)s AND notice = ANY(%(notices)s) AND recorded_at <= %(known)s
   AND {_of_loans("loan_id")}
UNION ALL
SELECT a.id, a.notice, a.channel, coalesce(step.to_state, a.state), coalesce(step.at, a.at), told.loan_id,
       a.person_id
  FROM attempt AS a
  JOIN attempt_loan AS told ON told.attempt_id = a.id
  LEFT JOIN attempt_step AS step ON step.attempt_id = a.id AND step.at <= %(known)s
 WHERE a.lender_id = %(lender)s AND a.notice = ANY(%(notices)s) AND a.recorded_at <= %(known)s
   AND coalesce(step.to_state, a.state) = ANY(%(states)s) AND {_of_loans("told.loan_id")}
"""
