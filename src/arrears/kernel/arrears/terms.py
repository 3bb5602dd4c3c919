"""The terms of each loan's product, with what holds where a loan has none."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from arrears.kernel.arrears.orders import DEFAULT_ORDER, Order, Timing, read_order
from arrears.kernel.facts import Codes, Facts, Mask, rows_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.vocabulary import Component, PauseBasis, Surplus


@dataclass(frozen=True, slots=True)
class Terms:
    """One value per loan; `order` indexes `orders`. `product` is -1 for a loan without terms."""

    product: Codes
    tolerance_minor: Codes
    tolerance_days: Codes
    grace_days: Codes
    pause_basis: Codes
    order: Codes
    surplus: Codes
    orders: tuple[Order, ...]

    def take(self, rows: Rows) -> Terms:
        """The terms of these loans, in this order."""
        names = (each.name for each in fields(self) if each.name != "orders")
        return Terms(orders=self.orders, **{name: getattr(self, name)[rows] for name in names})

    @property
    def takes_all_in_advance(self) -> Mask:
        """Every component takes money before it is due."""
        size = len(Component)
        takes = [len(order.components(Timing.IN_ADVANCE)) == size for order in self.orders]
        return np.asarray(np.array(takes, np.bool_)[self.order])

    @property
    def is_in_one_order(self) -> Mask:
        """Money always goes to the same parts first, whatever the day it comes on."""
        same = np.array([order.is_the_same_at_any_time for order in self.orders], np.bool_)
        return np.asarray(same[self.order] & (self.surplus != Surplus.LAST))


def terms_of(facts: Facts) -> Terms:
    """The terms of every loan of `facts`: no tolerance, no grace, oldest installment first by default."""
    told = facts["terms"]
    row = rows_of(told["loan"], facts["loan"]["loan"])
    is_told = row >= 0

    def column(name: str, otherwise: int) -> Codes:
        values = np.full(len(row), otherwise, np.int64)
        values[is_told] = told[name][row[is_told]]
        return values

    orders = (*map(read_order, facts.orders), read_order(DEFAULT_ORDER))
    return Terms(
        product=column("product", -1),
        tolerance_minor=column("tolerance_minor", 0),
        tolerance_days=column("tolerance_days", 0),
        grace_days=column("grace_days", 0),
        pause_basis=column("pause_basis", PauseBasis.OVERLAP),
        order=column("order", len(orders) - 1),
        surplus=column("surplus", Surplus.NEXT),
        orders=orders,
    )
