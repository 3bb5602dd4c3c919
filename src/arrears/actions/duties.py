"""Duties of a night: the open obligations that a notice with a text would meet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import numpy as np

from arrears.actions.owed import Owed, owed, written_channels
from arrears.kernel.facts import ALWAYS, NEVER, NO_ID, Codes, Mask
from arrears.kernel.law.rules import Law
from arrears.kernel.obligations.alarms import Alarm, alarms_of
from arrears.kernel.planning import duties as planning
from arrears.kernel.planning.duties import Duties
from arrears.kernel.planning.strategy import Strategy


def with_duties(strategy: Strategy) -> Strategy:
    """The strategy with a step for every notice of the law that there is a text for."""
    return planning.with_duties(strategy, written_channels())


def open_duties(
    *, lender_id: int, law: Law, at: datetime, known_at: datetime, loans: Collection[int] | None = None
) -> Duties:
    """What is to be given now: open, with a text, and not on its way already."""
    return duties_in(owed(lender_id=lender_id, law=law, at=at, known_at=known_at, loans=loans))


def duties_in(known: Owed) -> Duties:
    """Of all that is owed, what a plan may give now."""
    rows = np.flatnonzero(is_plannable(known) & ~known.given.awaits_proof & _is_time(known))
    return Duties(
        loan=known.of_trigger("loan")[rows],
        person=known.of_trigger("person")[rows],
        notice=known.notices()[rows],
        since_on=_since_on(known, rows),
        not_after_at=known.found.not_after_at[rows],
        channels=np.array([_channels(known, row) for row in rows.tolist()], np.int64),
    )


def is_plannable(known: Owed) -> Mask:
    """Open, about one loan, and met by a notice that there is a text for and everything it has to say."""
    written = [int(notice) for notice in written_channels()]
    is_about_one = known.of_trigger("loan") != NO_ID
    is_met = np.asarray(known.found.is_open & is_about_one & np.isin(known.notices(), written))
    is_met[[row for row in np.flatnonzero(is_met).tolist() if not known.ways(row) or known.missing(row)]] = (
        False
    )
    return is_met


def _channels(known: Owed, row: int) -> int:
    """The channels of its notice as `Duties` has them."""
    return sum(1 << channel for channel in known.ways(row))


def _is_time(known: Owed) -> Mask:
    """A notice that follows an earlier one waits for four fifths of its period; others are given at once."""
    found = known.found
    follows = found.arose_at != known.of_trigger("at")
    alarm = alarms_of(found.arose_at, found.not_after_at).at(known.at)
    return np.asarray(~follows | (alarm >= Alarm.FOUR_FIFTHS) | (found.not_after_at == NEVER))


def _since_on(known: Owed, rows: Codes) -> Codes:
    """The day it arose; the day after the last message came back, if one did."""
    returned_at = known.given.returned_at[rows]
    came_back = returned_at != ALWAYS
    since_on = known.day_of(known.found.arose_at[rows])
    since_on[came_back] = known.day_of(returned_at[came_back]) + 1
    return since_on
