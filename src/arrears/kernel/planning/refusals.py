"""The due steps of a day that no candidate serves, and of each the candidate nearest to being permitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import NEVER, Column, Instants, Mask
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Solution, release_of
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.plan import DayPlan


@dataclass(frozen=True, slots=True)
class Refusals:
    """One row per due step without a contact, ascending.

    due         row of `plan.due`
    nearest     the candidate (row of `plan.proposals`) nearest to being permitted
    from_at     the first instant at which any of its candidates could start; NEVER for none
    is_refused  the law refuses all of them; otherwise only another contact stands in the way
    rules       per due step the rules that move or refuse the nearest: one bit per rule of the law
    """

    due: Rows
    nearest: Rows
    from_at: Instants
    is_refused: Mask
    rules: tuple[bytes, ...]


def refusals_of(plan: DayPlan, rows: Rows, from_at: Instants) -> Refusals:
    """The refusals among the candidates `rows` (ascending), which could start at `from_at`."""
    solution = plan.choice.solution
    due, start = np.unique(plan.proposals.due[rows], return_index=True)
    if len(due) == 0:
        return Refusals(due, due, np.empty(0, np.int64), np.empty(0, np.bool_), ())
    is_refused = plan.choice.outcome[rows] == Outcome.REFUSED
    final, missing = _lasting(solution, len(plan.proposals))
    order = np.lexsort([missing[rows], final[rows], from_at, plan.proposals.due[rows]])
    nearest = rows[order[start]]
    return Refusals(
        due=due,
        nearest=nearest,
        from_at=np.minimum.reduceat(from_at, start),
        is_refused=np.logical_and.reduceat(is_refused, start),
        rules=_rules(solution, nearest),
    )


def _lasting(solution: Solution, size: int) -> tuple[Column, Column]:
    """Per candidate: rules that nothing releases, and rules that only a missing fact does."""
    is_lasting = solution.bound_from_at == NEVER
    waits = _wait_for_facts(solution.law)[solution.bound_rule]
    row = solution.bound_row
    final = np.bincount(row[is_lasting & ~waits], minlength=size)
    return final, np.bincount(row[is_lasting & waits], minlength=size)


def _wait_for_facts(law: Law) -> Mask:
    return np.array([release_of(rule, NEVER).kind == "fact" for rule in law.rules], np.bool_)


def _rules(solution: Solution, rows: Rows) -> tuple[bytes, ...]:
    low, high = np.searchsorted(solution.bound_row, [rows, rows + 1])
    binds = np.zeros((len(rows), len(solution.law.rules)), np.bool_)
    row = np.repeat(np.arange(len(rows)), high - low)
    index = np.arange(len(row)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    binds[row, solution.bound_rule[index + np.repeat(low, high - low)]] = True
    return tuple(bits.tobytes() for bits in np.packbits(binds, axis=1))
