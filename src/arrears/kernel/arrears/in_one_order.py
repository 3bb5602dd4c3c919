"""Standings in closed form, where money always goes to the same parts first.

If the order of the parts does not depend on the day of the money, all that was paid is one sum
that fills the installments one after the other, and nothing has to be lived: whatever is past
the sum is open. That is so for loans by installment with one list of components, without
additions, forgiveness, refunds or allocations of the core system. `day_by_day` gives the
same figures for the same loans, only slower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.cells import AMOUNTS
from arrears.kernel.arrears.coming_due import DueDays, edge_of_day, put_coming
from arrears.kernel.arrears.orders import Timing
from arrears.kernel.arrears.segments import (
    offsets_of,
    running,
    running_max,
    runs_of,
    slices_of,
    sums,
)
from arrears.kernel.arrears.standing import PARTS, Standing, nothing_owed
from arrears.kernel.arrears.terms import Terms
from arrears.kernel.facts import Codes, Facts
from arrears.kernel.law.intervals import Rows, expand, first_above
from arrears.kernel.vocabulary import Surplus


def standing_in_one_order(facts: Facts, loans: Codes, terms: Terms, as_of: int) -> Standing:
    """Where these loans (ids, ascending; `terms` one row each) stand at the end of `as_of`."""
    return _OneOrder(facts, loans, terms, _schedules_of(facts, loans), as_of).standing()


@dataclass(frozen=True, slots=True)
class _Schedules:
    """Installments by loan and due day, `low:high` per loan; `until` is the sum asked for up to each."""

    at: Rows | slice  # rows of the table
    low: Rows
    high: Rows
    until: Codes
    due_on: Codes
    last_on: Codes

    def rows(self, index: Rows) -> Rows:
        """The table's rows of these installments."""
        return index if isinstance(self.at, slice) else self.at[index]

    def before(self, end: Rows, low: Rows) -> Codes:
        """The sum asked for by the installments `low:end` of one loan."""
        until = np.zeros(len(end), np.int64)
        is_some = end > low
        until[is_some] = self.until[end[is_some] - 1]
        return until


def _schedules_of(facts: Facts, loans: Codes) -> _Schedules:
    """The schedules of these loans, kept with the facts while they are few: they have no day."""
    key = ("schedules", loans.tobytes())
    kept: _Schedules | None = facts._cache.get(key)
    if kept is None:
        kept = _read_schedules(facts, loans)
        if len(kept.until) <= _KEPT_MAX:
            facts._cache[key] = kept
    return kept


def _read_schedules(facts: Facts, loans: Codes) -> _Schedules:
    table = facts["installment"]
    at, offsets = runs_of(table["loan"], loans)
    asked = np.zeros(int(offsets[-1]), np.int64)
    for name in AMOUNTS:
        asked += table[name][at]
    return _Schedules(
        at=at,
        low=offsets[:-1],
        high=offsets[1:],
        until=running(asked, offsets),
        due_on=table["due_on"][at],
        last_on=running_max(table["payable_until_on"][at], offsets),
    )


@dataclass(frozen=True, slots=True)
class _OneOrder:
    facts: Facts
    loans: Codes
    terms: Terms
    schedules: _Schedules
    as_of: int

    def standing(self) -> Standing:
        schedules, terms = self.schedules, self.terms
        every, paid = np.arange(len(self.loans)), self._paid()
        counting = self._counting(every, paid)
        standing = nothing_owed(len(every))
        standing.is_late = self._late_from(every, counting) <= self.as_of
        total = schedules.before(schedules.high, schedules.low)
        due = schedules.before(self._first_after(schedules.due_on, every, self.as_of), schedules.low)
        used = np.minimum(paid, np.where(terms.surplus == Surplus.HOLD, due, total))
        standing.outstanding, standing.credit = total - used, paid - used
        late = np.flatnonzero(standing.is_late)
        standing.since_on[late] = schedules.due_on[counting[late]]
        standing.overdue[late] = self._overdue(late, paid[late])
        standing.overdue_minor = standing.overdue.sum(axis=1)
        standing.episode_start_on[late] = self._episodes(late)
        self._put_coming(standing, every, paid)
        return standing

    def _put_coming(self, standing: Standing, every: Rows, paid: Codes) -> None:
        """What falls due next. Money that waits for its day goes to the oldest then, so it covers
        the same installments now: all that was paid is one sum here whatever the surplus."""
        schedules = self.schedules
        days = DueDays(schedules.due_on, schedules.low, schedules.high)
        today = days.since(every, np.full(len(every), self.as_of))
        covered = np.maximum(paid, schedules.before(today, schedules.low))
        at = first_above(schedules.until, today, schedules.high, covered)
        loan = np.flatnonzero(at < schedules.high)
        last = edge_of_day(schedules.due_on, at[loan], schedules.high[loan] - 1, 1)
        put_coming(standing, days, loan, at[loan], schedules.until[last] - covered[loan])

    def _paid(self) -> Codes:
        table = self.facts["payment"]
        at, offsets = runs_of(table["loan"], self.loans)
        counts = np.where(table["value_on"][at] <= self.as_of, table["amount_minor"][at], 0)
        return sums(counts, offsets)

    def _first_after(self, days: Codes, loan: Rows, day: int) -> Rows:
        """The first installment of each loan with a day after `day`; the end where there is none."""
        low, high = self.schedules.low[loan], self.schedules.high[loan]
        return first_above(days, low, high, np.full(len(loan), day))

    def _counting(self, loan: Rows, paid: Codes) -> Rows:
        """The installment that days count from, if so much is paid; the end where nothing is left."""
        schedules, tolerated = self.schedules, self.terms.tolerance_minor[loan]
        return first_above(schedules.until, schedules.low[loan], schedules.high[loan], paid + tolerated)

    def _late_from(self, loan: Rows, counting: Rows) -> Codes:
        """The first day at whose end a loan with this counting installment is late."""
        is_one = counting < self.schedules.high[loan]
        late_from = np.full(len(loan), _NO_DAY)
        last_on = self.schedules.last_on[counting[is_one]]
        late_from[is_one] = last_on + self.terms.tolerance_days[loan[is_one]] + 1
        return late_from

    def _overdue(self, late: Rows, paid: Codes) -> Codes:
        """What is open of past due installments, by component: only the first is paid in part."""
        schedules, low = self.schedules, self.schedules.low[late]
        past_due = self._first_after(schedules.last_on, late, self.as_of - 1)
        first = first_above(schedules.until, low, past_due, paid)
        row, index = expand(first, past_due - first)
        offsets = offsets_of(row, len(late))
        table, at = self.facts["installment"], schedules.rows(index)
        open_ = np.stack([table[name][at] for name in AMOUNTS], axis=1)
        self._take_from(open_, offsets[:-1], paid - schedules.before(first, low), late)
        return np.stack([sums(open_[:, part], offsets) for part in range(PARTS)], axis=1)

    def _take_from(self, open_: Codes, first: Rows, paid: Codes, late: Rows) -> None:
        """Take what is paid of each loan's first open installment from its components, in their order."""
        for code, order in enumerate(self.terms.orders):
            mine = np.flatnonzero(self.terms.order[late] == code)
            rest = paid[mine]
            for component in order.components(Timing.PAST_DUE) if len(mine) else ():
                taken = np.minimum(open_[first[mine], component], rest)
                open_[first[mine], component] -= taken
                rest = rest - taken

    def _episodes(self, late: Rows) -> Codes:
        """The first day of the run of late days: what was paid up to the last day with money at
        whose end the loan was not late decides it, or nothing if there was none."""
        table = self.facts["payment"]
        row, at = slices_of(table["loan"], self.loans[late])
        counts = table["value_on"][at] <= self.as_of
        row, at = row[counts], at[counts]
        paid = running(table["amount_minor"][at], offsets_of(row, len(late)))
        value_on = table["value_on"][at].astype(np.int64)
        is_last_of_day = np.ones(len(row), np.bool_)
        is_last_of_day[:-1] = (np.diff(row) != 0) | (np.diff(value_on) != 0)
        late_from = self._late_from(late[row], self._counting(late[row], paid))
        was_in_time = np.flatnonzero(is_last_of_day & (late_from > value_on))
        start = self._late_from(late, self._counting(late, np.zeros(len(late), np.int64)))
        start[row[was_in_time]] = late_from[was_in_time]  # of several the last one stays
        return start


_NO_DAY = 1 << 40
_KEPT_MAX = 1 << 19
"""Installments whose sums are kept: those of a borrower, not those of a portfolio."""
