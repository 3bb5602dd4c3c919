"""A rule, with its exceptions and dates, as permitted time for the rows it could refuse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from arrears.kernel.days import day_of
from arrears.kernel.facts import ALWAYS, NEVER, Instants
from arrears.kernel.law.intervals import IntervalSets, Rows, sets_of, union
from arrears.kernel.law.kinds import EXCEPTION_KINDS, KINDS, Case, Permitted, overridden, stack
from arrears.kernel.law.matching import matching_rows
from arrears.kernel.law.rules import Effect, Law, Rule


def permitted_time(case: Case, rule: Rule) -> Permitted:
    """The rows the rule may refuse at some time, and when it permits them.

    permitted(rule) = what its kind gives, united with the time outside its in-force dates and
    with the intervals of every exception that names it.
    """
    rows = matching_rows(case.facts, rule, case.candidates)
    if len(rows) == 0:
        return Permitted(rows, IntervalSets(np.zeros(1, np.int64), rows, rows), rows)
    base = KINDS[rule.kind](case, rule, rows)
    if len(base.rows) == 0:
        return base
    base = _united_with_all(base, _outside(in_force(rule, case.law)))
    for extra in _exceptions(case, rule, base.rows):
        base = _united(base, extra)
    return base


def _exceptions(case: Case, rule: Rule, rows: Rows) -> Iterator[Permitted]:
    for exception in case.law.exceptions_to(rule):
        matched = np.intersect1d(rows, matching_rows(case.facts, exception, case.candidates))
        if len(matched):
            given = EXCEPTION_KINDS[exception.kind](case, exception, matched)
            yield _limited(given, in_force(exception, case.law))
    if rule.effect is Effect.OVERRIDABLE:
        yield overridden(case, rule, rows)


def in_force(rule: Rule, law: Law) -> tuple[int, int]:
    """`[from, until)` in instants; ALWAYS and NEVER where a date is open."""
    zone = law.zones[rule.reference_zone]
    start, end = (
        default if on is None else int(zone.first_instant(np.array([day_of(on)]))[0])
        for on, default in ((rule.in_force_from, ALWAYS), (rule.in_force_until, NEVER))
    )
    return start, end


def _outside(span: tuple[int, int]) -> IntervalSets:
    start, end = span
    return sets_of(1, np.zeros(2, np.int64), np.array([ALWAYS, end]), np.array([start, NEVER]))


def _united_with_all(base: Permitted, one: IntervalSets) -> Permitted:
    """Every row of `base` with the one set of `one` added."""
    if len(one.starts) == 0:
        return base
    every = one.select(np.zeros(base.sets.keys, np.int64))
    return Permitted(base.rows, union(base.sets, every), base.key)


def _united(base: Permitted, extra: Permitted) -> Permitted:
    """`base` with the time of `extra` added on the rows that `extra` speaks of.

    Rows share keys, so a key is made anew per distinct pair of keys, not per row.
    """
    if len(extra.rows) == 0 or len(extra.sets.starts) == 0:
        return base
    at = np.searchsorted(base.rows, extra.rows)
    pairs, of = np.unique(np.stack([base.key[at], extra.key]), axis=1, return_inverse=True)
    joined = union(base.sets.select(pairs[0]), extra.sets.select(pairs[1]))
    key = base.key.copy()
    key[at] = base.sets.keys + of.reshape(-1)
    return Permitted(base.rows, stack([base.sets, joined]), key)


def _limited(given: Permitted, span: tuple[int, int]) -> Permitted:
    if span == (ALWAYS, NEVER):
        return given
    low: Instants = np.maximum(given.sets.starts, span[0])
    high: Instants = np.minimum(given.sets.ends, span[1])
    owner = np.repeat(np.arange(given.sets.keys), np.diff(given.sets.offsets))
    return Permitted(given.rows, sets_of(given.sets.keys, owner, low, high), given.key)
