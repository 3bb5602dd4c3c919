"""How strongly a rule is worded decides who may set it aside, and for whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import NEVER, NO_ID
from arrears.kernel.law.rules import EFFECT_OF, Effect, Rule, Strength
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.kernel.vocabulary import ANY, Ground
from arrears.rulepacks.zones import ZONES
from tests.kernel.law.builders import a_person_called, with_rows
from tests.kernel.law.laws import a_law, a_rule
from tests.kernel.law.oracle import Oracle, rows_of_table
from tests.kernel.law.worlds import World, worlds

AT = 1_784_000_000_000_000
HARD, SOFT, REMARK = (
    a_rule(name, "forbid", effect=effect)
    for name, effect in (("hard", Effect.HARD), ("soft", Effect.OVERRIDABLE), ("remark", Effect.FLAG))
)
OTHER = a_rule("other", "forbid", effect=Effect.OVERRIDABLE)


def ask(*rules, overrides: tuple[dict[str, int], ...] = (), at: int = AT, exceptions: tuple[Rule, ...] = ()):
    facts, candidates = a_person_called(zones=["UTC"], at=[])
    told = {"person": 10, "loan": ANY, "rule": 0, "ground": NO_ID, "from_at": AT, "until_at": AT + HOUR}
    facts = with_rows(
        facts, "override", [{**told, **each} for each in overrides], rules=("soft", "hard", "other")
    )
    return solve(facts, a_law(rules, exceptions), candidates, np.array([at]))


def test_the_worst_rule_decides():
    assert ask().result[0] == Result.ALLOW
    assert ask(REMARK).result[0] == Result.ALLOW
    assert ask(SOFT, REMARK).result[0] == Result.OVERRIDABLE
    assert ask(SOFT, HARD, REMARK).result[0] == Result.REFUSE


def test_a_flag_is_remarked_on_and_moves_nothing():
    solution = ask(REMARK)

    assert (solution.from_at[0], solution.until_at[0]) == (AT, NEVER)
    assert [rule.id for rule in solution.flags(0)] == ["remark"]
    assert solution.reasons(0) == []


def test_a_flag_speaks_of_the_slot_and_not_of_the_question():
    opens = a_rule("opens", "hours", params={"from": "08:00", "to": "09:00"})
    early = a_rule("early", "hours", effect=Effect.FLAG, params={"from": "08:00", "to": "20:00"})
    late = a_rule("late", "hours", effect=Effect.FLAG, params={"from": "10:00", "to": "20:00"})

    solution = ask(opens, early, late, at=AT // DAY * DAY + 22 * HOUR)

    assert [rule.id for rule in solution.flags(0)] == ["late"]


def test_an_override_lifts_the_rule_it_names_and_no_other():
    assert ask(SOFT, overrides=({},)).result[0] == Result.ALLOW
    assert ask(SOFT, overrides=({"rule": 2},)).result[0] == Result.OVERRIDABLE
    assert ask(SOFT, OTHER, overrides=({},)).result[0] == Result.OVERRIDABLE
    assert ask(SOFT, OTHER, overrides=({}, {"rule": 2})).result[0] == Result.ALLOW


def test_an_override_is_for_a_reason_that_justifies_it_where_the_law_names_some():
    grounds = a_rule("why", "justified", lifts=("soft",), params={"grounds": ["litigation"]})

    def answered(**told: int) -> int:
        return int(ask(SOFT, overrides=(told,), exceptions=(grounds,)).result[0])

    assert answered(ground=int(Ground.LITIGATION)) == Result.ALLOW
    assert answered(ground=int(Ground.ASKED_FOR)) == Result.OVERRIDABLE
    assert answered() == Result.OVERRIDABLE


def test_an_override_never_lifts_a_hard_rule():
    assert ask(HARD, overrides=({"rule": 1},)).result[0] == Result.REFUSE


@pytest.mark.parametrize(
    ("told", "result"),
    [
        ({"person": 11}, Result.OVERRIDABLE),
        ({"loan": 20}, Result.ALLOW),
        ({"loan": 21}, Result.OVERRIDABLE),
        ({"from_at": AT + 1}, Result.OVERRIDABLE),
        ({"until_at": AT}, Result.OVERRIDABLE),
        ({"until_at": AT + 1}, Result.ALLOW),
    ],
)
def test_an_override_is_for_one_person_one_loan_and_its_time(told, result):
    assert ask(SOFT, overrides=(told,)).result[0] == result


def test_an_override_lasts_until_its_end_and_not_longer():
    solution = ask(SOFT, overrides=({},))

    assert (solution.from_at[0], solution.until_at[0]) == (AT, AT + HOUR)


def test_each_wording_behaves_in_one_of_three_ways():
    assert EFFECT_OF == {
        Strength.MUST_NOT: Effect.HARD,
        Strength.SHALL_NOT: Effect.HARD,
        Strength.SHOULD_NOT: Effect.OVERRIDABLE,
        Strength.PRESUME: Effect.OVERRIDABLE,
    }


@given(worlds(), st.sampled_from([1, 10]))
def test_the_hard_answer_is_that_of_a_law_of_hard_rules_only(world: World, days: int):
    horizon = world.at + days * DAY

    def solved(*effects: Effect):
        kept = tuple(rule for rule in world.law.rules if rule.effect in effects)
        law = a_law(kept, world.law.exceptions)
        return solve(world.facts, law, world.candidates, world.at, horizon_at=horizon)

    every, hard = solved(*Effect), solved(Effect.HARD)
    assert (every.hard_from_at == hard.from_at).all()
    assert (every.hard_until_at == hard.until_at).all()
    assert (every.from_at == solved(Effect.HARD, Effect.OVERRIDABLE).from_at).all()


@given(worlds(), st.sampled_from([1, 10]))
def test_flags_are_the_flag_rules_that_the_slot_does_not_satisfy(world: World, days: int):
    oracle = Oracle(world.facts, world.law)
    found = solve(world.facts, world.law, world.candidates, world.at, horizon_at=world.at + days * DAY)
    for i, candidate in enumerate(rows_of_table(world.candidates)):
        begin = int(found.from_at[i])
        flags = [
            rule
            for rule in world.law.rules
            if rule.effect is Effect.FLAG
            and begin < NEVER
            and not oracle.is_permitted(candidate, rule, begin)
        ]
        assert found.flags(i) == flags


def test_a_situation_may_bring_its_override_along():
    situation = {"at": "2026-07-14T09:00:00Z", "overrides": [{"rule": "soft"}]}
    facts, candidates, at = situation_facts([situation], ZONES)

    assert solve(facts, a_law((SOFT,)), candidates, at).result[0] == Result.ALLOW
