"""What ships: electronic first, calls late, paper only for those whom nothing else reaches."""

from __future__ import annotations

from itertools import pairwise

import pytest

from arrears.kernel.planning.reachability import ELECTRONIC
from arrears.kernel.planning.strategy import Tone, Track
from arrears.kernel.vocabulary import LIABLE, Channel, NoticeKind, Purpose, RecipientKind
from arrears.strategies import list_strategies, load_strategy

POLICIES = ("cn-consumer-credit", "international")
LADDERS = [(name, ladder) for name in POLICIES for ladder in load_strategy(name).ladders]
every_ladder = pytest.mark.parametrize(
    ("policy", "ladder"), LADDERS, ids=[f"{n}-{x.name}" for n, x in LADDERS]
)


def climbed(ladder, track=Track.ARREARS):
    return [step for step in ladder.steps if step.track is track]


def test_a_tutorial_and_two_policies_ship():
    assert list_strategies() == ("cn-consumer-credit", "international", "sample")
    for name in POLICIES:
        assert [ladder.name for ladder in load_strategy(name).ladders] == [
            *("standard", "first-time", "gentle", "small")
        ]


@pytest.mark.parametrize("name", list_strategies())
def test_every_text_is_there_in_three_languages(name):
    strategy = load_strategy(name)
    named = [ladder.about for ladder in strategy.ladders if strategy.segments]

    for about in (strategy.about, *named, *(step.about for step in strategy.steps)):
        assert set(about) == {"en", "zh-Hans", "zh-Hant"}


def test_vulnerable_people_are_looked_at_first_then_small_amounts_then_the_first_time():
    for name in POLICIES:
        gentle, small, first = load_strategy(name).segments

        assert (gentle.ladder, gentle.is_vulnerable) == ("gentle", True)
        assert (small.ladder, set(small.overdue_from)) == ("small", set(small.overdue_below))
        assert (first.ladder, first.is_first_time) == ("first-time", True)


@every_ladder
def test_every_ladder_begins_electronically_and_offers_a_talk_before_anything_firm(policy, ladder):
    steps = climbed(ladder)
    offer = next(at for at, step in enumerate(steps) if step.notice is NoticeKind.OUTREACH_OFFER)

    assert set(steps[0].channels) <= set(ELECTRONIC)
    assert {step.tone for step in steps[:offer]} <= {Tone.FRIENDLY, Tone.PLAIN}
    assert {step.notice for step in steps[:offer]} <= {NoticeKind.PAYMENT_REMINDER}


@every_ladder
def test_calls_come_late_are_few_and_none_where_a_gentler_ladder_is_right(policy, ladder):
    calls = [step for step in ladder.steps if Channel.CALL in step.channels]

    assert len(calls) == {"standard": 2, "first-time": 1, "gentle": 0, "small": 0}[ladder.name]
    for call in calls:
        assert (call.channels, call.notice) == ((Channel.CALL,), NoticeKind.CALL_TASK)
        assert call.offset_days > 30
        assert call.recipients == (RecipientKind.BORROWER,)


@every_ladder
def test_paper_is_for_those_whom_nothing_electronic_reaches(policy, ladder):
    letters = [step for step in ladder.steps if not set(step.channels) <= {*ELECTRONIC, Channel.CALL}]

    assert len(letters) == (0 if ladder.name == "small" else 2)
    for letter in letters:
        assert letter.only_if_unreachable
        assert letter.channels == (Channel.LETTER,)


@every_ladder
def test_nobody_is_threatened_or_visited_and_only_who_owes_the_loan_is_contacted(policy, ladder):
    assert NoticeKind.LAWYERS_LETTER not in {step.notice for step in ladder.steps}
    assert {kind for step in ladder.steps for kind in step.recipients} == set(LIABLE)
    others = [step for step in ladder.steps if step.recipients != (RecipientKind.BORROWER,)]
    assert {step.notice for step in others} == {NoticeKind.GUARANTOR_NOTICE}
    assert {step.track for step in others} == {Track.ARREARS}


@every_ladder
def test_negative_data_is_told_of_before_it_is_reported(policy, ladder):
    first = climbed(ladder, Track.REPORTING)[0]

    assert (first.notice, first.purpose) == (NoticeKind.NEGATIVE_DATA, Purpose.NOTICE_REQUIRED_BY_LAW)
    assert first.offset_days == {"cn-consumer-credit": 20, "international": 14}[policy]


@every_ladder
def test_a_payment_is_announced_before_it_falls_due(policy, ladder):
    days = [step.offset_days for step in climbed(ladder, Track.BEFORE_DUE)]

    assert days == {"cn-consumer-credit": [-3, 0], "international": [-3]}[policy]


@every_ladder
def test_the_last_step_stands_at_about_ninety_days_and_tones_never_turn_to_pressure(policy, ladder):
    steps = climbed(ladder)

    assert 80 <= steps[-1].offset_days <= 92
    formal = [step.offset_days for step in steps if step.tone is Tone.FORMAL]
    assert all(day > 60 for day in formal)
    assert not formal or ladder.name == "standard"


def test_six_days_or_more_lie_between_two_steps_to_one_person():
    """More would be needed only if two communications in seven days were one too many."""
    for name in POLICIES:
        for lane in load_strategy(name).lanes:
            if lane.track is Track.ARREARS:
                assert all(high - low >= 6 for low, high in pairwise(lane.offsets.tolist()))


def test_who_is_late_for_the_first_time_is_written_to_later_and_called_later():
    for name in POLICIES:
        standard, first, gentle, _ = load_strategy(name).ladders

        assert climbed(standard)[0].offset_days < climbed(first)[0].offset_days
        assert climbed(first)[0].offset_days < climbed(gentle)[0].offset_days
        assert len(climbed(gentle)) < len(climbed(first)) < len(climbed(standard))
