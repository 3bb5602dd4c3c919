"""What holds for every law, every set of facts and every candidate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.facts import NEVER, Facts
from arrears.kernel.law import solver
from arrears.kernel.law.candidates import take
from arrears.kernel.law.rules import Effect
from arrears.kernel.law.solver import Result, Solution, solve
from tests.effort import effort
from tests.kernel.law.laws import EXCEPTION_KINDS, RULE_KINDS, a_law, rules
from tests.kernel.law.moments import Moments
from tests.kernel.law.oracle import Oracle, rows_of_table
from tests.kernel.law.scan import critical_instants, first_interval
from tests.kernel.law.worlds import World, worlds

DAY = 86_400_000_000
BINDING = (Effect.HARD, Effect.OVERRIDABLE)
days_ahead = st.sampled_from([1, 3, 10, 25])


def answer(world: World, days: int, at: np.ndarray | None = None, law=None) -> Solution:
    """The solution with a horizon `days` after the latest instant of the world."""
    asked = world.at if at is None else at
    horizon = np.full(len(asked), int(world.at.max()) + days * DAY)
    return solve(world.facts, law or world.law, world.candidates, asked, horizon_at=horizon)


def assert_agrees(world: World, days: int) -> None:
    oracle, found = Oracle(world.facts, world.law), answer(world, days)
    horizon = int(world.at.max()) + days * DAY
    for i, candidate in enumerate(rows_of_table(world.candidates)):
        t = int(world.at[i])
        instants = critical_instants(oracle, t, horizon + 20 * DAY)
        for effects, from_at, until_at in (
            (BINDING, found.from_at[i], found.until_at[i]),
            ((Effect.HARD,), found.hard_from_at[i], found.hard_until_at[i]),
        ):
            begin, end = first_interval(
                lambda at, c=candidate, e=effects: oracle.allows(c, at, e), instants, t, horizon
            )
            assert from_at == begin
            if end < NEVER or until_at < instants[-1]:
                assert until_at == end


@given(worlds(), days_ahead)
@settings(max_examples=effort(100, 600))
def test_the_answer_is_the_first_interval_that_the_law_read_aloud_permits(world, days):
    assert_agrees(world, days)


@pytest.mark.parametrize("kind", sorted(set(RULE_KINDS)))
@given(data=st.data(), days=days_ahead)
@settings(max_examples=effort(25, 120))
def test_each_kind_of_rule_with_its_exceptions_agrees_with_the_law_read_aloud(kind, data, days):
    assert_agrees(data.draw(worlds(kinds=(kind,), most_rules=1)), days)


# -- P1 to P3 --------------------------------------------------------------------------------------


@given(worlds(), days_ahead)
def test_an_answer_is_never_before_the_question(world, days):
    found = answer(world, days)

    assert (found.hard_from_at >= world.at).all()
    assert (found.from_at >= found.hard_from_at).all()
    assert (found.until_at[found.from_at < NEVER] > found.from_at[found.from_at < NEVER]).all()
    assert (found.until_at[found.from_at == NEVER] == NEVER).all()


@given(worlds(), days_ahead, st.integers(0, 10 * DAY))
def test_asking_later_never_finds_an_earlier_instant(world, days, later):
    horizon = world.at + later + days * DAY

    first, second = (
        solve(world.facts, world.law, world.candidates, at, horizon_at=horizon)
        for at in (world.at, world.at + later)
    )

    assert (second.from_at >= first.from_at).all()
    assert (second.hard_from_at >= first.hard_from_at).all()


@given(worlds(), days_ahead)
def test_asking_at_the_instant_that_was_found_finds_it_again(world, days):
    found = answer(world, days)
    some = np.flatnonzero(found.from_at < NEVER)
    horizon = np.full(len(some), int(world.at.max()) + days * DAY)

    again = solve(
        world.facts, world.law, take(world.candidates, some), found.from_at[some], horizon_at=horizon
    )

    assert (again.result == Result.ALLOW).all()
    assert (again.until_at == found.until_at[some]).all()


# -- P4 again, by instants that nobody chose ---------------------------------------------------------


@given(worlds(), days_ahead, st.lists(st.floats(0, 1), min_size=5, max_size=20))
def test_nothing_before_the_answer_is_permitted_and_everything_until_its_end_is(world, days, shares):
    oracle, found = Oracle(world.facts, world.law), answer(world, days)
    horizon = int(world.at.max()) + days * DAY
    for i, candidate in enumerate(rows_of_table(world.candidates)):
        t, begin, end = int(world.at[i]), int(found.from_at[i]), int(found.until_at[i])
        before, after = min(begin, horizon), min(end, horizon + 15 * DAY)
        for share in shares:
            assert before == t or not oracle.allows(candidate, t + int(share * (before - t - 1)), BINDING)
            if begin < NEVER:
                assert oracle.allows(candidate, begin + int(share * (after - begin - 1)), BINDING)
        if end < NEVER:
            assert oracle.allows(candidate, end - 1, BINDING)
            assert not oracle.allows(candidate, end, BINDING)


# -- P5 --------------------------------------------------------------------------------------------


@given(st.data(), worlds(), days_ahead)
def test_another_rule_never_makes_a_contact_possible_earlier(data, world, days):
    when = Moments(int(world.at[0]), (int(world.at[0]),))
    more = data.draw(rules(when, "more", data.draw(st.sampled_from(RULE_KINDS))))
    stricter = a_law((*world.law.rules, more), world.law.exceptions)

    with_more, found = answer(world, days, law=stricter), answer(world, days)

    assert (with_more.from_at >= found.from_at).all()
    assert (with_more.hard_from_at >= found.hard_from_at).all()


@given(st.data(), worlds(), days_ahead)
def test_another_exception_never_makes_a_contact_possible_later(data, world, days):
    when = Moments(int(world.at[0]), (int(world.at[0]),))
    lifts = (data.draw(st.sampled_from(world.law.rules)).id,)
    kind = data.draw(st.sampled_from(EXCEPTION_KINDS))
    more = data.draw(rules(when, "more", kind, lifts=lifts))
    milder = a_law(world.law.rules, (*world.law.exceptions, more))

    with_more, found = answer(world, days, law=milder), answer(world, days)

    assert (with_more.from_at <= found.from_at).all()
    assert (with_more.hard_from_at <= found.hard_from_at).all()


# -- P7 --------------------------------------------------------------------------------------------


def told(solution: Solution, row: int) -> tuple[object, ...]:
    """Everything the solution says of one row."""
    columns = ("from_at", "until_at", "hard_from_at", "hard_until_at", "result")
    reasons = [(each.rule.id, each.from_at, each.is_now, each.release) for each in solution.reasons(row)]
    flags = [rule.id for rule in solution.flags(row)]
    return (*(int(getattr(solution, name)[row]) for name in columns), *reasons, *flags)


@given(st.data(), worlds(), days_ahead)
def test_a_row_is_answered_alike_alone_and_among_others_in_any_order_and_split(data, world, days):
    rows = data.draw(st.lists(st.sampled_from(range(len(world.at))), min_size=1, max_size=12))
    ids = np.array(rows)
    candidates, at = take(world.candidates, ids), world.at[ids]
    horizon = np.full(len(ids), int(world.at.max()) + days * DAY)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "_CHUNK", data.draw(st.integers(1, 13)))
        together = solve(world.facts, world.law, candidates, at, horizon_at=horizon)

    for i, row in enumerate(rows):
        alone = solve(
            fresh(world.facts),
            world.law,
            take(world.candidates, np.array([row])),
            world.at[[row]],
            horizon_at=horizon[:1],
        )
        assert told(together, i) == told(alone, 0)


def fresh(facts: Facts) -> Facts:
    """The same facts with nothing remembered about them."""
    return replace(facts, _cache={})


@given(worlds(), days_ahead, st.integers(0, 3))
def test_rules_that_take_turns_for_long_settle_as_their_intersection_does(world, days, rounds):
    found = answer(world, days)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "_ROUNDS", rounds)
        patch.setattr(solver, "_EXACT_CHUNK", 2)
        exact = answer(world, days)

    for name in ("from_at", "until_at", "hard_from_at", "hard_until_at"):
        assert (getattr(exact, name) == getattr(found, name)).all(), name


# -- P9 --------------------------------------------------------------------------------------------


@given(worlds(), days_ahead)
def test_without_the_rules_that_the_reasons_name_the_answer_is_now(world, days):
    found = answer(world, days)
    for row in range(len(world.at)):
        named = {each.rule.id for each in found.reasons(row) if each.is_now}
        milder = a_law(tuple(rule for rule in world.law.rules if rule.id not in named), world.law.exceptions)
        assert answer(world, days, law=milder).result[row] == Result.ALLOW
        assert bool(named) == (found.result[row] != Result.ALLOW)


@given(worlds(), days_ahead)
def test_every_reason_is_a_rule_that_refuses_and_says_when_it_would_not(world, days):
    oracle, found = Oracle(world.facts, world.law), answer(world, days)
    horizon = int(world.at.max()) + days * DAY
    for i, candidate in enumerate(rows_of_table(world.candidates)):
        t = int(world.at[i])
        instants = critical_instants(oracle, t, horizon + 20 * DAY)
        for each in found.reasons(i):
            assert each.rule.effect in BINDING
            assert each.is_now == (not oracle.is_permitted(candidate, each.rule, t))
            if each.is_now:
                permits = lambda at, rule=each.rule, c=candidate: oracle.is_permitted(c, rule, at)  # noqa: E731
                assert each.from_at == first_interval(permits, instants, t, horizon)[0]
            assert (each.release.kind == "time") == (each.from_at < NEVER)
