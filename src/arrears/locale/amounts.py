"""Amounts as each language writes them to its readers: `人民币3,913.00元`, `TWD 3,913.00`."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.kernel.money import Money

WRITTEN: Mapping[str, Mapping[str, str]] = {
    "zh-Hans": {"CNY": "人民币{figure}元", "TWD": "新台币{figure}元", "HKD": "港币{figure}元"},
    "zh-Hant": {"CNY": "人民幣{figure}元", "TWD": "新臺幣{figure}元", "HKD": "港幣{figure}元"},
    "en": {},
}
"""Language -> currency -> how an amount in it is written; any other stands with its code before it."""


def said_amount(money: Money, language: str) -> str:
    """The amount, exact and grouped."""
    plain = str(money)
    written = WRITTEN[language].get(money.currency)
    return plain if written is None else written.format(figure=plain.partition(" ")[2])
