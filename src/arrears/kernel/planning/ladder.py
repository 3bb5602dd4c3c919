"""The ladder: which step of the lender's strategy is due for each recipient of each loan.

A step counts as done in an episode when it was done on or after the episode's first day,
whatever start was known when it was done: a restated start repeats nothing. How far a recipient
may climb a track today is his **reach**, in the days of that track:

    reach = days                                                before any step of the episode
    reach = min(days,
                offset of the last step done + days since)      afterwards

Available are the steps of his lane above the highest rank done whose offset lies within the
reach. The reach carries every promise of the ladder at once: an offset not reached is not due, a
late step pushes the next one back by the same number of days, ranks never fall, and as offsets
rise strictly, two steps of one lane never share a day.

Of the available steps the highest is due and the lower ones are passed over; but no step is
passed over whose catch-up is `in_order`. Rows of `step_done` that were passed over decide
nothing here: the step that passed them over does, once it is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np

from arrears.kernel.facts import NO_DATE, NO_ID, Codes, Column, Facts, Mask
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.planning.reachability import reached_electronically
from arrears.kernel.planning.segments import ladder_of
from arrears.kernel.planning.strategy import Lane, Strategy, Track
from arrears.kernel.vocabulary import RecipientKind

_NO_RANK = int(np.iinfo(np.int64).min)
_NOT_DONE = int(np.iinfo(np.int64).max // 2)


@dataclass(frozen=True, slots=True)
class Climb:
    """Somebody who owes a loan on one lane of its ladder: one row per recipient and loan.

    row, person  the loan's row in `Facts`, and the recipient
    days         the days of the lane's track today
    start_on     the first day of the episode: of the run of late days, or of the days before a due day
    """

    row: Rows
    person: Codes
    days: Codes
    start_on: Codes

    def take(self, rows: Rows | Mask) -> Climb:
        return Climb(self.row[rows], self.person[rows], self.days[rows], self.start_on[rows])

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the episode has seen so far, one row per row of `Climb`.

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
    """The due steps: one row per loan, recipient and track that has one, ascending in that order.

    `row` is the loan's row in `Facts`, `step` a position in the strategy; of its lane, the steps
    with index `first..last-1` are passed over by it. `waited_days` are the days since it was
    reached. (loan, person, step, `episode_start_on`) is the step's key.
    """

    row: Rows
    loan: Codes
    person: Codes
    recipient_kind: Codes
    step: Codes
    lane: Codes
    first: Rows
    last: Rows
    waited_days: Codes
    episode_start_on: Codes

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: Rows | Mask) -> Due:
        """These rows, in this order."""
        return Due(*(getattr(self, column.name)[rows] for column in fields(self)))

    def passed_over(self, index: int, strategy: Strategy) -> list[int]:
        """Positions of the steps that the due step in this row passes over."""
        positions = strategy.lanes[int(self.lane[index])].positions
        return [int(position) for position in positions[self.first[index] : self.last[index]]]


@dataclass(frozen=True, slots=True)
class Coming:
    """The next step that each recipient has still to reach, and the first day he could reach it."""

    row: Rows
    person: Codes
    step: Codes
    on: Codes


def due_steps(facts: Facts, arrears: Mapping[str, Column], strategy: Strategy, *, on: int, at: int) -> Due:
    """The step due on day `on` for each recipient of each loan that has one.

    `arrears` are the columns of `kernel.arrears.arrears_of` for day `on`, one row per
    loan of `facts`; what is known of holds and addresses is taken as of instant `at`. A loan late
    without a known balance has a due step too: the law refuses its contact, and the refusal is
    recorded. A loan whose borrower is not on file has none. Before its cycle begins, which is later
    than the day of a step that asks for more days than the cycle has, no due day is reminded of:
    what was done that early would be no part of the cycle, and would be due again on every day.
    """
    found = [
        _due_in(facts, number, lane, climb, on)
        for number, lane, climb in _climbs(facts, arrears, strategy, on=on, at=at)
    ]
    columns = (
        [np.concatenate([np.empty(0, np.int64), *parts]) for parts in zip(*found, strict=True)]
        if found
        else []
    )
    due = Due(*columns) if columns else Due(*(np.empty(0, np.int64) for _ in fields(Due)))
    return due.take(np.lexsort([due.lane, due.person, due.row]))


def _due_in(facts: Facts, number: int, lane: Lane, climb: Climb, on: int) -> tuple[Column, ...]:
    done = standing(facts, lane, climb)
    first, last, reach = available_steps(lane, done, climb.days, on)
    rows = np.flatnonzero((first <= last) & (climb.start_on <= on))
    index = np.minimum(last[rows], lane.barriers[first[rows]])
    size = len(rows)
    return (
        climb.row[rows],
        facts["loan"]["loan"][climb.row[rows]],
        climb.person[rows],
        np.full(size, int(lane.recipient_kind)),
        lane.positions[index],
        np.full(size, number),
        first[rows],
        index,
        reach[rows] - lane.offsets[index],
        climb.start_on[rows],
    )


def _climbs(
    facts: Facts, arrears: Mapping[str, Column], strategy: Strategy, *, on: int, at: int
) -> Iterator[tuple[int, Lane, Climb]]:
    """(number of the lane, lane, who climbs it today), lane by lane."""
    ladder = ladder_of(facts, strategy, arrears, at)
    asked: dict[tuple[Track, RecipientKind], Climb] = {}
    reached: Codes | None = None
    for number, lane in enumerate(strategy.lanes):
        if lane.track is Track.DUTY:
            continue
        key = (lane.track, lane.recipient_kind)
        if key not in asked:
            asked[key] = _with_recipients(
                facts, lane.recipient_kind, _on_track(facts, arrears, lane.track, on), on
            )
        climb = asked[key]
        if len(strategy.ladders) > 1:
            climb = climb.take(ladder[climb.row] == lane.ladder)
        if lane.is_unreachable is not None and len(climb):
            if reached is None:
                reached = reached_electronically(facts, at, strategy.reachability)
            climb = climb.take(np.isin(climb.person, reached) != lane.is_unreachable)
        if len(climb):
            yield number, lane, climb


def episode_start_on(arrears: Mapping[str, Column], track: Track) -> Column:
    """The first day of each loan's episode on this track: what the key of its steps is made of."""
    return arrears["cycle_start_on" if track is Track.BEFORE_DUE else "episode_start_on"]


def _on_track(facts: Facts, arrears: Mapping[str, Column], track: Track, on: int) -> Climb:
    """The loans on a track today, without recipients; `person` is the borrower."""
    loans = facts["loan"]
    if track is Track.BEFORE_DUE:
        is_on = ~arrears["is_late"] & (arrears["next_due_on"] != NO_DATE)
        days = on - arrears["next_due_on"].astype(np.int64)
    else:
        is_on = arrears["is_late"] & (arrears["episode_start_on"] != NO_DATE)
        days = arrears["past_due_days" if track is Track.REPORTING else "delinquent_days"].astype(np.int64)
    row = np.flatnonzero(is_on & ~loans["is_closed"] & (loans["borrower"] != NO_ID))
    start = episode_start_on(arrears, track)[row].astype(np.int64)
    return Climb(row, loans["borrower"][row], days[row], start)


def _with_recipients(facts: Facts, kind: RecipientKind, climb: Climb, on: int) -> Climb:
    """The same loans with each of their parties of this kind on day `on`, whoever is on file twice once."""
    if kind is RecipientKind.BORROWER:
        return climb
    parties = facts["party"]
    is_one = (parties["role"] == kind) & (parties["from_on"] <= on)
    is_one &= (parties["until_on"] == NO_DATE) | (on < parties["until_on"])
    mine = np.flatnonzero(is_one)
    row, party = join(facts["loan"]["loan"][climb.row], parties["loan"][mine])
    person = parties["person"][mine[party]]
    is_new = np.append(True, (row[1:] != row[:-1]) | (person[1:] != person[:-1]))[: len(row)]
    row, person = row[is_new], person[is_new]
    return Climb(climb.row[row], person, climb.days[row], climb.start_on[row])


def standing(facts: Facts, lane: Lane, climb: Climb) -> Standing:
    """The highest step done on the lane's track in each one's episode, and when."""
    done = facts["step_done"]
    mine = np.flatnonzero((done["track"] == lane.track) & ~done["is_superseded"])
    row, at = join(facts["loan"]["loan"][climb.row], done["loan"][mine])
    at = mine[at]
    counts = (done["person"][at] == climb.person[row]) & (done["done_on"][at] >= climb.start_on[row])
    row, at = row[counts], at[counts]
    rank, on = done["rank"][at], done["done_on"][at].astype(np.int64)
    highest = np.full(len(climb), _NO_RANK, np.int64)
    np.maximum.at(highest, row, rank)
    last_on = np.full(len(climb), NO_DATE, np.int64)
    is_highest = rank == highest[row]
    np.maximum.at(last_on, row[is_highest], on[is_highest])
    return Standing(highest, last_on)


def available_steps(lane: Lane, done: Standing, days: Codes, on: int) -> tuple[Column, Column, Column]:
    """(first, last, reach) of each one on the lane; no step is available where first is above last."""
    first = np.searchsorted(lane.ranks, done.rank, side="right").astype(np.int64)
    reach = np.minimum(days, reach_after(lane.offsets, done, first, on))
    return first, np.searchsorted(lane.offsets, reach, side="right").astype(np.int64) - 1, reach


def reach_after(offsets: Column, done: Standing, first: Column, on: int) -> Column:
    """Offset of the last step done plus the days since; no bound where none was done.

    A step done under an earlier strategy is read as the highest step of this one that is not
    above it; where there is none, as a step at the start of the arrears and at least a day
    before the first step of this one: later rather than sooner.
    """
    offset = np.where(first > 0, offsets[np.maximum(first, 1) - 1], np.minimum(offsets[0] - 1, 0))
    return np.where(done.has_done, offset + on - done.done_on, _NOT_DONE)


def next_reach(
    facts: Facts, arrears: Mapping[str, Column], strategy: Strategy, *, on: int, at: int
) -> Coming:
    """The next step that each recipient of a loan on a track has still to reach.

    Who has no step left is not in it. The day is a lower bound: days grow by at most one a day.
    Arguments as those of `due_steps`.
    """
    found = [
        _coming_in(lane, standing(facts, lane, climb), climb, on)
        for _, lane, climb in _climbs(facts, arrears, strategy, on=on, at=at)
    ]
    none = np.empty(0, np.int64)
    return (
        Coming(*(np.concatenate([none, *parts]) for parts in zip(*found, strict=True)))
        if found
        else Coming(none, none, none, none)
    )


def _coming_in(lane: Lane, done: Standing, climb: Climb, on: int) -> tuple[Column, ...]:
    first, last, _ = available_steps(lane, done, climb.days, on)
    following = np.maximum(last + 1, first)
    rows = np.flatnonzero(following < len(lane.offsets))
    offset = lane.offsets[following[rows]]
    reach = reach_after(lane.offsets, done, first, on)[rows]
    missing = offset - np.minimum(climb.days[rows], np.minimum(reach, offset))
    return climb.row[rows], climb.person[rows], lane.positions[following[rows]], on + missing
