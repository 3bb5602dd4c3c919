"""What only the whole file shows: loans that stand twice, and people who contradict themselves.

Of every row three 64-bit hashes are kept, never a value. Which of two conflicting rows is right
cannot be known, so both are rejected.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arrears.actions.importing.target import PERSONAL
from arrears.actions.importing.validating import Reject, Rows

Lines = npt.NDArray[np.int64]


class Survey:
    """Collects rows chunk by chunk, then tells which of them conflict."""

    def __init__(self) -> None:
        self._loan_lines, self._loans = array("q"), array("q")
        self._lines, self._persons, self._details = array("q"), array("q"), array("q")

    def add(self, rows: Rows, others: Sequence[tuple[int, str]]) -> None:
        """`others` are rows already rejected, by line and loan: they still say that a loan stands twice."""
        self._loan_lines.extend(rows.lines)
        self._loans.extend(map(hash, rows["loan_ref"]))
        self._loan_lines.extend(line for line, _ in others)
        self._loans.extend(hash(loan_ref) for _, loan_ref in others)
        self._lines.extend(rows.lines)
        self._persons.extend(map(hash, rows["person_ref"]))
        self._details.extend(map(hash, zip(*(rows[name] for name in PERSONAL), strict=True)))

    def conflicts(self) -> Conflicts:
        loans = _repeats(_array(self._loan_lines), _array(self._loans))
        persons = _contradictions(_array(self._lines), _array(self._persons), _array(self._details))
        return Conflicts({"loan_ref": _by_line(loans), "person_ref": _by_line(persons)})


@dataclass(frozen=True, slots=True)
class Conflicts:
    """For each field the lines in conflict, ascending, and for each the line it conflicts with."""

    pairs: Mapping[str, tuple[Lines, Lines]]

    def __bool__(self) -> bool:
        return any(len(lines) for lines, _ in self.pairs.values())

    def of(self, rows: Rows) -> list[Reject]:
        """Those of these rows, which are in file order."""
        return sorted(
            (reject for name in self.pairs for reject in self._of(name, rows)), key=lambda each: each.line
        )

    def _of(self, name: str, rows: Rows) -> Iterator[Reject]:
        lines, others = self.pairs[name]
        at = np.searchsorted(lines, _array(rows.lines))
        for row in np.flatnonzero(np.isin(_array(rows.lines), lines)).tolist():
            reason = f"{_REASONS[name]} {others[at[row]]:,}"
            yield Reject(rows.lines[row], name, str(rows[name][row]), reason)


_REASONS = {
    "loan_ref": "the same loan stands on line",
    "person_ref": "the same person is described differently on line",
}


def _array(values: Sequence[int]) -> Lines:
    return np.asarray(values, np.int64)


def _by_line(pair: tuple[Lines, Lines]) -> tuple[Lines, Lines]:
    order = np.argsort(pair[0])
    return pair[0][order], pair[1][order]


def _repeats(lines: Lines, keys: Lines) -> tuple[Lines, Lines]:
    """Each line whose key stands on another line too, and the first such other line."""
    order, first, last = _groups(lines, keys)
    is_repeated = last > first
    other = np.where(order == order[first], order[np.minimum(first + 1, last)], order[first])
    return lines[order[is_repeated]], lines[other[is_repeated]]


def _contradictions(lines: Lines, keys: Lines, told: Lines) -> tuple[Lines, Lines]:
    """Each line of a key about which lines tell different things, and one that tells otherwise."""
    order, first, last = _groups(lines, keys)
    told = told[order]
    starts = np.flatnonzero(first == np.arange(len(first)))
    if len(starts) == 0:
        return lines[:0], lines[:0]
    differs = np.logical_or.reduceat(told != told[first], starts)
    in_conflict = np.repeat(differs, np.diff(np.append(starts, len(first))))
    # The first line differs from some other; every other is compared with the first line, or,
    # if it tells the same, with the first one that differs from it.
    differing = np.where(told != told[first], np.arange(len(told)), len(told))
    odd = np.minimum.reduceat(differing, starts)
    odd = np.repeat(odd, np.diff(np.append(starts, len(first))))
    other = np.where(told == told[first], np.minimum(odd, last), first)
    return lines[order[in_conflict]], lines[order[other[in_conflict]]]


def _groups(lines: Lines, keys: Lines) -> tuple[Lines, Lines, Lines]:
    """Rows by key and line, and for each the first and last position of its key's group."""
    order = np.lexsort([lines, keys])
    sorted_keys = keys[order]
    first = np.searchsorted(sorted_keys, sorted_keys, side="left")
    last = np.searchsorted(sorted_keys, sorted_keys, side="right") - 1
    return order, first, last
