"""Days of rest: calls that are all made on Sundays and public holidays.

A day is one of rest where it is one by any clock the person may live by; where none is known,
every day may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import Codes, Instants, Mask
from arrears.kernel.law.conversations import zone_set_of
from arrears.kernel.law.counts import counted
from arrears.kernel.law.hours import EVERY_DAY, Window
from arrears.kernel.law.intervals import IntervalSets, Rows, complement, intersect, sets_of, stack
from arrears.kernel.law.permitted import NOTHING, Case, Permitted, distinct, hours_of
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.zones import ZoneSegments

_NONE: Instants = np.empty(0, np.int64)


def only_rest_days(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Not on a day of rest while everything counted, and there is some, was done on days of rest."""
    row, contact = counted(case, rule, rows)
    at_work = row[~_at_rest(case, rule.params, contact)]
    is_found = np.bincount(row, minlength=len(rows)) > 0
    is_found[at_work] = False
    found = rows[is_found]
    if len(found) == 0:
        return NOTHING
    codes, key = distinct(case.candidates["zones"][found], len(case.facts.zone_sets))
    return Permitted(found, stack([_work_days(case, rule.params, int(code)) for code in codes]), key)


def _at_rest(case: Case, params: Mapping[str, Any], contact: Rows) -> Mask:
    contacts = case.facts["contact"]
    at, zone_set = contacts["at"][contact], zone_set_of(case.facts, contacts["person"][contact])
    found = zone_set == 0
    for code in np.unique(zone_set).tolist():
        mine = np.flatnonzero(zone_set == code)
        for zone in _zones_of(case, code):
            found[mine] |= _is_rest(case, params, zone.day(at[mine]))
    return np.asarray(found)


def _is_rest(case: Case, params: Mapping[str, Any], day: Codes) -> Mask:
    is_weekday = np.isin((day + 3) % 7 + 1, params["weekdays"])  # 1970-01-01 was a Thursday
    return np.asarray(is_weekday | np.isin(day, case.law.calendars[params["calendar"]]))


def _work_days(case: Case, params: Mapping[str, Any], zone_set: int) -> IntervalSets:
    """One key: the days that are of rest in no zone of a zone set."""
    resting = sum(1 << (day - 1) for day in params["weekdays"])
    working = hours_of(case, (Window(EVERY_DAY & ~resting, 0, DAY),), zone_set)
    return intersect(working, complement(_holidays(case, params["calendar"], zone_set)))


def _holidays(case: Case, calendar: str, zone_set: int) -> IntervalSets:
    every, starts, ends = case.law.calendars[calendar], [_NONE], [_NONE]
    for zone in _zones_of(case, zone_set):
        first, last = zone.day(np.array([case.span.start, case.span.end]))
        days = every[(first <= every) & (every <= last)]
        starts.append(zone.first_instant(days))
        ends.append(zone.first_instant(days + 1))
    start, end = np.concatenate(starts), np.concatenate(ends)
    return sets_of(1, np.zeros(len(start), np.int64), start, end)


def _zones_of(case: Case, zone_set: int) -> list[ZoneSegments]:
    return [case.law.zones[case.facts.zones[code]] for code in case.facts.zone_sets[zone_set]]
