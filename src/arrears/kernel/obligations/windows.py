"""The last instant of a window, for many triggers at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from arrears.kernel.facts import NEVER, Codes, Instants
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.obligations.rules import Unit, Window

Calendars = Mapping[str, Codes]
"""ISO 3166 -> public holidays as days since 1970, ascending."""


def last_instants(
    window: Window, anchor_at: Instants, extended: Codes, zone: ZoneSegments, calendars: Calendars
) -> Instants:
    """The last instant at which it is still met in time; NEVER where there is no last day.

    anchor_at  the trigger, or the event of a window counted back (NEVER: no day is set for it);
               the civil days of all are those of `zone`
    extended   units to add for the extensions that were recorded
    """
    last_at = np.full(len(anchor_at), NEVER, np.int64)
    known = anchor_at != NEVER
    if window.length is None:
        if window.is_before:
            last_at[known] = anchor_at[known] - 1
        return last_at
    day = zone.day(anchor_at[known])
    if window.is_before:
        last = later(window, day, -window.length - extended[known], calendars) - (not window.counts_anchor)
    else:
        last = later(window, day, window.length + extended[known], calendars) - window.counts_anchor
    last_at[known] = zone.first_instant(last + 1) - 1
    return last_at


def later(window: Window, day: Codes, count: Codes, calendars: Calendars) -> Codes:
    """The day so many of the window's units after each day (before it, when negative)."""
    if window.unit is Unit.DAYS:
        return day + count
    if window.unit is Unit.MONTHS:
        return months_later(day, count)
    holidays = calendars[window.calendar].astype("M8[D]")
    moved = np.busday_offset(day.astype("M8[D]"), count, roll="backward", holidays=holidays)
    return moved.astype(np.int64)


def months_later(day: Codes, months: Codes) -> Codes:
    """The same day of the month, or that month's last day when it is shorter."""
    month = day.astype("M8[D]").astype("M8[M]")
    of_month = day.astype("M8[D]") - month.astype("M8[D]")
    target = month + months
    length = (target + 1).astype("M8[D]") - target.astype("M8[D]")
    one = np.timedelta64(1, "D")
    last: Codes = (target.astype("M8[D]") + np.minimum(of_month, length - one)).astype(np.int64)
    return last
