"""Ageing over time: the buckets of a lender's loans at the ends of several days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arrears.actions.ageing import load_books
from arrears.kernel.arrears.buckets import NOT_LATE
from arrears.kernel.days import months_before
from arrears.kernel.errors import BadInput
from arrears.kernel.money import Money

_POINTS_MAX = 800


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket on one day; `overdue` has one sum per currency."""

    on: date
    bucket: str
    loans: int
    overdue: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Every bucket on every day, zeros included; `buckets` from current to latest, `late` without current."""

    days: tuple[date, ...]
    buckets: tuple[str, ...]
    late: tuple[str, ...]
    points: tuple[Point, ...]


def get_ageing_series(
    *,
    lender_id: int,
    from_on: date,
    to_on: date,
    every: str,
    known_at: datetime,
    product: str | None = None,
    buckets: str | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Series:
    """The series of a lender's loans from `from_on` to `to_on`, both included where the steps meet them.

    every   day, week or month, counted back from `to_on`
    Raises BadInput for days out of order, and for more of them than a picture can show.
    """
    days = _days(from_on, to_on, every)
    books = load_books(lender_id=lender_id, known_at=known_at, product=product, buckets=buckets)
    points: list[Point] = []
    names: tuple[str, ...] = ()
    for day in days:
        portfolio = books.portfolio(day)
        (grouping,) = books.groupings(portfolio, ["bucket"])
        names = grouping.names
        for code, name in enumerate(names):
            row = portfolio.row(name, grouping.code == code)
            points.append(Point(day, name, row.loans, row.overdue))
        advance(1)
    seen = {point.bucket for point in points if point.loans}
    kept = tuple(name for name in names if name in seen or name in NOT_LATE)
    late = tuple(name for name in kept if name not in NOT_LATE)
    return Series(tuple(days), kept, late, tuple(point for point in points if point.bucket in kept))


def _days(from_on: date, to_on: date, every: str) -> list[date]:
    if to_on < from_on:
        raise BadInput("ageing.days", f"{to_on} lies before {from_on}.", hint="--from is the earlier day.")
    days, step = [to_on], 0
    while len(days) <= _POINTS_MAX:
        step += 1
        earlier = months_before(to_on, step) if every == "month" else to_on - step * _STEPS[every]
        if earlier < from_on:
            return days[::-1]
        days.append(earlier)
    raise BadInput(
        "ageing.days",
        f"That is more than {_POINTS_MAX} days to look at.",
        hint="Take longer steps with --every, or fewer days.",
    )


_STEPS = {"day": timedelta(days=1), "week": timedelta(days=7)}
