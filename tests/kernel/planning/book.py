"""One loan's money in plain Python, read from the sentences of the design: the oracle of its days.

An installment is past due from the day after it fell due. Money goes to the oldest installment
first. The loan is late at the end of a day when more is past due than is tolerated; an episode is
an unbroken run of such days, as known now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

FIRST_CYCLE_DAYS = 31


class Coming(NamedTuple):
    """The next due day with something to pay, and the day its cycle begins."""

    due_on: int
    cycle_start_on: int


@dataclass
class Book:
    """Installments (due day, amount), payments (value day, amount) and pauses (first day, end exclusive)."""

    installments: list[tuple[int, int]]
    payments: list[tuple[int, int]] = field(default_factory=list)
    pauses: list[tuple[int, int]] = field(default_factory=list)
    tolerance: int = 0
    grace: int = 0

    def paid(self, on: int) -> int:
        return sum(amount for day, amount in self.payments if day <= on)

    def open_parts(self, on: int) -> list[tuple[int, int]]:
        """(due day, open amount) of every installment at the end of a day."""
        rest, parts = self.paid(on), []
        for due_on, amount in self.installments:
            taken = min(rest, amount)
            rest -= taken
            parts.append((due_on, amount - taken))
        return parts

    def is_late(self, on: int) -> bool:
        return sum(amount for due_on, amount in self.open_parts(on) if due_on < on) > self.tolerance

    def episode_start_on(self, on: int) -> int:
        """The first day of the run of late days that `on` is in."""
        assert self.is_late(on)
        while self.is_late(on - 1):
            on -= 1
        return on

    def past_due_days(self, on: int) -> int:
        return on - self._since_on(on)

    def delinquent_days(self, on: int) -> int:
        span = range(self._since_on(on), on)
        paused = sum(any(first <= day < end for first, end in self.pauses) for day in span)
        return max(0, len(span) - self.grace - paused)

    def coming(self, on: int) -> Coming | None:
        """The first due day from `on` on that something has still to be paid for."""
        days = [due_on for due_on, open_ in self.open_parts(on) if due_on >= on and open_]
        if not days:
            return None
        before = [due_on for due_on, _ in self.installments if due_on < days[0]]
        return Coming(days[0], before[-1] + 1 if before else days[0] - FIRST_CYCLE_DAYS)

    def _since_on(self, on: int) -> int:
        """The due day at which what is open, oldest first, passes what is tolerated."""
        total = 0
        for due_on, open_ in self.open_parts(on):
            total += open_
            if total > self.tolerance:
                return due_on
        raise AssertionError("nothing is late")
