"""The plain form undoes what hides a word and keeps what makes one."""

from __future__ import annotations

import pytest

from arrears.locale.inbound import load_lexicon

LETTERS = load_lexicon().letters


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＳＴＯＰ", "stop"),
        ("S\u200bT\u200dO\u2060P", "stop"),
        ("Stóp", "stop"),
        ("ѕтор", "stop"),
        ("🆂🆃🅾🅿", "stop"),
        ("🇸🇹🇴🇵", "stop"),
        ("ⓢⓣⓞⓟ", "stop"),
        ("S T O P", "stop"),
        ("s.t.o.p", "stop"),
        ("S-T-O-P calling", "stop calling"),
        ("STOOOOOP", "stop"),
        ("st0p", "stop"),
        ("$top", "stop"),
        ("st*p now", "stop now"),
        ("sotp texting", "stop texting"),
        ("harrasing me", "harassing me"),
        ("unsubsribe", "unsubscribe"),
        ("D0 N0T call", "dont call"),
        ("Don’t call u", "dont call you"),
        ("退 訂", "退订"),
        ("TD退訂", "td退订"),
        ("不要 再 聯絡 我", "不要再联络我"),
        ("畀您", "俾你"),
        ("stop , please", "stop,please"),
    ],
)
def test_a_word_is_found_behind_its_dress(written, plain):
    assert [each.text for each in LETTERS.sentences(written)] == [plain]


@pytest.mark.parametrize(
    "word", ["shop", "step", "testing", "other", "rather", "contract", "cancer", "received", "mail"]
)
def test_a_word_of_its_own_is_not_taken_for_another(word):
    assert [each.text for each in LETTERS.sentences(word)] == [word]


def test_sentences_end_at_marks_and_say_whether_they_ask():
    sentences = LETTERS.sentences("Stop it! Why? 別打了。好嗎？ v1.2 ok...\nbye")

    assert [(each.text, each.asks) for each in sentences] == [
        ("stop it", False),
        ("why", True),
        ("别打了", False),
        ("好吗", True),
        ("v1 2 ok", False),
        ("bye", False),
    ]
