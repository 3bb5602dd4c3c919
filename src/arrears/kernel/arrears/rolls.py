"""Roll rates: in which bucket the loans of one bucket stand at a later day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.ageing import Grouping, Portfolio
from arrears.kernel.facts import Mask
from arrears.kernel.money import Money

NEW, CLOSED = "(new)", "(closed)"
"""In place of a bucket: not known on the first day, and closed or not known on the second."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Loans that went from one bucket to another; `overdue` is theirs on the first day (on the
    second for new ones), one sum per currency. `of_from` are all loans of the bucket they left."""

    from_bucket: str
    to_bucket: str
    loans: int
    of_from: int
    overdue: tuple[Money, ...]


def rolls_of(first: Portfolio, second: Portfolio, groupings: Sequence[Grouping], closed: Mask) -> list[Roll]:
    """Every move between the buckets of two days, from the first bucket to the last.

    Both portfolios have the same loans in the same rows; `groupings` are their buckets on the
    two days, `closed` the loans that are closed on the second.
    """
    names = tuple(dict.fromkeys(name for each in groupings for name in each.names))
    was, is_ = (_codes(each, names) for each in groupings)
    was = np.where(was < 0, len(names), was)
    is_ = np.where((is_ < 0) | closed, len(names) + 1, is_)
    is_there = (was < len(names)) | (is_ < len(names))
    labels = (*names, NEW, CLOSED)
    found = []
    for source in np.unique(was[is_there]).tolist():
        leaving = is_there & (was == source)
        of_from = int(np.count_nonzero(leaving))
        for target in np.unique(is_[leaving]).tolist():
            mine = leaving & (is_ == target)
            day = second if source == len(names) else first
            row = day.row("", mine)
            found.append(Roll(labels[source], labels[target], row.loans, of_from, row.overdue))
    return found


def _codes(grouping: Grouping, names: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    known = np.array([*(names.index(name) for name in grouping.names), -1], np.int64)
    return known[grouping.code]  # NO_ID is the last
