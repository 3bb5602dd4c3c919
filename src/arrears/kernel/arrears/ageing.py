"""The ageing report: how many loans are how late, and what is overdue, outstanding and stated.

A loan is counted once in every breakdown, but for funders: a loan of several funders counts with
each of them, its amounts by their shares. Nothing is added up across currencies, and an amount
that is not known is counted and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.buckets import DAY_ZERO, DEFAULT_BUCKETS, NOT_LATE, read_buckets
from arrears.kernel.facts import NO_ID, UNKNOWN_MINOR, Codes, Column, Mask
from arrears.kernel.law.intervals import Rows
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import ArrearsSource, ReportedStatus, name_of

SHARE_UNIT = 10**8
"""A share of one, in the smallest parts that shares are stated in."""


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """One group: what its loans have in common, and how many they are.

    `customers` counts borrowers once. The sums of money are one per currency: what is overdue,
    what is outstanding, and the balances of last statements, credit balances included as
    negative. `without_statement` are loans without a schedule whose statement balance is not known,
    `without_overdue` late ones of which nobody knows how much is overdue.
    """

    name: str
    months_late: int
    loans: int
    customers: int
    overdue: tuple[Money, ...]
    outstanding: tuple[Money, ...]
    statements: tuple[Money, ...]
    without_overdue: int
    without_statement: int
    late_without_balance: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """A breakdown: `code` of each row is an index into `names`, or NO_ID for rows left out."""

    name: str
    code: Codes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Rows to be counted, a loan in each: `arrears` are the columns of `arrears_of`, row by row.

    `currency` indexes `currencies`, `share` is the part of the loan's amounts that the row
    stands for, in `SHARE_UNIT`ths; null shares mean whole loans.
    """

    arrears: Mapping[str, Column]
    borrower: Column
    currency: Codes
    currencies: tuple[str, ...]
    share: Codes | None = None

    def take(self, rows: Rows, share: Codes | None = None) -> Portfolio:
        """These rows, in this order; a row may stand several times, each with its share."""
        arrears = {name: column[rows] for name, column in self.arrears.items()}
        return Portfolio(arrears, self.borrower[rows], self.currency[rows], self.currencies, share)

    def row(self, name: str, mine: Mask, months_late: int = 0) -> AgeingRow:
        """The group of these rows."""
        arrears = self.arrears
        overdue_known = arrears["overdue_minor"] != UNKNOWN_MINOR
        has_schedule = arrears["source"] == ArrearsSource.SCHEDULE
        statement_known = arrears["statement_minor"] != UNKNOWN_MINOR
        return AgeingRow(
            name=name,
            months_late=months_late,
            loans=int(np.count_nonzero(mine)),
            customers=len(np.unique(self.borrower[mine])),
            overdue=self._sums("overdue_minor", mine & arrears["is_late"]),
            outstanding=self._sums("outstanding_minor", mine),
            statements=self._sums("statement_minor", mine),
            without_overdue=int(np.count_nonzero(mine & arrears["is_late"] & ~overdue_known)),
            without_statement=int(np.count_nonzero(mine & ~statement_known & ~has_schedule)),
            late_without_balance=int(np.count_nonzero(mine & arrears["is_late_without_balance"])),
        )

    def _sums(self, column: str, mine: Mask) -> tuple[Money, ...]:
        rows = np.flatnonzero(mine & (self.arrears[column] != UNKNOWN_MINOR))
        amounts, currency = self.arrears[column][rows], self.currency[rows]
        if self.share is not None:
            amounts = _shared(amounts, self.share[rows])
        return tuple(
            Money(_exact_sum(amounts[currency == code]), self.currencies[code])
            for code in np.unique(currency)
        )


@dataclass(frozen=True, slots=True)
class Ageing:
    """The report: a row per class that reports state, and a row per bucket of late loans.

    `total` are the loans whose arrears are known, `unreported` those of which nothing is.
    """

    classes: tuple[AgeingRow, ...]
    buckets: tuple[AgeingRow, ...]
    total: AgeingRow
    late: AgeingRow
    unreported: int


def ageing_of(portfolio: Portfolio, buckets: Grouping | None = None) -> Ageing:
    """The ageing of whole loans; without `buckets`, by the shipped bands of days."""
    arrears = portfolio.arrears
    grouping = buckets or bucket_grouping(arrears, np.full(len(arrears["loan"]), 0), (DEFAULT_BUCKETS,))
    return Ageing(
        classes=tuple(_classes(portfolio)),
        buckets=tuple(_bands(portfolio, grouping)),
        total=portfolio.row("total", arrears["is_known"]),
        late=portfolio.row("late", arrears["is_late"]),
        unreported=int(np.count_nonzero(~arrears["is_known"])),
    )


def bucket_grouping(arrears: Mapping[str, Column], which: Codes, texts: Sequence[str]) -> Grouping:
    """The bucket of each loan by the set its product names: `which` indexes `texts`.

    Sets may share names; a name stands once, in the order in which the sets bring it.
    """
    sets = [read_buckets(text) for text in texts]
    names = tuple(dict.fromkeys(name for each in sets for name in each.names))
    code = np.full(len(which), NO_ID, np.int64)
    for number, each in enumerate(sets):
        mine = (which == number) & arrears["is_known"]
        found = each.of(arrears["past_due_days"][mine], arrears["is_late"][mine])
        code[mine] = np.array([names.index(name) for name in each.names], np.int64)[found]
    return Grouping("bucket", code, names)


def ageing_by(portfolio: Portfolio, groupings: Sequence[Grouping]) -> list[tuple[tuple[str, ...], AgeingRow]]:
    """One row per combination of groups that occurs, in the order of the groups' names."""
    codes = np.stack([each.code for each in groupings], axis=1)
    is_in = np.all(codes >= 0, axis=1)
    found: list[tuple[tuple[str, ...], AgeingRow]] = []
    for combination in np.unique(codes[is_in], axis=0).tolist():
        names = tuple(each.names[code] for each, code in zip(groupings, combination, strict=True))
        mine = is_in & np.all(codes == combination, axis=1)
        found.append((names, portfolio.row(" / ".join(names), mine)))
    return found


def _bands(portfolio: Portfolio, grouping: Grouping) -> Iterator[AgeingRow]:
    """Every band of late loans, empty ones too, but for day 0, which few lenders report."""
    for code, name in enumerate(grouping.names):
        row = portfolio.row(name, portfolio.arrears["is_late"] & (grouping.code == code))
        if row.loans or name not in (*NOT_LATE, DAY_ZERO):
            yield row


def _classes(portfolio: Portfolio) -> list[AgeingRow]:
    """The states in the vocabulary's order, lateness month by month."""
    rows, arrears = [], portfolio.arrears
    for status in ReportedStatus:
        mine = arrears["is_reported"] & (arrears["status"] == status)
        for months in np.unique(arrears["months_late"][mine]):
            in_class = mine & (arrears["months_late"] == months)
            rows.append(portfolio.row(name_of(status), in_class, int(months)))
    return rows


def _shared(amounts: Column, share: Codes) -> Column:
    """The part of each amount that its share is, rounded towards zero: exact, as objects."""
    exact = [
        abs(amount) * part // SHARE_UNIT * (1 if amount >= 0 else -1)
        for amount, part in zip(amounts.tolist(), share.tolist(), strict=True)
    ]
    return np.array(exact, np.int64)


def _exact_sum(minor: Column) -> int:
    """A sum that cannot overflow: the halves of the numbers are added apart."""
    high, low = minor >> 32, minor & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())
