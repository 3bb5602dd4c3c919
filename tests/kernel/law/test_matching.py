"""Whom a rule speaks of."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import pytest
from hypothesis import given

from arrears.kernel.facts import NO_ID
from arrears.kernel.law.matching import CODED_FIELDS, FIELDS, matching_rows
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.places import is_within
from arrears.kernel.vocabulary import name_of
from arrears.rulepacks.zones import ZONES
from tests.kernel.law.builders import a_person_called
from tests.kernel.law.laws import a_rule
from tests.kernel.law.oracle import Oracle, rows_of_table
from tests.kernel.law.worlds import World, worlds


def rows(rule, *situations) -> list[int]:
    facts, candidates, _ = situation_facts(
        [{"at": "2026-07-14T09:00:00Z", **each} for each in situations], ZONES
    )
    return list(matching_rows(facts, rule, candidates))


@given(worlds())
def test_the_rows_that_match_are_those_of_the_law_read_aloud(world: World):
    oracle = Oracle(world.facts, world.law)
    for rule in (*world.law.rules, *world.law.exceptions):
        expected = [i for i, row in enumerate(rows_of_table(world.candidates)) if oracle.matches(row, rule)]
        assert list(matching_rows(world.facts, rule, world.candidates)) == expected


@pytest.mark.parametrize("field", CODED_FIELDS)
def test_what_is_not_known_matches_no_name_not_even_the_last(field):
    column, kind = CODED_FIELDS[field]
    assert issubclass(kind, IntEnum)
    facts, candidates = a_person_called(zones=["UTC"], at=[])
    for member in kind:
        rule = a_rule("any", "forbid", match={field: (name_of(member),)})
        for code, expected in ((member, [0]), (NO_ID, [])):
            asked = {**candidates, column: np.array([int(code)])}
            assert list(matching_rows(facts, rule, asked)) == expected, (member, code)


@pytest.mark.parametrize(
    ("place", "wanted", "expected"),
    [
        ("US", ("US",), True),
        ("US-MA", ("US",), True),
        ("US-MA", ("US-MA",), True),
        ("US-MA", ("US-NY", "US-MA"), True),
        ("US-M", ("US-MA",), False),
        ("US-MAX", ("US-MA",), False),
        ("USX", ("US",), False),
        ("US", ("US-MA",), False),
        ("CN", ("US",), False),
        ("GU", ("US",), True),
        ("GU", ("US-GU",), True),
        ("US-GU", ("GU",), True),
        ("US-GU", ("US-PR",), False),
        ("RE", ("FR",), True),
        ("PF", ("FR",), False),
        ("CN-HK", ("CN",), False),
        ("CN-HK", ("HK",), True),
        ("TW-HUA", ("CN-TW",), True),
        ("CN-GD", ("CN",), True),
    ],
)
def test_a_region_lies_in_its_country_and_in_nothing_that_is_spelt_alike(place, wanted, expected):
    assert is_within(place, wanted) is expected


def test_a_place_bound_rule_binds_if_any_plausible_place_matches():
    rule = a_rule("ma", "forbid", match={"recipient_places": ("US-MA",)})

    assert rows(rule, {"recipient": {"places": ["CN"]}}, {"recipient": {"places": ["CN", "US-MA"]}}, {}) == [
        1
    ]


def test_a_rule_of_a_country_binds_by_residence_or_by_contract():
    rule = a_rule("cn", "forbid", match={"place_or_law": ("CN",)})
    by_residence, by_contract = {"recipient": {"places": ["CN"]}}, {"loan": {"law": "CN"}}

    assert rows(rule, {}, by_residence, by_contract, {"loan": {"law": "US"}}) == [1, 2]
    assert rows(a_rule("cn", "forbid", match={"governing_law": ("CN",)}), by_residence, by_contract) == [1]


def test_every_field_must_match_and_in_a_field_any_name():
    rule = a_rule("both", "forbid", match={"channel": ("call", "sms"), "purpose": ("collect",)})

    assert rows(
        rule,
        {"channel": "call"},
        {"channel": "sms", "purpose": "service"},
        {"channel": "email"},
        {"channel": "sms"},
    ) == [0, 3]


def test_a_rule_without_fields_speaks_of_everybody():
    assert rows(a_rule("any", "forbid"), {}, {}) == [0, 1]
    assert set(FIELDS) > set(CODED_FIELDS)
