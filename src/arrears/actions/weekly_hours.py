"""Hours of some days of the week, as people say them and as they are stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from arrears.kernel.errors import BadInput
from arrears.kernel.vocabulary import WEEKDAYS

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Minutes after local midnight, the end excluded, on the days of the mask (bit 0 is Monday)."""

    weekdays: int
    start_minutes: int
    end_minutes: int

    def __str__(self) -> str:
        """`mon fri 09:00-12:00`, as it is listed."""
        days = " ".join(day for bit, day in enumerate(WEEKDAYS) if self.weekdays >> bit & 1)
        return f"{days} {_time(self.start_minutes)}-{_time(self.end_minutes)}"


def weekly_hours(*, days: Collection[str], start: str, end: str) -> WeeklyHours:
    """From `start` until before `end`, as 09:00 and 24:00, on these days; none are all of them.

    Raises BadInput for a day or a time there is not, and for an end that is not after the start.
    """
    unknown = sorted(set(days) - set(WEEKDAYS))
    if unknown:
        raise BadInput(
            "hours.day", f"No day is called {unknown[0]!r}.", hint=f"One of: {', '.join(WEEKDAYS)}."
        )
    hours = WeeklyHours(
        sum(1 << WEEKDAYS.index(day) for day in set(days or WEEKDAYS)), _minutes(start), _minutes(end)
    )
    if hours.end_minutes <= hours.start_minutes:
        raise BadInput(
            "hours.backwards",
            f"The hours end at {end}, which is not after {start}.",
            hint="Hours over midnight are recorded as two: until 24:00, and from 00:00 on.",
        )
    return hours


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    is_written = all(part.isascii() and part.isdigit() and len(part) == 2 for part in (hour, minute))
    told = int(hour) * 60 + int(minute) if is_written else -1
    if not is_written or int(minute) > 59 or told > DAY_MINUTES:
        raise BadInput("hours.time", f"{text!r} is not a time of day.", hint="Write it as 09:00 or 24:00.")
    return told


def _time(minutes: int) -> str:
    return "{:02}:{:02}".format(*divmod(minutes, 60))
