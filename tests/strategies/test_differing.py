"""Differences between two strategies are named by step and key, and are none between a file and itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arrears.kernel.planning.strategy import Ladder, Segment, Strategy
from arrears.kernel.vocabulary import Channel
from arrears.strategies import list_strategies, load_strategy
from arrears.strategies.differing import differences
from tests.kernel.planning.builders import a_step

MINE = Strategy(
    "mine",
    "v1",
    (Ladder("standard", (a_step(1, 3), a_step(2, 7))), Ladder("kind", (a_step(3, 5),))),
    (Segment("kind", is_vulnerable=True),),
)


def changes(after: Strategy) -> list[tuple]:
    return [(d.what, d.name, d.change, d.key, d.before, d.after) for d in differences(MINE, after)]


def with_steps(*steps) -> Strategy:
    return replace(MINE, ladders=(Ladder("standard", steps), MINE.ladders[1]))


@pytest.mark.parametrize("name", list_strategies())
def test_a_strategy_does_not_differ_from_itself(name):
    assert differences(load_strategy(name), load_strategy(name)) == ()


def test_a_changed_step_is_told_key_by_key():
    after = with_steps(a_step(1, 4, channel=(Channel.EMAIL, Channel.IN_APP)), a_step(2, 7))

    assert changes(after) == [
        ("step", "s1", "changed", "offset_days", 3, 4),
        ("step", "s1", "changed", "channels", ["in_app"], ["email", "in_app"]),
    ]


def test_steps_are_added_and_removed_by_their_id():
    assert [each[:3] for each in changes(with_steps(a_step(1, 3), a_step(4, 9)))] == [
        ("step", "s2", "removed"),
        ("step", "s4", "added"),
    ]


def test_a_step_on_another_ladder_is_the_same_step_moved():
    ladders = (Ladder("standard", (a_step(1, 3),)), Ladder("kind", (a_step(2, 7), a_step(3, 8))))

    assert changes(replace(MINE, ladders=ladders)) == [
        ("step", "s2", "changed", "ladder", "standard", "kind"),
        ("step", "s3", "changed", "offset_days", 5, 8),
    ]


def test_another_first_ladder_is_told_for_it_decides_who_climbs_what():
    assert changes(replace(MINE, ladders=MINE.ladders[::-1])) == [
        ("ladder", "standard", "changed", "is_first", True, False),
        ("ladder", "kind", "changed", "is_first", False, True),
    ]


def test_segments_and_the_bound_of_calls_are_told():
    after = replace(MINE, calls_per_day=9, segments=(Segment("kind", is_first_time=True),))

    assert changes(after) == [
        ("strategy", "", "changed", "calls_per_day", None, 9),
        ("segment", "1", "changed", "vulnerable", True, None),
        ("segment", "1", "changed", "first_time", None, True),
    ]
