"""Loans by schedule lived through any order of payments, holds, strategies and missed runs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from arrears.kernel.days import day_of
from arrears.kernel.planning.strategy import CatchUp, Track
from arrears.kernel.vocabulary import Arrival, Channel
from tests.kernel.planning.builders import a_step, a_strategy_of
from tests.kernel.planning.lives import BEGAN_ON, GUARANTOR, POINTS, Life, a_life, strategies
from tests.kernel.planning.promises import (
    PROMISES,
    what_a_guarantor_heard_changes_nothing_for_borrowers,
    what_is_due_is_what_the_sentences_say,
)
from tests.kernel.planning.world import EMAIL

LOANS = st.sampled_from([1, 2, 3])
EMAILS = st.sampled_from([value for points in POINTS.values() for kind, value in points if kind == EMAIL])
KILL_BILL = Path(__file__).parents[4] / "shared" / "cases" / "killbill_skip.json"


class Lives(RuleBasedStateMachine):
    """Every run is held against every promise."""

    @initialize(
        strategy=strategies(),
        every=st.sampled_from([7, 14, 30]),
        tolerance=st.sampled_from([0, 100]),
        grace=st.sampled_from([0, 2]),
    )
    def begin(self, strategy, every, tolerance, grace):
        self.life = a_life(strategy, every=every, tolerance=tolerance, grace=grace)

    def run(self, *, but=-1):
        life, log = self.life, [*self.life.log]
        plan = life.plan()
        what_is_due_is_what_the_sentences_say(life, plan, log)
        what_a_guarantor_heard_changes_nothing_for_borrowers(life, plan)
        said = life.make(plan, but=but)
        for promise in PROMISES:
            promise(life, said)

    @rule(days=st.integers(1, 6))
    def days_pass_each_with_its_run(self, days):
        for _ in range(days):
            self.life.on += 1
            self.run()

    @rule(days=st.integers(2, 12))
    def days_pass_of_which_only_the_last_is_run(self, days):
        self.life.on += days
        self.run()

    @rule()
    def the_same_day_is_run_again(self):
        self.run()

    @rule(contact=st.integers(0, 3))
    def a_contact_is_planned_and_not_made(self, contact):
        self.life.on += 1
        self.run(but=contact)

    @rule(loan=LOANS, amount=st.sampled_from([50, 400, 950, 1000, 2000]), ago=st.integers(0, 9))
    def a_payment_becomes_known(self, loan, amount, ago):
        self.life.pay(loan, amount, self.life.on - ago)

    @rule(loan=LOANS)
    def all_that_is_late_is_paid(self, loan):
        parts = self.life.books[loan].open_parts(self.life.on)
        if overdue := sum(open_ for due_on, open_ in parts if due_on < self.life.on):
            self.life.pay(loan, overdue, self.life.on)

    @rule(loan=LOANS)
    def the_next_installment_is_paid_in_advance(self, loan):
        if coming := self.life.books[loan].coming(self.life.on):
            parts = self.life.books[loan].open_parts(self.life.on)
            amount = sum(open_ for due_on, open_ in parts if due_on <= coming.due_on)
            self.life.pay(loan, amount, self.life.on)

    @precondition(lambda self: self.life.world.payments)
    @rule(data=st.data())
    def a_payment_is_reversed(self, data):
        self.life.reverse(data.draw(st.integers(0, len(self.life.world.payments) - 1)))

    @rule(loan=LOANS, ago=st.integers(0, 9))
    def a_hold_is_recorded_that_began_before(self, loan, ago):
        if loan not in self.life.held:
            self.life.hold(loan, self.life.on - ago)

    @precondition(lambda self: self.life.held)
    @rule(data=st.data())
    def a_hold_ends(self, data):
        self.life.release(data.draw(st.sampled_from(sorted(self.life.held))))

    @rule(strategy=strategies())
    def the_lender_adopts_another_version(self, strategy):
        self.life.strategy = strategy

    @rule(value=st.sampled_from([100, 101, 110, 120, 130]), is_dead=st.booleans())
    def an_address_bounces_or_is_switched_off(self, value, is_dead):
        if is_dead:
            self.life.world.kill(value)
        elif value not in [row["value"] for row in self.life.world.opt_outs]:
            self.life.world.opt_out(-1, value=value)

    @rule(value=EMAILS, has_arrived=st.sampled_from([False, False, True]))
    def an_e_mail_arrives_or_does_not(self, value, has_arrived):
        self.life.comes(value, Arrival.DELIVERED if has_arrived else Arrival.FAILED)

    @precondition(lambda self: self.life.world.opt_outs)
    @rule()
    def an_address_is_switched_on_again(self):
        self.life.world.opt_outs.pop()


Lives.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLives = Lives.TestCase


def lived(life: Life, days: int, *, then=lambda _day: None, loan: int = 1) -> list[tuple[int, int, str]]:
    """(day since the beginning, person, step) of all that was said about the loan; `then` before a run."""
    for day in range(days):
        life.on = BEGAN_ON + day
        then(day)
        life.make(life.plan())
    return [(told.on - BEGAN_ON, told.person, told.step.id) for told in life.log if told.loan == loan]


def three_steps(catch_up):
    return a_strategy_of(*(a_step(n, offset, catch_up=catch_up) for n, offset in ((1, 5), (2, 7), (3, 11))))


@pytest.mark.parametrize("catch_up", CatchUp)
def test_a_partial_payment_never_skips_the_milder_step(catch_up):
    life = a_life(three_steps(catch_up), every=3)  # due on days 5, 8, 11, ...

    def then(day):
        if day == 9:
            life.pay(1, 1000, BEGAN_ON + 9)  # days count from day 8 now, not from day 5

    said = lived(life, 20, then=then)

    assert said == [(13, 10, "s1"), (15, 10, "s2"), (19, 10, "s3")]


@pytest.mark.skipif(not KILL_BILL.exists(), reason="../shared/cases is not here")
def test_kill_bills_invoices_by_schedule_enter_every_state_in_order():
    cases = {case["id"]: case for case in json.loads(KILL_BILL.read_text())["cases"]}
    case = cases["killbill/skip/shifting-anchor"]
    states = sorted(case["config"]["states"], key=lambda state: state["when"]["days_since"])
    offsets = [state["when"]["days_since"] for state in states]
    steps = [a_step(n, offset, catch_up=CatchUp.LATEST) for n, offset in enumerate(offsets, 1)]
    life = a_life(a_strategy_of(*steps))
    life.world.installments.clear()
    amounts = {each["id"]: int(each["amount"].replace(".", "")) for each in case["invoices"]}
    for each in case["invoices"]:
        life.world.installment(1, the_day(each["date"]), amount=amounts[each["id"]])
    life.books[1].installments = [(row["due_on"], row["principal_minor"]) for row in life.world.installments]
    for event in case["events"]:
        life.pay(1, sum(amounts[invoice] for invoice in event["invoices"]), the_day(event["date"]))

    for life.on in range(the_day(case["expected"][0]["date"]), the_day("2012-06-14")):
        life.make(life.plan())

    entered = {states[told.step.rank - 1]["name"]: told.on for told in life.log}
    assert entered == {name: the_day(day) for name, day in case["correct"]["dates"].items()}
    assert [told.step.rank for told in life.log] == [1, 2, 3]


def the_day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def test_a_reminder_that_asks_for_more_days_than_its_cycle_has_is_given_once():
    life = a_life(a_strategy_of(a_step(1, -10, track=Track.BEFORE_DUE)), every=7)  # due on days 5, 12, 19

    said = lived(life, 13, then=lambda day: day == 0 and life.pay(1, 1000, BEGAN_ON))

    assert said == [(6, 10, "s1")]


def test_an_installment_paid_after_its_reminder_and_reversed_is_reminded_of_no_second_time():
    life = a_life(a_strategy_of(a_step(1, -4, track=Track.BEFORE_DUE)), every=30)

    def then(day):
        if day == 2:
            life.pay(1, 1000, BEGAN_ON + 2)
        if day == 4:
            life.reverse(0)

    assert lived(life, 6, then=then) == [(1, 10, "s1")]


def test_a_new_episode_begins_with_the_first_step():
    life = a_life(a_strategy_of(a_step(1, 3), a_step(2, 7)), every=14)  # due on days 5, 19, ...

    said = lived(life, 28, then=lambda day: day == 15 and life.pay(1, 1000, BEGAN_ON + 15))

    assert said == [(8, 10, "s1"), (12, 10, "s2"), (22, 10, "s1"), (26, 10, "s2")]


def test_a_backdated_payment_that_shortens_the_arrears_repeats_and_hurries_nothing():
    life = a_life(a_strategy_of(a_step(1, 3), a_step(2, 7), a_step(3, 12)), every=3)  # due on days 5, 8, ...

    def then(day):
        if day == 13:
            life.pay(1, 1000, BEGAN_ON + 6)  # the arrears begin on day 9 now, and days count from day 8

    said = lived(life, 21, then=then)

    assert said == [(8, 10, "s1"), (12, 10, "s2"), (20, 10, "s3")]


def test_a_guarantor_added_late_begins_with_his_own_first_step():
    to_all = tuple({"recipients": (*a_step(1, 0).recipients, GUARANTOR)} for _ in range(2))
    steps = (
        a_step(1, 3, channel=Channel.EMAIL, **to_all[0]),
        a_step(2, 8, channel=Channel.EMAIL, **to_all[1]),
    )
    life = a_life(a_strategy_of(*steps), every=60)  # loan 2 is due on day 7, guaranteed from day 20 on

    said = lived(life, 30, loan=2)

    assert [each for each in said if each[1] == 12] == [(20, 12, "s1"), (25, 12, "s2")]
    assert [each for each in said if each[1] == 10] == [(10, 10, "s1"), (15, 10, "s2")]


def test_a_step_of_another_version_is_taken_no_sooner_than_its_distance_to_the_last_one():
    life = a_life(a_strategy_of(a_step(1, 3), a_step(3, 20)), every=60)  # due on day 5

    def then(day):
        if day == 17:
            life.strategy = a_strategy_of(a_step(1, 3), a_step(2, 4), a_step(3, 10), a_step(4, 11))

    said = lived(life, 26, then=then)

    assert said == [(8, 10, "s1"), (17, 10, "s2"), (23, 10, "s3"), (24, 10, "s4")]
