"""What people write back is understood as they mean it, and a refusal in whatever dress is a refusal."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.inbound.understanding import understand
from arrears.kernel.inbound.wishes import Certainty3, Understood, Wish
from arrears.locale.inbound import load_lexicon
from tests.kernel.inbound.messages import REFUSALS, messages_of, read

LEXICON = load_lexicon()
# What is still read wrongly.
WRONG = {
    "tuning": {
        "why are you calling my sister? stop it",
        "什么时候才能停止骚扰",
    },
    "mended": {
        "my boss gets angry when you call me at work, don't",
        "STOP- wrong person keeps getting these",
        "The rain won't stop",
        "quit claim deed attached",
        "call me again and I'll scream, stop calling",
        "stop w/ the emails",
        "Is it possible to cancel the late fee invoice copy?",
        "别来我单位也别来我家",
        "联系我本人就好，别找我家里人",
        "好烦啊今天下雨，晚点去还",
    },
}

CLEAR_STOPS = [
    *(
        text
        for entry in LEXICON.entries
        if entry.certainty is Certainty3.CLEAR and entry.wish in REFUSALS
        for text in entry.finds
    ),
    *(
        each.text
        for name in WRONG
        for each in messages_of(name)
        if each.refuses and each.text not in WRONG[name]
    ),
]
OURS = [
    "Your payment is 12 days late. Reply STOP to opt out.",
    "【某某银行】您的借款已逾期12天，请尽快还款。回复TD退订",
    "Dear Mr Wang, please stop by the branch or call us. To unsubscribe reply STOP",
    "親愛的客戶，您的帳款已逾期。如要取消訂閱請回覆STOP",
]
MARKED = set(">-\n【")
"""Signs of a frame around the words."""
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def reading(text: str) -> Understood:
    return understand(text, LEXICON)


def is_on_its_own(text: str) -> bool:
    """Whether a refusal is one without having to be the whole message."""
    return stops(reading(f"The weather is nice.\n{text}"))


def full_width(text: str) -> str:
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
    return text.translate(wide)


def stops(understood: Understood) -> bool:
    return understood.certainty is Certainty3.CLEAR and bool(REFUSALS & set(understood.wishes))


def test_only_codes_have_to_be_the_whole_message():
    lost = {text for text in CLEAR_STOPS if not MARKED & set(text) and not is_on_its_own(text)}

    assert lost == {
        *("END", "end.", "T", "TTTT", "T，谢谢", "N", "✋", "tui", "off", "mute", "block", "basta"),
        "I want out",
        "pls stp",
    }


@pytest.mark.parametrize("name", sorted(WRONG))
def test_messages_are_understood_but_for_those_that_are_known(name):
    assert {each.message.text for each in read(name) if not each.is_right} == WRONG[name]


def test_the_figures_of_the_messages_set_apart_are_those_of_the_page():
    """A lexicon that changes them changes docs/inbound.md as well."""
    apart = read("held_out")

    assert (len(apart), sum(each.is_right for each in apart)) == (396, 389)
    assert (sum(each.message.refuses for each in apart), sum(each.is_missed for each in apart)) == (218, 0)
    assert sum(each.is_false_stop for each in apart) == 0


@pytest.mark.parametrize("word", ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"])
@pytest.mark.parametrize(
    "written", ["{}", "{}!!", "  {}\n", "please {}", "{} pls, thanks", "'{}'", "*{}*", "“{}”"]
)
def test_the_words_of_the_law_stop_everything_when_they_are_the_message(word, written):
    for text in (written.format(word), written.format(word.upper()), full_width(written.format(word))):
        assert (reading(text).wishes, reading(text).certainty) == ((Wish.STOP,), Certainty3.CLEAR), text


@given(
    text=st.sampled_from(CLEAR_STOPS),
    before=st.text("\n\t !.,-*\u3000\u200b\"'“（【", max_size=4),
    after=st.text("\n\t !.,-*\u3000\u200b\"'”）】~。！", max_size=6),
    case=st.sampled_from([str, str.upper, str.lower, str.title, str.swapcase]),
    width=st.sampled_from([str, full_width]),
    hidden=st.lists(st.tuples(st.integers(0, 200), st.sampled_from(HIDDEN)), max_size=6),
)
def test_dress_never_weakens_a_clear_refusal(*, text, before, after, case, width, hidden):
    dressed = width(case(text).replace(" ", "  "))
    for place, mark in hidden:
        dressed = dressed[:place] + mark + dressed[place:]

    assert stops(reading(before + dressed + after))


@given(st.sampled_from(sorted({each.text for each in messages_of("tuning")} | {*CLEAR_STOPS})), st.data())
def test_our_own_message_quoted_before_or_after_changes_nothing(text, data):
    ours = data.draw(st.sampled_from(OURS))
    quoted = "\n".join(f"> {line}" for line in ours.splitlines())
    dressed = [
        f"{quoted}\n{text}",
        f"On Mon, 3 May 2026 at 10:00, Lender <a@b.example> wrote:\n{quoted}\n\n{text}",
        f"在 2026年5月3日 10:00，某某银行 <a@b.example> 写道：\n{quoted}\n\n{text}",
    ]

    alone = reading(text)

    if ">" not in text and "-----" not in text and "发件人" not in text:
        assert [reading(each) for each in dressed] == [alone] * 3
    assert reading(f"{text}\n\n-----Original Message-----\nFrom: Lender\n{ours}") == alone


@given(st.text(max_size=300))
def test_any_text_is_understood_alike_every_time(text):
    first = reading(text)

    assert first == reading(text)
    assert first.wishes
    assert all(first.certainty_of(wish) is not None for wish in Wish)


@pytest.mark.parametrize("unit", ["stop ", "不要", "我", "don't call me ", "🛑", "a ", ">", "T D ", " "])
def test_a_text_of_any_length_is_read_like_its_first_part(unit):
    told = unit * 50_000

    assert reading(told) == reading(told[: 25_000 * len(unit)])


@st.composite
def refusals_on_their_own(draw):
    return draw(st.sampled_from(_refusals_on_their_own()))


@cache
def _refusals_on_their_own():
    return [text for text in CLEAR_STOPS if not MARKED & set(text) and is_on_its_own(text)]


@given(
    refusal=refusals_on_their_own(),
    other=st.sampled_from(
        [each.text for each in messages_of("tuning") if not each.refuses and not MARKED & set(each.text)]
    ),
    comes_first=st.booleans(),
)
def test_a_refusal_on_a_line_of_its_own_is_heard_whatever_else_is_said(refusal, other, comes_first):
    lines = [refusal, other] if comes_first else [other, refusal]

    assert stops(reading("\n".join(lines)))


def test_contact_is_not_taken_up_again_beside_a_refusal():
    assert reading("START").wishes == (Wish.RESUME,)
    assert reading("START. No, stop!").wishes == (Wish.STOP,)
    assert reading("can you start texting me again?").certainty is Certainty3.UNCLEAR


def test_each_wish_of_a_message_keeps_its_own_certainty():
    understood = reading("I already paid, stop calling me. I'll sue you")

    assert understood.wishes == (Wish.STOP_CHANNEL, Wish.DISPUTE)
    assert understood.certainty_of(Wish.DISPUTE) is Certainty3.CLEAR
    assert understood.certainty_of(Wish.OTHER) is Certainty3.HINT
    assert understood.certainty_of(Wish.NOT_ME) is Certainty3.UNCLEAR


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("stop calling me", "call"),
        ("don't text me", "sms"),
        ("no more emails please", "email"),
        ("不要上门", "visit"),
        ("don't call me at work", "work"),
        ("夜晚唔好打嚟", "night"),
        ("现在不方便", "now"),
    ],
)
def test_a_medium_a_time_or_a_place_is_named(text, subject):
    (found,) = reading(text).found

    assert found.subject == subject
