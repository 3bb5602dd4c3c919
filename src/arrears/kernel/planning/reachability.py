"""Who is known not to be reached electronically: paper is for them alone.

Known are: no electronic address on file, one that bounced, one switched off, and one that the
strategy's limits show not to reach (`kernel.law.unreached`). Without limits, that somebody does
not answer, or has not opened a message, is no such knowledge.
"""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import NO_ID, Codes, Column, Facts, Mask
from arrears.kernel.law.intervals import join
from arrears.kernel.law.unreached import Reachability, spells_of
from arrears.kernel.vocabulary import ANY, POINT_KINDS_OF, Channel

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
