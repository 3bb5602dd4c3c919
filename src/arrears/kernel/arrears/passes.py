"""An order of money as passes over the cells: in each, one cell is filled after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.cells import MINIMUM, Cells
from arrears.kernel.arrears.orders import Order, Timing
from arrears.kernel.arrears.segments import offsets_of
from arrears.kernel.law.intervals import Rows


@dataclass(frozen=True, slots=True)
class Pass:
    """Cells of some components, loan by loan in the order in which they are filled.

    `timing` None takes cells of any time. `backward`, of cells in advance only, has the last debt
    of each loan first.
    """

    timing: Timing | None
    forward: Rows
    backward: Rows
    offsets: Rows


def passes_of(cells: Cells, order: Order) -> tuple[Pass, ...]:
    """The passes of an order over these cells."""
    if order.is_by_component:
        return tuple(_pass(cells, timing, (component,)) for timing, component in order.items)
    return tuple(_pass(cells, timing, order.components(timing)) for timing in Timing)


def passes_of_statements(cells: Cells) -> tuple[Pass, ...]:
    """Minima have no components: the oldest is filled first, at any time."""
    return (every_cell(cells),)


def every_cell(cells: Cells) -> Pass:
    """All cells, oldest first, at any time."""
    return _pass(cells, None, range(MINIMUM + 1))


def _pass(cells: Cells, timing: Timing | None, components: Sequence[int]) -> Pass:
    rank = np.full(MINIMUM + 1, -1, np.int64)
    rank[list(components)] = np.arange(len(components))
    mine = np.flatnonzero(rank[cells.component] >= 0)
    ranks, debt, loan = rank[cells.component[mine]], cells.debt[mine], cells.loan[mine]
    is_sorted = len(components) == 1 or timing is None  # the cells stand so already
    is_advance = timing is Timing.IN_ADVANCE
    return Pass(
        timing=timing,
        forward=mine if is_sorted else mine[np.lexsort([ranks, debt])],
        backward=mine[np.lexsort([ranks, -debt, loan])] if is_advance else mine[:0],
        offsets=offsets_of(loan, cells.loans),
    )
