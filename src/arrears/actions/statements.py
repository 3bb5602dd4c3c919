"""The statement of one loan: its arrears line by line, as a clerk checks them. Read, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import connection

from arrears.actions.explanations import Subject, get_subject
from arrears.kernel.arrears import arrears_of
from arrears.kernel.arrears.of_loans import ALL_DAYS
from arrears.kernel.arrears.pauses import paused_spans
from arrears.kernel.arrears.terms import terms_of
from arrears.kernel.arrears.tracing import Trace, trace_of
from arrears.kernel.days import date_of, day_of, instant_of
from arrears.kernel.facts import NO_DATE, Facts
from arrears.kernel.vocabulary import PauseBasis
from arrears.rulepacks import ZONES
from arrears.store.facts import load_facts


@dataclass(frozen=True, slots=True)
class StatedTerms:
    """The terms of the loan's product; `product` is its name whether or not it has terms on file."""

    product: str
    is_on_file: bool
    tolerance_minor: int
    tolerance_days: int
    grace_days: int
    counts_all_pauses: bool
    allocation: str
    surplus: str
    business_day_roll: str
    calendar: str | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A payment or event that was reversed: it counts on no day."""

    kind: str
    ref: str
    amount_minor: int
    value_on: date
    reversed_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ChargedOff:
    """A step of the lender's books that changes nothing of what is owed."""

    ref: str
    amount_minor: int
    value_on: date


@dataclass(frozen=True, slots=True)
class LoanStatement:
    """What is known of one loan's arrears at the end of `on`, and how the figure comes about.

    `arrears` is its row of `arrears_of`. `trace` is None for a loan known by reports alone.
    `refs` are the lender's numbers of payments and events, by ("payment" or "event", id).
    `pauses` are spans of paused days, both ends included. `now` is the row as known now, where
    `known_at` lies in the past and the figures differ.
    """

    subject: Subject
    on: date
    known_at: datetime
    books_through_on: date | None
    terms: StatedTerms
    arrears: Mapping[str, int]
    trace: Trace | None
    refs: Mapping[tuple[str, int], str]
    kinds: Mapping[int, str]
    taken_back: Sequence[TakenBack]
    charged_off: Sequence[ChargedOff]
    pauses: Sequence[tuple[date, date]]
    now: Mapping[str, int] | None


def get_statement(
    *, loan_ref: str, on: date | None = None, known_at: datetime, now: datetime, lender: int | None = None
) -> LoanStatement:
    """The statement of the loan with this number of the lender's, at the end of `on` (today there).

    Raises NotFound without the loan.
    """
    subject = get_subject(loan_ref, lender=lender)
    on = on or date_of(int(ZONES[subject.lender_zone].day(np.array([instant_of(now)]))[0]))
    facts = _facts(subject, known_at)
    arrears = _row(facts, subject.loan, on)
    later = arrears if known_at >= now else _row(_facts(subject, now), subject.loan, on)
    through = int(facts["lender"]["payments_complete_through_on"][0])
    return LoanStatement(
        subject=subject,
        on=on,
        known_at=known_at,
        books_through_on=None if through == NO_DATE else date_of(through),
        terms=_terms(facts, subject, known_at),
        arrears=arrears,
        trace=trace_of(facts, subject.loan, day_of(on)),
        refs=_refs(subject.loan),
        kinds=_kinds(subject.loan),
        taken_back=[TakenBack(*row) for row in _rows(_TAKEN_BACK, subject, on, known_at)],
        charged_off=[ChargedOff(*row) for row in _rows(_CHARGED_OFF, subject, on, known_at)],
        pauses=_pauses(facts, subject.loan, arrears, on),
        now=None if later == arrears else later,
    )


def _facts(subject: Subject, known_at: datetime) -> Facts:
    return load_facts(lender_id=subject.lender, loans=[subject.loan], known_at=known_at)


def _row(facts: Facts, loan: int, on: date) -> Mapping[str, int]:
    at = np.flatnonzero(facts["loan"]["loan"] == loan)
    columns = arrears_of(facts, day_of(on), ZONES)
    return {name: int(column[at[0]]) for name, column in columns.items()} if len(at) else {}


def _terms(facts: Facts, subject: Subject, known_at: datetime) -> StatedTerms:
    at = np.flatnonzero(facts["loan"]["loan"] == subject.loan)
    terms = terms_of(facts).take(at)
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCT, {"loan": subject.loan, "known": known_at})
        product, allocation, surplus, roll, calendar = cursor.fetchone()
    return StatedTerms(
        product=product,
        is_on_file=allocation is not None,
        tolerance_minor=int(terms.tolerance_minor[0]),
        tolerance_days=int(terms.tolerance_days[0]),
        grace_days=int(terms.grace_days[0]),
        counts_all_pauses=int(terms.pause_basis[0]) == PauseBasis.SINCE_ORIGINATION,
        allocation=allocation or "",
        surplus=surplus or "next",
        business_day_roll=roll or "none",
        calendar=calendar,
    )


def _pauses(facts: Facts, loan: int, arrears: Mapping[str, int], on: date) -> Sequence[tuple[date, date]]:
    if not arrears or not arrears["is_late"]:
        return ()
    at = np.flatnonzero(facts["loan"]["loan"] == loan)
    is_all = int(terms_of(facts).take(at).pause_basis[0]) == PauseBasis.SINCE_ORIGINATION
    since = np.full(len(facts["loan"]["loan"]), day_of(on))
    since[at] = ALL_DAYS if is_all else arrears["overdue_since_on"]
    spans = paused_spans(facts, ZONES, since, day_of(on))
    mine = slice(*spans.offsets[[at[0], at[0] + 1]].tolist())
    pairs = zip(spans.starts[mine].tolist(), spans.ends[mine].tolist(), strict=True)
    return [(date_of(start), date_of(end - 1)) for start, end in pairs]


def _refs(loan: int) -> Mapping[tuple[str, int], str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'payment', id, source_ref FROM payment WHERE loan_id = %(loan)s"
            " UNION ALL SELECT 'event', id, source_ref FROM loan_event WHERE loan_id = %(loan)s",
            {"loan": loan},
        )
        return {(what, number): ref for what, number, ref in cursor.fetchall()}


def _kinds(loan: int) -> Mapping[int, str]:
    """What kind each event of the loan is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, kind FROM loan_event WHERE loan_id = %s", [loan])
        return dict(cursor.fetchall())


def _rows(statement: str, subject: Subject, on: date, known_at: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"loan": subject.loan, "on": on, "known": known_at})
        return list(cursor.fetchall())


_PRODUCT = """
SELECT loan.product, product.allocation, product.surplus, product.business_day_roll, product.calendar
  FROM loan LEFT JOIN product ON product.lender_id = loan.lender_id AND product.code = loan.product
   AND product.recorded_at <= %(known)s
   AND NOT EXISTS (SELECT FROM product AS newer
                    WHERE newer.supersedes_id = product.id AND newer.recorded_at <= %(known)s)
 WHERE loan.id = %(loan)s
"""

_TAKEN_BACK = """
SELECT 'payment', payment.source_ref, payment.amount_minor, payment.value_on, reversed_on, reversal.reason
  FROM reversal JOIN payment ON payment.id = payment_id
 WHERE payment.loan_id = %(loan)s AND value_on <= %(on)s AND reversal.recorded_at <= %(known)s
UNION ALL
SELECT event.kind, event.source_ref, event.amount_minor, event.value_on, reversed_on, reversal.reason
  FROM reversal JOIN loan_event AS event ON event.id = loan_event_id
 WHERE event.loan_id = %(loan)s AND value_on <= %(on)s AND reversal.recorded_at <= %(known)s
 ORDER BY 4, 2
"""

_CHARGED_OFF = """
SELECT source_ref, amount_minor, value_on FROM loan_event
 WHERE loan_id = %(loan)s AND kind = 'charge_off' AND value_on <= %(on)s AND recorded_at <= %(known)s
   AND NOT EXISTS (SELECT FROM reversal WHERE loan_event_id = loan_event.id AND recorded_at <= %(known)s)
 ORDER BY value_on, source_ref
"""
