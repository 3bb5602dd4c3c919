"""The ladder: which step of the lender's strategy is due for each late loan.

A step counts as done in an episode when it was done on or after the episode's first day,
whatever start was known when it was done: a restated start repeats nothing. How far a loan
may climb today is its **reach**, in delinquent days:

    reach = delinquent days                                     before any step of the episode
    reach = min(delinquent days,
                offset of the last step done + days since)      afterwards

Available are the steps above the highest rank done whose offset lies within the reach. The
reach carries every promise of the ladder at once: an offset not reached is not due, a late
step pushes the next one back by the same number of days, ranks never fall, and as offsets
rise strictly, two steps of one loan never share a day.

Of the available steps the highest is due and the lower ones are passed over; but no step is
passed over whose catch-up is `in_order`. Rows of `step_done` that were passed over decide
nothing here: the step that passed them over does, once it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

import numpy as np

from arrears.kernel.facts import NO_DATE, Column, Facts, Mask, rows_of
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose

_NO_RANK = int(np.iinfo(np.int64).min)
_NOT_DONE = int(np.iinfo(np.int64).max // 2)


class CatchUp(IntEnum):
    """What happens to a step whose day has passed unused when a higher one is reached."""

    LATEST = 0
    IN_ORDER = 1


class Tone(IntEnum):
    """How a step speaks. There is no tone of pressure."""

    FRIENDLY = 0
    PLAIN = 1
    FORMAL = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: when it is due, and the contact it asks for.

    `offset_days` are delinquent days; `window_days` civil days of the lender, the run's own
    day included, inside which the contact must start, else it is planned anew.
    """

    id: str
    rank: int
    offset_days: int
    channel: Channel
    notice: NoticeKind
    purpose: Purpose
    window_days: int
    catch_up: CatchUp
    tone: Tone
    about: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Strategy:
    """A lender's ladder; `version` is the digest of the file it was read from.

    Ranks and offsets rise strictly from step to step: that no two steps of one loan fall on
    one day rests on it.
    """

    name: str
    version: str
    steps: tuple[Step, ...]
    about: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for lower, higher in pairwise(self.steps):
            assert lower.rank < higher.rank, (lower.id, higher.id, "ranks must rise")
            assert lower.offset_days < higher.offset_days, (lower.id, higher.id, "offsets")

    def position(self, step: str) -> int:
        """Where the step of this id stands in `steps`; -1 when the strategy has none."""
        return next((n for n, known in enumerate(self.steps) if known.id == step), -1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the episode has seen so far, one row per loan of `Facts`, in the same order.

    `rank` is the highest rank done (a large negative number when none), `done_on` its day
    (`NO_DATE` when none).
    """

    rank: Column
    done_on: Column

    @property
    def has_done(self) -> Mask:
        return np.asarray(self.rank != _NO_RANK)


@dataclass(frozen=True, slots=True)
class Due:
    """The due steps: one row per loan that has one, ascending by loan.

    `row` is the loan's row in `Facts`, `step` a position in the strategy, and the steps at
    positions `first..step-1` are passed over by it. (loan, step, `episode_start_on`) is the
    step's key.
    """

    row: Column
    loan: Column
    step: Column
    first: Column
    episode_start_on: Column

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: Column) -> Due:
        """These rows, in this order."""
        columns = (self.row, self.loan, self.step, self.first, self.episode_start_on)
        return Due(*(column[rows] for column in columns))

    def passed_over(self, index: int) -> range:
        """Positions of the steps that the due step in this row passes over."""
        return range(int(self.first[index]), int(self.step[index]))


def standing(facts: Facts, episode_start_on: Column) -> Standing:
    """The highest step done in each loan's episode, and when.

    `episode_start_on` has one row per loan of `facts`, `NO_DATE` outside an episode.
    """
    done = facts["step_done"]
    row = rows_of(facts["loan"]["loan"], done["loan"])
    start = episode_start_on[row]
    counts = (row >= 0) & (start != NO_DATE) & (done["done_on"] >= start) & ~done["is_superseded"]
    row, rank, on = row[counts], done["rank"][counts], done["done_on"][counts]
    highest = np.full(len(episode_start_on), _NO_RANK, np.int64)
    np.maximum.at(highest, row, rank)
    last_on = np.full(len(episode_start_on), NO_DATE, np.int64)
    is_highest = rank == highest[row]
    np.maximum.at(last_on, row[is_highest], on[is_highest].astype(np.int64))
    return Standing(highest, last_on)


def due_steps(facts: Facts, arrears: Mapping[str, Column], strategy: Strategy, on: int) -> Due:
    """The step due on day `on` for each late loan that has one.

    `arrears` are the columns of `kernel.arrears.arrears_of` for day `on`, one row per
    loan of `facts`. A loan late without a known balance has a due step too: the law refuses
    its contact, and the refusal is recorded.
    """
    in_episode = arrears["is_late"] & (arrears["episode_start_on"] != NO_DATE)
    in_episode = in_episode & ~facts["loan"]["is_closed"]
    done = standing(facts, np.where(in_episode, arrears["episode_start_on"], NO_DATE))
    first, last = available_steps(strategy, done, arrears["delinquent_days"], on)
    row = np.flatnonzero(in_episode & (first <= last))
    step = np.minimum(last[row], _next_in_order(strategy)[first[row]])
    return Due(row, facts["loan"]["loan"][row], step, first[row], arrears["episode_start_on"][row])


def available_steps(
    strategy: Strategy, done: Standing, delinquent_days: Column, on: int
) -> tuple[Column, Column]:
    """First and last position available to each loan; none where first is above last."""
    ranks = np.array([step.rank for step in strategy.steps], np.int64)
    offsets = np.array([step.offset_days for step in strategy.steps], np.int64)
    first = np.searchsorted(ranks, done.rank, side="right").astype(np.int64)
    days = delinquent_days.astype(np.int64)
    reach = np.minimum(days, reach_after(offsets, done, first, on))
    return first, np.searchsorted(offsets, reach, side="right").astype(np.int64) - 1


def reach_after(offsets: Column, done: Standing, first: Column, on: int) -> Column:
    """Offset of the last step done plus the days since; no bound where none was done.

    A step done under an earlier strategy is read as the highest step of this one that is not
    above it; where there is none, as a step at the start of the arrears and at least a day
    before the first step of this one: later rather than sooner.
    """
    if len(offsets) == 0:
        return np.full(len(first), _NOT_DONE, np.int64)
    offset = np.where(first > 0, offsets[np.maximum(first, 1) - 1], np.minimum(offsets[0] - 1, 0))
    return np.where(done.has_done, offset + on - done.done_on, _NOT_DONE)


def _next_in_order(strategy: Strategy) -> Column:
    """For each position, the lowest position at or above it that may not be passed over."""
    size = len(strategy.steps)
    barrier = np.full(size + 1, size, np.int64)
    for position in reversed(range(size)):
        in_order = strategy.steps[position].catch_up is CatchUp.IN_ORDER
        barrier[position] = position if in_order else barrier[position + 1]
    return barrier


def next_reach(
    strategy: Strategy, facts: Facts, arrears: Mapping[str, Column], on: int
) -> tuple[Column, Column]:
    """(position, day) of the next step each late loan has still to reach.

    The position is the number of steps, and the day `NO_DATE`, for a loan that is not late or
    has no step left. The day is a lower bound: delinquent days grow by at most one a day.
    """
    done = standing(facts, arrears["episode_start_on"])
    first, last = available_steps(strategy, done, arrears["delinquent_days"], on)
    following = np.maximum(last + 1, first)
    size = len(strategy.steps)
    offsets = np.array([step.offset_days for step in strategy.steps] + [0], np.int64)
    missing = offsets[following] - arrears["delinquent_days"]
    reach = reach_after(offsets[:-1], done, first, on)
    missing = np.maximum(missing, offsets[following] - np.minimum(reach, offsets[following]))
    has_next = arrears["is_late"] & (following < size)
    return np.where(has_next, following, size), np.where(has_next, on + missing, NO_DATE)
