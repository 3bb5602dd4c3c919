"""Whole packs, as shipped, against the law read aloud."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.vocabulary import LIABLE, RecipientKind, name_of
from arrears.rulepacks import load_law
from tests.effort import effort
from tests.kernel.law.test_solver import assert_agrees
from tests.kernel.law.worlds import worlds

LAWS = {
    "cn": load_law(("cn",), with_house=False),
    "tw": load_law(("tw",), with_house=False, switched_on=["tw.hours.agreed"]),
    "us": load_law(("us",), with_house=False),
    "house": load_law(()),
    "every": load_law(switched_on=["tw.hours.agreed", "in.2026.hours", "in.2026.stated"]),
}


@pytest.mark.parametrize("law", LAWS)
@given(world=worlds(), days=st.sampled_from([1, 10]))
@settings(max_examples=effort(15, 80))
def test_a_shipped_pack_agrees_with_the_law_read_aloud(law, world, days):
    facts = replace(
        world.facts, rules=("us.call.7in7", "us.time.default", "cn.hours.gb", "house.hours", "no.rule")
    )

    assert_agrees(replace(world, law=LAWS[law], facts=facts), days)


def test_nobody_who_does_not_owe_the_debt_is_contacted():
    forbidden = set(load_law().rule("house.third-persons").match["recipient_kind"])

    assert forbidden == {name_of(kind) for kind in RecipientKind if kind not in LIABLE}


def test_what_a_law_says_is_worded_differently_in_each_language():
    for rule in (*LAWS["every"].rules, *LAWS["every"].exceptions):
        assert len(set(rule.about.values())) == 3, rule.id
