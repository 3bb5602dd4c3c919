"""What falls due next: so that people are reminded before a payment is late.

A **due day** is one of the schedule's or the statements'. What is added to a loan is asked for
with the due day it falls on, and never makes a due day of its own: a fee of today would else
begin a new cycle, and bring a second reminder of an installment that was reminded of already.

The **cycle** of a due day begins on the day after the one before it, paid or not. It depends on
the schedule alone, and no two due days of a loan share a beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.cells import MINIMUM, Cells, in_order_of_days
from arrears.kernel.arrears.handing_out import HandingOut
from arrears.kernel.arrears.segments import offsets_of, running, slices_of, sums
from arrears.kernel.arrears.standing import Standing
from arrears.kernel.facts import NO_DATE, NO_ID, Codes, Facts, Mask
from arrears.kernel.law.intervals import Rows, first_above

FIRST_CYCLE_DAYS = 31
"""How long before the first due day of a loan its cycle begins."""


@dataclass(frozen=True, slots=True)
class DueDays:
    """The due days of loans, ascending: those of the k-th are `due_on[low[k]:high[k]]`, some maybe twice."""

    due_on: Codes
    low: Rows
    high: Rows

    def since(self, loan: Rows, day: Codes) -> Rows:
        """The position of each loan's first due day on or after a day; its `high` where there is none."""
        return first_above(self.due_on, self.low[loan], self.high[loan], day - 1)

    def has(self, loan: Rows, day: Codes) -> Mask:
        """Whether each of these days is a due day of its loan."""
        at = self.since(loan, day)
        is_due = at < self.high[loan]
        is_due[is_due] = self.due_on[at[is_due]] == day[is_due]
        return is_due

    def cycle_starts(self, loan: Rows, at: Rows) -> Codes:
        """The day after the due day before those at these positions, or 31 days before a first one."""
        low, day = self.low[loan], self.due_on[at].astype(np.int64)
        first = edge_of_day(self.due_on, at, low, -1)
        start, has_before = day - FIRST_CYCLE_DAYS, first > low
        start[has_before] = self.due_on[first[has_before] - 1].astype(np.int64) + 1
        return start


def edge_of_day(due_on: Codes, at: Rows, bound: Rows, step: int) -> Rows:
    """From each position the last one of the same day in the direction of `step`, not past `bound`.

    One step at a time: most due days have one installment.
    """
    edge, moving = at.copy(), np.arange(len(at))
    while len(moving):
        moving = moving[edge[moving] != bound[moving]]
        moving = moving[due_on[edge[moving] + step] == due_on[at[moving]]]
        edge[moving] += step
    return edge


def due_days_of_schedules(facts: Facts, loans: Codes) -> DueDays:
    """One per installment of these loans (ids, ascending), of whatever amount."""
    loan, at = slices_of(facts["installment"]["loan"], loans)
    return _by_loan(loan, facts["installment"]["due_on"][at], len(loans))


def due_days_of_statements(cells: Cells) -> DueDays:
    """One per statement that is known."""
    return _by_loan(cells.loan, cells.due_on, cells.loans)


def _by_loan(loan: Rows, due_on: Codes, loans: int) -> DueDays:
    offsets = offsets_of(loan, loans)
    return DueDays(due_on.astype(np.int64), offsets[:-1], offsets[1:])


def put_coming(standing: Standing, days: DueDays, loan: Rows, at: Rows, open_minor: Codes) -> None:
    """Write down of these loans (positions) which of their due days is next and what is open then."""
    standing.next_due_on[loan] = days.due_on[at]
    standing.cycle_start_on[loan] = days.cycle_starts(loan, at)
    standing.next_due_minor[loan] = open_minor


def put_coming_of_cells(standing: Standing, days: DueDays, state: HandingOut, as_of: int) -> None:
    """The same from the open cells of loans whose days were lived up to the end of `as_of`."""
    cells = state.cells
    cell = np.flatnonzero((cells.due_on >= as_of) & (state.left > 0))
    cell = cell[in_order_of_days(cells.loan[cell], cells.due_on[cell])]
    loan, due_on = cells.loan[cell], cells.due_on[cell]
    offsets = offsets_of(loan, cells.loans)
    lacking = _not_covered(state.left[cell], (state.free + state.held)[loan], offsets)
    coming = np.flatnonzero((lacking > 0) & _is_on_a_due_day(days, cells, cell))
    first = coming[_first_of_each(loan[coming], _rank(cells, cell[coming]))]
    next_due_on = np.full(cells.loans, NO_DATE, np.int64)
    next_due_on[loan[first]] = due_on[first]
    open_then = sums(np.where(due_on == next_due_on[loan], lacking, 0), offsets)
    put_coming(standing, days, loan[first], days.since(loan[first], due_on[first]), open_then[loan[first]])


def _not_covered(open_minor: Codes, kept: Codes, offsets: Rows) -> Codes:
    """What of each amount stays open once kept money has filled those before it."""
    return np.asarray(np.clip(running(open_minor, offsets) - kept, 0, open_minor))


def _is_on_a_due_day(days: DueDays, cells: Cells, cell: Rows) -> Mask:
    """Only what was added may fall due on another day."""
    is_due = np.asarray(cells.event[cell] == NO_ID)
    added = cell[~is_due]
    is_due[~is_due] = days.has(cells.loan[added], cells.due_on[added])
    return is_due


def _rank(cells: Cells, cell: Rows) -> Codes:
    """Of a schedule the first due day goes first, of statements the newest."""
    rank, is_minimum = cells.due_on[cell].copy(), cells.component[cell] == MINIMUM
    rank[is_minimum] = -cells.from_on[cell[is_minimum]]
    return rank


def _first_of_each(loan: Rows, rank: Codes) -> Rows:
    """For every loan that is there, in order, the position of its lowest rank."""
    order = in_order_of_days(loan, rank)
    is_new = np.diff(loan[order], prepend=-1) != 0
    return np.asarray(order[is_new])
