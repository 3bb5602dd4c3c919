"""When somebody is told that a period runs out, and how loudly on a given instant.

half          half of the period is over
four_fifths   four fifths of it
last_day      the last permitted instant is one permitted day away
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import NEVER, Codes, Facts, Instants
from arrears.kernel.law.candidates import Candidates, take
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import solve


class Alarm(IntEnum):
    NONE = 0
    HALF = 1
    FOUR_FIFTHS = 2
    LAST_DAY = 3


@dataclass(frozen=True, slots=True)
class Alarms:
    """Per obligation the instants of its alarms; NEVER where no last day is set."""

    half_at: Instants
    four_fifths_at: Instants
    last_day_at: Instants

    def at(self, instant: int) -> Codes:
        """The loudest `Alarm` that has gone off by then."""
        rung = [self.last_day_at <= instant, self.four_fifths_at <= instant, self.half_at <= instant]
        loudest = np.select(rung, [Alarm.LAST_DAY, Alarm.FOUR_FIFTHS, Alarm.HALF], default=Alarm.NONE)
        return loudest.astype(np.int64)


def alarms_of(arose_at: Instants, not_after_at: Instants, last_day_at: Instants | None = None) -> Alarms:
    """The alarms of periods; `last_day_at` is a day before the end unless contact law says otherwise."""
    has_end = not_after_at != NEVER
    length = np.where(has_end, not_after_at - arose_at, 0)
    day_before = not_after_at - DAY if last_day_at is None else last_day_at
    return Alarms(
        np.where(has_end, arose_at + length // 2, NEVER),
        np.where(has_end, arose_at + length // 5 * 4, NEVER),
        np.where(has_end, day_before, NEVER),
    )


def last_permitted_days(
    facts: Facts, law: Law, candidates: Candidates, at: Instants, not_after_at: Instants
) -> tuple[Instants, Instants]:
    """Per candidate the last permitted instant in time, and the last one at least a day before it.

    Both NEVER where nothing is permitted between `at` and `not_after_at`; the second is `at`
    where a day before is too early to be permitted.
    """
    row, start, end = _permitted(facts, law, candidates, at, not_after_at)
    last_at = np.full(len(at), NEVER, np.int64)
    last_at[row] = end  # intervals of a row ascend: its last one stays
    before = np.minimum(end, last_at[row] - DAY)
    is_early = (before >= start) & (last_at[row] != NEVER)
    day_before_at = np.where(last_at == NEVER, NEVER, at)
    day_before_at[row[is_early]] = before[is_early]
    return last_at, day_before_at


def _permitted(
    facts: Facts, law: Law, candidates: Candidates, at: Instants, not_after_at: Instants
) -> tuple[Rows, Instants, Instants]:
    """(row, first instant, last instant) of each permitted interval in time, ascending by row."""
    assert not np.any(not_after_at == NEVER), "a window without an end has no last instant"
    rows, asked, parts = np.arange(len(at)), at, []
    while len(rows):
        solution = solve(facts, law, take(candidates, rows), asked)
        begins = solution.from_at <= not_after_at[rows]
        rows, until = rows[begins], solution.until_at[begins]
        parts.append((rows, solution.from_at[begins], np.minimum(until - 1, not_after_at[rows])))
        goes_on = until <= not_after_at[rows]
        rows, asked = rows[goes_on], until[goes_on]
    none = np.empty(0, np.int64)
    row, start, end = (np.concatenate([none, *(part[i] for part in parts)]) for i in range(3))
    order = np.lexsort([start, row])
    return row[order], start[order], end[order]
