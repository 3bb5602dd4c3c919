"""Permitted hours, by hand, at the places where clocks do something odd."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from arrears.kernel.facts import NEVER
from arrears.kernel.law import hours
from arrears.kernel.law.solver import solve
from tests.kernel.law import civil
from tests.kernel.law.builders import a_person_called, instant, with_rows
from tests.kernel.law.laws import a_law, a_rule

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def ask(zones: list[str], t: int, **params: object) -> tuple[int, int]:
    """`[from, until)` of one rule of hours for a person in these zones."""
    facts, candidates = a_person_called(zones=zones, at=[])
    params = {name.rstrip("_"): value for name, value in params.items()}
    solution = solve(facts, a_law((a_rule("hours", "hours", params=params),)), candidates, np.array([t]))
    return int(solution.from_at[0]), int(solution.until_at[0])


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "begins", "length"),
    [
        ("America/New_York", "2026-03-08", "02:00", "03:00", None, 0),  # the hour that is left out
        ("America/New_York", "2026-03-08", "01:30", "03:30", "01:30", 60),
        ("America/New_York", "2026-11-01", "00:30", "01:30", "00:30", 60),  # and once more, see below
        ("America/New_York", "2026-11-01", "00:30", "02:30", "00:30", 180),
        ("Australia/Lord_Howe", "2026-04-05", "01:00", "03:00", "01:00", 150),  # half an hour back
        ("Australia/Lord_Howe", "2026-10-04", "01:00", "03:00", "01:00", 90),
        ("America/Santiago", "2026-09-06", "00:00", "08:00", "01:00", 420),  # the day begins at 01:00
        ("Asia/Beirut", "2026-03-29", "00:00", "08:00", "01:00", 420),
        ("Africa/Cairo", "2026-04-24", "00:00", "08:00", "01:00", 420),
        ("Asia/Kolkata", "2026-07-14", "08:00", "20:00", "08:00", 720),
        ("America/New_York", "2026-03-07", "22:00", "06:00", "22:00", 420),  # nights with a change in them
        ("America/New_York", "2026-10-31", "22:00", "06:00", "22:00", 540),
    ],
)
def test_a_window_lasts_while_the_clock_on_the_wall_shows_it(*, zone, day, start, end, begins, length):
    before = 12 * HOUR if start > end else 0
    asked = next(civil.instants_showing(zone, date.fromisoformat(day), before))

    from_at, until_at = ask([zone], asked, from_=start, to=end)

    if begins is None:
        assert from_at == instant(zone, "2026-03-09 02:00")
    else:
        assert civil.wall(zone, from_at).strftime("%Y-%m-%d %H:%M") == f"{day} {begins}"
        assert until_at - from_at == length * MINUTE


def test_an_hour_that_comes_twice_is_permitted_twice():
    first = instant("America/New_York", "2026-11-01 00:30")

    again, until_at = ask(["America/New_York"], first + HOUR, from_="00:30", to="01:30")

    assert (again - first, until_at - again) == (90 * MINUTE, 30 * MINUTE)


def test_a_window_past_midnight_belongs_to_the_day_it_starts_on():
    friday = {"from_": "22:00", "to": "02:00", "weekdays": [5]}  # 2026-07-17 is a Friday
    early_friday, early_saturday = (instant("UTC", f"2026-07-{day} 00:30") for day in (17, 18))

    assert ask(["UTC"], early_friday, **friday)[0] == instant("UTC", "2026-07-17 22:00")
    assert ask(["UTC"], early_saturday, **friday) == (early_saturday, instant("UTC", "2026-07-18 02:00"))


def test_an_inclusive_end_permits_its_own_instant_and_no_later_one():
    nine = instant("America/Chicago", "2026-07-14 21:00")

    assert ask(["America/Chicago"], nine, from_="08:00", to="21:00", to_inclusive=True) == (nine, nine + 1)
    assert ask(["America/Chicago"], nine, from_="08:00", to="21:00")[0] == nine + 11 * HOUR


def test_either_side_of_the_date_line_two_places_share_what_both_permit():
    both = ["Pacific/Kiritimati", "Pacific/Pago_Pago"]  # 25 hours apart: one hour, one day apart
    t = instant("UTC", "2026-07-14 12:00")

    from_at, until_at = ask(both, t, from_="08:00", to="20:00")

    assert until_at - from_at == 11 * HOUR
    assert {civil.wall(zone, from_at).hour for zone in both} == {8, 9}


def test_places_half_a_day_apart_may_share_no_hour():
    assert ask(["Asia/Shanghai", "America/New_York"], 0, from_="09:00", to="17:00") == (NEVER, NEVER)


def test_time_that_opens_at_the_horizon_is_never_and_a_moment_before_it_is_found():
    facts, candidates = a_person_called(zones=["UTC"], at=[])
    law = a_law((a_rule("hours", "hours", params={"from": "08:00", "to": "20:00"}),))
    opens = instant("UTC", "2026-07-14 08:00")

    for horizon, expected in ((opens, NEVER), (opens + 1, opens)):
        asked = {"at": np.array([opens - HOUR]), "horizon_at": np.array([horizon])}
        assert solve(facts, law, candidates, **asked).from_at[0] == expected


def test_all_day_every_day_is_permitted_for_ever():
    for t in (0, instant("UTC", "2026-07-14 00:00")):
        assert ask(["Asia/Beirut", "UTC"], t, from_="00:00", to="24:00") == (t, NEVER)


def test_a_day_of_the_week_that_a_place_left_out_is_waited_for_a_fortnight():
    apia = "Pacific/Apia"  # Friday 2011-12-30 did not exist there
    saturday = instant(apia, "2011-12-24 00:00")

    from_at, _ = ask([apia], saturday, from_="00:00", to="24:00", weekdays=[5])

    assert civil.wall(apia, from_at).isoformat() == "2012-01-06T00:00:00"


@pytest.mark.parametrize("days_ahead", range(1, 16))
def test_how_far_hours_are_compiled_never_shows_in_an_answer(monkeypatch, days_ahead):
    monkeypatch.setattr(hours, "_BLOCK", DAY)
    apia = "Pacific/Apia"
    saturday = instant(apia, "2011-12-24 00:00")
    facts, candidates = a_person_called(zones=[apia], at=[])
    rule = a_rule("hours", "hours", params={"from": "00:00", "to": "24:00", "weekdays": [1, 2, 3, 4, 6, 7]})

    solution = solve(
        facts,
        a_law((rule,)),
        candidates,
        np.array([saturday]),
        horizon_at=np.array([saturday + days_ahead * DAY]),
    )

    assert solution.until_at[0] == saturday + 12 * DAY


def test_hours_agreed_on_hold_in_every_plausible_zone():
    zones = ["America/New_York", "America/Denver"]
    facts, candidates = a_person_called(zones=zones, at=[])
    whom = {"person": 10, "given_to": 1, "complied": -1, "channel": -1}
    agreed = {**whom, "weekdays": 127, "start_local": 22 * HOUR, "end_local": HOUR}
    facts = with_rows(facts, "agreement", [{**agreed, "from_at": 0, "until_at": NEVER}])
    law = a_law((a_rule("night", "forbid"),), (a_rule("agreed", "agreed_hours", lifts=("night",)),))

    solution = solve(facts, law, candidates, np.array([instant("UTC", "2026-07-14 12:00")]))

    assert solution.from_at[0] == instant("America/Denver", "2026-07-14 22:00")
    assert solution.until_at[0] == instant("America/New_York", "2026-07-15 01:00")
