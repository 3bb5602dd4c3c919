"""Public holidays as the kernel's arithmetic: days since 1970 per country, from the library `holidays`.

A holiday that is observed on another day, and the day itself, are both in it: an end that is
doubtful is the later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import holidays
import numpy as np

from arrears.kernel.days import day_of
from arrears.kernel.facts import Codes

_YEARS = range(1990, 2080)  # as far as time zones are laid out


class CalendarTable(Mapping[str, Codes]):
    """ISO 3166-1 -> public holidays between 1990 and 2079, ascending; read when first asked for."""

    def __getitem__(self, country: str) -> Codes:
        if country not in _countries():
            raise KeyError(country)
        return _holidays_of(country)

    def __contains__(self, country: object) -> bool:
        return country in _countries()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(_countries()))

    def __len__(self) -> int:
        return len(_countries())


CALENDARS = CalendarTable()


@cache
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@cache
def _holidays_of(country: str) -> Codes:
    found = holidays.country_holidays(country, years=_YEARS)
    return np.array(sorted(day_of(on) for on in found), np.int64)
