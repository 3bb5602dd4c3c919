"""Arithmetic on slices: columns in which each of n rows owns a run of consecutive elements.

`offsets` has n + 1 positions; row k owns `offsets[k]:offsets[k+1]`. Sums of a whole column may
pass the end of int64 and come back: differences inside one row are right all the same, as long
as the row's own sum fits, which the largest amount of money that is taken in makes sure of.
"""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import Codes, Column
from arrears.kernel.law.intervals import Rows, expand

_SPAN = 1 << 33  # more than there are days, with room on both sides of zero


def offsets_of(row_of_each: Rows, rows: int) -> Rows:
    """The offsets of the slices, from the (ascending) row that owns each element."""
    return np.searchsorted(row_of_each, np.arange(rows + 1)).astype(np.int64)


def slices_of(sorted_ids: Column, wanted: Column) -> tuple[Rows, Rows]:
    """(row of `wanted`, index) of every element of a sorted column that carries a wanted id."""
    low = np.searchsorted(sorted_ids, wanted, side="left")
    return expand(low, np.searchsorted(sorted_ids, wanted, side="right") - low)


def runs_of(sorted_ids: Column, wanted: Column) -> tuple[Rows | slice, Rows]:
    """(indexes, offsets) of the elements of a sorted column that carry each wanted id.

    The indexes are a `slice` when every element is wanted, in this order, and each id has one: then
    taking them copies nothing.
    """
    begins = _begins(sorted_ids)
    if np.array_equal(sorted_ids[begins], wanted):
        return slice(0, len(sorted_ids)), np.append(begins, len(sorted_ids))
    row, at = slices_of(sorted_ids, wanted)
    return at, offsets_of(row, len(wanted))


def _begins(sorted_ids: Column) -> Rows:
    """Where each run of equal ids begins."""
    begins = np.flatnonzero(sorted_ids[1:] != sorted_ids[:-1]) + 1
    return np.concatenate([np.zeros(min(len(sorted_ids), 1), np.int64), begins])


def sums(values: Codes, offsets: Rows) -> Codes:
    """The sum of each slice."""
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    return np.asarray(total[offsets[1:]] - total[offsets[:-1]], np.int64)


def running(values: Codes, offsets: Rows) -> Codes:
    """The sum of each element and those before it in its slice."""
    total = np.cumsum(values)
    before = np.concatenate([np.zeros(1, np.int64), total])[offsets[:-1]]
    return np.asarray(total - np.repeat(before, np.diff(offsets)), np.int64)


def running_max(days: Codes, offsets: Rows) -> Codes:
    """The latest of each day and those before it in its slice."""
    if _is_rising(days, offsets):
        return np.asarray(days, np.int64)
    base = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)) * _SPAN
    return np.asarray(np.maximum.accumulate(base + days) - base, np.int64)


def _is_rising(values: Codes, offsets: Rows) -> bool:
    """No element is below the one before it in its slice."""
    falls = values[1:] < values[:-1]
    begins = offsets[(offsets > 0) & (offsets < len(values))]
    falls[begins - 1] = False
    return not falls.any()
