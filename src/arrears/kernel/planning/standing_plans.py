"""Contacts that a run has planned, asked about once more: what has become known since may end them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from arrears.kernel.facts import NEVER, NO_ID, Column, Facts, rows_of
from arrears.kernel.law.candidates import candidates_of
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import solve
from arrears.kernel.planning.forecast import Line, Pending
from arrears.kernel.planning.ladder import Strategy
from arrears.kernel.vocabulary import RecipientKind


def asked_again(
    facts: Facts,
    law: Law,
    strategy: Strategy,
    arrears: Mapping[str, Column],
    pending: Sequence[Pending],
) -> tuple[list[Pending], list[Line]]:
    """(contacts that still stand, lines of those the law refuses by now).

    Each planned contact is asked about as the gate will, at its first instant; what is reserved
    already stands. A loan that is late no longer is in neither. `arrears` are the columns of
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
    """The line as the law leaves it; None when none of its loans is late any more."""
    line = one.line
    loans = np.array(line.loans, np.int64)
    row = rows_of(facts["loan"]["loan"], loans)
    loans, row = loans[arrears["is_late"][row]], row[arrears["is_late"][row]]
    if len(loans) == 0:
        return None
    step, every = strategy.steps[line.step], np.ones(len(loans), np.int64)
    candidates = candidates_of(
        facts,
        loan=loans,
        person=every * one.person,
        recipient_kind=every * RecipientKind.BORROWER,
        point=every * (line.point if line.point in facts["point"]["point"] else NO_ID),
        channel=every * step.channel,
        notice=every * step.notice,
        purpose=every * step.purpose,
        is_amount_known=arrears["amount_known"][row],
        reported_on=arrears["reported_on"][row],
    )
    solution = solve(facts, law, candidates, every * line.from_at)
    first = int(np.argmin(solution.from_at))
    from_at = int(solution.from_at[first])
    if from_at < line.until_at:
        told = loans[solution.from_at < line.until_at]
        return replace(line, loans=tuple(told.tolist()), from_at=from_at)
    bindings = tuple(solution.reasons(first))
    return replace(line, is_planned=False, from_at=from_at, until_at=NEVER, bindings=bindings)
