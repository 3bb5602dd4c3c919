"""Amounts are written as the readers of a language write them."""

from __future__ import annotations

import pytest

from arrears.kernel.money import Money
from arrears.locale.amounts import WRITTEN, said_amount
from arrears.locale.notices import LANGUAGES


@pytest.mark.parametrize(
    ("money", "language", "said"),
    [
        (Money(391_300, "CNY"), "zh-Hans", "人民币3,913.00元"),
        (Money(391_300, "TWD"), "zh-Hans", "新台币3,913.00元"),
        (Money(391_300, "TWD"), "zh-Hant", "新臺幣3,913.00元"),
        (Money(-5, "HKD"), "zh-Hant", "港幣-0.05元"),
        (Money(1_500, "JPY"), "zh-Hant", "JPY 1,500"),
        (Money(391_300, "TWD"), "en", "TWD 3,913.00"),
    ],
)
def test_an_amount_is_written_exactly(money: Money, language: str, said: str) -> None:
    assert said_amount(money, language) == said


def test_every_language_says_how_it_writes_amounts() -> None:
    assert set(WRITTEN) == set(LANGUAGES)
