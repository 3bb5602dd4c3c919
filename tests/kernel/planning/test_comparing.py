"""Who is treated differently under another strategy or law: none where nothing differs, and why else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from arrears.kernel.planning.comparing import Difference, Kind, differences
from arrears.kernel.planning.lived import live_period
from arrears.kernel.planning.strategy import Ladder, Segment, Strategy
from arrears.kernel.vocabulary import Channel, HoldReason, PointKind, Stops
from tests.effort import effort
from tests.kernel.planning.builders import a_step, a_strategy, a_strategy_of
from tests.kernel.planning.living import LAW, ON, lives
from tests.kernel.planning.world import APP, EMAIL, HOUSE, World, a_law, midnight

DAYS = 12
TWO = a_strategy(3, 7, channel=(Channel.IN_APP, Channel.EMAIL))


def a_late_world(loans=1):
    world = World()
    for loan in range(1, loans + 1):
        world.loan(loan, world.person(10 + loan, (APP, 100 + loan), (EMAIL, 200 + loan)))
        world.report(loan, ON - 1, since=ON - 3)
    return world


def lived(world, strategy, law=LAW, days=DAYS):
    return live_period(world.facts(), law, strategy, from_on=ON, until_on=ON + days)


def compared(world, current, new, *, current_law=LAW, new_law=LAW):
    """(difference, loans, first days) of every group."""
    found = differences(lived(world, current, current_law), lived(world, new, new_law))
    return [(each.difference, each.loans, tuple(on - ON for on in each.on)) for each in found]


@settings(max_examples=effort(16, 80), deadline=None)
@given(lives())
def test_the_same_strategy_on_both_sides_never_treats_anybody_differently(life):
    strategy, world = life

    assert differences(lived(world, strategy), lived(world, strategy)) == []


@settings(max_examples=effort(16, 80), deadline=None)
@given(lives(), lives())
def test_the_sides_exchanged_name_the_same_loans_and_days(life, other):
    (strategy, world), (another, _) = life, other
    here, there = lived(world, strategy), lived(world, another)

    forth, back = (
        sorted(pair for each in found for pair in zip(each.loans, each.on, strict=True))
        for found in (differences(here, there), differences(there, here))
    )

    assert forth == back


def test_another_channel():
    new = a_strategy(3, 7, channel=(Channel.EMAIL, Channel.EMAIL))

    assert compared(a_late_world(2), TWO, new) == [
        (Difference(Kind.OTHER_CHANNEL, "in_app", "email"), (1, 2), (0, 0))
    ]


def test_a_step_taken_later_and_seen_from_the_other_side_earlier():
    new = a_strategy(5, 7, channel=(Channel.IN_APP, Channel.EMAIL))

    assert compared(a_late_world(), TWO, new) == [(Difference(Kind.LATER, "s1", "s1", 2), (1,), (0,))]
    assert compared(a_late_world(), new, TWO) == [(Difference(Kind.EARLIER, "s1", "s1", 2), (1,), (0,))]


def test_a_step_dropped_and_a_step_added():
    one = a_strategy(3)

    assert compared(a_late_world(), TWO, one) == [(Difference(Kind.DROPPED, "s2", ""), (1,), (4,))]
    assert compared(a_late_world(), one, TWO) == [(Difference(Kind.ADDED, "", "s2"), (1,), (4,))]


def test_another_step_on_the_same_day():
    new = a_strategy_of(replace(a_step(1, 3), id="hello"))

    assert compared(a_late_world(), a_strategy(3), new) == [
        (Difference(Kind.OTHER_STEP, "s1", "hello"), (1,), (0,))
    ]


def test_a_rule_that_one_law_has_and_the_other_has_not():
    world = a_late_world(2)
    world.hold(1, stops=Stops.NOTICES, from_at=midnight(ON - 1))
    without = a_law(rules=[rule for rule in HOUSE if rule.id != "t.hold"])

    assert compared(world, TWO, TWO, current_law=without) == [
        (Difference(Kind.REFUSED, "s1", "t.hold"), (1,), (0,))
    ]
    assert compared(world, TWO, TWO, new_law=without) == [
        (Difference(Kind.PERMITTED, "t.hold", "s1"), (1,), (0,))
    ]


def test_rules_that_refuse_together_are_named_together():
    world = a_late_world()
    world.hold(1, stops=Stops.NOTICES, from_at=midnight(ON - 1))
    world.opt_out(11, from_at=midnight(ON - 1))
    without = a_law(rules=[rule for rule in HOUSE if rule.id not in ("t.hold", "t.opt-out")])

    assert compared(world, TWO, TWO, current_law=without) == [
        (Difference(Kind.REFUSED, "s1", "t.hold + t.opt-out"), (1,), (0,))
    ]


def test_a_loan_that_climbs_another_ladder():
    world = a_late_world(2)
    world.hold(1, stops=Stops.FURNISHING, from_at=midnight(ON - 1), reason=HoldReason.HARDSHIP)
    gentle = Ladder("gentle", (replace(a_step(1, 5), id="gentle"),))
    new = Strategy("test", "v2", (*TWO.ladders, gentle), (Segment("gentle", is_vulnerable=True),))

    assert compared(world, TWO, new) == [(Difference(Kind.OTHER_LADDER, "standard", "gentle"), (1,), (0,))]


def test_a_call_that_nobody_has_time_for():
    world = World()
    for loan in (1, 2, 3):
        world.loan(loan, world.person(10 + loan, (PointKind.MOBILE, 100 + loan)))
        world.report(loan, ON - 1, since=ON - 3)
    calls = a_strategy_of(a_step(1, 3, channel=Channel.CALL))
    few, none = replace(calls, calls_per_day=1), replace(calls, calls_per_day=0)

    assert compared(world, calls, few) == [(Difference(Kind.NO_CAPACITY, "s1", ""), (2, 3), (0, 0))]
    assert compared(world, none, few) == [
        (Difference(Kind.CAPACITY, "", "s1"), (1, 2, 3), (0, 1, 2)),
    ]


def test_the_largest_group_stands_first():
    world = a_late_world(3)
    world.opt_out(11, Channel.EMAIL, from_at=midnight(ON - 1))
    new = a_strategy(3, 7, channel=(Channel.EMAIL, Channel.EMAIL))

    assert [(each[0].kind, each[1]) for each in compared(world, TWO, new)] == [
        (Kind.OTHER_CHANNEL, (2, 3)),
        (Kind.REFUSED, (1,)),
    ]


def test_sides_of_different_days_are_not_compared():
    world = a_late_world()

    with pytest.raises(AssertionError, match="same days"):
        differences(lived(world, TWO), lived(world, TWO, days=3))
