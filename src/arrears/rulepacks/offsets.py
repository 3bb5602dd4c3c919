"""Offsets of time zones from the pinned `tzdata` package, as spans of constant offset."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import numpy as np

from arrears.kernel.days import DAY, SECOND, datetime_of, instant_of
from arrears.kernel.facts import ALWAYS
from arrears.kernel.law.zones import ZoneSegments

_FIRST = instant_of(datetime(1990, 1, 1, tzinfo=UTC))
_STEP = 3 * DAY  # since 1990 no place has changed its clock twice within six days
_LAST = instant_of(datetime(2080, 1, 1, tzinfo=UTC))
_THIS_CENTURY = instant_of(datetime(2000, 1, 1, tzinfo=UTC))


@cache
def segments(name: str) -> ZoneSegments:
    """The spans of a zone of this IANA name, between 1990 and 2080."""
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        zone = ZoneInfo.from_file(file, key=name)
    starts, offsets = [ALWAYS], [_offset(zone, _FIRST)]
    for at in _steps_with_a_change(zone):
        change, offset = _change(zone, at, at + _STEP)
        starts.append(change)
        offsets.append(offset)
    return ZoneSegments(name, np.array(starts, np.int64), np.array(offsets, np.int64))


def clock_of(name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What the clocks of a zone have shown in this century; equal for zones whose clocks agree."""
    spans = segments(name)
    now = int(np.searchsorted(spans.starts, _THIS_CENTURY, side="right"))
    return tuple(spans.starts[now:].tolist()), tuple(spans.offsets[now - 1 :].tolist())


def _steps_with_a_change(zone: ZoneInfo) -> Iterator[int]:
    """The beginnings of the steps in which the offset changes. Adding is quicker than making moments."""
    moment, step = datetime_of(_FIRST), timedelta(microseconds=_STEP)
    before = moment.astimezone(zone).utcoffset()
    for at in range(_FIRST, _LAST, _STEP):
        moment += step
        after = moment.astimezone(zone).utcoffset()
        if after != before:
            yield at
            before = after


def _change(zone: ZoneInfo, low: int, high: int) -> tuple[int, int]:
    """The single change of offset inside `(low, high]`, to the second, and the offset after it."""
    before = _offset(zone, low)
    while high - low > SECOND:
        middle = (low + high) // 2 // SECOND * SECOND
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high, _offset(zone, high)


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime_of(at).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)
