"""Bands of past-due days that loans are counted in, as each product names them.

    days      1-29/30-59/60-89/90+, and 0 for loans reported late on the day they fell due
    months    M1 = 1-30 days, M2 = 31-60, ... M6 = 151-180, M7+ beyond; M0 is not overdue

or bands of a lender's own, one after the other from 1, the last one open: `1-15/16-90/91+`.
The classes M0, M1, ... are how consumer credit counts months past due (逾期 M1, M2, ...).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from arrears.kernel.facts import Codes, Column, Mask

DEFAULT_BUCKETS = "days"
NOT_LATE = ("current", "M0")
DAY_ZERO = "0"
_BAND = re.compile(r"([0-9]{1,5})-([0-9]{1,5})", re.ASCII)
_MONTHS, _DAYS_A_MONTH = 7, 30


@dataclass(frozen=True, slots=True)
class Buckets:
    """Bucket 0 is not overdue; bucket k > 0 begins at `first_days[k - 1]` past-due days."""

    names: tuple[str, ...]
    first_days: tuple[int, ...]

    def of(self, past_due_days: Column, is_late: Mask) -> Codes:
        """The bucket of each loan. A late loan with fewer days than any band has stands in the first."""
        band = np.searchsorted(np.array(self.first_days), past_due_days, side="right")
        return np.where(is_late, np.maximum(band, 1), 0)


_SHIPPED = {
    "days": Buckets((NOT_LATE[0], DAY_ZERO, "1-29", "30-59", "60-89", "90+"), (0, 1, 30, 60, 90)),
    "months": Buckets(
        (NOT_LATE[1], *(f"M{n}" for n in range(1, _MONTHS)), f"M{_MONTHS}+"),
        tuple(1 + n * _DAYS_A_MONTH for n in range(_MONTHS)),
    ),
}


@cache
def read_buckets(text: str) -> Buckets:
    """The buckets that a text names or lists. Raises ValueError with what is wrong with it."""
    if text in _SHIPPED:
        return _SHIPPED[text]
    *bands, last = text.split("/")
    first_days = [1]
    for band in bands:
        found = _BAND.fullmatch(band)
        if found is None or int(found[1]) != first_days[-1] or int(found[2]) < first_days[-1]:
            raise ValueError("is not bands of days one after the other, such as 1-29/30-89/90+")
        first_days.append(int(found[2]) + 1)
    if last != f"{first_days[-1]}+":
        raise ValueError(f"does not end in {first_days[-1]}+")
    return Buckets((NOT_LATE[0], *bands, last), tuple(first_days))
