"""A situation by value says what a database would, or is refused in words."""

from __future__ import annotations

import numpy as np
import pytest

from arrears.kernel.days import datetime_of
from arrears.kernel.errors import BadInput
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.told import moment_of
from arrears.rulepacks.zones import ZONES

AT = "2026-07-14T09:00:00+08:00"


def read(**told):
    return situation_facts([{"at": AT, **told}], ZONES)


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/New_York", "2026-03-08T01:59:00", "2026-03-08T06:59"),
        (
            "America/New_York",
            "2026-03-08T02:30:00",
            "2026-03-08T07:30",
        ),  # left out: as if the clock had not moved
        ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30"),  # twice: the first
        ("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00"),
        ("Pacific/Honolulu", "2026-07-14T08:00:00", "2026-07-14T18:00"),
    ],
)
def test_wall_time_that_is_skipped_or_repeated_is_read_with_the_offset_before(zone, wall, utc):
    assert datetime_of(moment_of(wall, zone, ZONES)).isoformat().startswith(utc)


def test_what_is_listed_twice_is_said_once():
    facts, _, _ = read(
        holds=[{"stops": ["calls", "calls"]}],
        agreements=[{"weekdays": [1, 1], "from": "22:00", "to": "23:00"}],
    )

    assert facts["hold"]["stops"][0] == 2
    assert facts["agreement"]["weekdays"][0] == 1


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"chanel": "sms"}, "unknown key 'chanel'"),
        ({"channel": "fax"}, "'fax' is not a Channel"),
        ({"at": "tomorrow"}, "'at' is not a date and time"),
        ({"recipient": {"zones": ["Asia/Peking"]}}, "no time zone is called 'Asia/Peking'"),
        ({"in_zone": "Nowhere"}, "no time zone is called 'Nowhere'"),
        ({"recipient": "CN"}, "'recipient' is not a table"),
        ({"contacts": {"at": AT}}, "'contacts' is not a list of tables"),
        ({"contacts": [AT]}, "'contacts' is not a list of tables"),
        ({"contacts": [{}]}, "'at' is missing"),
        ({"contacts": [{"at": AT, "debts": "card"}]}, "'debts' is not a list"),
        ({"recipient": {"places": "CN"}}, "'places' is not a list"),
        ({"agreements": [{"from": "22:00"}]}, "'to' is not a time of day"),
        ({"agreements": [{"from": "22:00", "to": "25:00"}]}, "'to' is not a time of day"),
        ({"agreements": [{"from": "2200", "to": "23:00"}]}, "'from' is not a time of day"),
        (
            {"agreements": [{"from": "22:00", "to": "23:00", "weekdays": [0]}]},
            "'weekdays' are numbers from 1",
        ),
        ({"opt_outs": [{"by": "nobody"}]}, "'by' must be person or number"),
        ({"holds": [{"on": "house"}]}, "'on' must be loan or person"),
        ({"holds": [{"stops": ["everything"]}]}, "'everything' is not a Stops"),
        ({"overrides": [{}]}, "'rule' is missing"),
        ({"payments": [{"on": "soon"}]}, "'on' is not a date: soon"),
        ({"payments": [{}]}, "'on' is missing"),
    ],
)
def test_a_situation_that_cannot_be_read_says_which_and_what(told, what):
    with pytest.raises(BadInput) as refused:
        situation_facts([{"at": AT}, {"at": AT, **told}], ZONES)

    assert refused.value.code == "situation.bad"
    assert refused.value.what.startswith(f"Situation 2: {what}"), refused.value.what


def test_many_situations_do_not_share_people_loans_or_numbers():
    contacts = [{"at": "2026-07-14T08:00:00+08:00"}]
    facts, candidates, at = situation_facts([{"at": AT, "contacts": contacts}] * 3, ZONES)

    for column in ("person", "loan", "debt", "value", "lender", "point"):
        assert len(np.unique(candidates[column])) == 3
    assert len(at) == len(facts["contact"]["at"]) == 3


def test_no_situations_are_no_candidates():
    _, candidates, at = situation_facts([], ZONES)

    assert len(candidates["loan"]) == len(at) == 0
