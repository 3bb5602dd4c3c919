"""What stands around one loan at one instant, and that its answers name: holds, payments, who is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from arrears.kernel.facts import NEVER, NO_DATE, Facts
from arrears.kernel.law.rules import Release
from arrears.kernel.law.unreached import NO_LIMITS, Reachability
from arrears.kernel.planning.answer import Reason, missing
from arrears.kernel.planning.reachability import ELECTRONIC, is_unreachable
from arrears.kernel.vocabulary import (
    LIABLE,
    POINT_KINDS_OF,
    ArrearsSource,
    HoldReason,
    RecipientKind,
    Stops,
    name_of,
)


class Reach(IntEnum):
    """Whether electronic channels reach a person, and if not, why: the first that is so."""

    REACHED = 0
    SWITCHED_OFF = 1  # an address works, and every one that does is switched off
    IN_VAIN = 2  # what is sent to those that are left is known not to arrive
    DEAD = 3  # no address works
    NO_ADDRESS = 4


@dataclass(frozen=True, slots=True)
class StandingHold:
    """A hold that stands, what it stops, and until when (NEVER: until somebody ends it)."""

    hold: int
    reason: HoldReason
    stops: int  # a mask of `Stops`
    from_at: int
    until_at: int

    @property
    def release(self) -> Release:
        return Release("time", "", self.until_at) if self.until_at < NEVER else missing("hold_end")


def standing_hold(facts: Facts, loan: int, at: int, stops: Stops) -> StandingHold | None:
    """Of the holds on the loan or its borrower that stop this at the instant, the one that stands longest."""
    found = [each for each in standing_holds(facts, loan, at) if each.stops & int(stops)]
    return max(found, key=lambda each: each.until_at, default=None)


def standing_holds(facts: Facts, loan: int, at: int) -> tuple[StandingHold, ...]:
    """The holds on the loan or its borrower that stand at the instant, in the order of their ids."""
    hold = facts["hold"]
    is_mine = (hold["loan"] == loan) | (hold["person"] == borrower_of(facts, loan))
    rows = np.flatnonzero(is_mine & (hold["from_at"] <= at) & (at < hold["until_at"]))
    names = ("hold", "reason", "stops", "from_at", "until_at")
    told = [[int(hold[name][row]) for name in names] for row in rows]
    return tuple(StandingHold(n, HoldReason(why), stops, *span) for n, why, stops, *span in told)


def paid_since(facts: Facts, loan: int, on: int) -> int | None:
    """The day of the newest payment after day `on`; None when there is none."""
    payment = facts["payment"]
    days = payment["value_on"][(payment["loan"] == loan) & (payment["value_on"] > on)]
    return int(days.max()) if len(days) else None


def about_paying(facts: Facts, loan: int, at: int, arrears: Mapping[str, int]) -> set[str]:
    """What a late borrower can be told about paying: not to pay what is on hold, nor again."""
    found = set()
    if arrears["source"] == ArrearsSource.REPORTED and paid_since(facts, loan, arrears["reported_on"]):
        found.add("await_report")
    if any(each.stops & (Stops.NOTICES | Stops.FURNISHING) for each in standing_holds(facts, loan, at)):
        found.add("ask_hold")
    return found or {"pay"}


def reach(facts: Facts, person: int, at: int, limits: Reachability) -> Reach:
    """Whether any electronic address of the person reaches him at the instant, and if not, why."""
    every = np.array([person])
    if not is_unreachable(facts, every, at, limits)[0]:
        return Reach.REACHED
    if not is_unreachable(facts, every, at, NO_LIMITS)[0]:
        return Reach.IN_VAIN
    points = facts["point"]
    kinds = [kind for channel in ELECTRONIC for kind in POINT_KINDS_OF[channel]]
    mine = points["dead_from_at"][(points["person"] == person) & np.isin(points["kind"], kinds)]
    if len(mine) == 0:
        return Reach.NO_ADDRESS
    return Reach.SWITCHED_OFF if np.any(at < mine) else Reach.DEAD


def others_liable(facts: Facts, loan: int, on: int) -> tuple[Reason, ...]:
    """A reason per role of those who owe the loan beside its borrower on the day."""
    party = facts["party"]
    has_ended = (party["until_on"] != NO_DATE) & (party["until_on"] <= on)
    is_now = (party["loan"] == loan) & (party["from_on"] <= on) & ~has_ended
    roles = set(party["role"][is_now].tolist()) & set(LIABLE) - {RecipientKind.BORROWER}
    return tuple(
        Reason("also_liable", facts={"role": name_of(RecipientKind(role))}) for role in sorted(roles)
    )


def borrower_of(facts: Facts, loan: int) -> int:
    """The borrower of a loan of the facts."""
    return int(facts["loan"]["borrower"][facts["loan"]["loan"].searchsorted(loan)])
