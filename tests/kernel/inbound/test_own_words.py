"""Only what somebody wrote himself counts as said by him."""

from __future__ import annotations

import pytest

from arrears.kernel.inbound.own_words import own_words
from arrears.locale.inbound import load_lexicon

QUOTING = load_lexicon().quoting


@pytest.mark.parametrize(
    "text",
    [
        "OK\n> Reply STOP to opt out",
        "OK\n\nOn Mon, 3 May 2026, Lender <a@b.example> wrote:\nReply STOP",
        "OK\n-----Original Message-----\nSTOP",
        "OK\n________________________________\nFrom: Lender\nSTOP",
        "OK\n发件人：某某银行\n退订",
        "OK\n寄件者: 銀行\n退訂",
        "OK\n在 2026年5月3日，某某银行写道：\n退订",
        "OK\n-- \nStop Ltd, Unsubscribe Street",
        "OK\nSent from my iPhone",
        "OK\n发自我的iPhone",
        "OK\n【某某银行】尊敬的客户，您已逾期，回复TD退订",
        "OK\nReply STOP to opt out",
        "OK. 回复TD退订",
        "OK，拒收请回复R",
        "OK\nTo stop receiving these messages, reply STOP",
        "OK\n如需退訂請回覆STOP",
        "> > STOP\n>STOP\nOK",
    ],
)
def test_quotes_signatures_and_our_instructions_are_left_out(text):
    assert own_words(text, QUOTING).strip(" .，\n") == "OK"


@pytest.mark.parametrize("text", ["回复TD退订", "回T退订", "Reply STOP to unsubscribe", "拒收请回复R"])
def test_who_sends_nothing_but_the_instruction_follows_it(text):
    assert own_words(text, QUOTING) == text


@pytest.mark.parametrize(
    "text",
    [
        "由我的律师处理",
        "从我的名单删掉",
        "【退订】",
        "STOP to end this",
        "on it",
        "[stop]",
        "【投诉】请您别再打",
        "From: J Wong\nTo: the lender\nCease contact",
    ],
)
def test_own_words_that_look_like_a_frame_stay(text):
    assert own_words(text, QUOTING) == text


def test_nothing_is_left_of_a_message_that_only_quotes():
    assert own_words("> STOP\n> STOP", QUOTING) == ""
