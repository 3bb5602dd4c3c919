"""The forecast, and the days it foretells, lived one after the other without jumping."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from arrears.kernel.days import HOUR
from arrears.kernel.facts import NEVER
from arrears.kernel.planning.forecast import Line, Pending, forecast
from arrears.kernel.planning.supposing import hold
from arrears.kernel.vocabulary import Channel, HoldReason, LoanEventKind, RecipientKind, Stops
from tests.effort import effort
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.living import LAW, ON, live, lives, without_repeats
from tests.kernel.planning.world import APP, EMAIL, World, midnight

pytestmark = pytest.mark.slow


def a_late_world(*, since=ON, through_on=ON - 1):
    world = World(through_on=through_on)
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.report(1, ON, since=since)
    return world


def forecast_of(world, strategy, *, on=ON, at=None, **given_):
    at = midnight(on) if at is None else at
    return forecast(world.facts(), LAW, strategy, on=on, at=at, **given_)


def told(strategy, seen):
    return [(line.on - ON, strategy.steps[line.step].id, line.is_planned) for line in seen.lines]


TWO = a_strategy(3, 7, channel=(Channel.IN_APP, Channel.EMAIL))


def test_the_coming_steps_stand_on_their_days():
    seen = forecast_of(a_late_world(), TWO)

    assert told(TWO, seen) == [(3, "s1", True), (7, "s2", True)]
    assert [line.from_at for line in seen.lines] == [midnight(ON + d) + 8 * HOUR for d in (3, 7)]
    assert [[b.rule.id for b in line.bindings] for line in seen.lines] == [["t.hours"], ["t.hours"]]
    assert (seen.until_on, seen.are_books_assumed) == (ON + 30, True)


def test_days_on_which_nothing_can_change_are_jumped_over():
    seen = forecast_of(a_late_world(), TWO)

    assert seen.days_walked == (ON, ON + 3, ON + 7)


def test_a_step_done_late_shows_the_next_one_at_its_distance():
    seen = forecast_of(a_late_world(since=ON - 10), TWO)

    assert told(TWO, seen) == [(0, "s1", True), (4, "s2", True)]


def test_a_hold_shows_the_refusal_and_the_day_it_ends():
    world = a_late_world(since=ON - 3)
    world.hold(1, stops=Stops.NOTICES, until_at=midnight(ON + 9) + 15 * HOUR)

    seen = forecast_of(world, TWO)

    assert told(TWO, seen) == [(0, "s1", False), (9, "s1", True), (13, "s2", True)]
    assert seen.lines[0].from_at == seen.lines[1].from_at == midnight(ON + 9) + 15 * HOUR


def test_an_opt_out_without_end_is_a_refusal_that_nothing_follows():
    world = a_late_world()
    world.opt_out(10, Channel.EMAIL)

    seen = forecast_of(world, TWO)

    assert told(TWO, seen) == [(3, "s1", True), (7, "s2", False)]
    assert seen.lines[1].from_at == NEVER
    assert [b.release.fact for b in seen.lines[1].bindings if b.release.kind == "fact"] == ["opt_in"]


def test_books_that_are_behind_now_are_not_assumed_to_catch_up():
    seen = forecast_of(a_late_world(since=ON - 3, through_on=ON - 5), TWO)

    assert not seen.are_books_assumed
    assert told(TWO, seen) == [(0, "s1", False)]
    assert "t.books" in [b.rule.id for b in seen.lines[0].bindings]


def test_a_contact_already_planned_is_assumed_made():
    nine = midnight(ON) + 9 * HOUR
    line = Line(
        on=ON,
        step=0,
        loans=(1,),
        person=10,
        recipient_kind=int(RecipientKind.BORROWER),
        channel=int(Channel.IN_APP),
        is_planned=True,
        from_at=nine,
        until_at=nine + HOUR,
        point=1000,
        bindings=(),
    )
    pending = Pending(line, value=100)

    seen = forecast_of(
        a_late_world(since=ON - 3), TWO, on=ON + 1, at=midnight(ON) + 6 * HOUR, pending=[pending]
    )

    assert told(TWO, seen) == [(0, "s1", True), (4, "s2", True)]


def test_in_the_evening_nothing_is_foretold_for_today():
    seen = forecast_of(a_late_world(since=ON - 3), TWO, at=midnight(ON) + 21 * HOUR)

    assert told(TWO, seen)[-2:] == [(1, "s1", True), (5, "s2", True)]


def test_two_loans_due_on_one_day_at_different_steps_follow_one_another():
    world = a_late_world(since=ON - 3)
    world.loan(2, 10)
    world.report(2, ON, since=ON - 7)
    world.step_done(2, TWO.steps[0], ON - 4)

    seen = forecast_of(world, TWO)

    assert [(line.on - ON, line.loans, line.step) for line in seen.lines] == [
        (0, (2,), 1),
        (1, (1,), 0),
        (5, (1,), 1),
    ]


def test_a_charge_that_falls_due_on_a_day_of_its_own_is_foretold():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.schedule(1, ON - 40)
    world.payment(1, ON - 40, 1000)
    world.event(1, ON - 2, LoanEventKind.CHARGE, 50, due_on=ON + 20)

    seen = forecast_of(world, TWO)

    assert told(TWO, seen) == [(23, "s1", True), (27, "s2", True)]


def test_a_charge_that_is_to_come_makes_a_paid_loan_late_on_the_day_after_its_value_day():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.schedule(1, ON - 40)
    world.payment(1, ON - 40, 1000)
    world.event(1, ON + 10, LoanEventKind.CHARGE, 50)
    strategy = a_strategy(1, 7)

    seen = forecast_of(world, strategy)

    assert told(strategy, seen) == [(11, "s1", True), (17, "s2", True)]


def test_a_second_reason_for_a_refusal_stands_on_the_day_it_begins_and_on_the_day_it_ends():
    world = a_late_world(since=ON - 3)
    world.opt_out(10, Channel.IN_APP)
    world.hold(1, stops=Stops.NOTICES, from_at=midnight(ON + 5), until_at=midnight(ON + 8))

    seen = forecast_of(world, a_strategy(3, 30))

    assert [(line.on - ON, sorted(b.rule.id for b in line.bindings)) for line in seen.lines] == [
        (0, ["t.hours", "t.opt-out"]),
        (5, ["t.hold", "t.hours", "t.opt-out"]),
        (8, ["t.hours", "t.opt-out"]),
    ]


def test_what_is_coming_is_not_known_before_its_day():
    world = a_late_world(since=ON)
    world.opt_out(10, Channel.EMAIL, from_at=0)
    facts = world.facts()
    coming = hold(
        facts,
        on=ON + 9,
        from_at=midnight(ON + 9),
        until_at=midnight(ON + 12),
        stops=[Stops.NOTICES],
        reason=HoldReason.PROMISE,
        loan=1,
    )

    seen = forecast(facts, LAW, TWO, on=ON, at=midnight(ON), coming=[coming])

    assert [(line.on - ON, sorted(b.rule.id for b in line.bindings)) for line in seen.lines] == [
        (3, ["t.hours"]),
        (7, ["t.hours", "t.opt-out"]),
        (9, ["t.hold", "t.hours", "t.opt-out"]),
        (12, ["t.hours", "t.opt-out"]),
    ]


@settings(max_examples=effort(5, 60))
@given(lives())
def test_with_no_new_fact_each_dated_line_of_ninety_days_equals_the_later_decision(life):
    strategy, world = life

    seen = forecast_of(world, strategy, days=90)

    lived = [line for on in range(ON, ON + 90) for line in live(world, strategy, on)]
    assert list(seen.lines) == list(without_repeats(lived))
