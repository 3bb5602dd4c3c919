"""When open cells make a loan late: tolerances, the day that counts, and the episode.

A loan is late at the end of day d when what is open of the debts whose last day to pay lies
before d is more than the product's tolerance, and was so for more than its tolerated days. The
**counting cell** is the first, oldest debt first, at which the sum of what is open passes the
tolerance: an old rest of a cent that is tolerated does not make a fresh installment look old.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.cells import Cells
from arrears.kernel.arrears.handing_out import HandingOut
from arrears.kernel.arrears.segments import running
from arrears.kernel.arrears.terms import Terms
from arrears.kernel.facts import NO_DATE, Codes
from arrears.kernel.law.intervals import Rows, expand

NO_CELL = -1
_NO_DAY = 1 << 40


def counting_cells(state: HandingOut, loans: Rows, day: Codes, tolerance_minor: Codes) -> Rows:
    """For each of these loans the cell its days count from; NO_CELL while the tolerance covers all.

    `day` and `tolerance_minor` have one value per row of `loans`. Cells that are not due yet are
    looked at too: their loan is late once their last day to pay has passed.
    """
    low = state.every.offsets[loans]
    sizes = state.every.offsets[loans + 1] - low
    row, index = expand(low, sizes)
    cell = state.cells.by_day[index]
    is_there = state.cells.from_on[cell] <= day[row]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    open_so_far = running(np.where(is_there, state.left[cell], 0), starts)
    beyond = np.flatnonzero(open_so_far > tolerance_minor[row])
    found = np.full(len(loans), NO_CELL, np.int64)
    rows, first = np.unique(row[beyond], return_index=True)
    found[rows] = cell[beyond[first]]
    return found


def late_from(cells: Cells, cell: Rows, tolerance_days: Codes) -> Codes:
    """The first day at whose end a loan with this counting cell is late; far off without one."""
    last_on = cells.last_on[np.maximum(cell, 0)] if len(cells.last_on) else np.zeros(len(cell), np.int64)
    return np.where(cell == NO_CELL, _NO_DAY, last_on + tolerance_days + 1)


@dataclass(slots=True)
class Episodes:
    """Follows the days of some loans: `start` is the first day of the unbroken run of late days.

    The state changes on days with moves only, so a loan is looked at before the first move of
    a day and after the last one.
    """

    state: HandingOut
    terms: Terms
    start: Codes

    def before(self, rows: Rows) -> None:
        """These moves are the first of their day: did the loan become late on a day before it?"""
        loans, day = self.state.moves.loan[rows], self.state.moves.value_on[rows]
        late = self._late_from(loans, day - 1)
        began = (self.start[loans] == NO_DATE) & (late < day)
        self.start[loans[began]] = late[began]

    def after(self, rows: Rows) -> None:
        """These moves are the last of their day: is the loan late at its end?"""
        loans, day = self.state.moves.loan[rows], self.state.moves.value_on[rows]
        is_late = self._late_from(loans, day) <= day
        self.start[loans[~is_late]] = NO_DATE
        began = is_late & (self.start[loans] == NO_DATE)
        self.start[loans[began]] = day[began]

    def until(self, as_of: int) -> None:
        """No move follows: did a loan become late up to `as_of`?"""
        loans = np.flatnonzero(self.start == NO_DATE)
        late = self._late_from(loans, np.full(len(loans), as_of))
        self.start[loans[late <= as_of]] = late[late <= as_of]

    def _late_from(self, loans: Rows, day: Codes) -> Codes:
        state, terms = self.state, self.terms
        cell = counting_cells(state, loans, day, terms.tolerance_minor[loans])
        return late_from(state.cells, cell, terms.tolerance_days[loans])


def live_through(state: HandingOut, episodes: Episodes) -> None:
    """Carry out every move of every loan, in order."""
    offsets = state.moves.offsets(state.cells.loans)
    sizes = np.diff(offsets)
    is_first, is_last = _edges(state)
    for nth in range(int(np.max(sizes, initial=0))):
        rows = (offsets[:-1] + nth)[sizes > nth]
        episodes.before(rows[is_first[rows]])
        state.live(rows)
        episodes.after(rows[is_last[rows]])


def _edges(state: HandingOut) -> tuple[Codes, Codes]:
    """Which moves are the first, and which the last, of their loan and day."""
    moves = state.moves
    changes = (np.diff(moves.loan) != 0) | (np.diff(moves.value_on) != 0)
    edge = np.ones(1, np.bool_)
    return np.concatenate([edge, changes]), np.concatenate([changes, edge])
