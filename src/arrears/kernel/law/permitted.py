"""Permitted time of some rows: its shape, and the joins from which every kind of rule builds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import NEVER, Codes, Column, Facts, Instants, Mask
from arrears.kernel.law.candidates import Candidates
from arrears.kernel.law.hours import Span, Window, compile_hours
from arrears.kernel.law.intervals import (
    IntervalSets,
    Rows,
    complement,
    expand,
    join,
    no_time,
    sets_of,
    stack,
    union,
    whole_time,
)
from arrears.kernel.law.rules import Law
from arrears.kernel.vocabulary import ANY


@dataclass(frozen=True, slots=True)
class Permitted:
    """`key[i]` of `sets` is the permitted time of candidate row `rows[i]`; rows ascending."""

    rows: Rows
    sets: IntervalSets
    key: Codes


@dataclass(frozen=True, slots=True)
class Case:
    """What a kind works on: the candidates under decision and the facts.

    asked_from_at  the earliest instant asked about: what ended by then is of no account
    span           the time to lay hours out for
    """

    facts: Facts
    law: Law
    candidates: Candidates
    asked_from_at: int
    span: Span


_NONE: Rows = np.empty(0, np.int64)
NOTHING = Permitted(_NONE, no_time(0), _NONE)
"""No row is spoken of."""


def never(rows: Rows) -> Permitted:
    return Permitted(rows, no_time(1), np.zeros_like(rows))


def per_row(case: Case, rows: Rows, row: Rows, start: Column, end: Column) -> Permitted:
    """Permitted time from any intervals; `row` counts within `rows`."""
    is_some = (start < end) & (end > case.asked_from_at)
    if not is_some.any():
        return NOTHING
    touched, key = distinct(row[is_some], len(rows))
    sets = sets_of(len(touched), key, start[is_some], end[is_some])
    return Permitted(rows[touched], sets, np.arange(len(touched)))


def from_on(rows: Rows, start: Instants) -> Permitted:
    """Permitted from an instant of each row on."""
    every = np.arange(len(rows) + 1)
    return Permitted(rows, IntervalSets(every, start, np.full(len(rows), NEVER)), every[:-1])


def all_but(case: Case, rows: Rows, row: Rows, start: Column, end: Column) -> Permitted:
    """Permitted is all time but these intervals; `row` counts within `rows`."""
    forbidden = per_row(case, rows, row, start, end)
    if len(forbidden.rows) == 0:
        return NOTHING
    return Permitted(forbidden.rows, complement(forbidden.sets), forbidden.key)


def hours_of(case: Case, windows: tuple[Window, ...], zone_set: int) -> IntervalSets:
    """One key: the windows in every zone of a zone set."""
    names = tuple(case.facts.zones[code] for code in case.facts.zone_sets[zone_set])
    return compile_hours(windows, names, case.law.zones, case.span)


def hours_of_any(case: Case, windows: tuple[Window, ...], zone_set: int) -> IntervalSets:
    """One key: the windows in whichever zone of a zone set; all time where no zone is known."""
    names = [case.facts.zones[code] for code in case.facts.zone_sets[zone_set]]
    each = [compile_hours(windows, (name,), case.law.zones, case.span) for name in names]
    return union(*each) if each else whole_time(1)


HoursOf = Callable[[Case, tuple[Window, ...], int], IntervalSets]


def hours_told(case: Case, name: str, rows: Rows, found: Rows, of: HoursOf) -> tuple[Rows, Column, Column]:
    """The hours that rows `found` of table `name` tell, where the candidate `rows` are: intervals.

    As (place within `found`, start, end), each within the time for which the row holds.
    """
    table = case.facts[name]
    columns = [table[column][found].tolist() for column in ("weekdays", "start_local", "end_local")]
    patterns: dict[tuple[int, ...], int] = {}  # hours and zone set, each laid out once
    wanted = zip(*columns, case.candidates["zones"][rows].tolist(), strict=True)
    at = np.array([patterns.setdefault(each, len(patterns)) for each in wanted], np.int64)
    compiled = [of(case, (Window(*hours),), zone_set) for *hours, zone_set in patterns]
    sets = stack(compiled).select(at)
    owner, index = expand(sets.offsets[:-1], np.diff(sets.offsets))
    start = np.maximum(sets.starts[index], table["from_at"][found][owner])
    end = np.minimum(sets.ends[index], table["until_at"][found][owner])
    return owner, start, end


def distinct(codes: Codes, size: int) -> tuple[Codes, Rows]:
    """The codes (0..size-1) that occur, ascending, and for each element the place of its own."""
    occurs = np.zeros(size, np.bool_)
    occurs[codes] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[codes]


def facts_about(case: Case, rows: Rows, name: str, on: str, column: str) -> tuple[Rows, Rows]:
    """Pairs (row within `rows`, row of table `name`) whose `column` equals the candidate's `on`."""
    return facts_where(case.facts, name, column, case.candidates[on][rows])


def facts_where(facts: Facts, name: str, column: str, wanted: Codes) -> tuple[Rows, Rows]:
    """Pairs (place within `wanted`, row of table `name`) whose `column` is what is wanted."""
    if len(facts[name][column]) == 0:
        return _NONE, _NONE
    sorted_ids, order = _by(facts, name, column)
    row, found = join(wanted, sorted_ids)
    return row, order[found]


def is_for_channel(case: Case, name: str, found: Rows, row: Rows) -> Mask:
    """Whether fact rows name the channel of the candidate rows they were joined to, or any."""
    told = case.facts[name]["channel"][found]
    return np.asarray((told == ANY) | (told == case.candidates["channel"][row]))


def next_where(group: Rows, at: Column, mask: Mask) -> Column:
    """For each element (sorted by group, then at) the `at` of its group's next masked one, or NEVER."""
    index = np.where(mask, np.arange(len(at)), len(at))
    nearest = np.minimum.accumulate(index[::-1])[::-1]
    is_found = nearest < len(at)
    is_found[is_found] = group[nearest[is_found]] == group[is_found]
    found = np.full(len(at), NEVER)
    found[is_found] = at[nearest[is_found]]
    return found


def _by(facts: Facts, name: str, column: str) -> tuple[Codes, Rows]:
    """A fact table's column in ascending order, and the table rows in that order; kept."""
    kept: tuple[Codes, Rows] | None = facts._cache.get(("by", name, column))
    if kept is None:
        order = np.argsort(facts[name][column], kind="stable")
        kept = facts._cache["by", name, column] = (facts[name][column][order], order)
    return kept
