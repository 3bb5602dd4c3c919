"""What a person wrote, out of whatever form his mail program gave it."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.smtp.replies import message_name, read_reply


def a_mail(text="", *, html="", subject="Re: your credit card", attached=0, charset="utf-8"):
    message = EmailMessage(policy=SMTP)
    message["From"] = "lin@borrower.example"
    message["Subject"] = subject
    message["Message-ID"] = "<one@borrower.example>"
    if text:
        message.set_content(text, charset=charset)
    if html:
        (message.add_alternative if text else message.set_content)(html, subtype="html")
    for _ in range(attached):
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="proof.pdf")
    return message.as_bytes()


def test_plain_words_are_taken_as_written():
    assert read_reply(a_mail("請不要再寄信給我。\n謝謝\n")) == "請不要再寄信給我。\n謝謝"


@pytest.mark.parametrize("charset", ["gb18030", "big5", "utf-8"])
def test_words_are_read_in_their_own_character_set(charset):
    assert read_reply(a_mail("停止\n", charset=charset)) == "停止"


def test_of_text_and_html_the_text_is_taken():
    assert read_reply(a_mail("Stop.\n", html="<p>Something else</p>")) == "Stop."


def test_where_there_is_only_html_its_words_are_taken_and_quotes_are_marked():
    page = "<style>p{}</style><div>Stop &amp; go</div><p>now<br>please</p><blockquote>Reply STOP</blockquote>"

    assert read_reply(a_mail(html=page)) == "Stop & go\nnow\nplease\n> Reply STOP"


@pytest.mark.parametrize(
    ("subject", "said"),
    [("unsubscribe", "unsubscribe"), ("停止", "停止"), ("Re: x", ""), ("回复：x", ""), ("答覆: x", "")],
)  # fmt: skip
def test_a_subject_of_his_own_is_part_of_what_he_says(subject, said):
    assert read_reply(a_mail(" \n", subject=subject)) == said


def test_what_is_attached_is_counted():
    assert read_reply(a_mail("See the proof.\n", attached=2)) == "See the proof.\n[2 attached, not kept]"


def test_a_mail_is_known_by_its_own_name():
    assert message_name(a_mail("x")) == "<one@borrower.example>"
    assert message_name(b"") == ""


PIECES = [
    b"\r\n", b"\r\n\r\n", b"--b\r\n", b"Content-Type: text/html; charset=x\r\n", b"<![foo", b"<!--", b"</p>",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"Subject: =?utf-8?b?!?=", b"<blockquote>", b"\xff",
    b"Content-Transfer-Encoding: base64\r\n", b"&#x110000;", b"Message-ID: ", b"Subject: =?x?q?a?=",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=40).map(b"".join))
def test_no_mail_stops_the_reader(content):
    assert isinstance(read_reply(content) + message_name(content), str)
