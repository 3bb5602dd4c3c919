"""What of a lender's records may go, must stay or is only stored: read, nothing written or deleted.

The tables bind by where they may: a place of the person's, the law of the loan, the lender's country. Of
several entries the longest holds. A record counts once for every loan it is about, because each loan has
its own clocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from arrears.kernel.tables.retention import Retention, retention_of
from arrears.rulepacks.tables import table_entries


@dataclass(frozen=True, slots=True)
class RetentionRow:
    """Records of one kind that share their answer. `records` is how many; the rest as in `Retention`.

    `first_through_on` and `last_through_on` are the earliest and the latest of their last days.
    """

    record: str
    state: str
    because: tuple[str, ...]
    missing: tuple[str, ...]
    is_uncertain: bool
    records: int
    first_through_on: date | None
    last_through_on: date | None


def get_retention(*, lender_id: int, on: date, loan_ref: str | None = None) -> list[RetentionRow]:
    """What may become of the lender's records on `on`, of one loan only where its number is given.

    By kind of record and state; what has no row in the database, such as recordings made elsewhere,
    is answered for the row that tells of it.
    """
    through: dict[tuple[str, Retention], list[date]] = {}
    counts: Counter[tuple[str, Retention]] = Counter()
    for record, answer, number in _answers(lender_id, on, loan_ref):
        key = (record, replace(answer, through_on=None))
        counts[key] += number
        days = through.setdefault(key, [])
        if answer.through_on is not None:
            days[:] = [min([*days, answer.through_on]), max([*days, answer.through_on])]
    return [
        RetentionRow(
            record=record,
            state=answer.state,
            because=answer.because,
            missing=answer.missing,
            is_uncertain=answer.is_uncertain,
            records=counts[record, answer],
            first_through_on=min(through[record, answer], default=None),
            last_through_on=max(through[record, answer], default=None),
        )
        for record, answer in sorted(counts, key=lambda each: (each[0], each[1].state, each[1].because))
    ]


def _answers(lender_id: int, on: date, loan_ref: str | None) -> Iterator[tuple[str, Retention, int]]:
    entries = [entry for entry in table_entries() if entry.kind in ("keep", "lock")]
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, {"lender": lender_id, "on": on, "loan": loan_ref})
        names = [column.name for column in cursor.description]
        while rows := cursor.fetchmany(2_000):
            for row in rows:
                told = dict(zip(names, row, strict=True))
                number, is_asked = told.pop("number"), told.pop("is_deletion_asked")
                facts = _facts(told, on)
                yield facts["record"], retention_of(entries, facts, is_deletion_asked=is_asked), number


def _facts(told: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What is known of the records of one row; what is null is not told."""
    return {"on": on} | {name: value for name, value in told.items() if value is not None}


# Every record with the loan it is about, as of the end of the day `on` where the lender is.
_RECORDS = """
WITH lender AS (SELECT id, zone, country, licence, actor_kind FROM organisation WHERE id = %(lender)s),
contact AS (
    SELECT attempt.id, attempt.channel, attempt.person_id, link.loan_id, attempt.network_result,
           attempt.is_conversation, (attempt.at AT TIME ZONE lender.zone)::date AS record_on,
           CASE WHEN firm.kind IN ('agency', 'servicer', 'assignee', 'law_firm') THEN firm.kind
                ELSE coalesce(firm.actor_kind, lender.actor_kind) END AS actor_kind
      FROM attempt JOIN lender ON lender.id = attempt.lender_id
      JOIN organisation AS firm ON firm.id = attempt.actor_organisation_id
      LEFT JOIN attempt_loan AS link ON link.attempt_id = attempt.id
     WHERE attempt.state <> 'not_sent'),
record AS (
    SELECT 'contact_log' AS record, person_id, loan_id, actor_kind, record_on, NULL::date AS ended_on
      FROM contact
    UNION ALL
    SELECT 'call_recording', person_id, loan_id, actor_kind, record_on, NULL
      FROM contact WHERE is_conversation AND channel = 'call'
    UNION ALL
    SELECT 'message', contact.person_id, contact.loan_id, contact.actor_kind, contact.record_on, NULL
      FROM contact JOIN message ON message.attempt_id = contact.id
    UNION ALL
    SELECT 'message', contact.person_id, contact.loan_id, contact.actor_kind, contact.record_on, NULL
      FROM contact
      JOIN call_outcome AS outcome ON outcome.attempt_id = contact.id AND outcome.said_encrypted IS NOT NULL
    UNION ALL
    SELECT 'message', contact.person_id, contact.loan_id, contact.actor_kind, contact.record_on, NULL
      FROM inbound_message AS told
      LEFT JOIN inbound_effect AS counted ON counted.inbound_id = told.id AND counted.what = 'attempt'
      JOIN contact ON contact.id = coalesce(told.attempt_id, counted.subject)
     WHERE told.body_encrypted IS NOT NULL
    UNION ALL
    SELECT 'decision', person_id, loan_id, decision.actor_kind,
           (decided_at AT TIME ZONE lender.zone)::date, NULL
      FROM decision JOIN lender ON lender.id = decision.lender_id
    UNION ALL
    SELECT 'notice_proof', person_id, loan_id, lender.actor_kind, (at AT TIME ZONE lender.zone)::date, NULL
      FROM notice_proof JOIN lender ON lender.id = notice_proof.lender_id
    UNION ALL
    SELECT 'consent_evidence', person_id, loan_id, lender.actor_kind,
           (given_at AT TIME ZONE lender.zone)::date, (until_at AT TIME ZONE lender.zone)::date
      FROM consent JOIN lender ON lender.id = consent.lender_id
     WHERE NOT EXISTS (SELECT FROM consent AS newer WHERE newer.supersedes_id = consent.id)
    UNION ALL
    SELECT CASE kind WHEN 'complaint' THEN 'complaint' ELSE 'request' END, person_id, loan_id,
           lender.actor_kind, (received_at AT TIME ZONE lender.zone)::date, NULL
      FROM request JOIN lender ON lender.id = request.lender_id
    UNION ALL
    SELECT 'plan_recording', party.person_id, hold.loan_id, lender.actor_kind,
           (hold.from_at AT TIME ZONE lender.zone)::date, NULL
      FROM hold JOIN lender ON lender.id = hold.lender_id
      JOIN loan_party AS party ON party.loan_id = hold.loan_id AND party.role = 'borrower'
       AND party.until_on IS NULL
     WHERE hold.reason = 'plan' AND hold.supersedes_id IS NULL),
activity AS (
    SELECT loan_id, max(record_on) AS last_on FROM contact WHERE record_on <= %(on)s GROUP BY loan_id),
asked AS (
    SELECT DISTINCT person_id FROM request JOIN lender ON lender.id = request.lender_id
     WHERE kind = 'deletion' AND (received_at AT TIME ZONE lender.zone)::date <= %(on)s
       AND NOT EXISTS (SELECT FROM request_step AS step
                        WHERE step.request_id = request.id AND step.state = 'withdrawn')),
place AS (
    SELECT person_id, array_agg(DISTINCT evidence.place ORDER BY evidence.place) AS places
      FROM zone_evidence AS evidence JOIN lender ON lender.id = evidence.lender_id
     WHERE evidence.place IS NOT NULL
       AND NOT EXISTS (SELECT FROM zone_evidence AS newer WHERE newer.supersedes_id = evidence.id)
     GROUP BY person_id)
SELECT record.record, record.record_on, record.ended_on AS consent_ended_on, record.actor_kind,
       lender.licence AS creditor_licence, loan.debt_kind, loan.currency,
       CASE WHEN loan.closed_on <= %(on)s THEN loan.closed_on END AS settled_on,
       activity.last_on AS last_activity_on,
       array_remove(array_cat(ARRAY[lender.country, loan.governing_law], place.places), NULL) AS places,
       asked.person_id IS NOT NULL AS is_deletion_asked, count(*) AS number
  FROM record CROSS JOIN lender
  LEFT JOIN loan ON loan.id = record.loan_id
  LEFT JOIN activity ON activity.loan_id = record.loan_id
  LEFT JOIN asked ON asked.person_id = record.person_id
  LEFT JOIN place ON place.person_id = record.person_id
 WHERE record.record_on <= %(on)s AND (%(loan)s::text IS NULL OR loan.source_ref = %(loan)s)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
"""
