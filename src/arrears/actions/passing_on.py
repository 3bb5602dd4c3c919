"""To whom loans are passed on: an agency, a new creditor, the bureau that a default is registered with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection

from arrears.kernel.vocabulary import NoticeKind
from arrears.locale.notices import PassedOn

TOLD_BY = {
    "placement": NoticeKind.OUTSOURCING_NOTICE,
    "transfer": NoticeKind.ASSIGNMENT_NOTICE,
    "default_registration": NoticeKind.DEFAULT_REGISTRATION,
}
"""Kinds of measures that a notice names an organisation of, and which notice."""
_SAYS: Mapping[int, Mapping[str, str]] = {
    NoticeKind.OUTSOURCING_NOTICE: {"agency": "organisation", "agency_contact": "contact"},
    NoticeKind.ASSIGNMENT_NOTICE: {"assignee": "organisation", "assignee_contact": "contact"},
    NoticeKind.DEFAULT_REGISTRATION: {"bureau": "organisation", "registered_on": "on"},
}
"""What each of these notices has to say of a measure, and where `PassedOn` has it."""

Passings = Mapping[tuple[int, NoticeKind], Sequence[PassedOn]]
"""(loan, notice) -> the measures that stand and that this notice tells of, in the order they were taken."""


def passings_of(loans: Collection[int], *, at: datetime, known_at: datetime) -> Passings:
    """The measures of `TOLD_BY` of these loans that stand at `at` as it was known at `known_at`."""
    found: dict[tuple[int, NoticeKind], list[PassedOn]] = defaultdict(list)
    if loans:
        with connection.cursor() as cursor:
            cursor.execute(
                _STANDING, {"loans": list(loans), "kinds": list(TOLD_BY), "at": at, "known": known_at}
            )
            for loan, kind, name, contact, on in cursor.fetchall():
                found[loan, TOLD_BY[kind]].append(PassedOn(name or "", contact or "", on))
    return found


def missing_of(passings: Passings, loan: int, notice: int) -> tuple[str, ...]:
    """What the notice about this loan has to say and nothing on file does; empty where it says it all."""
    told = passings.get((loan, NoticeKind(notice)), ()) if notice in _SAYS else ()
    return tuple(
        name
        for name, where in _SAYS.get(notice, {}).items()
        if not told or not all(str(getattr(each, where) or "").strip() for each in told)
    )


_STANDING = """
SELECT m.loan_id, m.kind, o.name, o.ask_through,
       ((CASE m.kind WHEN 'transfer' THEN m.decided_at ELSE m.takes_effect_at END)
         AT TIME ZONE lender.zone)::date
  FROM measure AS m
  JOIN organisation AS lender ON lender.id = m.lender_id
  LEFT JOIN organisation AS o ON o.id = m.organisation_id
 WHERE m.loan_id = ANY(%(loans)s) AND m.kind = ANY(%(kinds)s) AND m.recorded_at <= %(known)s
   AND (m.ended_at IS NULL OR m.ended_at > %(at)s)
   AND NOT EXISTS (SELECT FROM measure AS newer
                    WHERE newer.supersedes_id = m.id AND newer.recorded_at <= %(known)s)
 ORDER BY m.loan_id, m.decided_at, m.id
"""
