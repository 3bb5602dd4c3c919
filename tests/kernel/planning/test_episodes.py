"""The ladder lived day by day: no order of reports, payments and missed runs breaks it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import day_of
from arrears.kernel.facts import NO_DATE
from arrears.kernel.planning.ladder import due_steps
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.planning.strategy import CatchUp
from arrears.kernel.vocabulary import Channel, Stops
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.world import APP, World, a_law, midnight

LATEST, IN_ORDER = CatchUp.LATEST, CatchUp.IN_ORDER
KILL_BILL = Path(__file__).parents[4] / "shared" / "cases" / "killbill_skip.json"
LOAN = 1


class Life:
    """One loan, its reports, and the nightly runs that did take place."""

    def __init__(self, strategy, *, law=None):
        self.strategy, self.law = strategy, law or a_law()
        self.world = World()
        self.world.loan(LOAN, self.world.person(10, (APP, 100)))
        self.history: list[tuple[int, str]] = []

    def arrears(self, on):
        columns = arrears_of(self.world.facts(), on, self.law.zones)
        return {name: column[0] for name, column in columns.items()}

    def run(self, on):
        """The run of a day, and every contact it plans made the same day."""
        facts = self.world.facts()
        arrears = arrears_of(facts, on, self.law.zones)
        plan = plan_day(facts, self.law, self.strategy, arrears, on=on, at=midnight(on))
        for contact in range(len(plan.contacts)):
            step = self.strategy.steps[plan.contacts.step[contact]]
            at = int(plan.contacts.not_before_at[contact])
            self.world.attempt(at, 10, 100, Channel.IN_APP, [LOAN])
            self.world.step_done(LOAN, step, on)
            self.history.append((on, step.id))
        return plan


def lived(strategy, reports, runs, *, start=0):
    """The (day, step) history of a loan whose core system reports `reports` {day: since}."""
    life = Life(strategy)
    for day in runs:
        for as_of_on, since in reports.items():
            if as_of_on == day:
                life.world.report(LOAN, start + as_of_on, since=None if since is None else start + since)
        life.run(start + day)
    return [(on - start, step) for on, step in life.history]


DAYS = {"s1": 5, "s2": 7, "s3": 11}


@pytest.mark.parametrize("catch_up", [LATEST, IN_ORDER])
def test_kill_bill_2297_a_partial_payment_that_moves_the_oldest_unpaid_date_skips_no_milder_step(catch_up):
    strategy = a_strategy(*DAYS.values(), catch_up=catch_up)
    reports = {0: 0, 1: 0} | dict.fromkeys(range(2, 16), 2)

    history = lived(strategy, reports, range(16), start=20_000)

    assert history == [(7, "s1"), (9, "s2"), (13, "s3")]


@pytest.mark.skipif(not KILL_BILL.exists(), reason="../shared/cases is not here")
@pytest.mark.parametrize("name", ["skip/shifting-anchor", "skip/control", "skip/late-check"])
def test_the_states_kill_bill_should_have_entered_are_the_steps_done_here(name):
    case = next(c for c in json.loads(KILL_BILL.read_text())["cases"] if c["id"] == f"killbill/{name}")
    states = sorted(case["config"]["states"], key=lambda state: state["when"]["days_since"])
    life = Life(a_strategy(*(s["when"]["days_since"] for s in states), catch_up=LATEST))
    entered = {}
    skipped = case["correct"].get("no_check_between") if case["correct"] else None

    first, last = (day_of(date.fromisoformat(case["expected"][n]["date"])) for n in (0, -1))
    for day in range(first, last + 1):
        life.world.report(LOAN, day, since=oldest_unpaid(case, day))
        if skipped is None or not skipped[0] < str(date.fromordinal(day + 719163)) < skipped[1]:
            life.run(day)
        for on, step in life.history:
            entered.setdefault(states[int(step[1:]) - 1]["name"], on)

    for expected in case["expected"]:
        on = day_of(date.fromisoformat(expected["date"]))
        until_then = {name: day for name, day in entered.items() if day <= on}
        assert max(until_then, key=until_then.get, default="CLEAR") == expected["state"]
    for state, on in (case["correct"] or {}).get("dates", {}).items():
        if day_of(date.fromisoformat(on)) <= last:
            assert entered[state] == day_of(date.fromisoformat(on))


def oldest_unpaid(case, day):
    paid = {
        invoice
        for event in case["events"]
        if day_of(date.fromisoformat(event["date"])) <= day
        for invoice in event["invoices"]
    }
    dates = [day_of(date.fromisoformat(i["date"])) for i in case["invoices"] if i["id"] not in paid]
    return min((d for d in dates if d <= day), default=None)


def test_a_day_without_a_run_pushes_the_ladder_back_and_bursts_nothing():
    strategy = a_strategy(3, 7, 12, catch_up=IN_ORDER)

    history = lived(strategy, {0: 0}, [0, 1, 2, *range(20, 40)], start=20_000)

    assert history == [(20, "s1"), (24, "s2"), (29, "s3")]


def test_the_latest_policy_takes_one_step_after_an_outage_and_then_keeps_the_distances():
    strategy = a_strategy(3, 7, 12, 20, catch_up=LATEST)

    history = lived(strategy, {0: 0}, [0, 1, 2, *range(13, 40)], start=20_000)

    assert history == [(13, "s3"), (21, "s4")]


def test_after_a_cure_the_ladder_starts_again():
    reports = {0: 0, 8: None, 20: 19}

    history = lived(a_strategy(3, 7), reports, range(30), start=20_000)

    assert history == [(3, "s1"), (7, "s2"), (22, "s1"), (26, "s2")]


def test_a_cure_that_is_taken_back_repeats_nothing():
    life = Life(a_strategy(3, 7))
    life.world.report(LOAN, 20_000, since=20_000)
    for day in range(20_000, 20_006):
        life.run(day)
    life.world.report(LOAN, 20_006, since=None)
    life.run(20_006)

    life.world.report(LOAN, 20_006, since=20_000)
    for day in range(20_007, 20_012):
        life.run(day)

    assert life.history == [(20_003, "s1"), (20_007, "s2")]


def test_a_partial_payment_late_in_the_ladder_repeats_no_milder_step():
    reports = {0: 0, 8: 7}

    history = lived(a_strategy(3, 7, 12), reports, range(30), start=20_000)

    assert history == [(3, "s1"), (7, "s2"), (19, "s3")]


def test_days_under_a_hold_that_stops_ageing_count_for_no_step():
    life = Life(a_strategy(3, 7))
    life.world.report(LOAN, 20_000, since=20_000)
    life.world.hold(LOAN, stops=Stops.AGEING, from_at=midnight(20_001), until_at=midnight(20_011))

    for day in range(20_000, 20_030):
        life.run(day)

    assert life.history == [(20_013, "s1"), (20_017, "s2")]


class LadderMachine(RuleBasedStateMachine):
    """Reports, restatements, partial payments, holds and missed runs in any order."""

    @initialize(
        offsets=st.sets(st.integers(0, 15), min_size=1, max_size=4),
        catch_up=st.lists(st.sampled_from(CatchUp), min_size=4, max_size=4),
    )
    def begin(self, offsets, catch_up):
        self.on = self.begun_on = 20_000
        strategy = a_strategy(*sorted(offsets), catch_up=tuple(catch_up[: len(offsets)]))
        self.life = Life(strategy)
        self.life.world.report(LOAN, self.on, since=self.on)
        self.is_run = False
        self.done = []  # (day, position, delinquent days then, episode start then)

    @rule(days=st.integers(1, 9))
    def days_pass_without_a_run(self, days):
        self.on += days
        self.is_run = False

    @rule()
    def a_day_passes_and_is_run(self):
        self.on += 1
        self.is_run = False
        self.run()

    @rule()
    def run(self):
        before = self.life.arrears(self.on)
        due = self._due()
        plan = self.life.run(self.on)
        is_first = not self.is_run
        self.is_run = True
        made = [self.life.strategy.steps[p].id for p in plan.contacts.step]
        if not is_first:
            assert made == [] or not self._has_contact_today_before(0), "a second run repeats nothing"
        for name in made:
            position = self.life.strategy.position(name)
            self.done.append(
                (self.on, position, int(before["delinquent_days"]), int(before["episode_start_on"]))
            )
            self._check_last()
        if due is not None and not self._has_contact_today_before(len(made)):
            assert made == [due], "a due step that the law permits is taken"

    @rule(ago=st.integers(0, 12), late_for=st.integers(0, 30))
    def a_report_says_late(self, ago, late_for):
        as_of_on = max(self.begun_on, self.on - ago)
        self.life.world.report(LOAN, as_of_on, since=as_of_on - late_for)

    @rule(ago=st.integers(0, 12))
    def a_report_says_paid(self, ago):
        self.life.world.report(LOAN, max(self.begun_on, self.on - ago), since=None)

    @rule(days=st.integers(1, 10))
    def a_partial_payment_moves_the_oldest_unpaid_day(self, days):
        now = self.life.arrears(self.on)
        if now["is_late"]:
            since = min(self.on, int(now["overdue_since_on"]) + days)
            self.life.world.report(LOAN, self.on, since=since)

    @precondition(lambda self: len(self.life.world.holds) < 3)
    @rule(length=st.integers(1, 6), stops=st.sampled_from([Stops.AGEING, Stops.NOTICES]))
    def a_hold_begins(self, length, stops):
        self.life.world.hold(
            LOAN, stops=stops, from_at=midnight(self.on), until_at=midnight(self.on + length)
        )

    @invariant()
    def at_most_one_step_a_day(self):
        days = [day for day, *_ in getattr(self, "done", [])]
        assert len(days) == len(set(days))

    def _due(self):
        """The step that the ladder gives, unless a hold stops notices today."""
        facts = self.life.world.facts()
        due = due_steps(
            facts,
            arrears_of(facts, self.on, self.life.law.zones),
            self.life.strategy,
            on=self.on,
            at=midnight(self.on),
        )
        held = any(
            h["stops"] == Stops.NOTICES
            and h["from_at"] < midnight(self.on + 1)
            and h["until_at"] > midnight(self.on)
            for h in self.life.world.holds
        )
        return None if held or len(due) == 0 else self.life.strategy.steps[due.step[0]].id

    def _has_contact_today_before(self, made):
        return any(day == self.on for day, *_ in self.done[: len(self.done) - made])

    def _check_last(self):
        """The step just done was reached, not repeated, not hurried, and skipped nothing."""
        steps = self.life.strategy.steps
        on, position, days, start = self.done[-1]
        assert days >= steps[position].offset_days, "not before its offset"
        earlier = [(d, p) for d, p, _, _ in self.done[:-1] if d >= start]
        assert start != NO_DATE
        assert all(p < position for _, p in earlier), "ranks never fall and nothing repeats"
        if earlier:
            last_on, last = earlier[-1]
            gap = steps[position].offset_days - steps[last].offset_days
            assert on - last_on >= gap, "not hurried"
        else:
            last = -1
        passed_over = steps[last + 1 : position]
        assert all(step.catch_up is LATEST for step in passed_over), "in order is in order"


LadderMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLadderMachine = LadderMachine.TestCase
