"""Business days of a place (ISO 3166), as the library `holidays` knows them.

A weekend, a public holiday and the day it is observed on are all no business days: where a text leaves open
which of two days is meant, the later end of a period is the one that takes nothing from the borrower.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays


def is_working_day(place: str, on: date) -> bool:
    return _calendar(place).is_working_day(on)


@cache
def _calendar(place: str) -> holidays.HolidayBase:
    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
