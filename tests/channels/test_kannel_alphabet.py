"""Which texts are sent in the GSM 7-bit alphabet."""

from __future__ import annotations

from arrears.channels.kannel.alphabet import is_gsm


def test_one_character_outside_the_alphabet_makes_the_whole_text_unicode():
    assert is_gsm("Pay €20 {now}, Ä ñ")
    assert not is_gsm("Pay €20 now…")
    assert not is_gsm("`")
