"""Exceptions give time to the rules they name, to nobody else and not twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.law.candidates import take
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.kernel.vocabulary import Direction
from arrears.rulepacks.zones import ZONES
from tests.effort import effort
from tests.kernel.law.builders import with_contact
from tests.kernel.law.laws import a_law, a_rule
from tests.kernel.law.moments import moments
from tests.kernel.law.oracle import rows_of_table
from tests.kernel.law.worlds import some_candidates, some_facts

NIGHT = a_rule("night", "forbid")
REPLY = a_rule("reply", "one_reply", params={"within_hours": 1}, lifts=("night",))
LAW = a_law((NIGHT,), (REPLY,))


def a_night(*contacts: tuple[str, str], at: str = "22:20:00") -> Result:
    """May we text at `at`, given these (time, direction) texts of the same evening?"""
    situation = {
        "channel": "sms",
        "at": f"2026-07-15T{at}Z",
        "recipient": {"places": ["US"], "zones": ["UTC"]},
        "contacts": [{"at": f"2026-07-15T{time}Z", "direction": way} for time, way in contacts],
    }
    facts, candidates, asked = situation_facts([situation], ZONES)
    return Result(int(solve(facts, LAW, candidates, asked).result[0]))


def test_a_message_may_be_answered_once():
    assert a_night(("22:15:00", "in")) is Result.ALLOW
    assert a_night(("22:15:00", "in"), ("22:16:00", "out")) is Result.REFUSE


def test_an_answer_at_the_very_instant_of_the_message_has_answered_it():
    assert a_night(("22:20:00", "in")) is Result.ALLOW
    assert a_night(("22:20:00", "in"), ("22:20:00", "out")) is Result.REFUSE


def test_an_answer_already_recorded_for_a_later_instant_has_answered_it():
    assert a_night(("22:15:00", "in"), ("22:20:01", "out")) is Result.REFUSE


def test_the_permission_lasts_as_long_as_the_rule_says_and_only_answers_within_it_count():
    assert a_night(("22:15:00", "in"), at="23:14:59") is Result.ALLOW
    assert a_night(("22:15:00", "in"), at="23:15:00") is Result.REFUSE
    assert a_night(("22:15:00", "in"), ("23:14:59", "out")) is Result.REFUSE
    assert a_night(("22:15:00", "in"), ("23:15:00", "out")) is Result.ALLOW


def test_an_answer_ends_the_permission_of_every_message_before_it_and_of_none_after():
    assert a_night(("22:10:00", "in"), ("22:15:00", "in"), ("22:16:00", "out")) is Result.REFUSE
    assert a_night(("22:10:00", "in"), ("22:11:00", "out"), ("22:15:00", "in")) is Result.ALLOW


@given(data=st.data())
@settings(max_examples=effort(100, 600))
def test_gates_that_ask_in_any_order_of_time_never_use_one_reply_twice(data):
    when = data.draw(moments())
    facts = data.draw(some_facts(when))
    candidates = data.draw(some_candidates(facts))
    asked = data.draw(
        st.lists(st.tuples(st.integers(0, len(candidates["loan"]) - 1), when.some()), min_size=2, max_size=8)
    )
    used: list[dict[str, int]] = []
    for row, t in asked:
        one = take(candidates, np.array([row]))
        if solve(facts, LAW, one, np.array([t])).result[0] == Result.ALLOW:
            facts = with_contact(facts, one, 0, t)
            used.append(rows_of_table(facts["contact"])[-1])
    said = [row for row in rows_of_table(facts["contact"]) if row["direction"] == Direction.IN]
    for reply in used:
        for other in used:
            if reply is not other and _is_same_line(reply, other) and reply["at"] <= other["at"]:
                assert any(
                    _is_same_line(each, other) and reply["at"] < each["at"] <= other["at"] for each in said
                )


def _is_same_line(one: dict[str, int], other: dict[str, int]) -> bool:
    return one["person"] == other["person"] and one["channel"] == other["channel"]
