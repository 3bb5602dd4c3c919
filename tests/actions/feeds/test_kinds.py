"""Whole columns are read as single texts would be: what is fast is never something else."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.actions.feeds import kinds
from arrears.actions.feeds.kinds import Kind
from arrears.actions.feeds.registry import FEEDS
from tests.actions.importing.hostile import NASTY

_PIECES = [
    *[
        "0",
        "1",
        "9",
        "12",
        "007",
        ".",
        ".5",
        "-",
        "+",
        "e",
        ",",
        " ",
        "yes",
        "no",
        "TW",
        "TWD",
        "US-NY",
        "en",
        "late",
    ],
    *[
        "2026-03-01",
        "1899-12-31",
        "2200-01-01",
        "2026-02-30",
        "20",
        "-0",
        "999999999999999",
        "P1",
        "許",
        "１",
    ],
    *[piece.decode("utf-8", "replace") for piece in NASTY],
]
_TEXTS = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3).map("".join) | st.text(
    min_size=1, max_size=12
)
_USED = {each.kind: f"{feed.name}.{each.name}" for feed in FEEDS.values() for each in feed.fields}
_ALL = {name: kind for kind, name in _USED.items()}


def fast(kind: Kind, text: str) -> object:
    series = pl.Series([text])
    return pl.select(kind.fast(pl.lit(series)).cast(kind.dtype)).to_series()[0]


@pytest.mark.parametrize("name", _ALL)
@settings(max_examples=30)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=40))
def test_what_is_read_fast_is_what_is_read_one_by_one(name, texts):
    kind = _ALL[name]
    for each in (kind, *([kind.in_minor] if kind.in_minor else [])):
        found = pl.select(each.fast(pl.lit(pl.Series(texts))).cast(each.dtype)).to_series().to_list()
        for text, value in zip(texts, found, strict=True):
            if value is not None:
                assert each.parse(text) == value, text


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (kinds.MONEY, "1234.5", 1_234_500),
        (kinds.MONEY, "0.001", 1),
        (kinds.MONEY, "000001", 1_000),
        (kinds.MONEY, "999999999999.999", 999_999_999_999_999),
        (kinds.MONEY_OR_ZERO, "0", 0),
        (kinds.MONEY.in_minor, "1234", 1_234),
        (kinds.DAY, "2024-02-29", date(2024, 2, 29)),
        (kinds.FLAG, "no", False),
        (kinds.REF, "A-1 b", "A-1 b"),
        (kinds.MONTHS, "0012", 12),
    ],
)
def test_common_forms_are_read_fast(kind, text, value):
    assert fast(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (kinds.MONEY, "1,234", "is not a number"),
        (kinds.MONEY, "1.", None),
        (kinds.MONEY.in_minor, "1.5", "is finer than the smallest unit of its currency"),
        (kinds.MONEY_OR_ZERO, "-0.01", "is below zero"),
        (kinds.SHARE, "1.1", "is not more than 0 and at most 1"),
        (kinds.SHARE, "0.123456789", "has more than 8 decimals"),
        (kinds.whole(1, 9), "1.0", "is not a whole number"),
        (kinds.whole(1, 9), "10", "is not between 1 and 9"),
    ],
)
def test_other_forms_are_read_one_by_one(kind, text, reason):
    assert fast(kind, text) is None
    if reason is None:
        assert kind.parse(text) == 1_000
    else:
        with pytest.raises(ValueError, match=reason):
            kind.parse(text)
