"""No more calls a day than people can make, the most pressing first, and nobody forgotten."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.vocabulary import Channel, PointKind
from tests.kernel.planning.builders import a_step, a_strategy_of
from tests.kernel.planning.world import APP, World, a_law, midnight

ON = 20_000
LAW = a_law()


def a_call(number, offset, **more):
    return a_step(number, offset, channel=Channel.CALL, **{"window_days": 5, **more})


def callees(days, *, channel_point=PointKind.MOBILE):
    """Loan n of person n, late for so many days on day `ON`."""
    world = World()
    for loan, late_for in enumerate(days):
        world.loan(loan, world.person(loan, (channel_point, 100 + loan), (APP, 500 + loan)))
        world.report(loan, ON - 40, since=ON - late_for)
    return world


def plan_on(world, strategy, on=ON):
    facts = world.facts()
    return plan_day(facts, LAW, strategy, arrears_of(facts, on, LAW.zones), on=on, at=midnight(on))


def called(plan):
    c, lead = plan.proposals.candidates, plan.contacts.lead
    return sorted(c["loan"][lead[c["channel"][lead] == Channel.CALL]].tolist())


def make(world, strategy, plan, on):
    c = plan.proposals.candidates
    for contact, lead in enumerate(plan.contacts.lead):
        at, person, value, channel = (
            int(plan.contacts.not_before_at[contact]),
            *(int(c[name][lead]) for name in ("person", "value", "channel")),
        )
        members = plan.joined(contact)
        world.attempt(at, person, value, Channel(channel), c["loan"][members].tolist())
        for member in members:
            step = strategy.steps[plan.proposals.step[member]]
            world.step_done(int(c["loan"][member]), step, on)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from([0, 1])), min_size=1, max_size=9),
    st.integers(0, 4),
    st.integers(0, 3),
)
def test_the_calls_of_a_day_are_the_first_by_priority_and_then_by_slack(loans, most, second_priority):
    steps = (a_call(1, 2, priority=1), a_call(2, 6, priority=second_priority, window_days=3))
    world = callees([days for days, _ in loans])
    for loan, (days, has_had_the_first) in enumerate(loans):
        if has_had_the_first and days >= 2:
            world.step_done(loan, steps[0], ON - days + 2)

    plan = plan_on(world, a_strategy_of(*steps, calls_per_day=most))

    wanted = []
    for loan, (days, has_had_the_first) in enumerate(loans):
        step = steps[1] if has_had_the_first and days >= 6 else steps[0]
        is_due = days >= 6 if has_had_the_first and days >= 2 else days >= 2
        if is_due:
            slack = step.window_days - (days - step.offset_days)
            wanted.append((-step.priority, slack, loan))
    assert called(plan) == sorted(loan for *_, loan in sorted(wanted)[:most])
    outcomes = plan.choice.outcome.tolist()
    assert outcomes.count(Outcome.NO_CAPACITY) == max(0, len(wanted) - most)


def test_without_a_bound_everybody_is_called_and_a_bound_of_none_calls_nobody():
    world = callees([3] * 5)

    assert called(plan_on(world, a_strategy_of(a_call(1, 2)))) == [0, 1, 2, 3, 4]
    assert called(plan_on(world, a_strategy_of(a_call(1, 2), calls_per_day=0))) == []


def test_only_calls_are_bounded_and_a_message_is_sent_whatever_their_number():
    by_app = callees([3] * 4)

    plan = plan_on(by_app, a_strategy_of(a_step(1, 2, channel=Channel.IN_APP), calls_per_day=1))

    assert len(plan.contacts) == 4


def test_a_contact_that_has_no_capacity_leaves_every_other_with_its_own_loans():
    world = callees([3, 9, 3])
    steps = (a_call(1, 2), a_step(2, 9))
    world.step_done(1, steps[0], ON - 7)

    plan = plan_on(world, a_strategy_of(*steps, calls_per_day=1))

    told = {contact: plan.proposals.candidates["loan"][plan.joined(contact)].tolist() for contact in (0, 1)}
    lead = plan.proposals.candidates["loan"][plan.contacts.lead].tolist()
    assert [told[contact] for contact in (0, 1)] == [[loan] for loan in lead]
    assert sorted(lead) == [0, 1]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_among_equals_nobody_waits_longer_than_those_before_him_take(most, days):
    """Late for different times, all for one call: whoever waits longest is called first."""
    world, strategy = callees(days), a_strategy_of(a_call(1, 4), calls_per_day=most)
    on_day = {}

    for on in range(ON, ON + 5 + len(days)):
        plan = plan_on(world, strategy, on)
        assert len(called(plan)) <= most
        on_day |= dict.fromkeys(called(plan), on)
        make(world, strategy, plan, on)

    assert set(on_day) == set(range(len(days)))
    reached_on = [ON + 4 - late_for for late_for in days]
    in_turn = sorted(range(len(days)), key=lambda loan: (reached_on[loan], loan))
    assert [on_day[loan] for loan in in_turn] == sorted(on_day.values())


def test_a_call_left_over_is_due_again_the_next_day_before_whoever_came_later():
    world, strategy = callees([4, 4, 3]), a_strategy_of(a_call(1, 4), calls_per_day=1)

    turns = []
    for on in (ON, ON + 1, ON + 2):
        plan = plan_on(world, strategy, on)
        turns.append(called(plan))
        make(world, strategy, plan, on)

    assert turns == [[0], [1], [2]]


def test_a_call_of_higher_priority_goes_first_however_long_the_others_wait():
    urgent = replace(a_call(2, 6), priority=1)
    world = callees([40, 6])
    world.step_done(1, a_call(1, 2), ON - 4)
    strategy = a_strategy_of(a_call(1, 2), urgent, calls_per_day=1)

    assert called(plan_on(world, strategy)) == [1]
