"""The refusals of a day, against one due step after the other in plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.candidates import take
from arrears.kernel.law.solver import solve
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.planning.refusals import refusals_of
from arrears.kernel.vocabulary import Channel
from tests.effort import effort
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.living import LAW, ON, lives
from tests.kernel.planning.world import EMAIL, World, midnight


def plan_of(world, strategy, on):
    world.through_on = on - 1
    facts = world.facts()
    return facts, plan_day(facts, LAW, strategy, arrears_of(facts, on, LAW.zones), on=on, at=midnight(on))


def earliest(facts, plan, rows):
    at = np.full(len(rows), midnight(plan.on))
    return solve(facts, LAW, take(plan.proposals.candidates, rows), at).from_at


def nearest_in_plain_python(plan, rows, from_at):
    """{due step: (candidate, instant, refused, rule ids)}, its candidates compared one by one."""
    found = {}
    for due in sorted(set(plan.proposals.due[rows].tolist())):
        ranked = []
        for row, at in zip(rows.tolist(), from_at.tolist(), strict=True):
            if plan.proposals.due[row] == due:
                kinds = [each.release.kind for each in plan.choice.solution.reasons(row)]
                ranked.append((at, kinds.count("nothing"), kinds.count("fact"), row))
        at, _, _, row = min(ranked)
        is_refused = all(plan.choice.outcome[each[3]] == Outcome.REFUSED for each in ranked)
        found[due] = (row, at, is_refused, {each.rule.id for each in plan.choice.solution.reasons(row)})
    return found


def rule_ids(bits):
    marks = np.unpackbits(np.frombuffer(bits, np.uint8), count=len(LAW.rules))
    return {LAW.rules[code].id for code in np.flatnonzero(marks)}


@settings(max_examples=effort(40, 200))
@given(lives(), st.integers(0, 60))
def test_the_nearest_candidate_of_each_step_is_the_one_a_clerk_would_find(life, day):
    strategy, world = life
    facts, plan = plan_of(world, strategy, ON + day)
    rows = np.flatnonzero(plan.choice.outcome != Outcome.PLANNED)
    from_at = earliest(facts, plan, rows)

    found = refusals_of(plan, rows, from_at)

    columns = (found.nearest.tolist(), found.from_at.tolist(), found.is_refused.tolist())
    told = zip(*columns, map(rule_ids, found.rules), strict=True)
    assert dict(zip(found.due.tolist(), told, strict=True)) == nearest_in_plain_python(plan, rows, from_at)


def test_of_two_addresses_the_one_that_lacks_less_is_named():
    world = World()
    world.loan(1, world.person(10, (EMAIL, 100), (EMAIL, 101)))
    world.report(1, ON, since=ON - 3)
    world.opt_out(-1, Channel.EMAIL, value=101)
    world.opt_out(-1, Channel.EMAIL, value=100)
    world.points[0]["dead_from_at"] = 0
    facts, plan = plan_of(world, a_strategy(3, channel=Channel.EMAIL), ON)
    rows = np.arange(len(plan.proposals))

    found = refusals_of(plan, rows, earliest(facts, plan, rows))

    assert (found.nearest.tolist(), found.from_at.tolist(), found.is_refused.tolist()) == (
        [1],
        [NEVER],
        [True],
    )
