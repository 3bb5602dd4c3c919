"""Sets of time: for each of n keys, sorted disjoint half-open intervals `[start, end)`.

`ALWAYS` and `NEVER` stand for the two ends of time. Everything here is exact and whole-array;
one key and a million keys go through the same lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arrears.kernel.facts import ALWAYS, NEVER, Codes, Instants, Mask

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class IntervalSets:
    """Intervals of key k stand at `offsets[k]:offsets[k+1]`; touching intervals are merged."""

    offsets: Rows
    starts: Instants
    ends: Instants

    @property
    def keys(self) -> int:
        return len(self.offsets) - 1

    def next(self, key: Codes, t: Instants) -> tuple[Instants, Instants]:
        """For each (key, t): the first interval with `end > t`, its start not before t.

        Where none is left, both are NEVER.
        """
        if len(self.starts) == 0:
            return np.full(len(t), NEVER), np.full(len(t), NEVER)
        at = self._first_ending_after(key, t)
        is_found = at < self.offsets[key + 1]
        at = np.where(is_found, at, 0)
        from_at = np.where(is_found, np.maximum(self.starts[at], t), NEVER)
        return from_at, np.where(is_found, self.ends[at], NEVER)

    def select(self, key: Codes) -> IntervalSets:
        """The sets of these keys, in this order; a key may occur more than once."""
        sizes = self.offsets[key + 1] - self.offsets[key]
        _, index = expand(self.offsets[key], sizes)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        return IntervalSets(offsets, self.starts[index], self.ends[index])

    def _first_ending_after(self, key: Codes, t: Instants) -> Rows:
        if self.keys == 1:
            return np.searchsorted(self.ends, t, side="right")
        return first_above(self.ends, self.offsets[key], self.offsets[key + 1], t)


def expand(first: Rows, sizes: Rows) -> tuple[Rows, Rows]:
    """(row, index) of every element of the slices `first[i] : first[i] + sizes[i]`."""
    row = np.repeat(np.arange(len(sizes)), sizes)
    begin = np.cumsum(sizes) - sizes
    return row, np.arange(len(row)) - begin[row] + first[row]


def first_above(values: Codes, low: Rows, high: Rows, target: Codes) -> Rows:
    """For each slice `low:high` of rising values, the first index whose value is above `target`.

    `high` where there is none.
    """
    low, high = low.copy(), high.copy()
    longest = int(np.max(high - low, initial=0))
    for _ in range(longest.bit_length()):
        is_open = low < high
        middle = (low + high) >> 1
        is_above = np.zeros(len(low), np.bool_)
        is_above[is_open] = values[middle[is_open]] > target[is_open]
        high = np.where(is_open & is_above, middle, high)
        low = np.where(is_open & ~is_above, middle + 1, low)
    return low


def join(wanted: Codes, sorted_keys: Codes) -> tuple[Rows, Rows]:
    """Every pair (row of `wanted`, row of `sorted_keys`) with equal values, by row."""
    low = np.searchsorted(sorted_keys, wanted, side="left")
    sizes = np.searchsorted(sorted_keys, wanted, side="right") - low
    if not sizes.any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return expand(low, sizes)


def sets_of(keys: int, key: Codes, start: Instants, end: Instants) -> IntervalSets:
    """The union, per key, of any intervals; empty ones are dropped, touching ones merged."""
    keep = start < end
    key, start, end = key[keep], start[keep], end[keep]
    order = np.lexsort([start, key])
    key, start, end = key[order], start[order], end[order]
    is_first = np.ones(len(key), np.bool_)
    if len(key) > 1:
        reach = _running_end(key, end)
        is_first[1:] = (key[1:] != key[:-1]) | (start[1:] > reach[:-1])
        end = reach[np.append(np.flatnonzero(is_first)[1:] - 1, len(key) - 1)]
    key, start = key[is_first], start[is_first]
    return IntervalSets(np.searchsorted(key, np.arange(keys + 1)), start, end)


def _running_end(key: Codes, end: Instants) -> Instants:
    """The largest end so far within each key; ranks keep the arithmetic inside int64."""
    values, rank = np.unique(end, return_inverse=True)
    running = np.maximum.accumulate(key * len(values) + rank.reshape(-1))
    return np.asarray(values[running - key * len(values)], np.int64)


def key_of_each(sets: IntervalSets) -> Rows:
    """The key of every interval."""
    return np.repeat(np.arange(sets.keys), np.diff(sets.offsets))


def union(first: IntervalSets, *others: IntervalSets) -> IntervalSets:
    """Time in any of the sets, key by key; all have the same number of keys."""
    every = (first, *others)
    return sets_of(
        first.keys,
        np.concatenate([key_of_each(s) for s in every]),
        np.concatenate([s.starts for s in every]),
        np.concatenate([s.ends for s in every]),
    )


def stack(sets: Sequence[IntervalSets]) -> IntervalSets:
    """The keys of every set after one another."""
    if len(sets) == 1:
        return sets[0]
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(each.offsets) for each in sets)])
    return IntervalSets(
        np.cumsum(sizes),
        np.concatenate([np.empty(0, np.int64), *(each.starts for each in sets)]),
        np.concatenate([np.empty(0, np.int64), *(each.ends for each in sets)]),
    )


def complement(sets: IntervalSets) -> IntervalSets:
    """Time in none of the key's intervals."""
    key, every = key_of_each(sets), np.arange(sets.keys)
    position = np.arange(len(key)) + key  # each key gains one gap: shift by the keys before
    total = len(key) + sets.keys
    starts, ends = np.full(total, ALWAYS), np.full(total, NEVER)
    starts[position + 1] = sets.ends
    ends[position] = sets.starts
    owner = np.repeat(every, np.diff(sets.offsets) + 1)
    return sets_of(sets.keys, owner, starts, ends)


def intersect(first: IntervalSets, *others: IntervalSets) -> IntervalSets:
    """Time in all of the sets, key by key."""
    return complement(union(complement(first), *(complement(s) for s in others)))


def whole_time(keys: int) -> IntervalSets:
    """All time, for every key."""
    return IntervalSets(np.arange(keys + 1), np.full(keys, ALWAYS), np.full(keys, NEVER))


def no_time(keys: int) -> IntervalSets:
    """No time at all, for every key."""
    empty = np.empty(0, np.int64)
    return IntervalSets(np.zeros(keys + 1, np.int64), empty, empty)


def clip(sets: IntervalSets, low: Instants, high: Instants) -> IntervalSets:
    """Each key's time within its own `[low, high)`."""
    key = key_of_each(sets)
    return sets_of(sets.keys, key, np.maximum(sets.starts, low[key]), np.minimum(sets.ends, high[key]))


def contains(sets: IntervalSets, key: Codes, t: Instants) -> Mask:
    """Whether t lies in the key's time."""
    return np.asarray(sets.next(key, t)[0] == t)
