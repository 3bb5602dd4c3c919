"""A past period lived anew: equal to the days as they were lived, and to what had been foretold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.days import HOUR
from arrears.kernel.facts import NO_DATE
from arrears.kernel.planning.forecast import forecast
from arrears.kernel.planning.lived import Fate, live_beside, live_period
from arrears.kernel.planning.past import seen_on
from arrears.kernel.vocabulary import Arrival, Channel, Direction, Stops
from tests.effort import effort
from tests.kernel.planning.builders import a_step, a_strategy, a_strategy_of
from tests.kernel.planning.living import LAW, ON, live, lives
from tests.kernel.planning.world import APP, EMAIL, World, a_law, a_rule, midnight

pytestmark = pytest.mark.slow

DAYS = 25
TWO = a_strategy(3, 7, channel=(Channel.IN_APP, Channel.EMAIL))


def lived_of(world, strategy, *, days=DAYS, law=LAW, **more):
    return live_period(world.facts(), law, strategy, from_on=ON, until_on=ON + days, **more)


def contacts_of(lived):
    """(day, step, loans, instant) of every contact, in order."""
    found = []
    for n in range(len(lived.contacts.on)):
        loans = lived.loans[lived.dues.row[lived.dues.contact == n]]
        at = lived.contacts
        found.append((int(at.on[n]), int(at.step[n]), tuple(sorted(loans.tolist())), int(at.at[n])))
    return found


def refused_of(lived):
    """(day, step, (loan,)) of every due step refused whatever the channel."""
    rows = np.flatnonzero(lived.dues.fate == Fate.REFUSED)
    loans = lived.loans[lived.dues.row[rows]]
    columns = (lived.dues.on[rows], lived.dues.step[rows], loans)
    return {(on, step, (loan,)) for on, step, loan in zip(*(c.tolist() for c in columns), strict=True)}


def told(lived, strategy=TWO):
    return [(on - ON, strategy.steps[step].id) for on, step, _, _ in contacts_of(lived)]


def a_late_world(*, since=ON - 3):
    world = World()
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.report(1, ON - 1, since=since)
    return world


def morning(world, on):
    """What is known of the world at the first instant of a day; contacts and steps are shared."""
    return replace(
        world,
        reports={key: report for key, report in world.reports.items() if key[1] < on},
        holds=[hold for hold in world.holds if hold["from_at"] <= midnight(on)],
        opt_outs=[each for each in world.opt_outs if each["from_at"] <= midnight(on)],
        payments=[each for each in world.payments if each["value_on"] < on],
        events=[each for each in world.events if each["value_on"] < on],
        statements=[each for each in world.statements if each["statement_on"] < on],
    )


@settings(max_examples=effort(10, 120), deadline=None)
@given(lives())
def test_a_period_lived_anew_equals_its_days_as_they_were_lived(life):
    strategy, world = life
    planned, refused = [], set()
    for on in range(ON, ON + DAYS):
        lines = live(morning(world, on), strategy, on)
        planned += [(each.on, each.step, each.loans, each.from_at) for each in lines if each.is_planned]
        refused |= {(each.on, each.step, each.loans) for each in lines if not each.is_planned}
    world.through_on = ON + DAYS

    lived = lived_of(world, strategy)

    assert contacts_of(lived) == planned
    assert refused_of(lived) == refused


@settings(max_examples=effort(10, 120), deadline=None)
@given(lives())
def test_a_period_lived_anew_equals_what_was_foretold_for_it(life):
    strategy, world = life
    world = replace(morning(world, ON), through_on=ON - 1)

    foretold = forecast(world.facts(), LAW, strategy, on=ON, at=midnight(ON), days=DAYS)
    lived = lived_of(replace(world, through_on=ON + DAYS), strategy)

    lines = [(line.on, line.step, line.loans, line.from_at) for line in foretold.lines if line.is_planned]
    assert contacts_of(lived) == lines
    assert {(x.on, x.step, x.loans) for x in foretold.lines if not x.is_planned} <= refused_of(lived)


def test_contacts_before_the_period_count_and_those_in_it_do_not():
    world = a_late_world(since=ON - 4)
    world.attempt(midnight(ON) - HOUR, 10, 100, Channel.IN_APP, [1])
    world.step_done(1, TWO.steps[0], ON - 1)
    world.attempt(midnight(ON) + 9 * HOUR, 10, 100, Channel.IN_APP, [1])
    world.step_done(1, TWO.steps[1], ON)

    assert told(lived_of(world, TWO)) == [(3, "s2")]


def a_cap(scope, *, most, days):
    return a_law(
        a_rule("t.cap", "count", scope=scope, counts="contact", max=most, unit="civil_days", length=days)
    )


def test_the_lenders_own_contacts_in_the_period_count_nowhere():
    world = a_late_world()
    world.attempt(midnight(ON + 2) + 9 * HOUR, 10, 101, Channel.EMAIL, [1])

    assert told(lived_of(world, TWO, law=a_cap("person", most=1, days=5))) == [(0, "s1"), (5, "s2")]


def test_another_lenders_contacts_at_the_address_count_from_the_day_after():
    world = a_late_world()
    for hour in (9, 10):
        world.attempt(midnight(ON) + hour * HOUR, 99, 100, Channel.IN_APP, [77])
        world.attempt(midnight(ON + 3) + hour * HOUR, 99, 101, Channel.EMAIL, [77])

    assert told(lived_of(world, TWO, law=a_cap("value", most=2, days=3))) == [(0, "s1"), (6, "s2")]


def test_a_payment_to_come_does_not_make_the_report_of_today_old():
    world = a_late_world()
    paid = {"loan": 1, "value_on": ON + 2, "ordinal": 1, "payment": 1, "amount_minor": 100}
    world.payments.append({**paid, "surplus": -1, "recorded_at": midnight(ON + 3)})
    law = a_law(a_rule("t.report", "require", fact="report", releases_by="report"))

    assert told(lived_of(world, TWO, law=law)) == [(0, "s1")]


def test_what_failed_after_the_morning_is_known_the_day_after():
    world = World()
    world.came(100, Channel.EMAIL, Arrival.FAILED, midnight(ON) - HOUR, midnight(ON) + HOUR)

    seen = [
        seen_on(world.facts(), ON + n, midnight(ON + n), np.empty(0, np.int64))["arrival"] for n in (0, 1)
    ]

    assert [len(table["at"]) for table in seen] == [1, 2]


def test_an_address_that_died_after_the_morning_is_dead_the_day_after():
    world = a_late_world()
    world.points[0]["dead_from_at"] = midnight(ON) + 7 * HOUR
    strategy = a_strategy(3, 5)

    assert told(lived_of(world, strategy), strategy) == [(0, "s1")]


def test_a_reply_in_the_period_stays():
    world = a_late_world()
    world.attempt(midnight(ON) + 9 * HOUR, 10, 100, Channel.IN_APP, [1])
    world.contacts[-1]["direction"] = Direction.IN

    assert told(lived_of(world, TWO)) == [(0, "s1"), (4, "s2")]


def test_a_payment_reported_for_a_day_is_known_the_day_after():
    world = a_late_world(since=ON - 2)
    world.report(1, ON + 1, since=None)

    assert told(lived_of(world, TWO)) == [(1, "s1")]


def test_a_hold_placed_after_the_morning_is_known_the_day_after():
    world = a_late_world()
    world.hold(1, stops=Stops.NOTICES | Stops.AGEING, from_at=midnight(ON) + 7 * HOUR)

    lived = lived_of(world, TWO, days=9)

    assert told(lived) == [(0, "s1")]


def test_days_after_the_last_of_the_books_are_refused():
    world = a_late_world()
    world.through_on = ON - 2

    lived = lived_of(world, TWO, days=2)

    assert told(lived) == []
    assert [LAW.rules[rule].id for rule in lived.refusals.rule] == ["t.books", "t.books"]


def test_a_loan_closed_on_a_day_is_lived_until_then():
    world = a_late_world()

    lived = lived_of(world, TWO, closed_on=np.array([ON + 3]))

    assert told(lived) == [(0, "s1")]
    assert lived.late_days == 4
    assert told(lived_of(world, TWO, closed_on=np.array([NO_DATE]))) == [(0, "s1"), (4, "s2")]


def test_no_calls_are_made_where_nobody_has_time_for_one():
    strategy = a_strategy_of(a_step(1, 3, channel=Channel.CALL), calls_per_day=0)
    world = World()
    world.loan(1, world.person(10, (APP.MOBILE, 100)))
    world.report(1, ON - 1, since=ON - 3)

    lived = lived_of(world, strategy, days=3)

    assert len(lived.contacts.on) == 0
    assert lived.dues.fate.tolist() == [Fate.NO_CAPACITY] * 3


def test_a_person_with_many_loans_has_one_contact_about_all_of_them():
    world = World()
    world.person(10, (APP, 100), (EMAIL, 101))
    for loan in range(1, 2001):
        world.loan(loan, 10)
        world.report(loan, ON - 1, since=ON - 3)

    lived = lived_of(world, TWO)

    assert told(lived) == [(0, "s1"), (4, "s2")]
    assert np.bincount(lived.dues.contact).tolist() == [2000, 2000]


@settings(max_examples=effort(10, 60), deadline=None)
@given(lives(), lives())
def test_two_sides_lived_beside_each_other_equal_each_lived_alone(life, other):
    (strategy, world), (another, _) = life, other
    facts = world.facts()

    beside = live_beside(facts, [(LAW, strategy), (LAW, another)], from_on=ON, until_on=ON + DAYS)

    for lived, alone in zip(beside, (strategy, another), strict=True):
        expected = lived_of(world, alone)
        assert contacts_of(lived) == contacts_of(expected)
        assert refused_of(lived) == refused_of(expected)


@settings(max_examples=effort(15, 60), deadline=None)
@given(lives(), st.integers(0, 5))
def test_every_due_step_has_one_fate_and_what_was_told_has_its_contact(life, days):
    strategy, world = life

    lived = lived_of(world, strategy, days=days)

    dues = lived.dues
    assert ((dues.fate == Fate.TOLD) == (dues.contact >= 0)).all()
    assert np.isin(np.arange(len(lived.contacts.on)), dues.contact).all()
    refused = np.unique(lived.refusals.due)
    assert set(np.flatnonzero(dues.fate == Fate.REFUSED)) <= set(refused)
    assert lived.ladder.shape == (days, len(lived.loans))
