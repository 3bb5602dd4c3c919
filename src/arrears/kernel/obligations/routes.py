"""Through which channel an obligation can still be met in time, and when none can.

A duty and a ban may collide. While any admissible channel is permitted before the end, the first
such in the lender's order is the route. Where none is, the collision is an error that names the
obligation and every ban in the way; nothing is decided in its stead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import NEVER, Facts, Instants
from arrears.kernel.law.candidates import Candidates
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Binding, Solution, solve
from arrears.kernel.obligations.rules import Obligation
from arrears.kernel.obligations.standing import Obligations


@dataclass(frozen=True, slots=True)
class Route:
    """How one obligation is met: the row of its candidate, from when, until when.

    is_fallback  an earlier channel of the lender's order is not permitted in time; to be remarked on
    usable       rows of every candidate that is permitted in time, this one among them
    """

    obligation: int
    candidate: int
    from_at: int
    until_at: int
    is_fallback: bool
    usable: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ban:
    """A rule that keeps one candidate from being made in time."""

    candidate: int
    channel: int
    binding: Binding


@dataclass(frozen=True, slots=True)
class Conflict:
    """An obligation that no admissible channel can meet in time, with each ban."""

    obligation: int
    rule: Obligation
    not_after_at: int
    bans: tuple[Ban, ...]


def routes_of(
    facts: Facts,
    law: Law,
    candidates: Candidates,
    *,
    of: Rows,
    at: Instants,
    obligations: Obligations,
    rules: Sequence[Obligation],
) -> tuple[list[Route], list[Conflict]]:
    """The route of each obligation that has candidates, or its conflict, by obligation.

    of  per candidate the obligation it would meet, ascending; within one, the lender's order
    at  per candidate the instant asked about
    """
    assert bool(np.all(np.diff(of) >= 0)), "candidates of one obligation stand together"
    solution = solve(facts, law, candidates, at)
    in_time = (solution.from_at <= obligations.not_after_at[of]) & (solution.from_at != NEVER)
    routes, conflicts = [], []
    for obligation in np.unique(of):
        rows = np.flatnonzero(of == obligation)
        usable = rows[in_time[rows]]
        if len(usable):
            routes.append(_route(solution, int(obligation), usable, int(rows[0])))
            continue
        bans = tuple(ban for row in rows for ban in _bans(solution, candidates, int(row)))
        rule = rules[obligations.rule[obligation]]
        not_after_at = int(obligations.not_after_at[obligation])
        conflicts.append(Conflict(int(obligation), rule, not_after_at, bans))
    return routes, conflicts


def _route(solution: Solution, obligation: int, usable: Rows, first: int) -> Route:
    row = int(usable[0])
    times = int(solution.from_at[row]), int(solution.until_at[row])
    return Route(obligation, row, *times, is_fallback=row != first, usable=tuple(usable.tolist()))


def _bans(solution: Solution, candidates: Candidates, row: int) -> list[Ban]:
    channel = int(candidates["channel"][row])
    return [Ban(row, channel, binding) for binding in solution.reasons(row)]
