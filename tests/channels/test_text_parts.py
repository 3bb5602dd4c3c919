"""Which texts are sent in the GSM 7-bit alphabet, in how many parts, and what those cost."""

from __future__ import annotations

import pytest

from arrears.channels.prices import Price, read_price
from arrears.channels.text_parts import is_gsm, parts_of


def test_one_character_outside_the_alphabet_makes_the_whole_text_unicode():
    assert is_gsm("Pay €20 {now}, Ä ñ")
    assert not is_gsm("Pay €20 now…")
    assert not is_gsm("`")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        *(("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3)),
        *(("€" * 80, 1), ("€" * 81, 2)),
        # 153 places leave one over for a character of two, which goes to the next part
        *(("a" * 152 + "€" + "a" * 152, 3), ("a" * 151 + "€" + "a" * 153, 2)),
        *(("还" * 70, 1), ("还" * 71, 2), ("还" * 134, 2), ("还" * 135, 3)),
        *(("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 66, 2), ("😀" * 67, 3)),
    ],
    ids=range(17),
)
def test_a_text_is_sent_in_so_many_parts(text, parts):
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("0.045USD", Price(45_000, "USD")),
        ("1TWD", Price(1_000_000, "TWD")),
        *(("0.0000001USD", None), ("0,05EUR", None), ("USD", None), ("-1USD", None), ("1usd", None)),
    ],
)
def test_a_price_is_written_with_its_currency(written, price):
    assert read_price(written) == price


def test_many_parts_cost_exactly_so_many_times_as_much():
    assert str(Price(45_000, "USD").times(31)) == "1.395 USD"
    assert str(Price(500_000, "TWD").times(40)) == "20 TWD"
