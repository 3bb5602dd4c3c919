"""The ladder against a reading of the same sentences loan by loan, in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.facts import NO_DATE
from arrears.kernel.planning.ladder import due_steps
from arrears.kernel.planning.strategy import CatchUp
from tests.kernel.planning.builders import a_strategy, done, ladder_facts, late

LATEST, IN_ORDER = CatchUp.LATEST, CatchUp.IN_ORDER


def due_of(strategy, *, days, on=100, start=None, steps=(), is_late=True):
    """(id of the due step or None, ids passed over) for one loan on day `on`."""
    facts = ladder_facts(steps)
    arrears = late(days, start=on - days if start is None else start, is_late=is_late)
    due = due_steps(facts, arrears, strategy, on=on, at=0)
    if len(due) == 0:
        return None, []
    ids = [step.id for step in strategy.steps]
    return ids[due.step[0]], [ids[position] for position in due.passed_over(0, strategy)]


def test_no_step_is_due_before_its_offset_is_reached():
    assert due_of(a_strategy(3, 7), days=2) == (None, [])
    assert due_of(a_strategy(3, 7), days=3) == ("s1", [])


def test_a_loan_that_is_not_late_has_no_due_step():
    assert due_of(a_strategy(3, 7), days=9, is_late=False) == (None, [])


def test_the_latest_reached_step_is_due_and_the_lower_ones_are_passed_over():
    assert due_of(a_strategy(3, 7, 12, catch_up=LATEST), days=13) == ("s3", ["s1", "s2"])


def test_in_order_the_lowest_undone_step_is_due_however_late_the_run_is():
    assert due_of(a_strategy(3, 7, 12, catch_up=IN_ORDER), days=13) == ("s1", [])


def test_a_step_that_may_not_be_passed_over_holds_the_higher_ones_back():
    strategy = a_strategy(3, 7, 12, 20, catch_up=(LATEST, LATEST, IN_ORDER, LATEST))

    assert due_of(strategy, days=40) == ("s3", ["s1", "s2"])


def test_a_step_done_in_the_episode_is_not_due_again():
    assert due_of(a_strategy(3, 7), days=4, steps=[done("s1", 99)]) == (None, [])


def test_a_step_done_before_the_episode_does_not_count():
    assert due_of(a_strategy(3, 7), days=4, steps=[done("s1", 95)]) == ("s1", [])


def test_a_restated_earlier_start_repeats_nothing():
    strategy, steps = a_strategy(3, 7), [done("s1", 93), done("s2", 97)]

    assert due_of(strategy, days=10, start=90, steps=steps) == (None, [])
    assert due_of(strategy, days=30, start=70, steps=steps) == (None, [])


def test_a_step_done_late_pushes_the_next_one_back_by_as_many_days():
    strategy, steps = a_strategy(3, 7), [done("s1", 97)]

    assert due_of(strategy, on=100, days=9, steps=steps) == (None, [])
    assert due_of(strategy, on=101, days=10, steps=steps) == ("s2", [])


def test_after_a_late_step_the_latest_policy_takes_the_steps_at_their_own_distances():
    strategy, steps = a_strategy(3, 7, 12, catch_up=LATEST), [done("s1", 100)]

    assert due_of(strategy, on=103, days=60, steps=steps) == (None, [])
    assert due_of(strategy, on=104, days=61, steps=steps) == ("s2", [])
    assert due_of(strategy, on=109, days=66, steps=steps) == ("s3", ["s2"])


def test_a_higher_rank_done_makes_every_lower_step_past():
    assert due_of(a_strategy(3, 7), days=9, steps=[done("s2", 100)]) == (None, [])


def test_a_passed_over_step_alone_holds_nothing_back():
    steps = [done("s2", 98, is_superseded=True)]

    assert due_of(a_strategy(3, 7), days=9, steps=steps) == ("s1", [])


def test_a_step_of_an_earlier_strategy_below_every_rank_never_lets_two_steps_share_a_day():
    facts = ladder_facts([done("s0", 100)])

    due = due_steps(facts, late(5, start=95), a_strategy(0, 4), on=100, at=0)

    assert len(due) == 0


def test_a_strategy_whose_offsets_do_not_rise_is_a_programmers_mistake():
    with pytest.raises(AssertionError, match="offsets"):
        a_strategy(3, 3)


def oracle(strategy, *, days, start, on, steps):
    """The sentences of the design, read for one loan."""
    in_episode = [s for s in steps if s["done_on"] >= start and not s["is_superseded"]]
    highest = max((s["rank"] for s in in_episode), default=None)
    reached = [s for s in strategy.steps if s.offset_days <= days]
    if highest is not None:
        last_on = max(s["done_on"] for s in in_episode if s["rank"] == highest)
        below = [s.offset_days for s in strategy.steps if s.rank <= highest]
        floor = min(strategy.steps[0].offset_days - 1, 0)
        offset = max(below) if below else floor
        reached = [s for s in reached if s.rank > highest and on >= last_on + s.offset_days - offset]
    if not reached:
        return None, []
    in_order = [s for s in reached if s.catch_up is IN_ORDER]
    due = in_order[0] if in_order else reached[-1]
    return due.id, [s.id for s in reached if s.rank < due.rank]


@st.composite
def situations(draw):
    offsets = sorted(draw(st.sets(st.integers(0, 40), min_size=1, max_size=6)))
    policies = draw(st.lists(st.sampled_from(CatchUp), min_size=len(offsets), max_size=len(offsets)))
    strategy = a_strategy(*offsets, catch_up=tuple(policies))
    on = 100
    days = draw(st.integers(0, 60))
    start = draw(st.integers(on - 70, on))
    steps = draw(
        st.lists(
            st.builds(
                done,
                st.sampled_from([f"s{n}" for n in range(len(offsets) + 2)]),
                st.integers(on - 80, on),
                is_superseded=st.booleans(),
            ),
            max_size=5,
        )
    )
    return strategy, days, start, on, steps


@given(situations())
def test_the_due_step_is_what_the_sentences_say(situation):
    strategy, days, start, on, steps = situation

    assert due_of(strategy, days=days, start=start, on=on, steps=steps) == oracle(
        strategy, days=days, start=start, on=on, steps=steps
    )


@given(st.lists(situations(), min_size=1, max_size=6), st.data())
def test_one_loan_among_many_has_the_same_due_step_as_alone(crowd, data):
    strategy, on = data.draw(st.sampled_from(crowd))[0], 100
    steps = [{**s, "loan": n} for n, one in enumerate(crowd) for s in one[4]]
    facts = ladder_facts(steps, loans=len(crowd))
    arrears = late([c[1] for c in crowd], start=[c[2] for c in crowd])

    due = due_steps(facts, arrears, strategy, on=on, at=0)

    ids = [step.id for step in strategy.steps]
    together = {
        int(loan): (ids[step], [ids[p] for p in due.passed_over(n, strategy)])
        for n, (loan, step) in enumerate(zip(due.loan, due.step, strict=True))
    }
    for n, (_, days, start, _, own) in enumerate(crowd):
        alone = due_of(strategy, days=days, start=start, on=on, steps=own)
        assert together.get(n, (None, [])) == alone


def test_nobody_late_means_nothing_due():
    facts = ladder_facts([], loans=3)
    arrears = late([0, 0, 0], start=[NO_DATE] * 3, is_late=False)

    due = due_steps(facts, arrears, a_strategy(0, 4), on=100, at=0)

    assert len(due) == 0
    assert due.loan.dtype == np.int64
