"""The ageing report: how many loans are how late, and what their statements add up to.

Classes are those the core system states, months late among them; day buckets count the days
past due of the loans that are late. Nothing is added up across currencies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import UNKNOWN_MINOR, Codes, Column, Mask
from arrears.kernel.law.intervals import Rows
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import ReportedStatus, name_of

BUCKETS = ((0, 0), (1, 29), (30, 59), (60, 89), (90, None))
"""Days past due, both ends included; None is open. Nobody late stands in no bucket."""


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """One class or bucket: what its loans have in common, and how many they are.

    `customers` counts borrowers once. `statements` adds up the known statement balances, one
    sum per currency, credit balances included as negative; `without_statement` are the loans
    whose report has none.
    """

    name: str
    months_late: int
    loans: int
    customers: int
    statements: tuple[Money, ...]
    without_statement: int
    late_without_balance: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """The report: a row per class the reports state, and a row per bucket of late loans."""

    classes: tuple[AgeingRow, ...]
    buckets: tuple[AgeingRow, ...]
    total: AgeingRow
    late: AgeingRow
    unreported: int


def ageing_of(
    arrears: Mapping[str, Column], borrower: Column, currency: Codes, currencies: Sequence[str]
) -> Ageing:
    """The ageing of loans whose `reported_arrears` columns are given.

    `borrower` and `currency` (an index into `currencies`) have one row per loan, in the same
    order. Loans of which nothing is reported are only counted, as `unreported`.
    """
    counter = _Counter(arrears, borrower, currency, tuple(currencies))
    reported, late = arrears["is_reported"], arrears["is_late"]
    return Ageing(
        classes=tuple(_classes(counter, arrears)),
        buckets=tuple(_buckets(counter, arrears)),
        total=counter.row("total", 0, reported),
        late=counter.row("late", 0, late),
        unreported=int(np.count_nonzero(~reported)),
    )


@dataclass(frozen=True, slots=True)
class _Counter:
    arrears: Mapping[str, Column]
    borrower: Column
    currency: Codes
    currencies: tuple[str, ...]

    def row(self, name: str, months_late: int, mine: Mask) -> AgeingRow:
        statement = self.arrears["statement_minor"]
        known = mine & (statement != UNKNOWN_MINOR)
        return AgeingRow(
            name=name,
            months_late=months_late,
            loans=int(np.count_nonzero(mine)),
            customers=len(np.unique(self.borrower[mine])),
            statements=tuple(self._sums(np.flatnonzero(known))),
            without_statement=int(np.count_nonzero(mine & ~known)),
            late_without_balance=int(np.count_nonzero(mine & self.arrears["is_late_without_balance"])),
        )

    def _sums(self, rows: Rows) -> list[Money]:
        statement, currency = self.arrears["statement_minor"][rows], self.currency[rows]
        return [
            Money(_exact_sum(statement[currency == code]), self.currencies[code])
            for code in np.unique(currency)
        ]


def _classes(counter: _Counter, arrears: Mapping[str, Column]) -> list[AgeingRow]:
    """The states in the vocabulary's order, lateness month by month."""
    rows = []
    for status in ReportedStatus:
        mine = arrears["is_reported"] & (arrears["status"] == status)
        for months in np.unique(arrears["months_late"][mine]):
            in_class = mine & (arrears["months_late"] == months)
            rows.append(counter.row(name_of(status), int(months), in_class))
    return rows


def _buckets(counter: _Counter, arrears: Mapping[str, Column]) -> list[AgeingRow]:
    rows = []
    for first, last in BUCKETS:
        name = f"{first}+" if last is None else f"{first}-{last}" if last > first else str(first)
        days = arrears["past_due_days"]
        mine = arrears["is_late"] & (days >= first)
        mine = mine if last is None else mine & (days <= last)
        if first > 0 or np.any(mine):
            rows.append(counter.row(name, 0, mine))
    return rows


def _exact_sum(minor: Column) -> int:
    """A sum that cannot overflow: the halves of the numbers are added apart."""
    high, low = minor >> 32, minor & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())
