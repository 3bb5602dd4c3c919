"""Standings by living every day that moved money: right for every order and every kind of fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.cells import MINIMUM, Cells, schedule_cells, statement_cells, statements_in_order
from arrears.kernel.arrears.coming_due import (
    DueDays,
    due_days_of_schedules,
    due_days_of_statements,
    put_coming_of_cells,
)
from arrears.kernel.arrears.handing_out import HandingOut, Stated, handing_out
from arrears.kernel.arrears.lateness import Episodes, counting_cells, late_from, live_through
from arrears.kernel.arrears.moves import Move, Moves, schedule_moves, statement_moves
from arrears.kernel.arrears.passes import Pass, passes_of, passes_of_statements
from arrears.kernel.arrears.segments import sums
from arrears.kernel.arrears.standing import PARTS, Standing, nothing_owed
from arrears.kernel.arrears.terms import Terms
from arrears.kernel.facts import NO_DATE, Codes, Facts
from arrears.kernel.vocabulary import ANY

_LOANS_AT_ONCE = 5_000  # what fits the processor's cache is handed out twice as fast


@dataclass(frozen=True, slots=True)
class Ledger:
    """Cells, moves, passes and due days of loans of one order, ready to be lived."""

    cells: Cells
    moves: Moves
    passes: tuple[Pass, ...]
    stated: Stated
    due_days: DueDays


Open = Callable[[Facts, Codes, Terms, int], Ledger]


def schedule_ledger(facts: Facts, loans: Codes, terms: Terms, as_of: int) -> Ledger:
    """The ledger of schedules; the loans (ids, ascending) share one order."""
    cells = schedule_cells(facts, loans, as_of)
    moves = schedule_moves(facts, loans, terms, cells, as_of)
    passes = passes_of(cells, terms.orders[terms.order[0]])
    return Ledger(cells, moves, passes, _stated(facts), due_days_of_schedules(facts, loans))


def statement_ledger(facts: Facts, loans: Codes, terms: Terms, as_of: int) -> Ledger:
    """The ledger of statements."""
    cells = statement_cells(facts, loans, as_of)
    moves = statement_moves(facts, loans, terms, cells, as_of)
    moves.kind[moves.kind == Move.PAYMENT_AS_STATED] = Move.PAYMENT  # a minimum has no parts
    table, (_, at) = facts["statement"], statements_in_order(facts, loans, as_of)
    stated = _stated(facts, table["minimum_due_minor"][at], table["minimum_includes_unpaid"][at])
    return Ledger(cells, moves, passes_of_statements(cells), stated, due_days_of_statements(cells))


def standing_day_by_day(facts: Facts, loans: Codes, terms: Terms, as_of: int, opened: Open) -> Standing:
    """Where these loans (ids, ascending; `terms` one row each) stand at the end of `as_of`."""
    standing = nothing_owed(len(loans))
    for order in np.unique(terms.order):
        mine = np.flatnonzero(terms.order == order)
        for some in np.array_split(mine, -(-len(mine) // _LOANS_AT_ONCE)):
            standing.put(some, _standing(facts, loans[some], terms.take(some), as_of, opened))
    return standing


def _standing(facts: Facts, loans: Codes, terms: Terms, as_of: int, opened: Open) -> Standing:
    ledger = opened(facts, loans, terms, as_of)
    state = handing_out(ledger.cells, ledger.moves, ledger.passes, ledger.stated)
    episodes = Episodes(state, terms, np.full(len(loans), NO_DATE, np.int64))
    live_through(state, episodes)
    episodes.until(as_of)
    standing = _standing_of(state, terms, as_of)
    standing.episode_start_on = np.where(standing.is_late, episodes.start, NO_DATE)
    put_coming_of_cells(standing, ledger.due_days, state, as_of)
    return standing


def _standing_of(state: HandingOut, terms: Terms, as_of: int) -> Standing:
    cells, offsets = state.cells, state.every.offsets
    every = np.arange(cells.loans)
    counting = counting_cells(state, every, np.full(cells.loans, as_of), terms.tolerance_minor)
    is_late = late_from(cells, counting, terms.tolerance_days) <= as_of
    standing = nothing_owed(cells.loans)
    standing.is_late = is_late
    standing.since_on[is_late] = cells.counted_on[counting[is_late]]
    is_overdue = (cells.last_on < as_of) & is_late[cells.loan]
    for component in range(PARTS):
        mine = np.where(is_overdue & (cells.component == component), state.left, 0)
        standing.overdue[:, component] = sums(mine, offsets)
    standing.overdue_minor = sums(np.where(is_overdue, state.left, 0), offsets)
    standing.outstanding = sums(state.left, offsets)
    standing.credit = state.free + state.held
    return standing


def _stated(facts: Facts, minimum: Codes | None = None, includes_unpaid: Codes | None = None) -> Stated:
    table = facts["allocation"]
    order = _named_first(table["payment"], table["number"])
    nothing = np.empty(0, np.int64)
    return Stated(
        payment=table["payment"],
        number=table["number"][order],
        component=table["component"][order],
        amount=table["amount_minor"][order],
        minimum=nothing if minimum is None else minimum,
        includes_unpaid=nothing if includes_unpaid is None else includes_unpaid,
    )


def _named_first(payment: Codes, number: Codes) -> Codes:
    """Parts that name an installment stand before those of the same payment that name none."""
    return np.lexsort([number == ANY, payment]) if np.any(number == ANY) else np.arange(len(number))


assert MINIMUM == PARTS, "a minimum is none of the components"
