"""Days that do not age: holds that stop ageing, as civil days of the loan's lender.

A hold pauses from the day it begins to the day before the one it ends on: one placed on the
6th and ended on the 30th pauses 24 days. A hold stands on a loan, or on a person and then on
every loan he is the borrower of. Overlapping holds pause a day once.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import Codes, Column, Facts, Instants, rows_of
from arrears.kernel.law.intervals import IntervalSets, Rows, join, key_of_each, sets_of
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.vocabulary import Stops

Zones = Mapping[str, ZoneSegments]
_ZONE_DAYS = 2  # wall time is never further than this from UTC


def paused_days(facts: Facts, zones: Zones, since_on: Column, as_of: int) -> Codes:
    """How many of the days `[since_on, as_of)` of each loan of `facts` are paused.

    `since_on` has one day per loan (`as_of` or later: no days).
    """
    paused = paused_spans(facts, zones, since_on, as_of)
    days = np.zeros(len(since_on), np.int64)
    np.add.at(days, key_of_each(paused), paused.ends - paused.starts)
    return days


def paused_spans(facts: Facts, zones: Zones, since_on: Column, as_of: int) -> IntervalSets:
    """The paused days of `[since_on, as_of)` of each loan, overlaps merged; ends exclusive."""
    row, hold = _pausing(facts)
    start, end = _civil_days(facts, zones, row, hold, as_of)
    start = np.maximum(start, since_on[row].astype(np.int64))
    return sets_of(len(since_on), row, start, np.minimum(end, as_of))


def _pausing(facts: Facts) -> tuple[Rows, Rows]:
    """Every (row of a loan, row of a hold) where the hold stops the loan's ageing."""
    hold, loan = facts["hold"], facts["loan"]
    stops = np.flatnonzero(hold["stops"] & int(Stops.AGEING))
    on_loan = rows_of(loan["loan"], hold["loan"][stops])
    by_borrower = np.argsort(loan["borrower"], kind="stable")
    on_person = stops[hold["person"][stops] >= 0]
    which, at = join(hold["person"][on_person], loan["borrower"][by_borrower])
    row = np.concatenate([on_loan[on_loan >= 0], by_borrower[at]])
    return row, np.concatenate([stops[on_loan >= 0], on_person[which]])


def _civil_days(facts: Facts, zones: Zones, row: Rows, hold: Rows, as_of: int) -> tuple[Codes, Codes]:
    """First day and the day after the last one, on the lender's wall; cut off after `as_of`."""
    lender = rows_of(facts["lender"]["lender"], facts["loan"]["lender"][row])
    assert np.all(lender >= 0), "a loan whose lender is not in the facts"
    zone = facts["lender"]["zone"][lender]
    starts, ends = np.empty(len(row), np.int64), np.empty(len(row), np.int64)
    for code in np.unique(zone):  # a lender has one zone, so there are few
        mine = zone == code
        on_wall = zones[facts.zones[code]]
        starts[mine] = on_wall.day(_within_reach(facts["hold"]["from_at"][hold[mine]], as_of))
        ends[mine] = on_wall.day(_within_reach(facts["hold"]["until_at"][hold[mine]], as_of))
    return starts, ends


def _within_reach(at: Instants, as_of: int) -> Instants:
    """ALWAYS and NEVER leave no room to add an offset: nothing so far away is looked at."""
    reach = (abs(as_of) + _ZONE_DAYS) * DAY
    return np.asarray(np.clip(at, -(10**6) * DAY, reach), np.int64)
