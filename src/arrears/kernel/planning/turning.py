"""The days on which something that is known already begins, ends or falls due."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import Column, Facts
from arrears.kernel.law.unreached import NO_LIMITS, Reachability, spells_of
from arrears.kernel.law.zones import ZoneSegments

_BEGIN_OR_END = (
    ("report", ("as_of_on",)),
    ("party", ("from_on", "until_on")),
    ("payment", ("value_on",)),
    ("loan_event", ("value_on",)),
    ("statement", ("statement_on",)),
)
_FROM_AND_UNTIL = (
    ("hold", ("from_at", "until_at")),
    ("opt_out", ("from_at", "until_at")),
    ("agreement", ("from_at", "until_at")),
    ("consent", ("from_at", "until_at")),
    ("inconvenience", ("from_at", "until_at")),
    ("override", ("from_at", "until_at")),
    ("notice_proof", ("at",)),
    ("refusal", ("from_at",)),
    ("point", ("dead_from_at",)),
)
_FALL_DUE = (
    ("installment", ("due_on", "payable_until_on")),
    ("statement", ("due_on", "payable_until_on")),
    ("loan_event", ("value_on", "due_on")),  # without a due day it is due on its value day
)
_FARTHEST = 10**6 * DAY


def turning_days(facts: Facts, zone: ZoneSegments, day: int, limits: Reachability = NO_LIMITS) -> list[int]:
    """Days after `day` on which the facts may speak differently than on the day before.

    Contacts that stop being counted are not among them. `zone` turns instants into days, `limits` say
    when a channel does not reach an address any more, or is tried again.
    """
    spells = spells_of(facts, limits)
    reached = (_days_about(at, zone, day) for at in (spells.from_at, spells.until_at))
    days = np.concatenate(
        [*_civil(facts, day), *_instants(facts, zone, day), *chain(*reached), *_due(facts, day)]
    )
    return [int(each) for each in np.unique(days)]


def _civil(facts: Facts, day: int) -> Iterator[Column]:
    for table, columns in _BEGIN_OR_END:
        for column in columns:
            yield _after(facts[table][column], day)


def _instants(facts: Facts, zone: ZoneSegments, day: int) -> Iterator[Column]:
    for table, columns in _FROM_AND_UNTIL:
        for column in columns:
            yield from _days_about(facts[table][column], zone, day)


def _days_about(at: Column, zone: ZoneSegments, day: int) -> Iterator[Column]:
    """The day of an instant, and the one after it: a run asks at the beginning of a day."""
    at = at[(at > (day - 1) * DAY) & (at < _FARTHEST)]
    if len(at):
        on = _after(zone.day(at), day - 1)
        yield from (_after(on, day), on + 1)


def _due(facts: Facts, day: int) -> Iterator[Column]:
    """Due days, on which kept money is used, and the days on which a loan may become late."""
    tolerated = np.unique(np.append(facts["terms"]["tolerance_days"], 0))
    for table, columns in _FALL_DUE:
        for column in columns:
            last = np.unique(facts[table][column]).astype(np.int64)
            yield _after(last, day)
            yield _after((last[:, None] + tolerated + 1).reshape(-1), day)


def _after(days: Column, day: int) -> Column:
    return days[days > day].astype(np.int64)
