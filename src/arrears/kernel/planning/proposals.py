"""Candidates of the due steps: whom a step would contact, and at which contact points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import NO_ID, Column, Facts
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.planning.ladder import Due, Strategy
from arrears.kernel.vocabulary import POINT_KINDS_OF, Channel, PointKind, RecipientKind

_SERVES = np.zeros((len(Channel), len(PointKind)), np.bool_)
for _channel, _kinds in POINT_KINDS_OF.items():
    _SERVES[_channel, list(_kinds)] = True


@dataclass(frozen=True, slots=True)
class Proposals:
    """What is asked of the law in one run: one row per candidate.

    `due` is the row of `Due` the candidate serves and `step` its position in the strategy.
    Rows of one due step stand together, its contact points in the order of the file.
    """

    candidates: Candidates
    due: Column
    step: Column

    def __len__(self) -> int:
        return len(self.due)


def propose(facts: Facts, strategy: Strategy, due: Due, arrears: Mapping[str, Column]) -> Proposals:
    """One candidate per due step and contact point of the borrower that its channel can use.

    A borrower without such a contact point gives one candidate with the point `NO_ID`, so
    that the refusal is recorded. Nobody but the borrower is ever proposed.
    """
    person = facts["loan"]["borrower"][due.row]
    channel = _of_steps(strategy, "channel")[due.step]
    of_due, point = _points_of(facts, person, channel)
    step, row = due.step[of_due], due.row[of_due]
    candidates = candidates_of(
        facts,
        loan=due.loan[of_due],
        person=person[of_due],
        recipient_kind=np.full(len(row), int(RecipientKind.BORROWER)),
        point=point,
        channel=channel[of_due],
        notice=_of_steps(strategy, "notice")[step],
        purpose=_of_steps(strategy, "purpose")[step],
        is_amount_known=arrears["amount_known"][row],
        reported_on=arrears["reported_on"][row],
    )
    return Proposals(candidates, of_due, step)


def _of_steps(strategy: Strategy, name: str) -> Column:
    return np.array([int(getattr(step, name)) for step in strategy.steps], np.int64)


def _points_of(facts: Facts, person: Column, channel: Column) -> tuple[Rows, Column]:
    """(row of `person`, contact point) for every point its channel can use, else `NO_ID`."""
    points = facts["point"]
    row, at = join(person, points["person"])
    serves = _SERVES[channel[row], points["kind"][at]]
    row, at = row[serves], at[serves]
    missing = np.setdiff1d(np.arange(len(person)), row)
    row = np.concatenate([row, missing])
    point = np.concatenate([points["point"][at], np.full(len(missing), NO_ID)])
    order = np.argsort(row, kind="stable")
    return row[order], point[order]
