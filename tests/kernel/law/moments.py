"""Where and when: zones whose clocks do odd things, and instants around their changes.

Instants repeat each other on purpose, because that is where rules about time go wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from arrears.kernel.facts import ALWAYS, NEVER
from tests.kernel.law import civil

MINUTE = 60_000_000
DAY = 1440 * MINUTE
PLACES = ("CN", "US", "US-MA", "TW")
ZONE_NAMES = (
    "Asia/Shanghai",
    "America/New_York",
    "Pacific/Honolulu",
    "Europe/London",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # summer time of thirty minutes
    "America/Santiago",  # changes at midnight
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Havana",
    "Africa/Casablanca",  # off summer time for Ramadan
    "Antarctica/Troll",  # summer time of two hours
    "Pacific/Chatham",
    "Pacific/Kiritimati",  # UTC+14
    "Pacific/Pago_Pago",  # UTC-11
    "Pacific/Apia",  # left out a day in 2011
    "America/St_Johns",  # until 2011 went back from 00:01 to 23:01
)
CHANGES = tuple(
    sorted(
        at
        for name in ZONE_NAMES
        for at in civil.changes_of_clock(name)
        if civil.date_at("UTC", at).year in (2026, 2027)
        or (name in ("Pacific/Apia", "America/St_Johns") and civil.date_at("UTC", at).year in (2010, 2011))
    )
)


@dataclass(frozen=True)
class Moments:
    """A few instants that facts and questions share."""

    base: int
    pool: tuple[int, ...]

    def some(self) -> st.SearchStrategy[int]:
        near = st.integers(-12 * 1440, 20 * 1440).map(lambda minutes: self.base + minutes * MINUTE)
        return st.one_of(st.sampled_from(self.pool), near)

    def starts(self) -> st.SearchStrategy[int]:
        return st.one_of(st.just(ALWAYS), self.some())

    def ends(self) -> st.SearchStrategy[int]:
        return st.one_of(st.just(NEVER), self.some())


@st.composite
def moments(draw: st.DrawFn) -> Moments:
    at = draw(st.sampled_from(CHANGES))
    base = at + draw(st.sampled_from([0, -1, 1, -MINUTE, 30 * MINUTE, -DAY, DAY, 5 * DAY, 90 * DAY]))
    steps = draw(st.lists(st.integers(-4 * 24, 12 * 24), min_size=2, max_size=5))
    return Moments(base, (base, *(base + step * 60 * MINUTE for step in steps)))
