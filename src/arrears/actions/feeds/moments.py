"""Moments: a civil day, a wall time or an instant, as the lender's file has it.

They are staged as text, because which instant a day or a wall time is, is known only with a time
zone: the lender's, or one that the row states. `begins` and `ends` give that instant in SQL.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from arrears.actions.feeds.kinds import Kind
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.validating import YEARS_AHEAD
from arrears.actions.importing import values

LENDER_ZONE = "(SELECT zone FROM organisation WHERE id = %(lender)s)"
DAY_IS_WHOLE = "A date: that day is still part of it."

_DAY_LENGTH = 10
_DAY = r"(?P<on>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = r"(?P<time>[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)"
_MOMENT = re.compile(rf"{_DAY}([T ]{_TIME}(?P<offset>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?", re.ASCII)
_FAST_DAY = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_FAST_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_FAST_OFFSET = "[+-]([01][0-9]):[0-5][0-9]"


def _moment(text: str) -> str:
    """`2026-03-01`, on a wall `2026-03-01T10:00:00`, or as an instant `2026-03-01T02:00:00Z`."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError("is not a date or a time, such as 2026-03-01 or 2026-03-01T10:00+08:00")
    values.day(found["on"])
    if found["time"] is None:
        return found["on"]
    try:
        at = datetime.fromisoformat(f"{found['on']}T{found['time']}{found['offset'] or ''}")
        return (
            at.isoformat() if at.tzinfo is None else f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
        )
    except (ValueError, OverflowError):
        raise ValueError("is a time that no clock shows") from None


def _fast(text: pl.Expr) -> pl.Expr:
    day = pl.when(text.str.contains(f"^{_FAST_DAY}$")).then(text)
    wall = pl.when(text.str.contains(f"^{_FAST_DAY}[T ]{_FAST_TIME}$")).then(text.str.replace(" ", "T"))
    instant = pl.when(text.str.contains(f"^{_FAST_DAY}[T ]{_FAST_TIME}{_FAST_OFFSET}$")).then(
        text.str.replace(" ", "T")
    )
    return pl.coalesce(
        pl.when(day.str.to_date("%Y-%m-%d", strict=False).is_not_null()).then(day),
        pl.when(wall.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False).is_not_null()).then(wall),
        instant.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", strict=False, time_unit="us").dt.strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        ),
    )


MOMENT = Kind(
    "a date `2026-03-01`, a time at the lender `2026-03-01T10:00`, or an instant `2026-03-01T10:00+08:00`",
    "text",
    pl.String(),
    _moment,
    _fast,
)


def _time(text: str) -> str:
    moment = _moment(text)
    if len(moment) == _DAY_LENGTH:
        raise ValueError("is a day without a time")
    return moment


TIME = replace(
    MOMENT,
    accepts="a time `2026-03-01T10:00`, or an instant `2026-03-01T10:00+08:00`",
    parse=_time,
    fast=lambda text: pl.when(text.str.len_chars() > _DAY_LENGTH).then(_fast(text)),
)


def begins(name: str, *, zone: str = LENDER_ZONE) -> str:
    """The instant of a staged moment; a day stands for its first. Null when it is empty."""
    return (
        f"CASE WHEN right(s.{name}, 1) = 'Z' THEN s.{name}::timestamptz"
        f" ELSE s.{name}::timestamp AT TIME ZONE {zone} END"
    )


def ends(name: str) -> str:
    """The instant before which it is over: a day stands for the first of the day after it."""
    return (
        f"CASE WHEN length(s.{name}) = {_DAY_LENGTH}"
        f" THEN (s.{name}::date + 1)::timestamp AT TIME ZONE {LENDER_ZONE}"
        f" ELSE {begins(name)} END"
    )


def reject_far(rows: Rows, *names: str) -> None:
    """Instants (columns `new_NAME`) so far away that somebody meant "no end" by them."""
    today = rows.run.today
    latest = today.replace(year=today.year + YEARS_AHEAD, day=min(today.day, 28))
    for name in names:
        reason = f"lies after {latest}; a day that is not known is left empty"
        rows.reject(name, reason, f"r.new_{name} > timestamptz '{latest}' + interval '2 days'")


def reject_future(rows: Rows, name: str) -> None:
    """An instant that has not come cannot be told of."""
    rows.reject(name, "lies in the future", f"r.new_{name} > %(at)s")


def reject_backwards(rows: Rows) -> None:
    """A span that ends before it begins; one that ends as it begins says that nothing was meant."""
    rows.reject("until_at", "lies before from_at", "r.new_until_at < r.new_from_at")
