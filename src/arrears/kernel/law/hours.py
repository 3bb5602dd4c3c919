"""Permitted hours: local windows, compiled to exact instants for a set of plausible zones.

A window is a span of the wall clock on some weekdays; it may run past midnight and then
belongs to the day it starts on. Where a person may be in several zones the time is what all
of them permit. A span of days is compiled at once and kept, since many rows share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import ALWAYS, NEVER, Instants
from arrears.kernel.law.intervals import IntervalSets, intersect, no_time, sets_of
from arrears.kernel.law.zones import ZoneSegments

EVERY_DAY = 0b1111111
_BLOCK = 64 * DAY
_EDGE = 16 * DAY  # a weekly pattern may run for a fortnight where a place leaves its pause out


@dataclass(frozen=True, slots=True)
class Window:
    """`[start_local, end_local)` in microseconds since local midnight, on `weekdays`.

    weekdays   bit 0 is Monday; the day the window starts on
    end_local  at or before start_local means the next day
    """

    weekdays: int
    start_local: int
    end_local: int


@dataclass(frozen=True, slots=True)
class Span:
    """The time a compiled set covers, in whole blocks so that it can be kept and reused."""

    start: int
    end: int


def span_around(first: int, last: int) -> Span:
    """The span to compile so that every answer between the two instants is exact."""
    return Span((first - _EDGE) // _BLOCK * _BLOCK, -(-(last + _EDGE) // _BLOCK) * _BLOCK)


def compile_hours(
    windows: tuple[Window, ...],
    zones: tuple[str, ...],
    table: Mapping[str, ZoneSegments],
    span: Span,
) -> IntervalSets:
    """One key: the instants of `span` at which every zone's wall clock is inside a window.

    Empty when no zone is known, or when the zones have no hour in common. Time that reaches
    the edge of the span is continued for ever, which only a window without gaps can do.
    """
    if not zones:
        return no_time(1)
    return _compiled(windows, tuple(table[zone] for zone in zones), span)


@lru_cache(maxsize=4096)
def _compiled(windows: tuple[Window, ...], zones: tuple[ZoneSegments, ...], span: Span) -> IntervalSets:
    sets = [_in_one_zone(windows, zone, span) for zone in zones]
    return _continued(intersect(*sets) if len(sets) > 1 else sets[0], span)


def _in_one_zone(windows: tuple[Window, ...], zone: ZoneSegments, span: Span) -> IntervalSets:
    starts, ends = [], []
    edges = np.append(zone.starts, NEVER)
    first = max(int(np.searchsorted(zone.starts, span.start, side="right")) - 1, 0)
    last = int(np.searchsorted(zone.starts, span.end, side="left"))
    for i in range(first, last):
        begin, end = max(int(edges[i]), span.start), min(int(edges[i + 1]), span.end)
        for window in windows:
            low, high = _on_the_wall(window, begin, end, int(zone.offsets[i]))
            starts.append(np.maximum(low, begin))
            ends.append(np.minimum(high, end))
    start, end_ = np.concatenate(starts), np.concatenate(ends)
    return sets_of(1, np.zeros(len(start), np.int64), start, end_)


def _on_the_wall(window: Window, begin: int, end: int, offset: int) -> tuple[Instants, Instants]:
    """The window of every day that touches `[begin, end)` while the offset holds."""
    day = np.arange((begin + offset) // DAY - 1, (end + offset) // DAY + 1)
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    midnight = day[(window.weekdays >> weekday) & 1 == 1] * DAY - offset
    length = window.end_local - window.start_local
    return (
        midnight + window.start_local,
        midnight + window.start_local + (length if length > 0 else length + DAY),
    )


def _continued(sets: IntervalSets, span: Span) -> IntervalSets:
    return IntervalSets(
        sets.offsets,
        np.where(sets.starts <= span.start, ALWAYS, sets.starts),
        np.where(sets.ends >= span.end, NEVER, sets.ends),
    )
