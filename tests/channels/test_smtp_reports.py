"""What mail servers send back: which attempt, what it shows, and whether anybody is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.base import Reported
from arrears.channels.marks import Marks
from arrears.channels.smtp.marked import BOUNCE, STOP, marked_address, message_id
from arrears.channels.smtp.reports import read_report
from tests.channels.builders import MARKS


def bounce_to(attempt, marks=MARKS):
    return marked_address(BOUNCE, attempt, domain="bounces.example", marks=marks)


def quoting(attempt, marks=MARKS):
    return f"Message-ID: {message_id(attempt, domain='bounces.example', marks=marks)}"


def read(content):
    return read_report(content, MARKS)


def a_report(
    *,
    to=None,
    action="failed",
    status="5.1.1",
    said="550 5.1.1 no such user",
    quoted="",
    kind="delivery-status",
    more="",
):
    """A delivery report in the form that Postfix writes."""
    return f"""\
Return-Path: <>
To: {to or bounce_to(17)}
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I could not deliver it to <lin@borrower.example>.

--b
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example
Arrival-Date: Mon,  5 Jan 2026 09:00:00 +0800 (CST)

Final-Recipient: rfc822; lin@borrower.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
{more}
--b
Content-Type: text/rfc822-headers

Subject: a notice about your account
{quoted}

--b--
""".replace("\n", "\r\n").encode()


def a_block(action, status):
    return f"\nFinal-Recipient: rfc822; wang@borrower.example\nAction: {action}\nStatus: {status}\n"


def a_complaint(*, kind="abuse", quoted=None):
    """A report of a feedback loop in the form of RFC 5965."""
    return f"""\
From: feedback@mailbox.example
To: complaints@bounces.example
Subject: FW: a notice about your account
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is an abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Mailbox/1
Version: 1

--b
Content-Type: message/rfc822

From: service@bank.example
Subject: a notice about your account
{quoting(17) if quoted is None else quoted}

Please pay.

--b--
""".replace("\n", "\r\n").encode()


def test_a_bounce_names_its_attempt_by_the_address_it_came_back_to():
    assert read(a_report()) == Reported(17, "returned", "5.1.1", is_address_dead=True)


def test_a_bounce_to_another_address_names_its_attempt_by_the_message_it_quotes():
    report = a_report(to="postmaster@bounces.example", quoted=quoting(18))

    assert read(report) == Reported(18, "returned", "5.1.1", is_address_dead=True)


@pytest.mark.parametrize(
    ("to", "quoted"),
    [
        ("postmaster@bounces.example", ""),
        ("bounce+17@bounces.example", "Message-ID: <attempt-17@bounces.example>"),
        (bounce_to(17, Marks(b"forged")), quoting(17, Marks(b"forged"))),
        (marked_address(STOP, 17, domain="bounces.example", marks=MARKS), ""),
        ("x@bounces.example", f"Subject: {bounce_to(17)} {quoting(17)}"),
    ],
)
def test_a_report_without_a_mark_of_ours_names_no_attempt(to, quoted):
    assert read(a_report(to=to, quoted=quoted)) == Reported(None, "returned", "5.1.1", True)


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("delivered", "2.0.0", Reported(17, "delivered", "2.0.0")),
        ("delayed", "4.4.1", Reported(17, "accepted", "4.4.1")),
        ("relayed", "2.0.0", Reported(17, "accepted", "2.0.0")),
        ("expanded", "2.0.0", Reported(17, "accepted", "2.0.0")),
        ("failed", "5.2.2", Reported(17, "returned", "5.2.2")),
        ("failed", "4.4.7", Reported(17, "returned", "4.4.7")),  # it was tried for days
        ("failed", "5.7.1 (policy)", Reported(17, "returned", "5.7.1")),
        ("Failed", "5.2.1", Reported(17, "returned", "5.2.1", is_address_dead=True)),
        (
            "failed",
            "5.0.0",
            Reported(17, "returned", "5.1.1", is_address_dead=True),
        ),  # its own words say more
        ("failed", "", Reported(17, "returned", "5.1.1", is_address_dead=True)),
    ],
)
def test_action_and_status_say_what_became_of_it(action, status, expected):
    assert read(a_report(action=action, status=status)) == expected


def test_a_general_status_without_exact_words_says_nothing_of_the_address():
    assert read(a_report(status="5.0.0", said="550 user unknown")) == Reported(17, "returned", "5.0.0")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (("failed", "5.1.1"), Reported(17, "returned", "5.1.1", is_address_dead=True)),
        (("failed", "5.2.2"), Reported(17, "returned", "5.1.1")),
        (("delivered", "2.0.0"), Reported(17, "accepted", "5.1.1")),
        (("relayed", "2.0.0"), Reported(17, "accepted", "5.1.1")),
    ],
)
def test_an_address_that_stands_for_several_is_returned_or_dead_only_if_all_of_them_are(other, expected):
    assert read(a_report(more=a_block(*other))) == expected


@pytest.mark.parametrize("kind", ["abuse", "fraud", "Abuse", "opt-out"])
def test_a_complaint_names_its_attempt_by_the_message_it_quotes(kind):
    assert read(a_complaint(kind=kind)) == Reported(17, "complained", kind.lower())


def test_a_complaint_that_quotes_nothing_of_ours_names_no_attempt():
    assert read(a_complaint(quoted="")) == Reported(None, "complained", "abuse")


def test_that_something_is_no_spam_is_no_complaint():
    assert read(a_complaint(kind="not-spam")) == Reported(17, "accepted", "not-spam")


@pytest.mark.parametrize("kind", ["auth-failure", "virus", "other", ""])
def test_a_feedback_report_of_which_nobody_complained_is_left_to_a_person(kind):
    assert read(a_complaint(kind=kind)) is None


def a_note(*headers, text="I am away until Monday."):
    lines = (f"To: {bounce_to(17)}", *headers, "Subject: Re: your account", "", text, "")
    return "\r\n".join(lines).encode()


def test_an_automatic_answer_is_no_bounce():
    away = a_note("From: Lin <lin@borrower.example>", "Auto-Submitted: auto-replied (vacation)")

    assert read(away) == Reported(17, "accepted", "auto-reply")


@pytest.mark.parametrize(
    "headers",
    [
        ["From: lin@borrower.example"],
        ["From: Mail Delivery System <MAILER-DAEMON@mx.example>", "Auto-Submitted: auto-replied"],
        ["From: x@mx.example", "X-Failed-Recipients: lin@borrower.example", "Auto-Submitted: auto-replied"],
    ],
)
def test_a_bounce_in_free_words_is_not_guessed_at(headers):
    assert read(a_note(*headers, text="550 5.1.1 user unknown")) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"Subject: I am away\r\n\r\nBack on Monday", a_report(action=""),
     a_report(action="exploded"), a_report(more=a_block("?", "")), b"a: b" * 99],
)  # fmt: skip
def test_what_is_no_report_is_not_read_as_one(content):
    assert read(content) is None


PIECES = [
    b"\r\n", b"\r\n\r\n", b"--b", b"--b--", b"Content-Type: ", b" boundary=b", b"message/delivery-status",
    b"multipart/report; report-type=delivery-status;", b"text/rfc822-headers", b"message/rfc822", b"To: ",
    b"Action: failed",
    b"Status: 5.1.1", b"Message-ID: <attempt-17.", b"\xff", b"=?utf-8?b?/w==?=", b"(", b'"',
    b"Feedback-Type: abuse", b"Content-Transfer-Encoding: base64",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=40).map(b"".join))
def test_no_mail_stops_the_reader(content):
    said = read(content)

    assert said is None or said.attempt is None
