"""How many parts a text takes, as 3GPP TS 23.038 and 23.040 count them."""

from __future__ import annotations

import pytest

from arrears.channels.kannel.parts import is_gsm, parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # 306 septets, but no escape ends a part
        ("逾" * 70, 1),
        ("逾" * 71, 2),
        ("逾" * 134, 2),
        ("逾" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),  # 33 pairs and a half: the pair goes into the next part
        ("a" * 70 + "逾", 2),
    ],
)
def test_parts_are_counted_as_an_operator_counts_them(text, parts):
    assert parts_of(text) == parts


def test_one_character_outside_the_alphabet_makes_the_whole_text_unicode():
    assert is_gsm("Pay €20 {now}, Ä ñ")
    assert not is_gsm("Pay €20 now…")
    assert not is_gsm("`")
