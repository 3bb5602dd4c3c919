"""Handing money out day by day: the k-th move of every loan at once, for k = 0, 1, 2, ...

What a move pays depends on what the moves before it left open, on the day it counts from and
on the product's order. Nothing of one loan bears on another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from arrears.kernel.arrears.cells import Cells
from arrears.kernel.arrears.moves import Move, Moves
from arrears.kernel.arrears.orders import Timing
from arrears.kernel.arrears.passes import Pass, every_cell
from arrears.kernel.arrears.segments import running, sums
from arrears.kernel.facts import Codes, Column, Mask
from arrears.kernel.law.intervals import Rows, expand
from arrears.kernel.vocabulary import ANY, Surplus


@dataclass(frozen=True, slots=True)
class Stated:
    """What was said beside the amounts: the core system's allocations, and the statements.

    `payment`, `number`, `component`, `amount` are columns by part, sorted by payment; `minimum`
    and `includes_unpaid` have one value per cell, and none where no loan has statements.
    """

    payment: Column
    number: Column
    component: Column
    amount: Column
    minimum: Column
    includes_unpaid: Column


@dataclass(frozen=True, slots=True)
class Taken:
    """One row per cell that a move paid, forgave or (below zero) took back; or per stated part and
    what of it was not taken."""

    move: Rows
    what: Rows
    amount: Codes


@dataclass(frozen=True, slots=True)
class Limits:
    """Which cells may take a move's money, one row per move: a component, a number, or ANY."""

    component: Codes
    number: Codes

    def take(self, rows: Rows) -> Limits:
        return Limits(self.component[rows], self.number[rows])

    def allow(self, cells: Cells, cell: Rows, row: Rows) -> Mask:
        component, number = self.component[row], self.number[row]
        is_component = (component == ANY) | (component == cells.component[cell])
        return np.asarray(is_component & ((number == ANY) | (number == cells.number[cell])))


class Effect(Enum):
    """What filling a cell does to it."""

    PAY = 1
    FORGIVE = 2
    GIVE_BACK = 3
    """What was paid is open again, last cell first."""


@dataclass(slots=True)
class HandingOut:
    """Where the money of some loans stands while their days are lived.

    `left` is open in each cell and `paid` what money paid there. Of each loan, `free` is money
    that found nothing open, `held` money that waits for something to be due, `day` the day of
    the move at hand. `takings` are kept when they are asked for.
    """

    cells: Cells
    moves: Moves
    passes: tuple[Pass, ...]
    stated: Stated
    left: Codes
    paid: Codes
    free: Codes
    held: Codes
    day: Codes
    move: Rows
    every: Pass
    takings: list[Taken] | None = None
    not_as_stated: list[Taken] = field(default_factory=list)

    def live(self, rows: Rows) -> None:
        """Carry out these moves, at most one of each loan."""
        loans = self.moves.loan[rows]
        self.day[loans], self.move[loans] = self.moves.value_on[rows], rows
        kind = self.moves.kind[rows]
        for move, carry_out in (
            (Move.USE_KEPT, self._use_kept),
            (Move.PAYMENT_AS_STATED, self._pay_as_stated),
            (Move.PAYMENT, self._pay),
            (Move.FORGIVEN, self._forgive),
            (Move.REFUND, self._refund),
            (Move.STATEMENT, self._state),
        ):
            mine = rows[kind == move]
            if len(mine):
                carry_out(mine)

    def _use_kept(self, rows: Rows) -> None:
        for kept, surplus in (
            (self.held, np.full(len(rows), int(Surplus.HOLD))),
            (self.free, self.moves.surplus[rows]),
        ):
            loans = self.moves.loan[rows]
            kept[loans] = self._pour(loans, kept[loans], surplus)

    def _pay(self, rows: Rows) -> None:
        self._pour_and_keep(rows, self.moves.amount[rows])

    def _pay_as_stated(self, rows: Rows) -> None:
        """Each part as far as its cell is open; what then is left flows like any other money."""
        stated, rest = self.stated, self.moves.amount[rows].copy()
        low = np.searchsorted(stated.payment, self.moves.id[rows], side="left")
        high = np.searchsorted(stated.payment, self.moves.id[rows], side="right")
        for nth in range(int(np.max(high - low, initial=0))):
            has = np.flatnonzero(low + nth < high)
            part = low[has] + nth
            offered = np.minimum(stated.amount[part], rest[has])
            limits = Limits(stated.component[part], stated.number[part])
            loans = self.moves.loan[rows[has]]
            untaken = self._fill(
                self.every, self.every.forward, loans, offered, limits=limits, effect=Effect.PAY
            )
            taken = offered - untaken
            rest[has] -= taken
            missing = stated.amount[part] - taken
            differs = missing > 0
            self.not_as_stated.append(Taken(rows[has][differs], part[differs], missing[differs]))
        self._pour_and_keep(rows, rest)

    def _pour_and_keep(self, rows: Rows, money: Codes) -> None:
        loans, surplus = self.moves.loan[rows], self.moves.surplus[rows]
        rest = self._pour(loans, money, surplus)
        is_held = surplus == Surplus.HOLD
        self.held[loans[is_held]] += rest[is_held]
        self.free[loans[~is_held]] += rest[~is_held]

    def _forgive(self, rows: Rows) -> None:
        """Of what is named, all of it may be forgiven; else only what the order reaches."""
        moves = self.moves
        is_limited = (moves.component[rows] != ANY) | (moves.number[rows] != ANY)
        for pour, mine in ((self._pour_anywhere, rows[is_limited]), (self._pour, rows[~is_limited])):
            limits = Limits(moves.component[mine], moves.number[mine])
            pour(moves.loan[mine], moves.amount[mine], moves.surplus[mine], limits, Effect.FORGIVE)

    def _refund(self, rows: Rows) -> None:
        """Money goes back: first what nothing has taken, then what would have been paid last."""
        loans, rest = self.moves.loan[rows], self.moves.amount[rows].copy()
        for kept in (self.free, self.held):
            taken = np.minimum(kept[loans], rest)
            kept[loans] -= taken
            rest -= taken
        self._pour_anywhere(loans, rest, self.moves.surplus[rows], None, Effect.GIVE_BACK)

    def _state(self, rows: Rows) -> None:
        """A statement: money beyond the last one is in its balance, and its minimum asks anew."""
        loans, cell = self.moves.loan[rows], self.moves.id[rows]
        self.free[loans] = 0
        minimum, includes = self.stated.minimum[cell], self.stated.includes_unpaid[cell]
        already = sums(self.left, self.every.offsets)[loans]
        less = np.where(includes, already - minimum, 0)
        self._fill(self.every, self.every.forward, loans, less, limits=None, effect=Effect.FORGIVE)
        self.left[cell] = np.where(includes, np.maximum(minimum - already, 0), minimum)

    def _pour(
        self,
        loans: Rows,
        money: Codes,
        surplus: Codes,
        limits: Limits | None = None,
        effect: Effect = Effect.PAY,
    ) -> Codes:
        """Through all passes, as the surplus of each row says; what nothing took."""
        rest = money.copy()
        for each in reversed(self.passes) if effect is Effect.GIVE_BACK else self.passes:
            for cells, takes_surplus in _ways(each):
                mine = rest > 0
                if takes_surplus is not None:
                    mine &= surplus == takes_surplus
                row = np.flatnonzero(mine)
                limited = limits.take(row) if limits is not None else None
                rest[row] = self._fill(each, cells, loans[row], rest[row], limits=limited, effect=effect)
        return rest

    def _pour_anywhere(
        self, loans: Rows, money: Codes, surplus: Codes, limits: Limits | None, effect: Effect
    ) -> None:
        """Through all passes, and then wherever the order does not reach."""
        rest = self._pour(loans, money, surplus, limits, effect)
        row = np.flatnonzero(rest > 0)
        limited = limits.take(row) if limits is not None else None
        self._fill(self.every, self.every.forward, loans[row], rest[row], limits=limited, effect=effect)

    def _fill(
        self, each: Pass, cells: Rows, loans: Rows, money: Codes, *, limits: Limits | None, effect: Effect
    ) -> Codes:
        """Fill the cells of one pass one after the other, in the order of `cells`; what is left over."""
        if len(loans) == 0:
            return money
        gives_back = effect is Effect.GIVE_BACK
        low = each.offsets[loans]
        sizes = each.offsets[loans + 1] - low
        row, index = expand(low, sizes)
        if gives_back:
            index = 2 * low[row] + sizes[row] - 1 - index
        cell = cells[index]
        is_open = self._is_open_to(each.timing, cell, self.day[loans][row])
        if limits is not None:
            is_open &= limits.allow(self.cells, cell, row)
        can = np.where(is_open, (self.paid if gives_back else self.left)[cell], 0)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        before = running(can, offsets) - can
        taken = np.minimum(np.maximum(money[row] - before, 0), can)
        self._book(cell, -taken if gives_back else taken, self.move[loans][row], effect)
        return money - sums(taken, offsets)

    def _is_open_to(self, timing: Timing | None, cell: Rows, day: Codes) -> Mask:
        """The cells that exist on their row's day and are of this time then."""
        due_on = self.cells.due_on[cell]
        is_there = np.asarray(self.cells.from_on[cell] <= day)
        if timing is Timing.PAST_DUE:
            is_there &= due_on < day
        elif timing is Timing.DUE:
            is_there &= due_on == day
        elif timing is Timing.IN_ADVANCE:
            is_there &= due_on > day
        return is_there

    def _book(self, cell: Rows, taken: Codes, move: Rows, effect: Effect) -> None:
        self.left[cell] -= taken
        if effect is not Effect.FORGIVE:
            self.paid[cell] += taken
        if self.takings is not None:
            some = np.flatnonzero(taken)
            self.takings.append(Taken(move[some], cell[some], taken[some]))


def _ways(each: Pass) -> tuple[tuple[Rows, Surplus | None], ...]:
    """The orders of a pass's cells, with the surplus that goes that way; None: any money."""
    if each.timing is Timing.IN_ADVANCE:
        return (each.forward, Surplus.NEXT), (each.backward, Surplus.LAST)
    return ((each.forward, None),)


def handing_out(
    cells: Cells, moves: Moves, passes: tuple[Pass, ...], stated: Stated, *, keeps_takings: bool = False
) -> HandingOut:
    """The state before the first move."""
    every = every_cell(cells)
    return HandingOut(
        cells=cells,
        moves=moves,
        passes=passes,
        stated=stated,
        left=cells.amount.copy(),
        paid=np.zeros(len(cells.loan), np.int64),
        free=np.zeros(cells.loans, np.int64),
        held=np.zeros(cells.loans, np.int64),
        day=np.zeros(cells.loans, np.int64),
        move=np.zeros(cells.loans, np.int64),
        every=every,
        takings=[] if keeps_takings else None,
    )
