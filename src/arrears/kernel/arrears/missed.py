"""Payments that were missed one after another, and the first day in the arrears on which they were.

Fixed-sum credit: so many payments have fallen due, and the shortfall is at least the sum of the last
of them. Running accounts: so many minima in a row are unpaid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.of_loans import arrears_of
from arrears.kernel.arrears.pauses import Zones
from arrears.kernel.arrears.segments import slices_of
from arrears.kernel.facts import NO_DATE, Codes, Facts, Mask
from arrears.kernel.vocabulary import ArrearsSource

MISSED = 2
MISSED_WEEKLY = 4
_WEEK = 7
_PARTS = ("principal_minor", "interest_minor", "fee_minor", "penalty_minor")


@dataclass(frozen=True, slots=True)
class Missed:
    """One row per loan that is late and has missed enough: its row in `Facts`, and since which day.

    `count` are payments; `is_weekly` where they fall due weekly or more often.
    """

    row: Codes
    since_on: Codes
    count: Codes
    is_weekly: Mask
    is_running_account: Mask


@dataclass(frozen=True, slots=True)
class _Payments:
    """What one loan was to pay until a day: each payment's first unpaid day, and its amount."""

    unpaid_from_on: Codes
    due_on: Codes
    amount: Codes
    is_weekly: bool

    @property
    def wanted(self) -> int:
        return MISSED_WEEKLY if self.is_weekly else MISSED


def missed_payments(facts: Facts, zones: Zones, as_of: int) -> Missed:
    """The loans late at the end of day `as_of` that have missed two payments (four weekly ones)."""
    now = arrears_of(facts, as_of, zones)
    late = np.flatnonzero(now["is_late"] & (now["episode_start_on"] != NO_DATE))
    found = []
    for row, days in _met_on(facts, zones, late, now, as_of).items():
        payments = _payments(facts, row, int(now["source"][row]), as_of)
        is_running = int(now["source"][row]) == ArrearsSource.STATEMENTS
        found.append((row, days, payments.wanted, payments.is_weekly, is_running))
    columns = np.array(sorted(found), np.int64).reshape(-1, 5).T
    return Missed(columns[0], columns[1], columns[2], columns[3] == 1, columns[4] == 1)


def _met_on(facts: Facts, zones: Zones, late: Codes, now: dict[str, Codes], as_of: int) -> dict[int, int]:
    """By row the first day of its episode on which enough was missed."""
    waiting: dict[int, list[int]] = {}
    payments = {row: _payments(facts, row, int(now["source"][row]), as_of) for row in late.tolist()}
    for row, each in payments.items():
        for day in each.unpaid_from_on[each.unpaid_from_on >= now["episode_start_on"][row]].tolist():
            waiting.setdefault(day, []).append(row)
    met: dict[int, int] = {}
    for day in sorted(waiting):
        rows = [row for row in waiting[day] if row not in met]
        if rows:
            then = arrears_of(facts, day, zones)
            met |= {row: day for row in rows if _is_missed(payments[row], then, row, day)}
    return met


def _is_missed(payments: _Payments, then: dict[str, Codes], row: int, day: int) -> bool:
    fallen = np.flatnonzero(payments.unpaid_from_on <= day)[-payments.wanted :]
    if len(fallen) < payments.wanted or not then["is_late"][row]:
        return False
    if then["source"][row] == ArrearsSource.STATEMENTS:
        return bool(then["overdue_since_on"][row] <= payments.due_on[fallen[0]])
    return bool(then["overdue_minor"][row] >= payments.amount[fallen].sum())


def _payments(facts: Facts, row: int, source: int, as_of: int) -> _Payments:
    name = "statement" if source == ArrearsSource.STATEMENTS else "installment"
    table = facts[name]
    _, every = slices_of(table["loan"], facts["loan"]["loan"][row : row + 1])
    mine = every[table["payable_until_on"][every] < as_of]
    due_on = table["due_on"][mine].astype(np.int64)
    gaps = np.diff(np.sort(table["due_on"][every].astype(np.int64)))
    is_weekly = len(gaps) > 0 and int(np.median(gaps)) <= _WEEK
    amounts = [table[part][mine] for part in (("minimum_due_minor",) if name == "statement" else _PARTS)]
    return _Payments(
        table["payable_until_on"][mine].astype(np.int64) + 1, due_on, np.sum(amounts, axis=0), is_weekly
    )
