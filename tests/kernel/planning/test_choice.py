"""The plan of a day: one contact a person, no count broken together, every refusal kept."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import NEVER, NO_DATE
from arrears.kernel.law.solver import Result, solve
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.planning.strategy import Tone
from arrears.kernel.vocabulary import Channel, PointKind, Stops
from tests.kernel.planning.builders import a_step, a_strategy, a_strategy_of, late
from tests.kernel.planning.world import (
    APP,
    EMAIL,
    PER_ADDRESS,
    World,
    a_law,
    a_rule,
    midnight,
)

ON = 20_000
EIGHT = midnight(ON) + 8 * HOUR
BY_APP = a_strategy(3, 7)
BY_EMAIL = a_strategy(3, 7, channel=Channel.EMAIL)


def arrears_of(facts, *, days=4, amount_known=True):
    """Every loan late by as many days; the columns of `reported_arrears` a plan reads."""
    size = len(facts["loan"]["loan"])
    days = np.broadcast_to(np.asarray(days), size).astype(np.int64)
    return late(days, start=np.where(days > 0, ON - days, NO_DATE), is_late=days > 0) | {
        "amount_known": np.broadcast_to(np.asarray(amount_known), size),
        "reported_on": np.full(size, ON - 1),
    }


def plan_of(world, strategy=BY_APP, *, law=None, at=None, days=4, amount_known=True, busy=None):
    facts = world.facts()
    arrears = arrears_of(facts, days=days, amount_known=amount_known)
    at = midnight(ON) if at is None else at
    return plan_day(facts, law or a_law(), strategy, arrears, on=ON, at=at, busy=busy)


def outcomes(plan):
    """(loan, outcome name) of every candidate."""
    loans = plan.proposals.candidates["loan"].tolist()
    return [(loan, Outcome(o).name) for loan, o in zip(loans, plan.choice.outcome, strict=True)]


def rule_ids(plan, row):
    return [binding.rule.id for binding in plan.choice.solution.reasons(row)]


def released_by(plan, row):
    """The facts that would release a candidate's refusals."""
    return [b.release.fact for b in plan.choice.solution.reasons(row) if b.release.kind == "fact"]


def test_a_due_step_is_planned_for_the_first_permitted_instant_of_its_day():
    world = World()
    world.loan(1, world.person(10, (APP, 100)))

    plan = plan_of(world)

    assert outcomes(plan) == [(1, "PLANNED")]
    assert plan.contacts.not_before_at.tolist() == [EIGHT]
    assert plan.contacts.not_after_at.tolist() == [midnight(ON) + 20 * HOUR]
    assert rule_ids(plan, 0) == ["t.hours"]


@pytest.mark.parametrize(
    ("more", "outcome", "released"),
    [
        ({}, "REFUSED", ["visitors"]),
        ({"visitors": 1}, "REFUSED", ["visitors"]),
        ({"visitors": 2}, "PLANNED", []),
    ],
)
def test_a_visit_is_planned_by_as_many_as_the_law_asks_for(more, outcome, released):
    world = World()
    world.loan(1, world.person(10, (PointKind.POSTAL, 100)))
    by_two = a_rule("t.two", "visitors", releases_by="visitors", match={"channel": ("visit",)}, min=2)

    strategy = a_strategy_of(a_step(1, 3, channel=Channel.VISIT, **more))
    plan = plan_of(world, strategy, law=a_law(by_two))

    assert outcomes(plan) == [(1, outcome)]
    assert released_by(plan, 0) == released


def test_two_loans_of_one_person_at_the_same_step_are_told_in_one_contact():
    world = World()
    person = world.person(10, (APP, 100))
    world.loan(1, person), world.loan(2, person)

    plan = plan_of(world)

    assert outcomes(plan) == [(1, "PLANNED"), (2, "JOINED")]
    assert len(plan.contacts) == 1
    assert plan.joined(0).tolist() == [0, 1]


def test_a_loan_under_a_hold_is_left_out_of_the_contact_and_keeps_its_own_refusal():
    world = World()
    person = world.person(10, (APP, 100))
    world.loan(1, person), world.loan(2, person)
    world.hold(1, stops=Stops.NOTICES)

    plan = plan_of(world)

    assert outcomes(plan) == [(1, "REFUSED"), (2, "PLANNED")]
    assert "t.hold" in rule_ids(plan, 0)
    assert plan.choice.solution.from_at[0] == NEVER


def two_steps_due(strategy):
    """A person with one loan at the first step and one at the second."""
    world = World()
    person = world.person(10, (APP, 100))
    world.loan(1, person), world.loan(2, person)
    world.step_done(2, strategy.steps[0], ON - 6)
    return plan_of(world, strategy, days=[4, 9])


def test_two_loans_at_different_steps_that_say_the_same_are_told_in_one_contact():
    plan = two_steps_due(BY_APP)

    assert outcomes(plan) == [(1, "JOINED"), (2, "PLANNED")]


def test_of_two_steps_that_say_something_else_the_higher_goes_first_and_the_other_waits():
    firmer = a_strategy_of(a_step(1, 3), a_step(2, 7, tone=Tone.FORMAL))

    plan = two_steps_due(firmer)

    assert outcomes(plan) == [(1, "OTHER_CONTACT"), (2, "PLANNED")]


def test_the_first_contact_point_that_is_permitted_in_the_window_is_taken():
    world = World()
    world.loan(1, world.person(10, (EMAIL, 100), (APP, 101), (EMAIL, 102), (EMAIL, 103)))
    world.opt_out(-1, Channel.EMAIL, value=100)

    plan = plan_of(world, BY_EMAIL)

    assert outcomes(plan) == [(1, "REFUSED"), (1, "PLANNED"), (1, "OTHER_POINT")]
    assert plan.proposals.candidates["value"].tolist() == [100, 102, 103]


def test_without_a_contact_point_of_the_channel_the_refusal_is_recorded():
    world = World()
    world.loan(1, world.person(10, (APP, 100)))

    plan = plan_of(world, BY_EMAIL)

    assert outcomes(plan) == [(1, "REFUSED")]
    assert released_by(plan, 0) == ["contact_point"]


def test_a_loan_late_without_balance_is_decided_and_never_planned():
    world = World()
    world.loan(1, world.person(10, (APP, 100)))

    plan = plan_of(world, amount_known=False)

    assert outcomes(plan) == [(1, "REFUSED")]
    assert released_by(plan, 0) == ["amount"]


def test_a_slot_after_the_step_window_is_a_refusal_with_its_release():
    world = World()
    world.loan(1, world.person(10, (APP, 100)))
    until_at = midnight(ON + 1) + 9 * HOUR
    world.hold(1, stops=Stops.NOTICES, until_at=until_at)

    plan = plan_of(world)

    assert outcomes(plan) == [(1, "REFUSED")]
    assert plan.choice.solution.from_at.tolist() == [until_at]


def test_a_loan_with_a_contact_under_way_is_not_proposed_again():
    world = World()
    world.loan(1, world.person(10, (APP, 100))), world.loan(2, world.person(11, (APP, 101)))

    plan = plan_of(world, busy=np.array([1]))

    assert outcomes(plan) == [(2, "PLANNED")]


def test_late_in_the_evening_nothing_is_planned_before_tomorrow():
    world = World()
    world.loan(1, world.person(10, (APP, 100)))

    plan = plan_of(world, at=midnight(ON) + 21 * HOUR)

    assert outcomes(plan) == [(1, "REFUSED")]
    assert plan.choice.solution.from_at.tolist() == [EIGHT + DAY]


def test_contacts_of_different_persons_at_one_address_share_its_count():
    world = World()
    for n in range(5):
        world.loan(n, world.person(10 + n, (EMAIL, 100)))

    plan = plan_of(world, BY_EMAIL, law=a_law(PER_ADDRESS))

    assert [name for _, name in outcomes(plan)] == ["PLANNED"] * 2 + ["REFUSED"] * 3
    assert [rule_ids(plan, row) for row in (0, 4)] == [["t.hours"], ["t.hours", "t.address"]]
    assert plan.choice.solution.from_at[4] == EIGHT + DAY


def test_contacts_that_share_no_count_are_planned_together_whatever_their_number():
    world = World()
    for n in range(50):
        world.loan(n, world.person(100 + n, (EMAIL, 100)))

    plan = plan_of(world, BY_EMAIL)

    assert len(plan.contacts) == 50
    assert set(plan.contacts.not_before_at.tolist()) == {EIGHT}


def test_refusals_are_counted_by_the_rule_that_left_no_time_in_the_window():
    world = World()
    for n in range(3):
        world.loan(n, world.person(10 + n, (APP, 100 + n)))
    world.hold(1, stops=Stops.NOTICES)

    plan = plan_of(world, amount_known=[True, True, False])

    assert plan.refused_by(np.arange(3)) == {"t.hold": 1, "t.amount": 1}
    assert plan.refused_by(np.array([0, 1])) == {"t.hold": 1}


def test_where_only_several_rules_together_leave_no_time_each_of_them_is_counted():
    world = World()
    world.loan(1, world.person(10, (APP, 100)))
    world.hold(1, stops=Stops.NOTICES, until_at=midnight(ON) + 20 * HOUR)

    plan = plan_of(world)

    assert plan.refused_by(np.arange(1)) == {"t.hours": 1, "t.hold": 1}


def test_a_day_without_late_loans_gives_an_empty_plan():
    plan = plan_of(World())

    assert (len(plan.due), len(plan.proposals), len(plan.contacts)) == (0, 0, 0)


@st.composite
def portfolios(draw):
    world, loan = World(), 0
    for person in range(draw(st.integers(1, 6))):
        values = draw(st.lists(st.integers(100, 103), max_size=3, unique=True))
        world.person(person, *((draw(st.sampled_from([APP, EMAIL])), value) for value in values))
        for _ in range(draw(st.integers(1, 3))):
            world.loan(loan, person)
            if draw(st.booleans()):
                world.step_done(loan, BY_EMAIL.steps[0], ON - draw(st.integers(0, 6)))
            if draw(st.integers(0, 4)) == 0:
                world.hold(loan, stops=Stops.NOTICES, until_at=EIGHT + draw(st.integers(-9, 30)) * HOUR)
            loan += 1
        if draw(st.integers(0, 4)) == 0:
            world.opt_out(person, draw(st.sampled_from([Channel.EMAIL, Channel.IN_APP])))
        if values and draw(st.booleans()):
            world.attempt(
                midnight(ON) - draw(st.integers(-8, 40)) * HOUR,
                person,
                draw(st.sampled_from(values)),
                Channel.EMAIL,
                [loan - 1],
            )
    days = draw(st.lists(st.integers(0, 12), min_size=loan, max_size=loan))
    known = draw(st.lists(st.booleans(), min_size=loan, max_size=loan))
    return world, days, known


MIXED = a_strategy(3, 7, channel=(Channel.IN_APP, Channel.EMAIL), window_days=2)


@settings(max_examples=150)
@given(portfolios(), st.integers(0, 23))
def test_contacts_of_one_run_break_no_count_together_and_each_is_permitted_at_its_slot(given_, hour):
    world, days, known = given_
    law = a_law(PER_ADDRESS)
    at = midnight(ON) + hour * HOUR

    plan = plan_of(world, MIXED, law=law, at=at, days=days, amount_known=known)

    c, contacts = plan.proposals.candidates, plan.contacts
    lead, slot = contacts.lead, contacts.not_before_at
    assert len(set(c["person"][lead].tolist())) == len(lead), "one contact a person"
    assert len(np.unique(c["loan"][plan.choice.contact >= 0])) == (plan.choice.contact >= 0).sum()
    assert bool(np.all(slot < contacts.not_after_at))
    for n in range(len(contacts)):
        earlier = [m for m in range(len(contacts)) if m != n and slot[m] <= slot[n]]
        lived = _with_contacts(world, plan, earlier)
        members = plan.joined(n)
        answer = solve(
            lived.facts(),
            law,
            {name: column[members] for name, column in c.items()},
            np.full(len(members), slot[n]),
        )
        assert bool(np.all(answer.result == Result.ALLOW))
    made = _with_contacts(world, plan, range(len(contacts))).contacts
    for column, most in (("person", 1), ("value", 2)):
        planned_days = Counter((row[column], _day(row["at"])) for row in made[len(world.contacts) :])
        for key, planned in planned_days.items():
            before = sum((row[column], _day(row["at"])) == key for row in world.contacts)
            assert before + planned <= most, (column, key)


def _day(at):
    """The civil day in Taipei."""
    return (at + 8 * HOUR) // DAY


def _with_contacts(world, plan, which):
    c = plan.proposals.candidates
    lived = World(
        **{**world.__dict__, "contacts": [*world.contacts], "contact_loans": [*world.contact_loans]}
    )
    for n in which:
        lead = plan.contacts.lead[n]
        lived.attempt(
            int(plan.contacts.not_before_at[n]),
            int(c["person"][lead]),
            int(c["value"][lead]),
            Channel(int(c["channel"][lead])),
            c["loan"][plan.joined(n)].tolist(),
        )
    return lived


@settings(max_examples=60)
@given(portfolios())
def test_every_due_step_has_candidates_and_every_candidate_an_outcome_and_its_reasons(given_):
    world, days, known = given_

    plan = plan_of(world, MIXED, days=days, amount_known=known)

    assert set(plan.proposals.due.tolist()) == set(range(len(plan.due)))
    for row in range(len(plan.proposals)):
        is_told = plan.choice.contact[row] >= 0
        assert is_told == (plan.choice.outcome[row] in (Outcome.PLANNED, Outcome.JOINED))
        if plan.choice.outcome[row] == Outcome.REFUSED:
            assert plan.choice.solution.reasons(row)
