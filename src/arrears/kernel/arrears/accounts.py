"""A loan's cells and moves put together as a clerk reads them: one line per debt, and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from arrears.kernel.arrears.tracing import CellLine, Trace
from arrears.kernel.vocabulary import Component

Part = Component | None
"""A component, or None for the minimum of a statement."""


@dataclass(frozen=True, slots=True)
class DebtLine:
    """One installment, added amount or minimum: what it asks for by part, and what became of it.

    `number` is the installment's, None without one; `event` the id of what added it, None for
    the schedule and for statements. `settled_on` is the day on which nothing of it was open any
    more, None while something is. `cells` are positions in `Trace.cells`.
    """

    number: int | None
    event: int | None
    due_on: date
    counted_on: date
    last_on: date
    asked: Mapping[Part, int]
    open: Mapping[Part, int]
    paid_minor: int
    forgiven_minor: int
    settled_on: date | None
    cells: tuple[int, ...]

    @property
    def asked_minor(self) -> int:
        return sum(self.asked.values())

    @property
    def open_minor(self) -> int:
        return sum(self.open.values())

    def past_due_days(self, on: date) -> int:
        """Days since late days count, at the end of `on`; 0 while nothing of it is past due."""
        is_past_due = self.open_minor > 0 and self.last_on < on
        return (on - self.counted_on).days if is_past_due else 0


@dataclass(frozen=True, slots=True)
class PastDue:
    """What should have been paid by the end of a day: the debts with anything open, and their sum.

    `counting` is the position in `debts` of the one that days count from: the first at which the
    sum passes the tolerance; None while it does not. `by_part` adds up the same by part.
    """

    debts: tuple[DebtLine, ...]
    total_minor: int
    by_part: Mapping[Part, int]
    counting: int | None


def debts_of(trace: Trace) -> list[DebtLine]:
    """The debts in the order in which they fall due."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for position, cell in enumerate(trace.cells):
        key = (cell.number, cell.event, cell.due_on, cell.from_on if cell.component is None else None)
        groups.setdefault(key, []).append(position)
    last_taken = {taken.cell: move.value_on for move in trace.moves for taken in move.taken}
    return [_debt(trace.cells, positions, last_taken) for positions in groups.values()]


def past_due_of(debts: Sequence[DebtLine], on: date, tolerance_minor: int) -> PastDue:
    """The debts whose last day to pay lies before `on`, oldest first, and their sum."""
    mine = sorted((debt for debt in debts if debt.last_on < on and debt.open_minor), key=_counts_from)
    total, counting = 0, None
    by_part: dict[Part, int] = {}
    for position, debt in enumerate(mine):
        for part, amount in debt.open.items():
            by_part[part] = by_part.get(part, 0) + amount
        total += debt.open_minor
        if counting is None and total > tolerance_minor:
            counting = position
    return PastDue(tuple(mine), total, by_part, counting)


def _debt(cells: Sequence[CellLine], positions: Sequence[int], last_taken: Mapping[int, date]) -> DebtLine:
    mine = [cells[position] for position in positions]
    first = mine[0]
    is_open = any(cell.open_minor for cell in mine)
    taken_on = [last_taken[position] for position in positions if position in last_taken]
    return DebtLine(
        number=first.number,
        event=first.event,
        due_on=first.due_on,
        counted_on=first.counted_on,
        last_on=first.last_on,
        asked={cell.component: cell.amount_minor for cell in mine},
        open={cell.component: cell.open_minor for cell in mine},
        paid_minor=sum(cell.paid_minor for cell in mine),
        forgiven_minor=sum(cell.forgiven_minor for cell in mine),
        settled_on=None if is_open else max(taken_on, default=None),
        cells=tuple(positions),
    )


def _counts_from(debt: DebtLine) -> date:
    return debt.counted_on
