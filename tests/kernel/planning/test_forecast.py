"""The forecast, and the days it foretells, lived one after the other without jumping."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import HOUR
from arrears.kernel.facts import NEVER
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.forecast import Line, Pending, forecast
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.planning.strategy import CatchUp
from arrears.kernel.vocabulary import Channel, RecipientKind, Stops
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.world import APP, EMAIL, World, a_law, midnight

ON = 20_000
LAW = a_law()


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


def live(world, strategy, on):
    """One day's run with the books up to date, its contacts made; returns its lines."""
    world.through_on = on - 1
    facts = world.facts()
    arrears = arrears_of(facts, on, LAW.zones)
    plan = plan_day(facts, LAW, strategy, arrears, on=on, at=midnight(on))
    candidates, lines = plan.proposals.candidates, []
    for n in range(len(plan.contacts)):
        members, lead = plan.joined(n), plan.contacts.lead[n]
        loans = tuple(sorted(candidates["loan"][members].tolist()))
        step, slot = int(plan.contacts.step[n]), int(plan.contacts.not_before_at[n])
        assert slot < midnight(on + 1), "books through yesterday allow only today"
        world.attempt(
            slot,
            int(candidates["person"][lead]),
            int(candidates["value"][lead]),
            Channel(int(candidates["channel"][lead])),
            loans,
        )
        for loan in loans:
            world.step_done(loan, strategy.steps[step], on)
        lines.append((on, step, loans, slot))
    outcomes = {}
    for due, outcome in zip(plan.proposals.due.tolist(), plan.choice.outcome, strict=True):
        outcomes.setdefault(due, set()).add(outcome)
    refused = {
        (on, int(plan.due.step[due]), (int(plan.due.loan[due]),))
        for due, found in outcomes.items()
        if found == {Outcome.REFUSED}
    }
    return lines, refused


@st.composite
def lives(draw):
    offsets = sorted(draw(st.sets(st.integers(0, 20), min_size=1, max_size=4)))
    size = len(offsets)
    strategy = a_strategy(
        *offsets,
        catch_up=tuple(draw(st.lists(st.sampled_from(CatchUp), min_size=size, max_size=size))),
        channel=tuple(
            draw(st.lists(st.sampled_from([Channel.IN_APP, Channel.EMAIL]), min_size=size, max_size=size))
        ),
        window_days=draw(st.integers(1, 3)),
    )
    world = World(through_on=ON - 1)
    world.person(10, (APP, 100), (EMAIL, 101), (EMAIL, 102))
    for loan in range(1, draw(st.integers(2, 4))):
        world.loan(loan, 10)
        if draw(st.booleans()):
            world.report(loan, ON - 20, since=None)
        world.report(loan, ON - draw(st.integers(0, 5)), since=ON - draw(st.integers(0, 25)))
        if draw(st.booleans()):
            world.step_done(loan, strategy.steps[0], ON - draw(st.integers(1, 9)))
        if draw(st.integers(0, 2)) == 0:
            first, length = draw(st.integers(-5, 12)), draw(st.integers(1, 9))
            world.hold(
                loan,
                stops=draw(st.sampled_from([Stops.NOTICES, Stops.AGEING])),
                from_at=midnight(ON + first) + 7 * HOUR,
                until_at=midnight(ON + first + length) + draw(st.integers(0, 23)) * HOUR,
            )
    if draw(st.booleans()):
        world.opt_out(
            draw(st.sampled_from([10, -1])),
            Channel.EMAIL,
            value=draw(st.sampled_from([101, 102])),
            from_at=midnight(ON + draw(st.integers(-3, 10))),
        )
    if draw(st.booleans()):
        world.report(1, ON + draw(st.integers(1, 20)), since=draw(st.sampled_from([None, ON + 1])))
    return strategy, world


@settings(max_examples=100)
@given(lives())
def test_with_no_new_fact_each_dated_line_equals_the_later_decision(life):
    strategy, world = life

    seen = forecast_of(world, strategy)

    planned, refused = [], set()
    for on in range(ON, ON + 30):
        lines, refused_today = live(world, strategy, on)
        planned += lines
        refused |= refused_today
    foretold = [line for line in seen.lines if line.is_planned]
    assert [(line.on, line.step, line.loans, line.from_at) for line in foretold] == planned
    assert {(x.on, x.step, x.loans) for x in seen.lines if not x.is_planned} <= refused
    first_refusals = {}
    for on, step, loans in sorted(refused):
        first_refusals.setdefault((step, loans), on)
    dated = {(x.step, x.loans): x.on for x in reversed(seen.lines) if not x.is_planned}
    assert dated == first_refusals
