"""What places and telephone numbers say of the time zones in which somebody may be."""

from __future__ import annotations

import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from arrears.kernel.days import datetime_of
from arrears.kernel.errors import BadInput
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.rulepacks import load_law
from arrears.rulepacks.whereabouts import zones_of_telephone
from arrears.rulepacks.zones import ZONES

HOUSE = load_law()
"""Contact from 8:00 until before 20:00, in every zone."""


@pytest.mark.parametrize(
    ("place", "zones"),
    [
        ("TW", ("Asia/Taipei",)),
        ("TW-HUA", ("Asia/Taipei",)),
        ("CN", ("Asia/Shanghai",)),
        ("CN-XJ", ("Asia/Shanghai",)),
        ("GB", ("Europe/London",)),
        ("DE", ("Europe/Berlin",)),
        ("MY", ("Asia/Kuala_Lumpur",)),
        ("IN", ("Asia/Kolkata",)),
        ("NP", ("Asia/Kathmandu",)),
        ("GU", ("Pacific/Guam",)),
        ("US-GU", ("Pacific/Guam",)),
        ("US-PR", ("America/Puerto_Rico",)),
        ("CN-HK", ("Asia/Hong_Kong",)),
        ("FR-RE", ("Indian/Reunion",)),
        ("US", ()),
        ("US-NY", ()),
        ("ES", ()),
        ("AU", ()),
        ("KI", ()),
        ("NZ", ()),
        ("XX", ()),
        ("", ()),
    ],
)
def test_a_place_has_a_zone_where_all_clocks_of_its_country_agree(place, zones):
    assert ZONES.of_place(place) == zones


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+19175550123", ("America/New_York",)),
        ("+18085550123", ("Pacific/Honolulu",)),
        ("+19285550123", ("America/Phoenix",)),
        ("+12085550123", ("America/Boise", "America/Los_Angeles")),
        ("+886912345678", ("Asia/Taipei",)),
        ("+8613800138000", ("Asia/Shanghai",)),
        ("+447400123456", ("Europe/London",)),
        ("+9779841234567", ("Asia/Kathmandu",)),
        ("+919812345678", ("Asia/Kolkata",)),
        ("+61265632000", ("Australia/Lord_Howe",)),
        ("+16846331234", ("Pacific/Pago_Pago",)),
        ("+18005550123", ()),
        ("+61412345678", ()),
        ("+79161234567", ()),
        ("+34612345678", ()),
        ("+68673012345", ()),
        ("+999123456789", ()),
    ],
)
def test_a_number_speaks_for_the_zones_of_its_prefix_unless_it_could_be_anywhere(number, zones):
    assert ZONES.of_telephone(number) == zones


def test_every_zone_that_a_prefix_can_name_is_one_with_offsets():
    named = {zone for zones in TIMEZONE_DATA.values() for zone in zones}

    assert named - set(ZONES) == set()


def opening(at: str, **recipient) -> str:
    """When contact is permitted from `at` on, in UTC; or the fact that is missing."""
    situation = {"at": at, "channel": "email", "recipient": {"places": ["US"], **recipient}}
    facts, candidates, instants = situation_facts([situation], ZONES)
    solution = solve(facts, HOUSE, candidates, instants)
    if solution.result[0] == Result.ALLOW:
        return "now"
    found = [reason.release.fact for reason in solution.reasons(0) if reason.release.fact]
    return found[0] if found else f"{datetime_of(int(solution.from_at[0])):%d %H:%M}"


@pytest.mark.parametrize(
    ("at", "recipient", "when"),
    [
        # Samoa and American Samoa show the same time on two days
        ("2026-07-14T18:59Z", {"telephones": ["+68524123", "+16846331234"]}, "14 19:00"),
        ("2026-07-14T19:00Z", {"telephones": ["+68524123", "+16846331234"]}, "now"),
        ("2026-07-15T06:59Z", {"telephones": ["+68524123", "+16846331234"]}, "now"),
        ("2026-07-15T07:00Z", {"telephones": ["+68524123", "+16846331234"]}, "15 19:00"),
        # so do the Line Islands of Kiribati, 14 hours ahead, and Honolulu, 10 behind
        ("2026-07-14T17:59Z", {"zones": ["Pacific/Kiritimati"], "telephones": ["+18085550123"]}, "14 18:00"),
        ("2026-07-14T18:00Z", {"zones": ["Pacific/Kiritimati"], "telephones": ["+18085550123"]}, "now"),
        # Lord Howe is half an hour ahead of Sydney in winter, and not at all in summer
        ("2026-07-13T21:59Z", {"zones": ["Australia/Sydney"], "telephones": ["+61265632000"]}, "13 22:00"),
        ("2026-07-14T09:29Z", {"zones": ["Australia/Sydney"], "telephones": ["+61265632000"]}, "now"),
        ("2026-07-14T09:30Z", {"zones": ["Australia/Sydney"], "telephones": ["+61265632000"]}, "14 22:00"),
        ("2026-01-14T08:59Z", {"zones": ["Australia/Sydney"], "telephones": ["+61265632000"]}, "now"),
        ("2026-01-14T09:00Z", {"zones": ["Australia/Sydney"], "telephones": ["+61265632000"]}, "14 21:00"),
        # Nepal is a quarter of an hour ahead of India
        ("2026-07-14T02:29Z", {"telephones": ["+9779841234567", "+919812345678"]}, "14 02:30"),
        ("2026-07-14T14:14Z", {"telephones": ["+9779841234567", "+919812345678"]}, "now"),
        ("2026-07-14T14:15Z", {"telephones": ["+9779841234567", "+919812345678"]}, "15 02:30"),
        # Arizona keeps one time, the Navajo Nation within it has summer time
        ("2026-07-14T14:59Z", {"zones": ["America/Denver"], "telephones": ["+19285550123"]}, "14 15:00"),
        ("2026-07-15T01:59Z", {"zones": ["America/Denver"], "telephones": ["+19285550123"]}, "now"),
        ("2026-07-15T02:00Z", {"zones": ["America/Denver"], "telephones": ["+19285550123"]}, "15 15:00"),
        ("2026-01-15T02:59Z", {"zones": ["America/Denver"], "telephones": ["+19285550123"]}, "now"),
        # an address in Hawaii and a mobile number of New York: both count, summer and winter
        ("2026-07-14T17:59Z", {"zones": ["Pacific/Honolulu"], "telephones": ["+19175550123"]}, "14 18:00"),
        ("2026-07-14T23:59Z", {"zones": ["Pacific/Honolulu"], "telephones": ["+19175550123"]}, "now"),
        ("2026-07-15T00:00Z", {"zones": ["Pacific/Honolulu"], "telephones": ["+19175550123"]}, "15 18:00"),
        ("2026-12-09T00:59Z", {"zones": ["Pacific/Honolulu"], "telephones": ["+19175550123"]}, "now"),
        # the clocks of New York go back on 1 November, those of London on 25 October
        ("2026-10-31T12:00Z", {"telephones": ["+12125550123"]}, "now"),
        ("2026-11-01T12:00Z", {"telephones": ["+12125550123"]}, "01 13:00"),
        ("2026-10-28T12:00Z", {"places": ["GB"], "telephones": ["+12125550123"]}, "now"),
        ("2026-10-28T20:00Z", {"places": ["GB"], "telephones": ["+12125550123"]}, "29 12:00"),
        # Taipei and New York share no hour in summer, and one in winter: here the 2nd of November
        ("2026-07-14T12:00Z", {"places": ["TW"], "telephones": ["+12125550123"]}, "02 00:00"),
        # nothing says where
        ("2026-07-14T12:00Z", {"places": ["US"], "telephones": ["+18005550123"]}, "place"),
        ("2026-07-14T12:00Z", {"places": ["US"]}, "place"),
    ],
)
def test_the_hours_are_those_common_to_every_zone_that_anything_speaks_for(at, recipient, when):
    assert opening(at, **recipient) == when


@pytest.mark.parametrize("told", ["0912345678", "+886 912 345 678", "+0", "+1234567890123456", ""])
def test_a_number_without_its_countrys_code_is_refused_and_not_quoted(told):
    with pytest.raises(BadInput, match="'telephones' are numbers with their country's code") as error:
        opening("2026-07-14T12:00Z", telephones=[told])

    assert not told or told not in error.value.what


def test_what_is_no_number_at_all_speaks_for_nothing():
    assert zones_of_telephone("nonsense") == ()
