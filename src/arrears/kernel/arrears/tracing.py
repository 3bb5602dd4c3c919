"""One loan's arithmetic, move by move: what a clerk can check with a pencil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from arrears.kernel.arrears.cells import MINIMUM
from arrears.kernel.arrears.computed import sources
from arrears.kernel.arrears.day_by_day import Ledger, schedule_ledger, statement_ledger
from arrears.kernel.arrears.handing_out import HandingOut, handing_out
from arrears.kernel.arrears.moves import Move
from arrears.kernel.arrears.terms import terms_of
from arrears.kernel.days import date_of
from arrears.kernel.facts import NO_ID, Facts, rows_of
from arrears.kernel.vocabulary import ANY, ArrearsSource, Component


@dataclass(frozen=True, slots=True)
class CellLine:
    """One component of one debt at the end of the day: asked for, paid, forgiven and open.

    `number` is the installment's, None for what names none; `component` is None for the minimum
    of a statement; `event` is the id of the charge or chargeback that added it, None for the
    schedule's own; late days count from `counted_on`; `from_on` is the day since which it is asked
    for, None for always.
    """

    number: int | None
    component: Component | None
    due_on: date
    counted_on: date
    last_on: date
    from_on: date | None
    event: int | None
    amount_minor: int
    paid_minor: int
    forgiven_minor: int
    open_minor: int


@dataclass(frozen=True, slots=True)
class TakenLine:
    """What a move took for one cell (a position in `Trace.cells`); below zero: gave back."""

    cell: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A part of a payment that could not be paid as the core system states: the cell was not so open."""

    number: int | None
    component: Component
    stated_minor: int
    missing_minor: int


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move and what it took.

    `id` is the payment's or the event's (None for kept money that found something and for a
    statement); `kept_minor` is what of its own amount nothing took, and `credit_minor` the money
    nothing had taken after it.
    """

    kind: Move
    id: int | None
    value_on: date
    amount_minor: int
    taken: tuple[TakenLine, ...]
    differences: tuple[DifferenceLine, ...]
    credit_minor: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Cells in the order of their debts, moves in the order in which they count."""

    cells: tuple[CellLine, ...]
    moves: tuple[MoveLine, ...]
    credit_minor: int


def trace_of(facts: Facts, loan: int, as_of: int) -> Trace | None:
    """The arithmetic of one loan (its id) up to the end of `as_of`; None without schedule or statements."""
    ledger = _ledger(facts, loan, as_of)
    if ledger is None:
        return None
    state = handing_out(ledger.cells, ledger.moves, ledger.passes, ledger.stated, keeps_takings=True)
    kept: list[int] = []
    for row in range(len(ledger.moves)):
        state.live(np.array([row]))
        kept.append(int(state.free[0] + state.held[0]))
    moves = tuple(_move(state, row, credit) for row, credit in enumerate(kept))
    credit = kept[-1] if kept else 0
    return Trace(_cells(state), tuple(each for each in moves if _is_worth_a_line(each)), credit)


def _ledger(facts: Facts, loan: int, as_of: int) -> Ledger | None:
    row = rows_of(facts["loan"]["loan"], np.array([loan]))
    source = sources(facts, as_of)[row[0]]
    terms = terms_of(facts).take(row)
    opened = {ArrearsSource.SCHEDULE: schedule_ledger, ArrearsSource.STATEMENTS: statement_ledger}
    if source not in opened:
        return None
    return opened[ArrearsSource(source)](facts, np.array([loan]), terms, as_of)


def _cells(state: HandingOut) -> tuple[CellLine, ...]:
    cells, forgiven = state.cells, _forgiven(state)
    return tuple(
        CellLine(
            number=_known(cells.number[cell], ANY),
            component=None if cells.component[cell] == MINIMUM else Component(cells.component[cell]),
            due_on=date_of(cells.due_on[cell]),
            counted_on=date_of(cells.counted_on[cell]),
            last_on=date_of(cells.last_on[cell]),
            from_on=None if cells.from_on[cell] < -(10**9) else date_of(cells.from_on[cell]),
            event=_known(cells.event[cell], NO_ID),
            amount_minor=int(state.left[cell] + state.paid[cell] + forgiven[cell]),
            paid_minor=int(state.paid[cell]),
            forgiven_minor=int(forgiven[cell]),
            open_minor=int(state.left[cell]),
        )
        for cell in range(len(cells.loan))
    )


def _forgiven(state: HandingOut) -> Sequence[int]:
    """What waivers and write-offs, and statements that ask for less, took off each cell."""
    forgiven = np.zeros(len(state.cells.loan), np.int64)
    for taken in state.takings or ():
        kind = state.moves.kind[taken.move]
        is_forgiven = (kind == Move.FORGIVEN) | (kind == Move.STATEMENT)
        np.add.at(forgiven, taken.what[is_forgiven], taken.amount[is_forgiven])
    return [int(each) for each in forgiven]


def _move(state: HandingOut, row: int, credit: int) -> MoveLine:
    moves = state.moves
    kind = Move(moves.kind[row])
    return MoveLine(
        kind=kind,
        id=None if kind is Move.STATEMENT else _known(moves.id[row], NO_ID),
        value_on=date_of(moves.value_on[row]),
        amount_minor=int(
            state.stated.minimum[moves.id[row]] if kind is Move.STATEMENT else moves.amount[row]
        ),
        taken=_taken(state, row),
        differences=_differences(state, row),
        credit_minor=credit,
    )


def _taken(state: HandingOut, row: int) -> tuple[TakenLine, ...]:
    """Cell by cell; what one move took from a cell in several steps is one line."""
    found: dict[int, int] = {}
    for taken in state.takings or ():
        for cell, amount in zip(taken.what[taken.move == row], taken.amount[taken.move == row], strict=True):
            found[int(cell)] = found.get(int(cell), 0) + int(amount)
    return tuple(TakenLine(cell, amount) for cell, amount in found.items() if amount)


def _differences(state: HandingOut, row: int) -> tuple[DifferenceLine, ...]:
    stated = state.stated
    return tuple(
        DifferenceLine(
            number=_known(stated.number[part], ANY),
            component=Component(stated.component[part]),
            stated_minor=int(stated.amount[part]),
            missing_minor=int(missing),
        )
        for each in state.not_as_stated
        for move, part, missing in zip(each.move, each.what, each.amount, strict=True)
        if move == row
    )


def _is_worth_a_line(move: MoveLine) -> bool:
    return move.kind is not Move.USE_KEPT or bool(move.taken)


def _known(value: int, unknown: int) -> int | None:
    return None if value == unknown else int(value)
