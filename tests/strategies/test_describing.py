"""A strategy told again says what its file said."""

from __future__ import annotations

import tomllib

from arrears.kernel.planning.strategy import Segment, Share
from arrears.kernel.vocabulary import DebtKind
from arrears.rulepacks.mistakes import Mistakes
from arrears.strategies import load_strategy
from arrears.strategies.describing import keys_of_segment, keys_of_step, said_of_segment
from arrears.strategies.reading import STEP_KEYS, Place
from arrears.strategies.segments import read_segments
from tests.kernel.planning.builders import a_step
from tests.strategies.test_loading import SAMPLE

CARDS = {
    "ladder": "standard",
    "debt_kinds": ["credit_card", "micro_loan"],
    "products": ["A", "B"],
    "risks": ["high"],
    "overdue_from": {"CNY": "5000.00", "TWD": "20000.50"},
    "overdue_below": {"JPY": "90000"},
    "first_time": False,
    "vulnerable": True,
}


def test_a_step_is_told_under_every_key_that_a_file_may_give():
    assert set(keys_of_step(a_step(1, 3, visitors=2))) == STEP_KEYS
    assert set(keys_of_step(a_step(1, 3))) == STEP_KEYS - {"visitors"}


def test_the_sample_is_told_as_its_file_gives_it():
    for table, step in zip(tomllib.loads(SAMPLE)["steps"], load_strategy().steps, strict=True):
        assert keys_of_step(step).items() >= table.items()


def test_a_segment_is_told_as_its_file_gives_it():
    (segment,) = read_segments({"segments": [CARDS]}, ["cards"], Place(Mistakes("mine.toml")))

    assert keys_of_segment(segment) == CARDS


def test_a_segment_in_words_names_every_condition():
    segment = Segment(
        "cards",
        debt_kinds=frozenset({DebtKind.CREDIT_CARD}),
        overdue_from={"CNY": 500_000},
        is_first_time=True,
        is_vulnerable=False,
        share=Share("2026", 1_050),
    )

    assert said_of_segment(segment) == (
        "of the 10.5 % of borrowers that the salt '2026' draws and that are a credit_card"
        " and with 5000.00 CNY or more overdue and late for the first time and without a hold for hardship"
    )
