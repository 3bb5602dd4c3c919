"""Business days: until when may be paid what falls due on a day off.

Days off are the weekend and the public holidays of a calendar (ISO 3166), as the library
`holidays` knows them, days worked in their stead taken out.

    following             the next business day
    modified_following    the same, unless it lies in the next month: then the due day itself,
                          because nobody has to pay before his debt is due
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import holidays

from arrears.actions.feeds.rows import Rows
from arrears.actions.importing import values
from arrears.store.copying import copy_into


@cache
def _calendars() -> dict[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


def calendar(text: str) -> str:
    """A place whose holidays are known. Raises ValueError."""
    country, _, part = values.place(text).partition("-")
    known = _calendars()
    if country not in known or (part and part not in known[country]):
        raise ValueError("is a place whose public holidays are not known here")
    return text


def payable_until(place: str, roll: str, due_on: date) -> date:
    """The last day on which what falls due on `due_on` is paid in time."""
    off = _days_off(place)
    if off.is_working_day(due_on):
        return due_on
    following: date = off.get_nth_working_day(due_on, 1)
    if roll == "modified_following" and following.month != due_on.month:
        return due_on
    return following


def roll_due_days(rows: Rows) -> None:
    """Set `payable_until` of working rows that fall due on a day off and do not state it themselves.

    The rows have `due_on`, `payable_until_on`, `calendar` and `business_day_roll`.
    """
    rows.execute(
        f"CREATE TEMP TABLE {rows.table}_off"
        " (calendar text, roll text, due_on date, until_on date) ON COMMIT DROP"
    )
    copy_into(f"{rows.table}_off", ("calendar", "roll", "due_on", "until_on"), list(_rolled(rows)))
    rows.execute(
        f"UPDATE {{rows}} AS r SET payable_until = off.until_on FROM {rows.table}_off AS off"
        " WHERE (r.calendar, r.business_day_roll, r.due_on) = (off.calendar, off.roll, off.due_on)"
        " AND r.payable_until_on IS NULL"
    )


def _rolled(rows: Rows) -> Iterator[tuple[str, str, date, date]]:
    asked = rows.fetch(
        "SELECT DISTINCT calendar, business_day_roll, due_on FROM {rows}"
        " WHERE business_day_roll <> 'none' AND payable_until_on IS NULL"
    )
    for place, roll, due_on in asked:
        until_on = payable_until(place, roll, due_on)
        if until_on != due_on:
            yield place, roll, due_on, until_on


@cache
def _days_off(place: str) -> holidays.HolidayBase:
    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
