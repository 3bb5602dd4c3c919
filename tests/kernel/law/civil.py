"""Wall clocks as a person reads them: `zoneinfo` and `datetime` only, nothing of the kernel.

The zone data is that of the pinned `tzdata` package, as in the product; the arithmetic is
the standard library's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

MICRO = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCANNED_FROM, _SCANNED_UNTIL = datetime(2009, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


@cache
def zone(name: str) -> ZoneInfo:
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970 UTC of an aware moment."""
    return (moment - EPOCH) // MICRO


@lru_cache(maxsize=200_000)
def wall(name: str, t: int) -> datetime:
    """What a clock on the wall shows at instant `t`."""
    return (EPOCH + t * MICRO).astimezone(zone(name)).replace(tzinfo=None)


def date_at(name: str, t: int) -> date:
    return wall(name, t).date()


def day_number(on: date) -> int:
    return (on - EPOCH.date()).days


def since_midnight(local: datetime) -> int:
    return (local - datetime.combine(local.date(), datetime.min.time())) // MICRO


def instants_showing(name: str, on: date, since: int) -> Iterator[int]:
    """The instants at which a wall clock may show `since` microseconds after midnight of a day."""
    return iter(_instants_showing(name, on, since))


@lru_cache(maxsize=200_000)
def _instants_showing(name: str, on: date, since: int) -> tuple[int, ...]:
    local = datetime.combine(on, datetime.min.time()) + since * MICRO
    shown = (local.replace(tzinfo=zone(name), fold=fold) for fold in (0, 1))
    return tuple(micros(each.astimezone(UTC)) for each in shown)


@cache
def changes_of_clock(name: str) -> tuple[int, ...]:
    """Every instant between 2009 and 2031 at which the zone's offset changes."""
    found, step = [], 24 * 3_600_000_000
    last = micros(_SCANNED_UNTIL)
    before = _offset(name, micros(_SCANNED_FROM))
    for at in range(micros(_SCANNED_FROM), last, step):
        after = _offset(name, at + step)
        if after != before:
            low, high = at, at + step
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(name, middle) == before else (low, middle)
            found.append(high)
            before = after
    return tuple(found)


def _offset(name: str, t: int) -> timedelta | None:
    return (EPOCH + t * MICRO).astimezone(zone(name)).utcoffset()
