"""Time zone data as the kernel's arithmetic: offsets per zone, from the pinned `tzdata` package.

The machine's own time zone files are not used, so every machine gives the same answer and the
version in a decision says which data it rested on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import numpy as np
import tzdata

from arrears.kernel.days import DAY, SECOND, datetime_of, instant_of
from arrears.kernel.facts import ALWAYS
from arrears.kernel.law.zones import ZoneSegments

VERSION: str = tzdata.IANA_VERSION

_FIRST = instant_of(datetime(1990, 1, 1, tzinfo=UTC))
_STEP = 3 * DAY  # since 1990 no place has changed its clock twice within six days
_LAST = instant_of(datetime(2080, 1, 1, tzinfo=UTC))


class ZoneTable(Mapping[str, ZoneSegments]):
    """IANA name -> spans of constant offset between 1990 and 2080, read when first asked for."""

    def __getitem__(self, name: str) -> ZoneSegments:
        if not self.__contains__(name):
            raise KeyError(name)
        return _segments(name)

    def __contains__(self, name: object) -> bool:
        return name in _names()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(_names()))

    def __len__(self) -> int:
        return len(_names())


ZONES = ZoneTable()


@cache
def _names() -> frozenset[str]:
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii")
    return frozenset(listed.split())


@cache
def _segments(name: str) -> ZoneSegments:
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        zone = ZoneInfo.from_file(file, key=name)
    starts, offsets = [ALWAYS], [_offset(zone, _FIRST)]
    for at in range(_FIRST, _LAST, _STEP):
        if _offset(zone, at + _STEP) != offsets[-1]:
            change, offset = _change(zone, at, at + _STEP)
            starts.append(change)
            offsets.append(offset)
    return ZoneSegments(name, np.array(starts, np.int64), np.array(offsets, np.int64))


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
