"""What holds for every law, every set of facts and every candidate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Effect
from arrears.kernel.law.solver import Solution, solve
from tests.kernel.law.laws import RULE_KINDS
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
@settings(max_examples=300)
def test_the_answer_is_the_first_interval_that_the_law_read_aloud_permits(world, days):
    assert_agrees(world, days)


@pytest.mark.parametrize("kind", sorted(set(RULE_KINDS)))
@given(data=st.data(), days=days_ahead)
@settings(max_examples=60)
def test_each_kind_of_rule_with_its_exceptions_agrees_with_the_law_read_aloud(kind, data, days):
    assert_agrees(data.draw(worlds(kinds=(kind,), most_rules=1)), days)
