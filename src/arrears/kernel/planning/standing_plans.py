"""Contacts that a run has planned, asked about once more: what has become known since may end them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, Column, Facts, rows_of
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import solve
from arrears.kernel.planning.forecast import Line, Pending
from arrears.kernel.planning.proposals import candidates_of_steps
from arrears.kernel.planning.strategy import Strategy, Track


def asked_again(
    facts: Facts,
    law: Law,
    strategy: Strategy,
    arrears: Mapping[str, Column],
    pending: Sequence[Pending],
) -> tuple[list[Pending], list[Line]]:
    """(contacts that still stand, lines of those the law refuses by now).

    Each planned contact is asked about as the gate will, at its first instant; what is reserved
    already stands. A loan that is late no longer, or has nothing left to pay on the due day it was
    to be reminded of, is in neither. `arrears` are the columns of
    `arrears_of` for the day they were planned for.
    """
    standing: list[Pending] = []
    refused: list[Line] = []
    for one in pending:
        answered = one.line if one.is_reserved else _answered(facts, law, strategy, arrears, one)
        if answered is not None and answered.is_planned:
            standing.append(replace(one, line=answered))
        elif answered is not None:
            refused.append(answered)
    return standing, refused


def _answered(
    facts: Facts, law: Law, strategy: Strategy, arrears: Mapping[str, Column], one: Pending
) -> Line | None:
    """The line as the law leaves it; None when there is nothing to tell about its loans any more."""
    line = one.line
    loans = np.array(line.loans, np.int64)
    row = rows_of(facts["loan"]["loan"], loans)
    is_open = arrears["is_late"][row]
    track = strategy.steps[line.step].track
    if track is Track.DUTY:
        is_open = np.ones(len(row), np.bool_)
    elif track is Track.BEFORE_DUE:
        is_open = ~is_open & (arrears["next_due_on"][row] != NO_DATE)
    loans, row = loans[is_open], row[is_open]
    if len(loans) == 0:
        return None
    every = np.ones(len(loans), np.int64)
    candidates = candidates_of_steps(
        facts,
        strategy,
        arrears,
        row=row,
        person=every * line.person,
        recipient_kind=every * line.recipient_kind,
        point=every * (line.point if line.point in facts["point"]["point"] else NO_ID),
        channel=every * line.channel,
        step=every * line.step,
    )
    solution = solve(facts, law, candidates, every * line.from_at)
    first = int(np.argmin(solution.from_at))
    from_at = int(solution.from_at[first])
    if from_at < line.until_at:
        told = loans[solution.from_at < line.until_at]
        steps = tuple(line.step_for(loan) for loan in told.tolist()) if line.steps else ()
        return replace(line, loans=tuple(told.tolist()), from_at=from_at, steps=steps)
    bindings = tuple(solution.reasons(first))
    return replace(line, is_planned=False, from_at=from_at, until_at=NEVER, bindings=bindings)
