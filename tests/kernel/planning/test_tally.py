"""The figures of a lived period: every contact once by day, by step and by person."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from arrears.kernel.planning.strategy import CatchUp
from arrears.kernel.planning.tally import tally_of
from arrears.kernel.vocabulary import Channel, PointKind, Stops
from tests.effort import effort
from tests.kernel.planning.builders import a_step, a_strategy, a_strategy_of
from tests.kernel.planning.living import ON, lives
from tests.kernel.planning.test_comparing import DAYS, TWO, a_late_world, lived
from tests.kernel.planning.world import World, midnight


def test_contacts_are_counted_by_day_and_channel_step_and_person():
    world = a_late_world(3)
    world.hold(3, stops=Stops.NOTICES, from_at=midnight(ON - 1))

    tally = tally_of(lived(world, TWO))

    assert tally.contacts == tally.told == 4
    assert tally.by_day == {(ON, Channel.IN_APP): 2, (ON + 4, Channel.EMAIL): 2}
    assert tally.by_step == {(0, Channel.IN_APP): 2, (1, Channel.EMAIL): 2}
    assert (tally.persons, tally.per_person) == (2, {2: 2})
    assert tally.refused == {"t.hold": DAYS}
    assert (tally.dues, tally.dues_refused, tally.late_days) == (4 + DAYS, DAYS, 3 * DAYS)


def test_a_step_passed_over_is_counted_once_with_the_step_that_passed_it_over():
    world = a_late_world()
    world.report(1, ON - 1, since=ON - 9)

    tally = tally_of(lived(world, a_strategy(3, 7, catch_up=CatchUp.LATEST)))

    assert (tally.contacts, tally.passed_over) == (1, 1)


def test_a_call_left_over_counts_on_every_day_that_it_was_left():
    world = World()
    for loan in (1, 2, 3):
        world.loan(loan, world.person(10 + loan, (PointKind.MOBILE, 100 + loan)))
        world.report(loan, ON - 1, since=ON - 3)
    calls = replace(a_strategy_of(a_step(1, 3, channel=Channel.CALL)), calls_per_day=1)

    tally = tally_of(lived(world, calls))

    assert (tally.through(Channel.CALL), tally.left_for_capacity) == (3, 2 + 1)


def test_a_period_without_days_has_no_figures():
    tally = tally_of(lived(a_late_world(), TWO, days=0))

    assert (tally.contacts, tally.by_day, tally.per_person, tally.refused) == (0, {}, {}, {})


@settings(max_examples=effort(12, 60), deadline=None)
@given(lives())
def test_every_contact_is_counted_once_whichever_way_it_is_counted(life):
    strategy, world = life

    tally = tally_of(lived(world, strategy))

    of_persons = sum(contacts * persons for contacts, persons in tally.per_person.items())
    assert sum(tally.by_day.values()) == sum(tally.by_step.values()) == of_persons == tally.contacts
    assert tally.contacts <= tally.told <= tally.dues
