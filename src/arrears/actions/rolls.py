"""Roll rates of a lender's loans between two days: read, nothing written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from arrears.actions.ageing import Books, load_books
from arrears.kernel.arrears import Portfolio
from arrears.kernel.arrears.ageing import Grouping
from arrears.kernel.arrears.rolls import Roll, rolls_of
from arrears.kernel.days import datetime_of, day_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NO_ID, Facts, rows_of
from arrears.rulepacks import ZONES


@dataclass(frozen=True, slots=True)
class RollReport:
    """Roll rates, all loans together or (`product` None) product by product."""

    from_on: date
    to_on: date
    rolls: tuple[tuple[str | None, Roll], ...]


def get_rolls(
    *,
    lender_id: int,
    from_on: date,
    to_on: date,
    known_at: datetime,
    as_then_known: bool = False,
    by_product: bool = False,
    buckets: str | None = None,
) -> RollReport:
    """How the loans moved between buckets from the end of one day to the end of another.

    as_then_known   each day as it was known at its own end; else both as known at `known_at`
    Raises BadInput for days out of order and bands there are not.
    """
    if to_on <= from_on:
        raise BadInput("rolls.days", f"{to_on} is not after {from_on}.", hint="--from is the earlier day.")
    later = load_books(lender_id=lender_id, known_at=known_at, buckets=buckets)
    instants = [_end_of(later.facts, day) if as_then_known else known_at for day in (from_on, to_on)]
    books = [load_books(lender_id=lender_id, known_at=at, buckets=buckets) for at in instants]
    portfolios, groupings = zip(
        *(_standing(each, later, day) for each, day in zip(books, (from_on, to_on), strict=True)), strict=True
    )
    closed = later.facts["loan"]["is_closed"]
    rolls: list[tuple[str | None, Roll]] = []
    for product in range(len(later.products)) if by_product else (None,):
        mine = np.ones(len(closed), np.bool_) if product is None else later.product == product
        rows = np.flatnonzero(mine)
        first, second = (each.take(rows) for each in portfolios)
        parts = [replace(each, code=each.code[rows]) for each in groupings]
        name = None if product is None else later.products[product]
        rolls += [(name, roll) for roll in rolls_of(first, second, parts, closed[rows])]
    return RollReport(from_on, to_on, tuple(rolls))


def _standing(books: Books, later: Books, on: date) -> tuple[Portfolio, Grouping]:
    """The loans of `later` as these books have them: what they do not know stands in no bucket."""
    portfolio = books.portfolio(on)
    (grouping,) = books.groupings(portfolio, ["bucket"])
    row = rows_of(books.facts["loan"]["loan"], later.facts["loan"]["loan"])
    if len(books.facts["loan"]["loan"]) == 0:
        return later.portfolio(on), replace(grouping, code=np.full(len(row), NO_ID))
    return portfolio.take(np.maximum(row, 0)), replace(
        grouping, code=np.where(row >= 0, grouping.code[np.maximum(row, 0)], NO_ID)
    )


def _end_of(facts: Facts, on: date) -> datetime:
    """The first instant after a day of the lender."""
    zone = ZONES[facts.zones[facts["lender"]["zone"][0]]]
    return datetime_of(int(zone.first_instant(np.array([day_of(on) + 1]))[0]))
