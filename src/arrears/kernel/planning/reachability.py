"""Who is known not to be reached electronically: paper is for them alone.

Known are: no electronic address on file, one that bounced, one switched off, and one that the
strategy's limits show not to reach (`kernel.law.unreached`). Without limits, that somebody does
not answer, or has not opened a message, is no such knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from arrears.kernel.facts import NO_ID, Codes, Column, Facts, Mask
from arrears.kernel.law.intervals import join
from arrears.kernel.law.unreached import Miss, Reachability, spells_of
from arrears.kernel.vocabulary import ANY, POINT_KINDS_OF, Channel, PointKind

ELECTRONIC = (Channel.IN_APP, Channel.EMAIL, Channel.SMS, Channel.PUSH)
"""Channels that need neither paper nor somebody's time."""


def is_unreachable(facts: Facts, person: Codes, at: int, limits: Reachability) -> Mask:
    """For each person whether, as known at `at`, no electronic channel reaches him."""
    return np.isin(person, reached_electronically(facts, at, limits), invert=True)


def reached_electronically(facts: Facts, at: int, limits: Reachability) -> Codes:
    """The persons whom, as known at `at`, an electronic channel reaches, ascending."""
    reached = np.concatenate([_reached_by(facts, channel, at, limits) for channel in ELECTRONIC])
    return np.unique(reached).astype(np.int64)


def works(facts: Facts, channel: Channel, at: int, limits: Reachability) -> Mask:
    """For each contact point whether the channel can use it and is not known not to reach it."""
    points = facts["point"]
    serves = np.isin(points["kind"], POINT_KINDS_OF[channel]) & (points["dead_from_at"] > at)
    spells = spells_of(facts, limits).at(at)
    in_vain = spells.value[spells.channel == channel]
    return np.asarray(serves & np.isin(points["value"], in_vain, invert=True)) if len(in_vain) else serves


def _reached_by(facts: Facts, channel: Channel, at: int, limits: Reachability) -> Column:
    """Persons with a working address for the channel that is not switched off for it."""
    points, is_working = facts["point"], works(facts, channel, at, limits)
    person, value = points["person"][is_working], points["value"][is_working]
    return person[~_is_switched_off(facts, person, value, channel, at)]


def _is_switched_off(facts: Facts, person: Codes, value: Codes, channel: Channel, at: int) -> Mask:
    """An opt-out of a person, of an address, or of one person's address, for this channel or all."""
    outs = facts["opt_out"]
    stands = np.isin(outs["channel"], [ANY, channel]) & (outs["from_at"] <= at) & (at < outs["until_at"])
    of_person = stands & (outs["value"] == NO_ID)
    of_value = stands & (outs["person"] == NO_ID)
    is_off = np.isin(person, outs["person"][of_person]) | np.isin(value, outs["value"][of_value])
    both = np.flatnonzero(stands & (outs["person"] != NO_ID) & (outs["value"] != NO_ID))
    row, out = join(person, outs["person"][both])
    is_off[row[outs["value"][both[out]] == value[row]]] = True
    return is_off


_WRITTEN_TO_BY = {PointKind.EMAIL: Channel.EMAIL, PointKind.MOBILE: Channel.SMS}
"""By which channel it is known whether an address of this kind is still right; others only by being dead."""


def out_of_date(facts: Facts, at: int, limits: Reachability) -> Mapping[int, tuple[PointKind, ...]]:
    """By person the kinds of addresses on file of which none is alive and reached by what is written to it.

    An inbox is never out of date, and a number at which only calls are not taken is not either.
    """
    points = facts["point"]
    found: dict[int, tuple[PointKind, ...]] = {}
    for kind in (PointKind.EMAIL, PointKind.MOBILE, PointKind.LANDLINE, PointKind.POSTAL):
        is_of_kind = points["kind"] == kind
        channel = _WRITTEN_TO_BY.get(kind)
        is_right = points["dead_from_at"] > at if channel is None else works(facts, channel, at, limits)
        wrong = np.setdiff1d(points["person"][is_of_kind], points["person"][is_of_kind & is_right])
        found |= {person: (*found.get(person, ()), kind) for person in wrong.tolist()}
    return found


@dataclass(frozen=True, slots=True)
class InVain:
    """What is tried in vain at one living address: by which channel, how often in a row, and since when.

    It is not tried again before `until_at`, unless there is a sign of life.
    """

    point: int
    kind: PointKind
    channel: Channel
    miss: Miss
    count: int
    since_at: int
    until_at: int


def in_vain(facts: Facts, person: int, at: int, limits: Reachability) -> tuple[InVain, ...]:
    """What does not reach a person at the instant, a row per address and channel, by the newest evidence."""
    points, spells = facts["point"], spells_of(facts, limits).at(at)
    found: dict[tuple[int, int], InVain] = {}
    for row in np.flatnonzero((points["person"] == person) & (points["dead_from_at"] > at)).tolist():
        kind = PointKind(points["kind"][row])
        for spell in np.flatnonzero(spells.value == points["value"][row]).tolist():
            channel, limit = Channel(spells.channel[spell]), limits.limits[int(spells.limit[spell])]
            key, point = (row, int(channel)), int(points["point"][row])
            last = found.get(key)
            is_newer = last is None or int(spells.until_at[spell]) > last.until_at
            if kind in POINT_KINDS_OF[channel] and is_newer:
                span = int(spells.count[spell]), int(spells.since_at[spell]), int(spells.until_at[spell])
                found[key] = InVain(point, kind, channel, limit.miss, *span)
    return tuple(found[key] for key in sorted(found))


class State(IntEnum):
    """Whether a channel reaches an address, as far as is known."""

    REACHES = 0  # nothing says that it does not
    DOUBTFUL = 1  # the last thing known is a miss; the limit is not filled, or it is to be tried again
    DOES_NOT_REACH = 2
    DEAD = 3


@dataclass(frozen=True, slots=True)
class PointState:
    """The state of one contact point for one channel; `evidence` is None where nothing was missed."""

    point: int
    kind: PointKind
    channel: Channel
    state: State
    evidence: InVain | None


def point_states(facts: Facts, person: int, at: int, limits: Reachability) -> tuple[PointState, ...]:
    """Every contact point of a person, a row for each channel that could use it.

    Doubt alone changes nothing: it is shown, and the address is used.
    """
    known = {(each.point, each.channel): each for each in in_vain(facts, person, at, limits)}
    doubt = {(each.point, each.channel): each for each in in_vain(facts, person, at, _any_miss(limits))}
    points, found = facts["point"], []
    for row in np.flatnonzero(points["person"] == person).tolist():
        kind, point = PointKind(points["kind"][row]), int(points["point"][row])
        is_dead = bool(points["dead_from_at"][row] <= at)
        for channel in (each for each in Channel if kind in POINT_KINDS_OF[each]):
            key = point, channel
            state = State.DOUBTFUL if key in doubt else State.REACHES
            state = State.DOES_NOT_REACH if key in known else state
            state = State.DEAD if is_dead else state
            found.append(PointState(point, kind, channel, state, known.get(key) or doubt.get(key)))
    return tuple(found)


def _any_miss(limits: Reachability) -> Reachability:
    """The same limits, filled by a single miss and for good."""
    single = (
        replace(limit, count=1, days=0 if limit.miss is Miss.UNANSWERED else limit.days)
        for limit in limits.limits
    )
    return Reachability(tuple(single), retry_after_days=36_500)
