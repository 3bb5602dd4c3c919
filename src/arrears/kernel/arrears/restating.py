"""What is known of a past day now, beside what was known of it then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import UNKNOWN_MINOR, Column, rows_of

COMPARED = ("is_late", "past_due_days", "delinquent_days", "overdue_minor", "episode_start_on")
"""Columns of `arrears_of` that a decision may have relied on."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is known of one loan on one day; `overdue_minor` None where it is not known."""

    is_late: bool
    past_due_days: int
    delinquent_days: int
    overdue_minor: int | None


@dataclass(frozen=True, slots=True)
class Restated:
    """One loan whose figure of a day is another one now. A loan not known then was not late."""

    loan: int
    then: Figure
    now: Figure


def restated(then: Mapping[str, Column], now: Mapping[str, Column]) -> list[Restated]:
    """The loans of `now` that differ, both being columns of `arrears_of` for the same day."""
    row = rows_of(then["loan"], now["loan"])
    found = []
    for at in np.flatnonzero(_differs(then, now, row)).tolist():
        before = _figure(then, int(row[at])) if row[at] >= 0 else Figure(False, 0, 0, None)
        found.append(Restated(int(now["loan"][at]), before, _figure(now, at)))
    return found


def _differs(then: Mapping[str, Column], now: Mapping[str, Column], row: Column) -> Column:
    known = row >= 0
    differs = np.where(known, False, now["is_late"])
    for name in COMPARED:
        differs[known] |= then[name][row[known]] != now[name][known]
    return differs


def _figure(arrears: Mapping[str, Column], row: int) -> Figure:
    overdue = int(arrears["overdue_minor"][row])
    return Figure(
        is_late=bool(arrears["is_late"][row]),
        past_due_days=int(arrears["past_due_days"][row]),
        delinquent_days=int(arrears["delinquent_days"][row]),
        overdue_minor=None if overdue == UNKNOWN_MINOR else overdue,
    )
