"""Supposed payments and holds, and the days on which they really happen."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import HOUR
from arrears.kernel.facts import NO_ID, UNKNOWN_MINOR
from arrears.kernel.planning.forecast import forecast
from arrears.kernel.planning.supposing import hold, owed, payment, with_coming
from arrears.kernel.vocabulary import ArrearsSource, HoldReason, Stops, Surplus
from tests.effort import effort
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.living import LAW, ON, live, lives, without_repeats
from tests.kernel.planning.world import APP, EMAIL, World, midnight

pytestmark = pytest.mark.slow

TWO = a_strategy(3, 7)
PRINCIPAL_FIRST = "by_component: past_due interest, due interest, past_due principal, due principal"


def a_scheduled_world(*due_on, **terms):
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.schedule(1, *due_on, **terms)
    return world


def foretold(world, *coming, strategy=TWO, days=90):
    seen = forecast(world.facts(), LAW, strategy, on=ON, at=midnight(ON), days=days, coming=list(coming))
    return [(line.on - ON, strategy.steps[line.step].id, line.is_planned) for line in seen.lines]


def test_paying_what_is_overdue_ends_the_contacts_until_the_next_installment_is_missed():
    world = a_scheduled_world(ON - 1, ON + 29)
    facts = world.facts()

    assert foretold(world) == [(2, "s1", True), (6, "s2", True)]
    paid = payment(facts, 1, on=ON + 4, amount_minor=1000)
    assert foretold(world, paid) == [(2, "s1", True), (32, "s1", True), (36, "s2", True)]


def test_paying_in_part_ends_nothing():
    world = a_scheduled_world(ON - 1)

    assert foretold(world, payment(world.facts(), 1, on=ON, amount_minor=999)) == foretold(world)


def test_a_payment_on_a_reported_loan_waits_for_the_next_report():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.report(1, ON, since=ON)

    seen = forecast(
        world.facts(),
        LAW,
        TWO,
        on=ON,
        at=midnight(ON),
        days=90,
        coming=[payment(world.facts(), 1, on=ON + 4, amount_minor=0)],
    )

    assert [(line.on - ON, line.is_planned) for line in seen.lines] == [(3, True), (7, False)]
    assert [b.release.fact for b in seen.lines[1].bindings if b.release.kind == "fact"] == ["report"]


def test_a_supposed_payment_stands_after_the_payments_of_its_day():
    world = a_scheduled_world(ON - 1)
    for day in (ON, ON, ON + 1):
        world.payment(1, day, 5)

    row = payment(world.facts(), 1, on=ON, amount_minor=7).rows["payment"]

    assert (row["ordinal"], row["payment"], row["amount_minor"]) == ([2], [4], [7])
    known = with_coming(world.facts(), [payment(world.facts(), 1, on=ON, amount_minor=7)]).check()
    assert known["payment"]["amount_minor"].tolist() == [5, 5, 7, 5]


def test_a_hold_stops_what_it_names_and_the_ladder_goes_on_after_it():
    world = a_scheduled_world(ON - 1)

    def held(*stops):
        return hold(
            world.facts(),
            on=ON + 1,
            from_at=midnight(ON + 1),
            until_at=midnight(ON + 11),
            stops=stops,
            reason=HoldReason.HARDSHIP,
            person=10,
        )

    assert foretold(world, held(Stops.NOTICES)) == [(2, "s1", False), (11, "s1", True), (15, "s2", True)]
    assert foretold(world, held(Stops.AGEING)) == [(12, "s1", True), (16, "s2", True)]
    assert foretold(world, held(Stops.CALLS)) == foretold(world)


@pytest.mark.parametrize(
    ("on", "overdue", "outstanding"), [(ON - 1, 0, 2000), (ON, 1000, 2000), (ON + 30, 2000, 2000)]
)
def test_what_is_owed_is_that_of_the_end_of_the_day(on, overdue, outstanding):
    facts = a_scheduled_world(ON - 1, ON + 29).facts()

    found = owed(facts, LAW.zones, 1, on)

    assert (found.overdue_minor, found.outstanding_minor) == (overdue, outstanding)


def test_money_that_is_kept_already_need_not_be_paid_again():
    world = a_scheduled_world(ON + 10, surplus=Surplus.HOLD)
    world.payment(1, ON - 1, 400)

    assert owed(world.facts(), LAW.zones, 1, ON).outstanding_minor == 600


def test_an_order_that_gives_money_to_what_is_not_overdue_needs_more():
    world = a_scheduled_world(ON - 1, ON, interest=100, payable_days=5, order=PRINCIPAL_FIRST)

    found = owed(world.facts(), LAW.zones, 1, ON + 5)

    assert found.overdue_minor == 1200, "the interest due on the second takes 100 first"


def test_what_a_report_says_is_owed_is_taken_as_said():
    world = World()
    world.loan(1, world.person(10, (APP, 100)))
    world.loan(2, 10)
    world.loan(3, 10)
    world.loan(4, 10)
    world.report(1, ON, since=ON - 5, overdue=777)
    world.report(2, ON, since=ON - 5, overdue=UNKNOWN_MINOR)
    world.report(3, ON, since=None)

    found = [owed(world.facts(), LAW.zones, loan, ON + 3) for loan in (1, 2, 3, 4)]

    assert [each.overdue_minor for each in found] == [777, None, 0, 0]
    assert [each.source for each in found] == [ArrearsSource.REPORTED] * 3 + [NO_ID]
    assert {each.outstanding_minor for each in found} == {None}


@settings(max_examples=effort(30, 300))
@given(lives(), st.integers(0, 60))
def test_paying_what_is_overdue_leaves_nothing_overdue_and_where_nothing_is_tolerated_no_less_does(life, day):
    _, world = life
    facts, on = world.facts(), ON + day
    for loan in world.loans:
        amount = owed(facts, LAW.zones, loan, on).overdue_minor
        source = owed(facts, LAW.zones, loan, on).source
        if source == ArrearsSource.REPORTED or amount is None:
            continue
        rest = []
        for minor in (amount, amount - 1):
            paid = payment(facts, loan, on=on, amount_minor=minor)
            known = with_coming(facts, [paid]) if minor > 0 else facts
            arrears = arrears_of(known, on, LAW.zones)
            rest.append(int(arrears["overdue_minor"][arrears["loan"].tolist().index(loan)]))
        assert rest[0] == 0
        terms = [each for each in world.products if each["loan"] == loan]
        is_tolerant = any(each["tolerance_minor"] or each["tolerance_days"] for each in terms)
        assert not amount or rest[1] > 0 or is_tolerant


@settings(max_examples=effort(30, 300))
@given(lives(), st.integers(0, 60))
def test_paying_off_leaves_nothing_to_be_late_with(life, day):
    _, world = life
    facts, on = world.facts(), ON + day
    for loan in world.loans:
        amount = owed(facts, LAW.zones, loan, on).outstanding_minor
        if amount and not world.events:
            known = with_coming(facts, [payment(facts, loan, on=on, amount_minor=amount)])
            for later in (on, on + 30, on + 200):
                arrears = arrears_of(known, later, LAW.zones)
                assert not arrears["is_late"][arrears["loan"].tolist().index(loan)]


@st.composite
def suppositions(draw):
    """(life, loan, day, what happens on it)."""
    strategy, world = draw(lives())
    loan = draw(st.sampled_from(sorted(world.loans)))
    what = draw(st.sampled_from(["pay", "pay_overdue", "pay_off", "hold"]))
    return strategy, world, loan, ON + draw(st.integers(0, 50)), what, draw(st.integers(1, 3000))


@settings(max_examples=effort(6, 80))
@given(
    suppositions(),
    st.integers(1, 40),
    st.sampled_from([(Stops.NOTICES,), (Stops.AGEING,), (Stops.NOTICES, Stops.AGEING)]),
)
def test_a_supposition_equals_the_days_lived_with_it_happening(supposed, length, stops):
    strategy, world, loan, day, what, amount = supposed
    facts = world.facts()
    debt = owed(facts, LAW.zones, loan, day)
    if what == "hold":
        begin, end = midnight(day), midnight(day + length) + 15 * HOUR
        coming = hold(
            facts,
            on=day,
            from_at=begin,
            until_at=end,
            stops=stops,
            reason=HoldReason.DISPUTE,
            loan=loan,
        )
    else:
        chosen = {"pay": amount, "pay_overdue": debt.overdue_minor, "pay_off": debt.outstanding_minor}
        amount = chosen[what]
        assume(amount)
        coming = payment(facts, loan, on=day, amount_minor=amount)

    seen = forecast(facts, LAW, strategy, on=ON, at=midnight(ON), days=90, coming=[coming])

    lived = []
    for on in range(ON, ON + 90):
        if on == day and what == "hold":
            world.hold(loan, stops=sum(stops), from_at=begin, until_at=end)
        elif on == day:
            world.payment(loan, on, amount)
        lived += live(world, strategy, on)
    assert list(seen.lines) == list(without_repeats(lived))
