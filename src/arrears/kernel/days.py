"""Civil days as whole numbers, and instants as microseconds, without a clock.

A day is the count of days since 1970-01-01 (the form of a `_on` column in `Facts`); an
instant is microseconds since 1970-01-01T00:00Z (the form of an `_at` column).
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH_ON = date(1970, 1, 1)
_EPOCH_AT = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def day_of(on: date) -> int:
    """Days since 1970-01-01."""
    return (on - _EPOCH_ON).days


def date_of(day: int) -> date:
    return _EPOCH_ON + timedelta(days=int(day))


def instant_of(at: datetime) -> int:
    """Whole microseconds since 1970 UTC; the time must be aware."""
    assert at.tzinfo is not None, at
    return (at - _EPOCH_AT) // _MICROSECOND


def datetime_of(instant: int) -> datetime:
    return _EPOCH_AT + timedelta(microseconds=int(instant))


def months_before(on: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last day when it is shorter."""
    index = on.year * 12 + on.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(on.day, last))
