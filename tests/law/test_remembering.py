"""What a law remembers of candidates it was asked about changes no answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from arrears.kernel.law import matching
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import solve
from arrears.rulepacks import load_law

LAW = load_law()
PLACES = ("TW", "US-MA", "CN")


def a_call(place):
    recipient = {"places": [place], "zones": ["Asia/Shanghai", "America/New_York"]}
    return {
        "at": "2026-11-23T14:30:00+00:00",
        "channel": "call",
        "recipient": recipient,
        "loan": {"law": place},
        "contacts_known": False,
    }


def refusing(law, situations):
    """Of each situation the rules that stand in its way."""
    facts, candidates, at = situation_facts(situations, law.zones)
    solution = solve(facts, law, candidates, at)
    return [{each.rule.id for each in solution.reasons(row)} for row in range(len(situations))]


@pytest.fixture(scope="module")
def expected():
    """By place what a law says that was asked about nothing before."""
    return {place: refusing(replace(LAW), [a_call(place)])[0] for place in PLACES}


@pytest.mark.parametrize("places", list(permutations(PLACES)))
def test_one_after_the_other_and_together_are_answered_alike(places, expected):
    law = replace(LAW)
    wanted = [expected[place] for place in places]
    assert len(set(map(frozenset, wanted))) == len(PLACES)

    assert [refusing(law, [a_call(place)])[0] for place in places] == wanted
    assert refusing(law, [a_call(place) for place in reversed(places)]) == wanted[::-1]


def test_of_many_all_rules_are_asked(expected):
    law = replace(LAW)

    assert refusing(law, [a_call("TW")] * 600) == [expected["TW"]] * 600

    assert law.spoken == {}


def test_no_more_is_remembered_than_there_is_room_for(expected, monkeypatch):
    monkeypatch.setattr(matching, "_REMEMBERED_MAX", 2)
    law = replace(LAW)

    for place in PLACES * 2:
        assert refusing(law, [a_call(place)]) == [expected[place]]

    assert len(law.spoken) <= 2
