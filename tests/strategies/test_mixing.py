"""A champion and a challenger: whose loans climb which, and that the arms stay what they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.facts import Facts, facts_of
from arrears.kernel.planning.segments import draw_of, ladder_of
from arrears.kernel.planning.strategy import Ladder, Segment, Share, Strategy
from arrears.kernel.vocabulary import DebtKind
from arrears.strategies.mixing import with_challenger
from tests.kernel.planning.builders import a_step, ladder_facts, late

TENTH = Share("2026", 1_000)
CARD, LOAN = DebtKind.CREDIT_CARD, DebtKind.CONSUMER_LOAN
shares = st.builds(Share, st.text(max_size=8), st.integers(1, 9_999))


def a_file(name: str, **more) -> Strategy:
    """A file with a ladder for all and one for cards."""
    ladders = (Ladder("standard", (a_step(1, 3),)), Ladder("cards", (a_step(2, 5),)))
    segments = (Segment("cards", debt_kinds=frozenset({CARD})),)
    return Strategy(name, f"version of {name}", ladders, segments, **more)


CHAMPION, CHALLENGER = a_file("steady", calls_per_day=40), a_file("gentle", calls_per_day=7)


def of_borrowers(borrowers, kinds=None) -> Facts:
    facts = ladder_facts([], loans=len(borrowers))
    tables = {"loan": {**facts["loan"], "borrower": np.asarray(borrowers, np.int64)}}
    if kinds is not None:
        tables["loan"]["debt_kind"] = np.asarray(kinds, np.int64)
    return facts_of(tables, known_at=0)


def ladders(strategy: Strategy, facts: Facts) -> list[str]:
    size = len(facts["loan"]["loan"])
    numbers = ladder_of(facts, strategy, late([5] * size, start=[0] * size), at=0)
    return [strategy.ladders[number].name for number in numbers]


def in_challenger(strategy: Strategy, borrowers) -> list[bool]:
    return [name.startswith("gentle:") for name in ladders(strategy, of_borrowers(borrowers))]


def test_the_challenger_decides_first_and_only_for_its_share():
    mixed = with_challenger(CHAMPION, CHALLENGER, TENTH)

    assert mixed.segments == (
        Segment("gentle:cards", debt_kinds=frozenset({CARD}), share=TENTH),
        Segment("gentle:standard", share=TENTH),
        Segment("cards", debt_kinds=frozenset({CARD})),
    )
    assert [ladder.name for ladder in mixed.ladders] == [
        *("standard", "cards", "gentle:standard", "gentle:cards"),
    ]
    assert [step.id for step in mixed.steps] == ["s1", "s2", "gentle:s1", "gentle:s2"]


def test_name_and_bound_of_calls_are_the_champions():
    mixed = with_challenger(CHAMPION, CHALLENGER, TENTH)

    assert (mixed.name, mixed.calls_per_day) == ("steady", 40)


def test_each_arm_is_dealt_with_as_under_its_own_file_alone():
    borrowers, kinds = np.arange(2_000), np.where(np.arange(2_000) % 3, LOAN, CARD)
    facts = of_borrowers(borrowers, kinds)
    is_drawn = draw_of(TENTH, borrowers) < TENTH.basis_points

    told = ladders(with_challenger(CHAMPION, CHALLENGER, TENTH), facts)

    alone = ladders(CHAMPION, facts)
    assert told == [f"gentle:{name}" if drawn else name for name, drawn in zip(alone, is_drawn, strict=True)]


@given(share=shares, borrowers=st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_all_loans_of_one_borrower_are_always_in_the_same_arm(share, borrowers):
    arms = in_challenger(with_challenger(CHAMPION, CHALLENGER, share), borrowers)

    assert len(set(zip(borrowers, arms, strict=True))) == len(set(borrowers))


@given(share=shares, more=st.integers(1, 9_999), borrowers=st.lists(st.integers(0, 10**12), max_size=40))
def test_nobody_ever_leaves_the_challenger_when_its_share_grows(share, more, borrowers):
    larger = replace(share, basis_points=max(share.basis_points, more))

    before = in_challenger(with_challenger(CHAMPION, CHALLENGER, share), borrowers)
    after = in_challenger(with_challenger(CHAMPION, CHALLENGER, larger), borrowers)

    assert all(now or not was for was, now in zip(before, after, strict=True))


def test_another_salt_draws_anew():
    borrowers = np.arange(100_000)
    half, other = Share("2026", 5_000), Share("2027", 5_000)

    in_both = (draw_of(half, borrowers) < 5_000) & (draw_of(other, borrowers) < 5_000)

    assert abs(int(in_both.sum()) - 25_000) < 4 * (100_000 * 0.25 * 0.75) ** 0.5


@pytest.mark.parametrize("percent", [1, 10, 50, 99])
def test_the_share_drawn_of_many_borrowers_is_the_share_asked_for(percent):
    share = Share("2026", percent * 100)
    mixed = with_challenger(CHAMPION, CHALLENGER, share)

    drawn = sum(in_challenger(mixed, np.arange(100_000)))

    error = (100_000 * percent / 100 * (1 - percent / 100)) ** 0.5
    assert abs(drawn - percent * 1_000) < 4 * error


@pytest.mark.parametrize(
    "other",
    [
        (replace(CHAMPION, version="other"), CHALLENGER, TENTH),
        (CHAMPION, replace(CHALLENGER, version="other"), TENTH),
        (CHALLENGER, CHAMPION, TENTH),
        (CHAMPION, CHALLENGER, Share("2026", 1_001)),
        (CHAMPION, CHALLENGER, Share("2027", 1_000)),
    ],
)
def test_the_version_is_of_both_files_the_share_and_the_salt(other):
    version = with_challenger(CHAMPION, CHALLENGER, TENTH).version

    assert version == with_challenger(CHAMPION, CHALLENGER, TENTH).version
    assert version not in (CHAMPION.version, CHALLENGER.version, with_challenger(*other).version)
