"""Wall time as the kernel reckons it, against the standard library, for every zone there is."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.rulepacks.zones import ZONES
from tests.kernel.law import civil
from tests.kernel.law.moments import ZONE_NAMES

HOUR = 3_600_000_000
REAL = tuple(sorted(name for name in ZONES if "/" in name and not name.startswith("Etc/")))
SAMPLE = REAL[::9]


def test_every_zone_shows_the_standard_librarys_wall_time_on_both_sides_of_every_change():
    for name in SAMPLE + ZONE_NAMES:
        zone = ZONES[name]
        changes = civil.changes_of_clock(name)
        for at in (near for change in changes for near in (change - 1, change, change + HOUR)):
            local = (np.datetime64(0, "us") + zone.local(np.array([at]))[0]).astype(object)
            assert local == civil.wall(name, at), (name, at)


def test_no_change_of_clock_is_missed_or_invented():
    for name in SAMPLE + ZONE_NAMES:
        starts = [int(at) for at in ZONES[name].starts[1:]]
        first, last = civil.micros(civil._SCANNED_FROM), civil.micros(civil._SCANNED_UNTIL)
        assert tuple(at for at in starts if first < at <= last) == civil.changes_of_clock(name), name


@given(st.sampled_from(ZONE_NAMES), st.dates(date(2009, 2, 1), date(2030, 11, 1)))
@settings(max_examples=500)
def test_from_the_first_instant_of_a_day_on_the_wall_never_shows_an_earlier_day(name, on):
    first = int(ZONES[name].first_instant(np.array([civil.day_number(on)]))[0])

    assert civil.date_at(name, first) >= on
    assert civil.date_at(name, first - 1) < on
    for later in range(first, first + 30 * HOUR, HOUR // 4):
        assert civil.date_at(name, later) >= on


def test_a_clock_put_back_past_midnight_has_not_yet_begun_the_day():
    on = date(2010, 11, 7)  # St. John's went back from 00:01 on the 7th to 23:01 on the 6th

    first = int(ZONES["America/St_Johns"].first_instant(np.array([civil.day_number(on)]))[0])

    assert civil.wall("America/St_Johns", first - 1).date() == on - timedelta(days=1)
    assert first - 1 > civil.changes_of_clock("America/St_Johns")[3]


def test_a_day_that_a_place_left_out_begins_with_the_next():
    left_out = civil.day_number(date(2011, 12, 30))  # Samoa crossed the date line

    first = ZONES["Pacific/Apia"].first_instant(np.array([left_out, left_out + 1]))

    assert first[0] == first[1]


def test_an_unknown_zone_is_a_missing_key():
    with pytest.raises(KeyError):
        ZONES["Mars/Olympus"]
