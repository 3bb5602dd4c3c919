"""Counting on from a day: years, months, weeks, days and business days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from arrears.kernel.days import months_before
from arrears.kernel.tables.entries import WorkingDays

UNITS = ("years", "months", "weeks", "days")
_DAY = timedelta(days=1)


def after(start: date, period: Mapping[str, Any]) -> date:
    """The day that ends a period begun on `start`, which is not counted.

    A month ends on the day of the same number, or on the month's last day where it is shorter.
    """
    months = 12 * int(period.get("years", 0)) + int(period.get("months", 0))
    days = 7 * int(period.get("weeks", 0)) + int(period.get("days", 0))
    return months_before(start, -months) + timedelta(days=days)


def after_business_days(start: date, number: int, place: str, works: WorkingDays) -> date:
    """The `number`th business day of the place after `start`."""
    day = start
    for _ in range(number):
        day += _DAY
        while not works(place, day):
            day += _DAY
    return day
