"""Where loans stand at the end of a day: one row per loan."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from arrears.kernel.facts import NO_DATE, UNKNOWN_MINOR, Codes, Mask
from arrears.kernel.law.intervals import Rows
from arrears.kernel.vocabulary import Component

PARTS = len(Component)


@dataclass(slots=True)
class Standing:
    """What is overdue and since when.

    `since_on` is the due day that days are counted from, `episode_start_on` the first day of the
    unbroken run of late days, both `NO_DATE` unless `is_late`. `overdue` has one column per
    component, all of them 0 unless late, as is `overdue_minor`, their sum. `outstanding` is
    everything open, `credit` money that nothing took. `next_due_on` is the due day to be reminded
    of, `cycle_start_on` the first day of its cycle and `next_due_minor` what is open of it, late
    or not; without one they are `NO_DATE` and `UNKNOWN_MINOR`.
    """

    is_late: Mask
    since_on: Codes
    episode_start_on: Codes
    overdue_minor: Codes
    overdue: Codes
    outstanding: Codes
    credit: Codes
    next_due_on: Codes
    cycle_start_on: Codes
    next_due_minor: Codes

    def put(self, rows: Rows, other: Standing) -> None:
        """Take over the rows of another one."""
        for each in fields(self):
            getattr(self, each.name)[rows] = getattr(other, each.name)


def nothing_owed(loans: int) -> Standing:
    return Standing(
        is_late=np.zeros(loans, np.bool_),
        since_on=np.full(loans, NO_DATE, np.int64),
        episode_start_on=np.full(loans, NO_DATE, np.int64),
        overdue_minor=np.zeros(loans, np.int64),
        overdue=np.zeros((loans, PARTS), np.int64),
        outstanding=np.zeros(loans, np.int64),
        credit=np.zeros(loans, np.int64),
        next_due_on=np.full(loans, NO_DATE, np.int64),
        cycle_start_on=np.full(loans, NO_DATE, np.int64),
        next_due_minor=np.full(loans, UNKNOWN_MINOR, np.int64),
    )
