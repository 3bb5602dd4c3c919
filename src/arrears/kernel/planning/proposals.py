"""Candidates of the due steps: whom a step would contact, through which channel, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import NO_ID, UNKNOWN_MINOR, Codes, Column, Facts
from arrears.kernel.law.candidates import Candidates, candidates_of, take
from arrears.kernel.law.intervals import Rows, expand, join
from arrears.kernel.planning.ladder import Due
from arrears.kernel.planning.strategy import Strategy, Track
from arrears.kernel.vocabulary import POINT_KINDS_OF, Channel, PointKind

_SERVES = np.zeros((len(Channel), len(PointKind)), np.bool_)
for _channel, _kinds in POINT_KINDS_OF.items():
    _SERVES[_channel, list(_kinds)] = True


@dataclass(frozen=True, slots=True)
class Proposals:
    """What is asked of the law in one run: one row per candidate.

    `due` is the row of `Due` the candidate serves and `step` its position in the strategy. Rows
    of one due step stand together: its channels in the strategy's order, and for each the
    contact points in the order of the file.
    """

    candidates: Candidates
    due: Column
    step: Column

    def __len__(self) -> int:
        return len(self.due)

    def take(self, rows: Rows) -> Proposals:
        """These rows, in this order."""
        return Proposals(take(self.candidates, rows), self.due[rows], self.step[rows])


def propose(facts: Facts, strategy: Strategy, due: Due, arrears: Mapping[str, Column]) -> Proposals:
    """One candidate per due step, channel and contact point of the recipient that it can use.

    A recipient without such a contact point gives one candidate with the point `NO_ID`, so
    that the refusal is recorded. Nobody but those who owe the loan is ever proposed.
    """
    of_due, channel = _channels_of(strategy, due.step)
    of_row, point = points_of(facts, due.person[of_due], channel)
    of_due, channel = of_due[of_row], channel[of_row]
    candidates = candidates_of_steps(
        facts,
        strategy,
        arrears,
        row=due.row[of_due],
        person=due.person[of_due],
        recipient_kind=due.recipient_kind[of_due],
        point=point,
        channel=channel,
        step=due.step[of_due],
    )
    return Proposals(candidates, of_due, due.step[of_due])


def candidates_of_steps(
    facts: Facts,
    strategy: Strategy,
    arrears: Mapping[str, Column],
    *,
    row: Rows,
    person: Codes,
    recipient_kind: Codes,
    point: Codes,
    channel: Codes,
    step: Codes,
) -> Candidates:
    """One candidate per element: this step of the loan in this row of `facts`, to this person.

    `step` are positions in the strategy; `arrears` the columns of `arrears_of`.
    """
    is_reminder = strategy.of_steps("track")[step] == Track.BEFORE_DUE
    visitors = strategy.of_steps("visitors")[step]
    is_next_known = arrears["next_due_minor"][row] != UNKNOWN_MINOR
    return candidates_of(
        facts,
        loan=facts["loan"]["loan"][row],
        person=person,
        recipient_kind=recipient_kind,
        point=point,
        channel=channel,
        notice=strategy.of_steps("notice")[step],
        purpose=strategy.of_steps("purpose")[step],
        is_amount_known=np.where(is_reminder, is_next_known, arrears["amount_known"][row]),
        reported_on=arrears["reported_on"][row],
        visitors=np.where(channel == Channel.VISIT, visitors, NO_ID),
    )


def _channels_of(strategy: Strategy, step: Codes) -> tuple[Rows, Codes]:
    """(row of `step`, channel) for every channel of each step, in its order."""
    channels = [each.channels for each in strategy.steps]
    sizes = np.array([len(each) for each in channels], np.int64)
    flat = np.array([int(channel) for each in channels for channel in each], np.int64)
    row, index = expand((np.cumsum(sizes) - sizes)[step], sizes[step])
    return row, flat[index]


def points_of(facts: Facts, person: Column, channel: Column) -> tuple[Rows, Column]:
    """(row of `person`, contact point) for every point its channel can use, else `NO_ID`.

    Without a channel, `NO_ID`, no point can be used.
    """
    points = facts["point"]
    row, at = join(person, points["person"])
    serves = _SERVES[channel[row], points["kind"][at]] & (channel[row] != NO_ID)
    row, at = row[serves], at[serves]
    missing = np.setdiff1d(np.arange(len(person)), row)
    row = np.concatenate([row, missing])
    point = np.concatenate([points["point"][at], np.full(len(missing), NO_ID)])
    order = np.argsort(row, kind="stable")
    return row[order], point[order]
