"""By when something must be done, from when it may be, and the one-off repair of credit records."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from arrears.kernel.days import months_before
from arrears.kernel.tables.entries import NOT_KNOWN, Answer, Entry, Facts, WorkingDays
from arrears.kernel.tables.periods import after, after_business_days

_DAY = timedelta(days=1)


def deadline(entry: Entry, facts: Facts, works: WorkingDays) -> Answer:
    """`in_time` when done, or while still to be done, by the last day; else `late`.

    An extension is a permission: that of an uncertain entry counts only where a named approver relies
    on it (`is_extension_relied_on`).
    """
    start: date | None = facts.get(entry.params["starts"])
    if start is None:
        return Answer(NOT_KNOWN, missing=(entry.params["starts"],))
    last_on = _last(start, entry, facts, works)
    done_on: date = facts.get("done_on") or facts["on"]
    return Answer("in_time" if done_on <= last_on else "late", last_on)


def _last(start: date, entry: Entry, facts: Facts, works: WorkingDays) -> date:
    params = entry.params
    begin = start - _DAY if params.get("is_first_day_counted") else start
    if "business_days" in params:
        begin = after_business_days(begin, params["business_days"], params["calendar"], works)
    is_relied_on = not entry.is_uncertain or facts.get("is_extension_relied_on", False)
    extended = params.get("extended_days", {}).get(facts.get("extension")) if is_relied_on else None
    return after(begin, params) if extended is None else begin + timedelta(days=extended)


def wait(entry: Entry, facts: Facts) -> Answer:
    """`open` from the day that ends the period, or (`is_clear`) from the day after; before it `too_early`."""
    start: date | None = facts.get(entry.params["starts"])
    if start is None:
        return Answer("too_early", missing=(entry.params["starts"],))
    from_on = after(start, entry.params) + (_DAY if entry.params.get("is_clear") else timedelta(0))
    return Answer("open" if facts["on"] >= from_on else "too_early", from_on)


def effective_demand(entry: Entry, facts: Facts) -> Answer:
    """`open` some months after the second of two demands that are far enough apart, both proved received."""
    demands = sorted(facts.get("demanded_on", ()))
    second = next(
        (day for day in demands if (day - demands[0]).days >= entry.params["apart_days"]),
        None,
    )
    if second is None:
        return Answer("too_early", missing=("demanded_on",))
    from_on = after(second, entry.params) + _DAY
    return Answer("open" if facts["on"] >= from_on else "too_early", from_on)


def repair(entry: Entry, facts: Facts) -> Answer:
    """`hidden` from a day on, where the entry of the credit record arose, was small and was settled in time.

    Settled early, it is hidden from one day for all; later, by the end of the month after the settlement.
    """
    hidden_on = _hidden_on(entry.params, facts)
    if hidden_on is None:
        return Answer("shown")
    return Answer("hidden" if facts["on"] >= hidden_on else "shown", hidden_on)


def _hidden_on(params: Mapping[str, Any], facts: Facts) -> date | None:
    settled_on: date | None = facts.get("settled_on")
    is_meant = (
        params["arose_from"] <= facts["arose_on"] <= params["arose_until"]
        and facts["overdue_minor"] <= params["max_minor"]
    )
    if not is_meant or settled_on is None or settled_on > params["settled_until"]:
        return None
    return (
        params["early_hidden_on"] if settled_on <= params["early_until"] else _end_of_next_month(settled_on)
    )


def _end_of_next_month(on: date) -> date:
    following = months_before(on.replace(day=1), -1)
    return following.replace(day=calendar.monthrange(following.year, following.month)[1])
