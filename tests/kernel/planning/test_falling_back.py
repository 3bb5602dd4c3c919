"""What does not reach is left out: the next channel of the step, and paper when nothing is left."""

from __future__ import annotations

import numpy as np
import pytest

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import DAY, HOUR
from arrears.kernel.law.unreached import Limit, Miss, Reachability
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.clearing import candidates_for, clear
from arrears.kernel.planning.forecast import forecast
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.planning.strategy import CatchUp
from arrears.kernel.vocabulary import Arrival, Channel, PointKind
from arrears.strategies.reachability import RULE, with_reachability
from tests.kernel.planning.builders import a_step, a_strategy_of
from tests.kernel.planning.test_clearing import intend
from tests.kernel.planning.world import APP, EMAIL, World, a_law, midnight

ON = 20_000
START = midnight(ON)
INBOX, MAIL, PHONE, HOME = 100, 101, 102, 103
LIMITS = Reachability(
    (
        Limit(Channel.EMAIL, Miss.FAILED, 3, 60),
        Limit(Channel.SMS, Miss.FAILED, 3, 60),
        Limit(Channel.IN_APP, Miss.SILENT, 3, 14),
        Limit(Channel.CALL, Miss.UNANSWERED, 4, 14),
    )
)
ELECTRONIC = (Channel.EMAIL, Channel.SMS)


def a_ladder(limits=LIMITS):
    """A message, a call a week later, a letter to the unreachable a week after that."""
    return a_strategy_of(
        a_step(1, 3, channel=ELECTRONIC, catch_up=CatchUp.LATEST),
        a_step(2, 10, channel=(Channel.CALL, Channel.SMS), catch_up=CatchUp.LATEST),
        a_step(3, 17, channel=Channel.LETTER, catch_up=CatchUp.LATEST, only_if_unreachable=True),
        reachability=limits,
    )


def somebody(days_late):
    world = World()
    world.loan(1, world.person(10, (EMAIL, MAIL), (PointKind.MOBILE, PHONE), (PointKind.POSTAL, HOME)))
    world.report(1, ON - 1, since=ON - days_late)
    return world


def planned(world, strategy, on=ON):
    """(step, channel) of what is planned, and how many candidates each rule refused."""
    facts, law = world.facts(), with_reachability(a_law(), strategy)
    plan = plan_day(facts, law, strategy, arrears_of(facts, on, law.zones), on=on, at=midnight(on))
    lead = plan.contacts.lead
    channels = plan.proposals.candidates["channel"][lead].tolist()
    steps = [strategy.steps[step].id for step in plan.contacts.step.tolist()]
    return list(zip(steps, map(Channel, channels), strict=True)), plan.refused_by(
        np.arange(len(plan.proposals))
    )


def in_vain(world, value, channel, sign=Arrival.FAILED, *, times=3, since=ON - 20):
    world.came(value, channel, sign, *(midnight(since) + n * 5 * DAY for n in range(times)))


def test_what_failed_thrice_is_left_out_for_the_next_channel_of_the_same_step_on_the_same_day():
    world = somebody(3)
    assert planned(world, a_ladder()) == ([("s1", Channel.EMAIL)], {})

    in_vain(world, MAIL, Channel.EMAIL)

    assert planned(world, a_ladder()) == ([("s1", Channel.SMS)], {RULE: 1})
    assert planned(world, a_ladder(Reachability())) == ([("s1", Channel.EMAIL)], {})


def test_two_failures_change_nothing():
    world = somebody(3)
    in_vain(world, MAIL, Channel.EMAIL, times=2)

    assert planned(world, a_ladder()) == ([("s1", Channel.EMAIL)], {})


def test_calls_that_nobody_took_are_followed_by_a_message_and_leave_messages_alone():
    world = somebody(10)
    assert planned(world, a_ladder()) == ([("s2", Channel.CALL)], {})

    in_vain(world, PHONE, Channel.CALL, Arrival.UNANSWERED, times=4)

    assert planned(world, a_ladder()) == ([("s2", Channel.SMS)], {RULE: 1})


@pytest.mark.parametrize(
    ("channels", "letters"), [((), 0), (ELECTRONIC[:1], 0), (ELECTRONIC[1:], 0), (ELECTRONIC, 1)]
)
def test_paper_comes_on_its_day_and_only_when_no_electronic_channel_is_left(channels, letters):
    world = somebody(17)
    for channel in channels:
        in_vain(world, MAIL if channel is Channel.EMAIL else PHONE, channel)

    contacts, _ = planned(world, a_ladder())

    assert [step for step, channel in contacts if channel is Channel.LETTER] == ["s3"] * letters


def test_the_ladder_is_neither_hurried_nor_skipped_for_whom_nothing_reaches():
    world = somebody(16)
    for value, channel in ((MAIL, Channel.EMAIL), (PHONE, Channel.SMS)):
        in_vain(world, value, channel)

    assert planned(world, a_ladder()) == ([("s2", Channel.CALL)], {RULE: 1})


def test_one_message_that_arrives_ends_it():
    world = somebody(3)
    in_vain(world, MAIL, Channel.EMAIL)
    world.came(MAIL, Channel.EMAIL, Arrival.DELIVERED, START - HOUR)

    assert planned(world, a_ladder()) == ([("s1", Channel.EMAIL)], {})


def test_an_inbox_that_nobody_opens_is_left_out_too():
    strategy = a_strategy_of(a_step(1, 3, channel=(Channel.IN_APP, Channel.EMAIL)), reachability=LIMITS)
    world = World()
    world.loan(1, world.person(10, (APP, INBOX), (EMAIL, MAIL)))
    world.report(1, ON - 1, since=ON - 3)
    in_vain(world, INBOX, Channel.IN_APP, Arrival.SENT, since=ON - 24)

    assert planned(world, strategy) == ([("s1", Channel.EMAIL)], {RULE: 1})


def test_a_forecast_counts_nothing_that_is_only_planned_as_evidence():
    strategy = a_strategy_of(
        *(a_step(n, 3 + n, channel=Channel.CALL) for n in range(1, 20)), reachability=LIMITS
    )
    world = somebody(3)

    seen = forecast(world.facts(), with_reachability(a_law(), strategy), strategy, on=ON, at=START, days=30)

    assert [line.channel for line in seen.lines if line.is_planned] == [Channel.CALL] * 19


def test_a_forecast_sees_the_day_on_which_what_lies_unread_today_has_lain_for_too_long():
    strategy = a_strategy_of(
        a_step(1, 3, catch_up=CatchUp.LATEST),
        a_step(2, 10, channel=Channel.LETTER, catch_up=CatchUp.LATEST, only_if_unreachable=True),
        reachability=LIMITS,
    )
    world = World()
    world.loan(1, world.person(10, (APP, INBOX), (PointKind.POSTAL, HOME)))
    world.report(1, ON - 1, since=ON - 3)
    world.came(INBOX, Channel.IN_APP, Arrival.SENT, *(midnight(ON - n) + HOUR for n in (9, 8, 2)))

    seen = forecast(world.facts(), with_reachability(a_law(), strategy), strategy, on=ON, at=START, days=30)

    assert [(line.on - ON, line.channel) for line in seen.lines if line.is_planned] == [
        (0, Channel.IN_APP),
        (13, Channel.LETTER),
    ]


def test_the_gate_leaves_out_what_has_become_known_not_to_reach_since_the_plan():
    world = World()
    world.loan(101, world.person(1, (APP, INBOX)))
    world.report(101, ON - 1, since=ON - 9)
    in_vain(world, INBOX, Channel.IN_APP, Arrival.SENT, since=ON - 24)
    strategy = a_strategy_of(a_step(1, 3), reachability=LIMITS)
    facts, law = world.facts(), with_reachability(a_law(), strategy)
    asked = intend(world, [(1, 101, 1)])

    candidates = candidates_for(facts, strategy, arrears_of(facts, ON, law.zones), asked)
    (answered,) = clear(facts, law, candidates, asked.contact, START + 10 * HOUR)

    assert not answered.is_cleared.any()
    assert [each.rule.id for each in answered.solution.reasons(0) if each.is_now] == [RULE]


def test_one_contact_a_day_stays_one_however_many_addresses_are_left():
    world = somebody(3)
    world.points[1]["person"] = 10
    world.person(10, (PointKind.MOBILE, 104), (PointKind.MOBILE, 105))
    in_vain(world, MAIL, Channel.EMAIL)
    strategy = a_ladder()
    facts, law = world.facts(), with_reachability(a_law(), strategy)

    plan = plan_day(facts, law, strategy, arrears_of(facts, ON, law.zones), on=ON, at=START)

    assert len(plan.contacts) == 1
    assert np.count_nonzero(plan.choice.outcome == Outcome.OTHER_POINT) == 2
