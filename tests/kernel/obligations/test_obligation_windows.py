"""The last instant of a window, against a plain reading of the calendar."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.days import DAY, date_of, day_of
from arrears.kernel.facts import NEVER
from arrears.kernel.obligations.rules import Unit
from arrears.kernel.obligations.windows import last_instants, later, months_later
from arrears.rulepacks.obligations import CALENDARS
from arrears.rulepacks.zones import ZONES
from tests.kernel.obligations.builders import a_window

days = st.dates(date(2000, 1, 1), date(2060, 1, 1))
US = set(map(date_of, CALENDARS["US"]))


def last_day(window, on, extended=0):
    noon = np.array([day_of(on) * DAY + DAY // 2])
    last = last_instants(window, noon, np.array([extended]), ZONES["UTC"], CALENDARS)
    return date_of(int(last[0] // DAY))


def plain_months_later(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def plain_business_days_later(on: date, count: int) -> date:
    while count:
        on += timedelta(days=1)
        count -= on.weekday() < 5 and on not in US
    return on


@given(on=days, months=st.integers(-30, 30))
def test_months_end_on_the_same_day_or_on_the_last_of_a_shorter_month(on, months):
    found = months_later(np.array([day_of(on)]), np.array([months]))

    assert date_of(int(found[0])) == plain_months_later(on, months)


@given(on=days, count=st.integers(1, 40))
def test_business_days_leave_out_weekends_and_holidays(on, count):
    window = a_window(count, unit=Unit.BUSINESS_DAYS, calendar="US")

    found = later(window, np.array([day_of(on)]), np.array([count]), CALENDARS)

    assert date_of(int(found[0])) == plain_business_days_later(on, count)


def test_a_doubtful_holiday_gives_the_later_day():
    window = a_window(5, unit=Unit.BUSINESS_DAYS, calendar="US")

    assert last_day(window, date(2026, 6, 29)) == date(2026, 7, 7)


@pytest.mark.parametrize(
    ("window", "last_on"),
    [
        (a_window(14), date(2026, 9, 15)),
        (a_window(14, counts_anchor=True), date(2026, 9, 14)),
        (a_window(14, is_before=True), date(2026, 8, 17)),
        (a_window(14, is_before=True, counts_anchor=True), date(2026, 8, 18)),
        (a_window(0, is_before=True, counts_anchor=True), date(2026, 9, 1)),
        (a_window(6, unit=Unit.MONTHS), date(2027, 3, 1)),
    ],
)
def test_the_anchors_own_day_counts_or_does_not(window, last_on):
    assert last_day(window, date(2026, 9, 1)) == last_on


def test_extensions_are_added_in_the_windows_unit():
    assert last_day(a_window(1, unit=Unit.MONTHS), date(2026, 1, 31), 2) == date(2026, 4, 30)


def test_a_window_without_a_length_ends_at_the_event_or_never():
    at = np.array([DAY, NEVER])
    nothing = np.zeros(2, np.int64)

    before, after = (
        last_instants(a_window(None, is_before=is_before), at, nothing, ZONES["UTC"], CALENDARS)
        for is_before in (True, False)
    )

    assert before.tolist() == [DAY - 1, NEVER]
    assert after.tolist() == [NEVER, NEVER]


def test_a_day_lasts_as_long_as_it_does_where_it_counts():
    last = last_instants(a_window(0), np.array([0]), np.array([0]), ZONES["America/New_York"], CALENDARS)

    assert last.tolist() == [5 * DAY // 24 - 1]  # still the last evening of 1969 there
