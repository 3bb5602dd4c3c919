"""E-mail as a mail server sees it."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from arrears.channels.base import Accepted, Sender
from arrears.channels.smtp import SmtpChannel
from arrears.channels.smtp.marked import Marked, find_marked, find_message
from arrears.channels.smtp.route import Route
from arrears.channels.smtp.statuses import is_mailbox_gone, status_in
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure
from tests.channels.builders import MARKS, NOW, a_contact, an_email_channel
from tests.channels.scripted_server import GONE, scripted_server

# The sender of a header may be anything an import let through.
HOSTILE = ["Harbour\r\nBcc: all@x.example", "Harbour\nX: y", "Harbour\x00", "Harbour\u2028X", "a\x85b"]


def received(contact, **answers):
    """(the message as parsed, the lines heard) of one contact handed to a server."""
    with scripted_server(**answers) as server, an_email_channel(server.port) as channel:
        channel.send(contact)
        return message_from_bytes(server.messages[0], policy=default), server.heard


def test_a_message_that_is_taken_is_accepted_with_the_servers_own_reference():
    with scripted_server() as server, an_email_channel(server.port) as channel:
        assert channel.send(a_contact()) == Accepted("2.0.0 taken as 4711")


def test_the_attempt_travels_in_message_id_envelope_and_unsubscribe_address():
    message, heard = received(a_contact(attempt=4711))

    assert find_message(message["Message-ID"], MARKS) == 4711
    assert find_marked(heard[1].decode(), MARKS) == Marked("bounce", 4711)
    assert find_marked(message["List-Unsubscribe"], MARKS) == Marked("stop", 4711)


def test_chinese_text_names_and_subjects_arrive_as_written():
    contact = a_contact(
        subject="您的信用卡已逾期1个月",
        body="海港银行\n\n請還款或與我們聯絡。\n.\n結束",
        sender=Sender("海港銀行", "service@harbour.example"),
    )

    message, _ = received(contact)

    assert message["Subject"] == "您的信用卡已逾期1个月"
    assert message["From"].addresses[0].display_name == "海港銀行"
    assert message.get_body(("plain",)).get_content().splitlines() == [
        "海港银行",
        "",
        "請還款或與我們聯絡。",
        ".",
        "結束",
    ]


def test_the_same_words_are_in_html_in_their_language_and_bring_nothing_from_elsewhere():
    contact = a_contact(
        subject="<b> & more",
        body="海港銀行\n\n1 < 2 & <img src=http://x.example/p.gif>\n下一行\n",
        language="zh-Hant",
    )

    message, _ = received(contact)

    html = message.get_body(("html",)).get_content().replace("\r\n", "\n")
    assert message.get_content_type() == "multipart/alternative"
    assert [part["Content-Language"] for part in message.walk()] == ["zh-Hant"] * 3
    assert '<html lang="zh-Hant">' in html
    assert "<title>&lt;b&gt; &amp; more</title>" in html
    assert "<p>海港銀行</p>" in html
    assert "<p>1 &lt; 2 &amp; &lt;img src=http://x.example/p.gif&gt;<br>\n下一行</p>" in html
    assert not re.search(r"<(img|link|script|style|a|iframe)\b|url\(|src=\"|href", html)


@pytest.mark.parametrize("domain", ["b.example", f"{'a-long-name.' * 8}example"])
def test_how_to_stop_is_said_by_link_and_by_mail_on_whole_lines(domain):
    contact = a_contact(attempt=2**62)
    with scripted_server() as server:
        unsubscribe = f"https://{domain}/collections"
        with an_email_channel(server.port, bounces=domain, unsubscribe=unsubscribe) as channel:
            channel.send(contact)
        headers = server.messages[0].decode("ascii").partition("\r\n\r\n")[0].replace("\r\n ", " ")

    mark = MARKS.mark("stop", 2**62)
    ways = f"<{unsubscribe}/unsubscribe/{mark}>, <mailto:stop+{mark}@{domain}?subject=stop>"
    assert f"\r\nList-Unsubscribe: {ways}\r\n" in headers
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in headers


def test_without_a_public_server_nobody_is_invited_to_click():
    message, _ = received(a_contact())

    assert message["List-Unsubscribe-Post"] is None
    assert message["List-Unsubscribe"].startswith("<mailto:")


def test_answers_come_to_an_address_with_a_mark_only_where_they_are_read():
    to_lender, _ = received(a_contact(sender=Sender("Bank", "a@bank.example", "ask@bank.example")))
    with scripted_server() as server, an_email_channel(server.port, takes_replies=True) as channel:
        channel.send(a_contact())
        to_us = message_from_bytes(server.messages[0], policy=default)

    assert to_lender["Reply-To"] == "ask@bank.example"
    assert find_marked(to_us["Reply-To"], MARKS) == Marked("reply", 17)


def test_a_line_of_a_lone_dot_does_not_end_the_message():
    with scripted_server() as server, an_email_channel(server.port) as channel:
        channel.send(a_contact(body="one\n.\ntwo"))

        assert b"\r\none\r\n..\r\ntwo\r\n" in server.messages[0]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("where", ["subject", "sender"])
def test_a_line_break_in_a_header_is_refused_before_anything_is_said(where, text):
    contact = a_contact(subject=text) if where == "subject" else a_contact(sender=Sender(text))

    with scripted_server() as server, an_email_channel(server.port) as channel:
        with pytest.raises(ChannelRefused) as raised:
            channel.send(contact)

        assert (raised.value.code, server.connections) == ("smtp.header", 0)


@pytest.mark.parametrize(
    "address",
    ["", "lin", "lin@", "@x.example", "lin@x@y.example", "lin @x.example", "a@x.example,b@x.example",
     "lin@x.example\r\nRCPT TO:<b@x.example>", "<lin@x.example>", "Lin <lin@x.example>", "lin@x..example",
     "lin@x.example\x00", "(c)lin@x.example", "a" * 65 + "@x.example"],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused_before_anything_is_said(address):
    with scripted_server() as server, an_email_channel(server.port) as channel:
        with pytest.raises(ChannelRefused) as raised:
            channel.send(a_contact(address=address))

        assert (raised.value.code, server.connections) == ("smtp.address", 0)
        assert not raised.value.facts.get("is_address_dead")


def test_a_domain_in_chinese_is_written_in_its_ascii_form():
    _, heard = received(a_contact(address="lin@例子.example"))

    assert heard[2].split()[1] == b"TO:<lin@xn--fsqu00a.example>"


def test_a_chinese_mailbox_needs_a_server_that_says_it_takes_one():
    with scripted_server() as server, an_email_channel(server.port) as channel:
        with pytest.raises(ChannelRefused):
            channel.send(a_contact(address="林@x.example"))
        assert server.messages == []

    with (
        scripted_server(EHLO=b"250-here\r\n250 SMTPUTF8\r\n") as server,
        an_email_channel(server.port) as channel,
    ):
        channel.send(a_contact(address="林@x.example"))
        assert "To: 林@x.example\r\n".encode() in server.messages[0]


def test_one_connection_serves_a_batch():
    with scripted_server() as server, an_email_channel(server.port) as channel:
        for attempt in range(5):
            channel.send(a_contact(attempt=attempt))

        assert (server.connections, len(server.messages)) == (1, 5)


def test_a_connection_that_was_closed_meanwhile_is_opened_again():
    with scripted_server(RSET=GONE) as server, an_email_channel(server.port) as channel:
        channel.send(a_contact(attempt=1))
        channel.send(a_contact(attempt=2))

        assert (server.connections, len(server.messages)) == (2, 2)


def test_after_a_refused_recipient_the_next_contact_still_goes_out():
    with scripted_server(RCPT=b"550 5.1.1 gone\r\n") as server, an_email_channel(server.port) as channel:
        for attempt in range(2):
            with pytest.raises(ChannelRefused) as raised:
                channel.send(a_contact(attempt=attempt))
            assert raised.value.facts["is_address_dead"] is True
        assert server.connections == 1


def test_time_that_passes_while_connecting_is_noticed_before_the_first_byte_of_the_message():
    times = iter([NOW, NOW, NOW + timedelta(minutes=5)])
    with scripted_server() as server:
        route = Route("127.0.0.1", server.port, "none", "bounces.example")
        with SmtpChannel(lambda: next(times), route, MARKS) as channel, pytest.raises(ChannelUnavailable):
            channel.send(a_contact())

        assert server.heard == [b"ehlo localhost\r\n"]


def test_a_live_database_hands_nothing_to_a_sink():
    ehlo = b"250-here\r\n250 X-ARREARS-SINK\r\n"
    with scripted_server(EHLO=ehlo) as server, an_email_channel(server.port, is_simulation=False) as channel:
        with pytest.raises(ChannelUnavailable) as raised:
            channel.send(a_contact())

        assert (raised.value.code, server.heard) == ("smtp.sink", [b"ehlo localhost\r\n"])


def test_a_server_without_tls_gets_nothing_when_tls_is_required():
    with scripted_server() as server, an_email_channel(server.port, tls="required") as channel:
        with pytest.raises(ChannelUnavailable):
            channel.send(a_contact())

        assert server.messages == []


def test_unsure_closes_the_connection_so_that_a_late_answer_is_not_taken_for_the_next_one():
    with scripted_server(DOT=b"451 later\r\n") as server, an_email_channel(server.port) as channel:
        for attempt in range(2):
            with pytest.raises(ChannelUnsure):
                channel.send(a_contact(attempt=attempt))

        assert server.connections == 2


@pytest.mark.parametrize(
    ("code", "enhanced", "gone"),
    [
        (550, "5.1.1", True),
        (550, "5.1.10", True),
        (550, "5.1.7", False),  # the sender's address
        (550, "5.1.8", False),
        (450, "4.1.1", False),
        (550, "5.2.1", True),
        (550, "", True),
        (551, "", True),
        (553, "", True),
        (550, "5.7.1", False),
        (552, "5.2.2", False),
        (550, "5.2.2", False),
        (554, "", False),
        (530, "5.7.0", False),
    ],
)
def test_only_a_refusal_that_speaks_of_the_mailbox_makes_it_dead(code, enhanced, gone):
    assert is_mailbox_gone(code, enhanced) is gone


@pytest.mark.parametrize(
    ("text", "status"),
    [("5.1.1 no such user", "5.1.1"), ("550-5.1.1 The account", "5.1.1"), ("no 1.2.3 here", ""),
     ("host 10.5.1.1 said", ""), ("smtp; 550 5.7.26 policy", "5.7.26"), ("", "")],
)  # fmt: skip
def test_a_status_is_found_in_a_servers_words(text, status):
    assert status_in(text) == status


@pytest.mark.parametrize(
    ("ehlo", "asks", "said"),
    [
        (b"250-here\r\n250 DSN\r\n", True, (b" RET=HDRS", b" NOTIFY=SUCCESS,FAILURE,DELAY")),
        (b"250-here\r\n250 DSN\r\n", False, (b" RET=HDRS", b"")),
        (b"250-here\r\n250 8BITMIME\r\n", True, (b"", b"")),
    ],
)
def test_reports_are_asked_for_where_the_server_can_give_them(ehlo, asks, said):
    with scripted_server(EHLO=ehlo) as server, an_email_channel(server.port, asks_delivered=asks) as channel:
        channel.send(a_contact())

    assert tuple(line.strip().partition(b">")[2] for line in server.heard[1:3]) == said
