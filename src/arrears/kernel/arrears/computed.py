"""Arrears of schedules and statements: which loans they are of, and how each is computed."""

from __future__ import annotations

import numpy as np

from arrears.kernel.arrears.day_by_day import schedule_ledger, standing_day_by_day, statement_ledger
from arrears.kernel.arrears.in_one_order import standing_in_one_order
from arrears.kernel.arrears.moves import has_stated
from arrears.kernel.arrears.standing import Standing, nothing_owed
from arrears.kernel.arrears.terms import Terms
from arrears.kernel.facts import NO_ID, Codes, Facts, Mask, rows_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.vocabulary import ANY, ArrearsSource, LoanEventKind


def sources(facts: Facts, as_of: int) -> Codes:
    """Where the arrears of each loan come from (`ArrearsSource`); NO_ID where nothing is known.

    Reports and statements count from their day on, a schedule always.
    """
    source = np.full(len(facts["loan"]["loan"]), NO_ID, np.int64)
    for table, day, kind in (
        ("report", "as_of_on", ArrearsSource.REPORTED),
        ("statement", "statement_on", ArrearsSource.STATEMENTS),
        ("installment", None, ArrearsSource.SCHEDULE),
    ):
        first = _first_of_each(facts, table)
        is_there = first >= 0
        if day is not None:
            is_there[is_there] = facts[table][day][first[is_there]] <= as_of
        source[is_there] = kind
    return source


def standing_of(facts: Facts, terms: Terms, source: Codes, as_of: int) -> Standing:
    """Where every loan stands that has a schedule or statements; the others owe nothing here."""
    standing = nothing_owed(len(source))
    loans = facts["loan"]["loan"]
    is_simple = terms.is_in_one_order & ~_is_eventful(facts)
    has_schedule = source == ArrearsSource.SCHEDULE
    simple = np.flatnonzero(has_schedule & is_simple)
    if len(simple):
        standing.put(simple, standing_in_one_order(facts, loans[simple], terms.take(simple), as_of))
    for rows, opened in (
        (np.flatnonzero(has_schedule & ~is_simple), schedule_ledger),
        (np.flatnonzero(source == ArrearsSource.STATEMENTS), statement_ledger),
    ):
        if len(rows):
            found = standing_day_by_day(facts, loans[rows], terms.take(rows), as_of, opened)
            standing.put(rows, found)
    return standing


def _is_eventful(facts: Facts) -> Mask:
    """Something other than plain payments moved the loan's money, or a payment says where it goes."""
    event, payment = facts["loan_event"], facts["payment"]
    says_where = (payment["surplus"] != ANY) | has_stated(facts, payment["payment"])
    loans = [event["loan"][event["kind"] != LoanEventKind.CHARGE_OFF], payment["loan"][says_where]]
    eventful = np.zeros(len(facts["loan"]["loan"]), np.bool_)
    rows = rows_of(facts["loan"]["loan"], np.unique(np.concatenate(loans)))
    eventful[rows[rows >= 0]] = True
    return eventful


def _first_of_each(facts: Facts, table: str) -> Rows:
    """The first row of each loan in a table; -1 where it has none."""
    return rows_of(facts[table]["loan"], facts["loan"]["loan"])
