"""A rule, with its exceptions and dates, as permitted time for the rows it could refuse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from arrears.kernel.facts import ALWAYS, NEVER
from arrears.kernel.law.exceptions import overridden
from arrears.kernel.law.intervals import IntervalSets, Rows, clip, sets_of, stack, union
from arrears.kernel.law.kinds import EXCEPTION_KINDS, KINDS, MADE_KINDS
from arrears.kernel.law.matching import matching_rows
from arrears.kernel.law.permitted import NOTHING, Case, Permitted
from arrears.kernel.law.rules import Effect, Rule

_EVERY_KIND = {**KINDS, **MADE_KINDS}


def permitted_time(case: Case, rule: Rule) -> Permitted:
    """The rows the rule may refuse at some time, and when it permits them.

    permitted(rule) = what its kind gives, united with the time outside its in-force dates and
    with the intervals of every exception that names it.
    """
    rows = matching_rows(case.facts, rule, case.candidates)
    base = _EVERY_KIND[rule.kind](case, rule, rows) if len(rows) else NOTHING
    if len(base.rows) == 0:
        return NOTHING
    base = _united_with_all(base, _outside(case.law.in_force(rule), case))
    for extra in _exceptions(case, rule, base.rows):
        base = _united(base, extra)
    return base


def _exceptions(case: Case, rule: Rule, rows: Rows) -> Iterator[Permitted]:
    for exception in case.law.exceptions_to(rule):
        matched = matching_rows(case.facts, exception, case.candidates, rows)
        if len(matched):
            given = EXCEPTION_KINDS[exception.kind](case, exception, matched)
            yield _limited(given, case.law.in_force(exception))
    if rule.effect is Effect.OVERRIDABLE:
        yield overridden(case, rule, rows)


def _outside(span: tuple[int, int], case: Case) -> IntervalSets | None:
    """Time outside the in-force dates; None where they cover all that is asked about and after."""
    start, end = span
    if start <= case.span.start and end == NEVER:
        return None
    return sets_of(1, np.zeros(2, np.int64), np.array([ALWAYS, end]), np.array([start, NEVER]))


def _united_with_all(base: Permitted, one: IntervalSets | None) -> Permitted:
    """Every row of `base` with the one set of `one` added."""
    if one is None:
        return base
    every = one.select(np.zeros(base.sets.keys, np.int64))
    return Permitted(base.rows, union(base.sets, every), base.key)


def _united(base: Permitted, extra: Permitted) -> Permitted:
    """`base` with the time of `extra` added on the rows that `extra` speaks of.

    Rows share keys, so a key is made anew per distinct pair of keys, not per row.
    """
    if len(extra.rows) == 0:
        return base
    at = np.searchsorted(base.rows, extra.rows)
    width = extra.sets.keys
    pairs, of = np.unique(base.key[at] * width + extra.key, return_inverse=True)
    joined = union(base.sets.select(pairs // width), extra.sets.select(pairs % width))
    key = base.key.copy()
    key[at] = base.sets.keys + of
    return Permitted(base.rows, stack([base.sets, joined]), key)


def _limited(given: Permitted, span: tuple[int, int]) -> Permitted:
    if span == (ALWAYS, NEVER) or len(given.rows) == 0:
        return given
    low, high = (np.full(given.sets.keys, end) for end in span)
    return Permitted(given.rows, clip(given.sets, low, high), given.key)
