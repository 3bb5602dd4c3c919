"""What the invented people and the clock have to know: who is to be contacted, who was, and when next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class LoanNumber:
    """Our number of a loan, and its currency."""

    id: int
    currency: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One loan told in a contact: one row per loan, in the order of the lender's numbers."""

    loan_no: str
    loan: int
    person: int
    channel: str
    value_key: int


def loan_numbers(lender: int) -> dict[str, LoanNumber]:
    """By the lender's number of the loan."""
    rows = _rows("SELECT source_ref, id, currency FROM loan WHERE lender_id = %s", lender)
    return {ref: LoanNumber(number, currency) for ref, number, currency in rows}


def list_planned(lender: int, on: date) -> list[Planned]:
    """Loans with a contact planned for the day and not yet claimed."""
    return [Planned(*row) for row in _rows(_TOLD.format(states="'planned'"), lender, on)]


def list_contacted(lender: int, on: date) -> list[Planned]:
    """Loans told in a contact that was sent for the day."""
    return [Planned(*row) for row in _rows(_TOLD.format(states="'sent'"), lender, on)]


_TOLD = """
SELECT loan.source_ref, loan.id, planned.person_id, planned.channel, planned.value_key
  FROM planned_contact AS planned
  JOIN planned_contact_loan AS served ON served.planned_contact_id = planned.id
  JOIN loan ON loan.id = served.loan_id
 WHERE planned.lender_id = %s AND planned.planned_for_on = %s AND planned.state IN ({states})
 ORDER BY loan.source_ref
"""


def next_due_at(lender: int, after: datetime | None) -> datetime | None:
    """The first instant after `after` from which some unclaimed contact may be made."""
    (row,) = _rows(
        "SELECT min(not_before_at) FROM planned_contact WHERE lender_id = %s AND state = 'planned'"
        " AND not_before_at > coalesce(%s::timestamptz, '-infinity')",
        lender,
        after,
    )
    found: datetime | None = row[0]
    return found


def _rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
